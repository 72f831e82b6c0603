#[cfg(test)]
mod tests;

use std::sync::Arc;

use atm_adapter_protocol::{AdapterError, running};
use atm_engine::codec::{Malformed, NamedEnvelope, TrustMessageUri};
use atm_simulator::run::Options;
use atm_simulator::scenario::{
    Account, Code, DeviceName, EncryptionNamespace, LimitsSpec, Named, NetworkSpec, PolicySpec, ScanStep,
    Scenario, Step,
};
use atm_simulator::search::generate::{self, Bounds, Dice, Purpose};
use atm_simulator::search::shrink::shrink;

use super::case_finding::{CaseFinding, case_findings, is_seen, seen_once};
use super::fixed::{Demanding, with_demands};
use super::fuzz_finding::{Demonstration, FuzzFinding};
use super::reduction::{attributed, headings, reduced_demands};
use super::target::{Attempt, Attribution, Suspect, Target};
use crate::cases::{Case, CaseResult, Implementation, LoadedScenario, hostable, play};
use crate::requirements;

/// Somebody's implementation, held to what the specifications fix about random scenarios.
pub struct ImplementationTarget {
    implementations: [Box<dyn Implementation>; 1],
    bounds: Bounds,
    options: Options,
    /// The command that replays a file, without the path of it.
    replay: String,
}

impl ImplementationTarget {
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

    /// Plays a scenario. What was seen is told by how many steps had been done, however often was looked.
    fn play(&mut self, demanding: &Scenario, hosted: &[DeviceName]) -> CaseResult {
        let scenario = LoadedScenario { id: String::new(), path: String::new(), scenario: demanding.clone() };
        let line_up = hosted.iter().map(|device| (device.clone(), 0)).collect();
        let case = Case { id: String::new(), scenario: Arc::new(scenario), line_up };
        let mut result = play(&case, &mut self.implementations, self.options, false);
        if demanding.steps.iter().any(|step| names_another_encryption(step, &demanding.encryption)) {
            result.judgements.retain(|judgement| judgement.requirement.id != ENCRYPTION_WRITTEN);
        }
        for seen in result.judgements.iter_mut().flat_map(|judgement| &mut judgement.seen) {
            let looked_at = seen.step.unwrap_or(demanding.steps.len());
            seen.step = Some(done(&demanding.steps[..looked_at]).count());
        }
        result
    }

    fn try_out(&mut self, seed: u64, scenario: &Scenario, hosted: &[DeviceName]) -> Attempt {
        let drawn = with_demands(scenario, hosted, &self.options);
        let demanding = drawn.expect("a drawn scenario can be cast");
        let result = self.play(&demanding.scenario, hosted);
        // What was seen to be broken before is broken.
        let wrong = self.all_wrong(scenario, hosted, &demanding, &result);
        let causes = wrong.iter().map(|wrong| wrong.cause.clone());
        let mut causes: Vec<Attribution> = causes.chain(seen_once(&result)).collect();
        causes.sort_unstable();
        causes.dedup();
        if let (Some(AdapterError::Unsupported(lacking)), []) = (&result.error, &causes[..]) {
            return Attempt::Unsupported { feature: lacking.feature.clone() };
        }
        let suspect = |cause| {
            let (scenario, hosted, options) = (scenario.clone(), hosted.to_vec(), self.options);
            let mut suspect = Suspect { cause, seed, scenario, options, hosted, as_drawn: None };
            if let Some(wrong) = wrong.iter().find(|wrong| wrong.cause == suspect.cause) {
                let found = attributed(&demanding.scenario, wrong);
                suspect.as_drawn = self.finding(&suspect, found, wrong.demonstration()).map(Box::new);
            }
            suspect
        };
        let suspects = causes.into_iter().map(suspect).collect();
        Attempt::Played { exercised: demanding.exercised, suspects }
    }

    /// Everything that is wrong in the result of a scenario.
    fn all_wrong(
        &mut self,
        scenario: &Scenario,
        hosted: &[DeviceName],
        demanding: &Demanding,
        result: &CaseResult,
    ) -> Vec<CaseFinding> {
        let mut wrong = case_findings(result);
        self.attribute_to_stanzas(hosted, demanding, &mut wrong);
        self.leave_to_others(scenario, hosted, &mut wrong);
        wrong
    }

    /// What is wrong in the result of a scenario and attributed to this cause.
    fn wrong_by(
        &mut self,
        cause: &Attribution,
        scenario: &Scenario,
        hosted: &[DeviceName],
        demanding: &Demanding,
        result: &CaseResult,
    ) -> Option<CaseFinding> {
        let is_of_a_stanza = demanding.of_no_account.iter().any(|(_, id)| cause.0 == *id);
        let mut wrong = case_findings(result);
        wrong.retain(|wrong| is_of_a_stanza || wrong.cause == *cause);
        self.attribute_to_stanzas(hosted, demanding, &mut wrong);
        wrong.retain(|wrong| wrong.cause == *cause);
        self.leave_to_others(scenario, hosted, &mut wrong);
        wrong.into_iter().next()
    }

    fn shows(&mut self, scenario: &Scenario, hosted: &[DeviceName], cause: &Attribution) -> bool {
        let Ok(demanding) = with_demands(scenario, hosted, &self.options) else { return false };
        let result = self.play(&demanding.scenario, hosted);
        self.wrong_by(cause, scenario, hosted, &demanding, &result).is_some()
    }

    /// Puts what would not be wrong without a stanza that must not count down to that stanza, which counted somehow. As it must
    /// not count, the same is demanded without it.
    fn attribute_to_stanzas(
        &mut self,
        hosted: &[DeviceName],
        demanding: &Demanding,
        wrong: &mut [CaseFinding],
    ) {
        for (step, id) in &demanding.of_no_account {
            let may_be_of_it = |wrong: &CaseFinding| wrong.is_of_the_last_word() && wrong.judged.0 != *id;
            if !wrong.iter().any(may_be_of_it) {
                continue;
            }
            let without = self.play(&without(&demanding.scenario, *step), hosted);
            // What was not played to its end may not show what comes later.
            if without.error.is_some() {
                continue;
            }
            for wrong in wrong.iter_mut().filter(|wrong| may_be_of_it(wrong)) {
                let is_there = |line| is_seen(&without, line, |id| id == wrong.judged.0);
                if !wrong.lines.iter().any(is_there) {
                    wrong.cause = Attribution((*id).to_owned());
                }
            }
        }
    }

    /// Leaves out what goes wrong in the same way without one of the stanzas, under another requirement: then that stanza is
    /// blamed for what another one does. What that one does is found by itself.
    fn leave_to_others(&mut self, scenario: &Scenario, hosted: &[DeviceName], wrong: &mut Vec<CaseFinding>) {
        if !wrong.iter().any(CaseFinding::is_of_the_last_word) {
            return;
        }
        let steps = 0..done(&scenario.steps).count();
        let others: Vec<CaseResult> =
            steps.filter_map(|step| self.play_without(step, scenario, hosted)).collect();
        wrong.retain(|wrong| {
            let is_of_another =
                |line| others.iter().any(|other| is_seen(other, line, |id| id != wrong.judged.0));
            !wrong.is_of_the_last_word() || !wrong.lines.iter().all(is_of_another)
        });
    }

    /// The scenario with nothing demanded but what shows the cause, and what was there instead; with all that is demanded if
    /// that does not show it.
    fn reduced_demands(
        &mut self,
        scenario: &Scenario,
        hosted: &[DeviceName],
        cause: &Attribution,
    ) -> Option<(Scenario, Demonstration)> {
        let demanding = with_demands(scenario, hosted, &self.options).ok()?;
        let result = self.play(&demanding.scenario, hosted);
        let wrong = self.wrong_by(cause, scenario, hosted, &demanding, &result)?;
        let reduced_demands = reduced_demands(&demanding.scenario, &wrong);
        let seen = case_findings(&self.play(&reduced_demands, hosted));
        match seen.into_iter().find(|seen| seen.judged == *cause) {
            Some(seen) => Some((reduced_demands, seen.demonstration())),
            None => Some((attributed(&demanding.scenario, &wrong), wrong.demonstration())),
        }
    }

    /// What is told of a suspect and a scenario that shows it.
    fn finding(
        &self,
        suspect: &Suspect,
        mut found: Scenario,
        demonstration: Demonstration,
    ) -> Option<FuzzFinding> {
        let Suspect { cause, seed, hosted, .. } = suspect;
        let requirement = requirements::find(&cause.0);
        found.title = match requirement {
            Some(requirement) => format!("A random scenario that breaks {}", requirement.id),
            None => format!("A random scenario with trouble: {cause}"),
        };
        found.about = requirement.map(|requirement| requirement.summary.to_owned());
        let about = requirement.map_or(COMPLETE_GRAPH, |requirement| requirement.id);
        found.requirements = headings(&found);
        if !found.requirements.iter().any(|heading| heading.as_str() == about) {
            found.requirements.insert(0, about.parse().expect("a valid id"));
        }
        let replay = format!("{} --case '*@{}'", self.replay, hosted.first()?);
        Some(FuzzFinding::new(cause.clone(), *seed, &found, demonstration, replay))
    }
    /// Plays a scenario that expects nothing without a stanza for the implementation, if one arrives in that step.
    fn play_without(
        &mut self,
        step: usize,
        scenario: &Scenario,
        hosted: &[DeviceName],
    ) -> Option<CaseResult> {
        let Step::Deliver(stanza) = done(&scenario.steps).nth(step)? else { return None };
        if !hosted.contains(&stanza.to) {
            return None;
        }
        let demanding = with_demands(&without(scenario, step), hosted, &self.options).ok()?;
        Some(self.play(&demanding.scenario, hosted))
    }
}

/// The steps in which something is done.
fn done(steps: &[Step]) -> impl Iterator<Item = &Step> {
    steps.iter().filter(|step| !matches!(step, Step::Expect(_)))
}

/// The scenario without what is done in a step. Everything else happens when it did.
fn without(scenario: &Scenario, step: usize) -> Scenario {
    let mut without = scenario.clone();
    let pause = Step::Wait(scenario.network.pause);
    let mut done = without.steps.iter_mut().filter(|step| !matches!(step, Step::Expect(_)));
    if let Some(step) = done.nth(step) {
        *step = pause;
    }
    without
}

impl Target for ImplementationTarget {
    fn draw(&self, seed: u64) -> Scenario {
        draw(seed, &self.bounds).0
    }

    fn attempt(&mut self, seed: u64) -> Attempt {
        let (scenario, hosted) = draw(seed, &self.bounds);
        let attempt = self.try_out(seed, &scenario, &hosted);
        // Whatever seems wrong then may come from that.
        if running::has_ended() { Attempt::Interrupted } else { attempt }
    }

    fn reduce(&mut self, suspect: &Suspect, go_on: &dyn Fn() -> bool) -> Option<FuzzFinding> {
        let Suspect { cause, scenario, hosted, as_drawn, .. } = suspect;
        let smallest = shrink(scenario, |candidate| {
            go_on() && is_there(candidate, hosted) && self.shows(candidate, hosted, cause)
        });
        let reduced = self.reduced_demands(&smallest, hosted, cause);
        if running::has_ended() {
            return as_drawn.as_deref().cloned();
        }
        let (found, demonstration) = reduced?;
        self.finding(suspect, found, demonstration)
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
    scenario.network = NetworkSpec::default();
    scenario.limits = LimitsSpec::default();
    scenario.policy = PolicySpec::default();
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
    let Step::Scan(ScanStep { code: Code::Uri(uri), .. }) = step else { return false };
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
