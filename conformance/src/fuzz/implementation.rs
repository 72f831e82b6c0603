use std::sync::Arc;

use atm_engine::codec::{Malformed, NamedEnvelope, TrustMessageUri};
use atm_simulator::generate::{self, Bounds, Dice, Purpose};
use atm_simulator::run::Options;
use atm_simulator::scenario::{
    Account, Code, DeviceName, DeviceToKeys, EncryptionNamespace, Expectations, Levels, Limits, Named,
    Network, Policy, Required, RequirementId, Scan, Scenario, Step,
};
use atm_simulator::shrink::shrink;

use super::counterexample::{Counterexample, Shown, Sight};
use super::fixed::{Demanding, with_demands};
use super::subject::{Attempt, Cause, Subject, Suspect};
use crate::adapter::Trouble;
use crate::requirements;
use crate::suite::{
    Case, CaseResult, Implementation, Judgement, LoadedScenario, Seen, Verdict, hostable, play,
};

/// Somebody's implementation, held to what the specifications fix about random scenarios.
pub struct ImplementationSubject {
    implementations: [Box<dyn Implementation>; 1],
    bounds: Bounds,
    options: Options,
    /// The command that replays a file, without the path of it.
    replay: String,
}

impl ImplementationSubject {
    /// An implementation in scenarios of this size, among devices of the reference engine with these rules.
    #[must_use]
    pub fn new(
        implementation: Box<dyn Implementation>,
        bounds: Bounds,
        options: Options,
        replay: String,
    ) -> Self {
        Self { implementations: [implementation], bounds, options, replay }
    }

    fn play(&mut self, demanding: &Scenario, hosted: &[DeviceName]) -> CaseResult {
        let scenario = LoadedScenario { id: String::new(), path: String::new(), scenario: demanding.clone() };
        let line_up = hosted.iter().map(|device| (device.clone(), 0)).collect();
        let case = Case { id: String::new(), scenario: Arc::new(scenario), line_up };
        let mut result = play(&case, &mut self.implementations, self.options, false);
        if demanding.steps.iter().any(|step| names_another_encryption(step, &demanding.encryption)) {
            result.judgements.retain(|judgement| judgement.requirement.id != ENCRYPTION_WRITTEN);
        }
        result
    }

    fn shows(&mut self, scenario: &Scenario, hosted: &[DeviceName], cause: &Cause) -> bool {
        let Ok(demanding) = with_demands(scenario, hosted, &self.options) else { return false };
        let result = self.play(&demanding.scenario, hosted);
        self.wrong(scenario, hosted, &demanding, &result).iter().any(|wrong| wrong.cause == *cause)
    }

    /// What is wrong in the result of a scenario. What would not be without a stanza that must not count is put down to that
    /// stanza, which counted somehow.
    fn wrong(
        &mut self,
        scenario: &Scenario,
        hosted: &[DeviceName],
        demanding: &Demanding,
        result: &CaseResult,
    ) -> Vec<Wrong> {
        let mut wrong: Vec<Wrong> =
            causes(result).into_iter().map(|judged| Wrong { cause: judged.clone(), judged }).collect();
        for (step, id) in &demanding.of_no_account {
            if !wrong.iter().any(|wrong| wrong.cause == wrong.judged && wrong.cause.0 != *id) {
                break;
            }
            let Some(result_without) = self.play_without(*step, scenario, hosted) else { continue };
            let others = causes(&result_without);
            for wrong in wrong.iter_mut().filter(|wrong| wrong.cause == wrong.judged) {
                let by_a_message =
                    observed(result, &wrong.judged).is_some_and(|seen| seen.shown == Shown::ByAMessage);
                if !by_a_message
                    && requirements::find(&wrong.judged.0).is_some()
                    && !others.contains(&wrong.judged)
                {
                    wrong.cause = Cause((*id).to_owned());
                }
            }
        }
        wrong
    }

    /// The scenario with nothing demanded but what shows the cause, and what was there instead.
    fn pared(
        &mut self,
        scenario: &Scenario,
        hosted: &[DeviceName],
        cause: &Cause,
    ) -> Option<(Scenario, Sight)> {
        let demanding = with_demands(scenario, hosted, &self.options).ok()?;
        let result = self.play(&demanding.scenario, hosted);
        let wrong = self.wrong(scenario, hosted, &demanding, &result);
        let Wrong { judged, .. } = wrong.into_iter().find(|wrong| wrong.cause == *cause)?;
        let seen = observed(&result, &judged)?;
        let mut pared = demanding.scenario.clone();
        for_each_expectations(&mut pared, |expectations| {
            keep(expectations, (&judged, cause), &seen.observed);
        });
        pared.steps.retain(|step| !matches!(step, Step::Expect(expectations) if expectations.is_empty()));
        match observed(&self.play(&pared, hosted), cause) {
            Some(seen) => Some((pared, seen)),
            None => Some((demanding.scenario, seen)),
        }
    }

    /// Whether the same goes wrong without one of the stanzas, under another requirement: then that stanza is put down to
    /// what another one does. What that one does is found by itself.
    fn is_someone_elses_fault(
        &mut self,
        scenario: &Scenario,
        hosted: &[DeviceName],
        (cause, sight): (&Cause, &Sight),
    ) -> bool {
        (0..scenario.steps.len()).any(|step| {
            let Some(result) = self.play_without(step, scenario, hosted) else { return false };
            let others = causes(&result).into_iter().filter(|other| other != cause);
            others.filter_map(|other| observed(&result, &other)).any(|other| {
                sight.shown == other.shown && sight.observed.iter().any(|line| other.observed.contains(line))
            })
        })
    }

    /// Plays a scenario that expects nothing without a stanza for the implementation, if one arrives in that step.
    fn play_without(
        &mut self,
        step: usize,
        scenario: &Scenario,
        hosted: &[DeviceName],
    ) -> Option<CaseResult> {
        let Step::Deliver(stanza) = &scenario.steps[step] else { return None };
        if !hosted.contains(&stanza.to) {
            return None;
        }
        // Everything else happens when it did.
        let mut without = scenario.clone();
        without.steps[step] = Step::Wait(scenario.network.pause);
        let demanding = with_demands(&without, hosted, &self.options).ok()?;
        Some(self.play(&demanding.scenario, hosted))
    }
}

/// Something that is wrong.
struct Wrong {
    /// What it is put down to.
    cause: Cause,
    /// Under which requirement it was seen.
    judged: Cause,
}

impl Subject for ImplementationSubject {
    fn draw(&self, seed: u64) -> Scenario {
        draw(seed, &self.bounds).0
    }

    fn attempt(&mut self, seed: u64) -> Attempt {
        let (scenario, hosted) = draw(seed, &self.bounds);
        let drawn = with_demands(&scenario, &hosted, &self.options);
        let demanding = drawn.expect("a drawn scenario can be cast");
        let result = self.play(&demanding.scenario, &hosted);
        let exercised = demanding.exercised;
        // What was seen to be broken before is broken.
        let wrong = self.wrong(&scenario, &hosted, &demanding, &result);
        let mut causes: Vec<Cause> = wrong.into_iter().map(|wrong| wrong.cause).collect();
        causes.sort_unstable();
        causes.dedup();
        if let (Some(Trouble::Unsupported(lacking)), []) = (&result.trouble, &causes[..]) {
            return Attempt::Unsupported { feature: lacking.feature.clone() };
        }
        let suspect = |cause| {
            let (scenario, hosted) = (scenario.clone(), hosted.clone());
            Suspect { cause, seed, scenario, options: self.options, hosted }
        };
        Attempt::Played { exercised, suspects: causes.into_iter().map(suspect).collect() }
    }

    fn reduce(&mut self, suspect: &Suspect, go_on: &dyn Fn() -> bool) -> Option<Counterexample> {
        let Suspect { cause, seed, scenario, hosted, .. } = suspect;
        let smallest = shrink(scenario, |candidate| {
            go_on() && is_there(candidate, hosted) && self.shows(candidate, hosted, cause)
        });
        let (mut found, sight) = self.pared(&smallest, hosted, cause)?;
        if self.is_someone_elses_fault(&smallest, hosted, (cause, &sight)) {
            return None;
        }
        let requirement = requirements::find(&cause.0);
        found.title = match requirement {
            Some(requirement) => format!("A random scenario that breaks {}", requirement.id),
            None => format!("A random scenario with trouble: {cause}"),
        };
        found.about = requirement.map(|requirement| requirement.summary.to_owned());
        found.requirements = vec![
            requirement.map_or(COMPLETE_GRAPH, |requirement| requirement.id).parse().expect("a valid id"),
        ];
        let replay = format!("{} --case '*@{}'", self.replay, hosted.first()?);
        Some(Counterexample::new(cause.clone(), *seed, &found, sight, replay))
    }
}

/// What a scenario is about that only shows trouble with an adapter.
const COMPLETE_GRAPH: &str = "xep-0450/details/complete-graph";

fn is_there(scenario: &Scenario, hosted: &[DeviceName]) -> bool {
    let there = hostable(scenario);
    hosted.iter().all(|device| there.contains(device))
}

/// The scenario of a seed, and which of its devices is hosted. Several would make up for each other's mistakes, or
/// be blamed for them.
fn draw(seed: u64, bounds: &Bounds) -> (Scenario, Vec<DeviceName>) {
    let mut dice = Dice::new(seed);
    let purpose = if dice.one_in(4) { Purpose::Promises } else { Purpose::Interpretation };
    let scenario = tame(generate::scenario(&mut dice, &Bounds { purpose, ..*bounds }));
    let mut hosted = hostable(&scenario);
    let one = dice.below(hosted.len());
    (scenario, vec![hosted.swap_remove(one)])
}

/// Takes out of a scenario what others need not know of: the bounds of the reference engine, and which identifiers keys
/// can have. Everything arrives before
/// the next step, as times may be written in whole seconds; and everybody gets carbons, since some rely on them.
fn tame(mut scenario: Scenario) -> Scenario {
    scenario.network = Network::default();
    scenario.limits = Limits::default();
    scenario.policy = Policy::default();
    let accounts = std::mem::take(&mut scenario.accounts);
    scenario.accounts = accounts.into_iter().map(|(name, account)| (name, with_carbons(account))).collect();
    scenario
        .steps
        .retain(|step| !matches!(step, Step::CarbonsOff(_) | Step::CarbonsOn(_)) && !has_odd_key(step));
    for step in &mut scenario.steps {
        if let Step::AddDevice(added) = step {
            added.carbons = true;
        }
    }
    scenario
}

/// A message names the encryption of the keys that it is about. Which one carries it is another matter.
const ENCRYPTION_WRITTEN: &str = "xep-0434/structure/encryption-written";

/// Whether a person scans the key of another encryption: whoever knows that one announces it as what it is.
fn names_another_encryption(step: &Step, encryption: &EncryptionNamespace) -> bool {
    let Step::Scan(Scan { code: Code::Uri(uri), .. }) = step else { return false };
    TrustMessageUri::parse(uri).is_ok_and(|uri| *uri.encryption() != encryption.0)
}

fn has_odd_key(step: &Step) -> bool {
    let Step::Deliver(stanza) = step else { return false };
    let written = stanza.encrypted.iter().map(|encrypted| &encrypted.xml).chain(&stanza.clear);
    let malformed = written.filter_map(|xml| NamedEnvelope::parse(xml.trim()).err());
    malformed.into_iter().any(|malformed| {
        matches!(
            malformed,
            Malformed::EmptyKey { .. } | Malformed::KeyLength { .. } | Malformed::BadBase64 { .. }
        )
    })
}

fn with_carbons(mut account: Account) -> Account {
    let devices: Named<_> = std::mem::take(&mut account.devices);
    account.devices = devices
        .into_iter()
        .map(|(name, mut device)| {
            device.carbons = true;
            (name, device)
        })
        .collect();
    account
}

/// What is wrong in a result: how messages are written, and what went wrong first. What goes wrong afterwards may follow
/// from that.
fn causes(result: &CaseResult) -> Vec<Cause> {
    let first = first_failure(result);
    let is_wrong = |verdict: Verdict| matches!(verdict, Verdict::Fail | Verdict::Advice);
    let is_shown = |judgement: &&Judgement| judgement.seen.iter().any(|seen| is_first(seen, first));
    let broken = result.judgements.iter().filter(|judgement| is_wrong(judgement.verdict)).filter(is_shown);
    let broken = broken.map(|judgement| Cause(judgement.requirement.id.to_owned()));
    broken.chain(result.trouble.as_ref().and_then(of_trouble)).collect()
}

/// The step after which something was wrong first.
fn first_failure(result: &CaseResult) -> usize {
    let seen = result.judgements.iter().flat_map(|judgement| &judgement.seen);
    let wrong = seen.filter(|seen| !seen.in_message && !seen.observed.is_empty());
    wrong.map(step).min().unwrap_or(usize::MAX)
}

fn step(seen: &Seen) -> usize {
    seen.step.unwrap_or(usize::MAX)
}

fn is_first(seen: &Seen, first: usize) -> bool {
    !seen.observed.is_empty() && (seen.in_message || step(seen) <= first)
}

fn of_trouble(trouble: &Trouble) -> Option<Cause> {
    let what = match trouble {
        Trouble::Unsupported(_) => return None,
        Trouble::NotStarted { .. } => "not started",
        Trouble::TimedOut { .. } => "no answer in time",
        Trouble::Ended { .. } => "ended",
        Trouble::TooLong { .. } => "a line is too long",
        Trouble::NoAnswer { .. } => "a line is no answer",
        Trouble::Failed { .. } => "failed",
        Trouble::FalseClaim { .. } => "a false claim",
        Trouble::BrokenOff { .. } => "broken off",
        Trouble::Undeliverable { .. } => "undeliverable",
    };
    Some(Cause(format!("adapter: {what}")))
}

/// What was there instead of what is demanded, if a result shows the cause.
fn observed(result: &CaseResult, cause: &Cause) -> Option<Sight> {
    if !causes(result).contains(cause) {
        return None;
    }
    let judgement = result.judgements.iter().find(|judgement| judgement.requirement.id == cause.0);
    let first = first_failure(result);
    let seen = judgement.iter().flat_map(|judgement| &judgement.seen);
    let seen: Vec<&Seen> = seen.filter(|seen| is_first(seen, first)).collect();
    let shown = match seen.first() {
        Some(Seen { in_message: true, .. }) => Shown::ByAMessage,
        _ => Shown::ByWhatHappens,
    };
    let mut observed: Vec<String> = seen.iter().flat_map(|seen| seen.observed.iter().cloned()).collect();
    if judgement.is_none() {
        observed.extend(result.trouble.as_ref().map(ToString::to_string));
    }
    observed.dedup();
    Some(Sight { shown, observed })
}

fn for_each_expectations(scenario: &mut Scenario, mut change: impl FnMut(&mut Expectations)) {
    for step in &mut scenario.steps {
        if let Step::Expect(expectations) = step {
            change(expectations);
        }
    }
    change(&mut scenario.expect);
}

/// Keeps of what is expected only what was seen to be otherwise.
/// It stands under the cause then.
fn keep(expectations: &mut Expectations, (judged, cause): (&Cause, &Cause), seen: &[String]) {
    let required = std::mem::take(&mut expectations.required);
    expectations.required = required
        .into_iter()
        .filter(|(id, _): &(RequirementId, Vec<Required>)| id.as_str() == judged.0)
        .map(|(id, list)| {
            (
                cause.0.parse().unwrap_or(id),
                list.into_iter().filter_map(|required| seen_otherwise(required, seen)).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, list)| !list.is_empty())
        .collect();
}

fn seen_otherwise(required: Required, seen: &[String]) -> Option<Required> {
    let Required::Levels(mut levels) = required else {
        let told = match &required {
            Required::Told(told) => format!("{} did not tell {} ", told.by, told.device),
            _ => return Some(required),
        };
        return seen.iter().any(|line| line.starts_with(&told)).then_some(required);
    };
    let was_seen = |arrow: &DeviceToKeys| {
        arrow
            .pairs()
            .any(|(device, key)| seen.iter().any(|line| line.starts_with(&format!("{device} -> {key} is "))))
    };
    for arrows in [
        &mut levels.authenticated,
        &mut levels.distrusted,
        &mut levels.not_authenticated,
        &mut levels.not_distrusted,
    ] {
        arrows.retain(was_seen);
    }
    (levels != Levels::default()).then_some(Required::Levels(levels))
}
