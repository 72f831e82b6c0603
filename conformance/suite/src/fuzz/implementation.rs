#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use atm_adapter_protocol::{AdapterError, running};
use atm_engine::codec::{Malformed, NamedEnvelope, TrustMessageUri};
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{
    Account, Code, DeviceName, EncryptionNamespace, LimitsSpec, Named, NetworkSpec, PolicySpec, ScanStep,
    Scenario, Step,
};
use atm_simulator::search::generate::{self, Bounds, Dice, Mixture, Purpose};
use atm_simulator::search::shrink::shrink;

use super::case_finding::{CaseFinding, case_findings, seen_once, varied_findings};
use super::expected::expect;
use super::fuzz_finding::FuzzFinding;
use super::known::{EXPECTATIONS, Known};
use super::target::{Attempt, Attribution, Suspect, Target};
use crate::cases::{
    Case, CaseResult, Implementation, LoadedScenario, Trial, can_differ, hostable, play, play_with_row,
};
use crate::coverage::Exercised;
use crate::requirements;
use crate::variations::{Variation, VariationChoice};

/// An implementation under test, checked by the monitor in random scenarios.
pub struct ImplementationTarget {
    implementations: [Box<dyn Implementation>; 1],
    bounds: Bounds,
    options: Options,
    variations: VariationChoice,
    /// The command that replays a file, without the file's path.
    replay: String,
    /// The requirements that are known to be broken.
    expected: BTreeSet<String>,
}

/// The failures of a scenario.
struct Shown {
    wrong: Vec<CaseFinding>,
    /// The result without variations, or with them if nothing fails with them.
    result: CaseResult,
}

impl ImplementationTarget {
    /// Creates the target. The implementation hosts one device in scenarios within these bounds; all others are the
    /// reference engine with these rules. The seed draws a row of variations.
    #[must_use]
    pub fn new(
        implementation: Box<dyn Implementation>,
        bounds: Bounds,
        options: Options,
        replay: String,
    ) -> Self {
        let (variations, expected) = (VariationChoice::default(), BTreeSet::new());
        Self { implementations: [implementation], bounds, options, variations, replay, expected }
    }

    /// Treats the violation of these requirements as known.
    #[must_use]
    pub fn expecting(self, expected: impl IntoIterator<Item = String>) -> Self {
        Self { expected: expected.into_iter().collect(), ..self }
    }

    /// Chooses the variations.
    #[must_use]
    pub fn with_variations(self, variations: VariationChoice) -> Self {
        Self { variations, ..self }
    }

    /// Plays a scenario under the monitor, first with the variations. If something fails then, also without them.
    fn look(&mut self, scenario: &Scenario, hosted: &[DeviceName], row: &[Variation]) -> Shown {
        let loaded = LoadedScenario { id: String::new(), path: String::new(), scenario: scenario.clone() };
        let line_up = hosted.iter().map(|device| (device.clone(), 0)).collect();
        let case = Case { id: String::new(), scenario: Arc::new(loaded), line_up };
        let (implementations, options) = (&mut self.implementations, self.options);
        if !row.is_empty() {
            let result = judged(play_with_row(&case, implementations, options, row), scenario);
            if result.error.is_none() && case_findings(&result).is_empty() {
                return Shown { wrong: Vec::new(), result };
            }
        }
        let plain = judged(play(&case, implementations, options, false), scenario);
        let mut wrong = case_findings(&plain);
        if can_differ(&plain, row) {
            let mut trial = Trial { case: &case, implementations, options, plain: &plain };
            wrong.extend(trial.smallest(row).iter().flat_map(varied_findings));
        }
        Shown { wrong, result: plain }
    }

    fn try_out(&mut self, seed: u64, drawn: &Drawn) -> Attempt {
        let Drawn { scenario, hosted, row } = drawn;
        let Shown { wrong, result } = self.look(scenario, hosted, row);
        // A failure that was observed before an error still counts.
        let causes = wrong.iter().map(|wrong| wrong.cause.clone());
        let mut causes: Vec<Attribution> = causes.chain(seen_once(&result)).collect();
        causes.sort_unstable();
        causes.dedup();
        if let (Some(AdapterError::Unsupported(lacking)), []) = (&result.error, &causes[..]) {
            return Attempt::Unsupported { feature: lacking.feature.clone() };
        }
        let suspect = |cause| {
            let (scenario, hosted, options) = (scenario.clone(), hosted.clone(), self.options);
            let wrong = wrong.iter().find(|wrong| wrong.cause == cause);
            let variations = wrong.map_or_else(Vec::new, |wrong| wrong.variations.clone());
            let mut suspect = Suspect { cause, seed, scenario, options, hosted, variations, as_drawn: None };
            suspect.as_drawn =
                wrong.and_then(|wrong| self.finding(&suspect, &suspect.scenario, wrong)).map(Box::new);
            suspect
        };
        let (known, new): (Vec<_>, Vec<_>) =
            causes.into_iter().partition(|cause| self.expected.contains(&cause.0));
        let suspects = new.into_iter().map(suspect).collect();
        let known = known
            .into_iter()
            .map(|cause| Known { cause, by: EXPECTATIONS.to_owned(), observed: None })
            .collect();
        Attempt::Played { exercised: self.exercised(scenario), suspects, known }
    }

    /// The rules and refusals that the reference engine exercises in a scenario.
    fn exercised(&self, scenario: &Scenario) -> Exercised {
        let run = run(scenario, &self.options).expect("a drawn scenario can be cast");
        Exercised::in_run(scenario, &run.cast, run.trace.records())
    }

    /// The finding in a scenario that has the same cause as the suspect, and variations only if the suspect has them.
    fn wrong_by(&mut self, suspect: &Suspect, scenario: &Scenario) -> Option<CaseFinding> {
        let Suspect { cause, hosted, variations, .. } = suspect;
        let is_it = |wrong: &CaseFinding| {
            wrong.cause == *cause && wrong.variations.is_empty() == variations.is_empty()
        };
        self.look(scenario, hosted, variations).wrong.into_iter().find(is_it)
    }

    /// Describes a finding. The scenario gets the violated expectation, unless variations are needed: under an attack,
    /// other behaviour may be lawful.
    fn finding(&self, suspect: &Suspect, scenario: &Scenario, wrong: &CaseFinding) -> Option<FuzzFinding> {
        let Suspect { cause, seed, hosted, .. } = suspect;
        let mut found = scenario.clone();
        if let Some(monitored) = &wrong.monitored {
            expect(&mut found, monitored);
        }
        let requirement = requirements::find(&cause.0);
        found.title = match requirement {
            Some(requirement) => format!("A random scenario that breaks {}", requirement.id),
            None => format!("A random scenario with trouble: {cause}"),
        };
        found.about = requirement.map(|requirement| requirement.summary.to_owned());
        let about = requirement.map_or(JUDGED_ALWAYS, |requirement| requirement.id);
        found.requirements = vec![about.parse().expect("a valid id")];
        let mut replay = self.replay.clone();
        if !wrong.variations.is_empty() {
            let names: Vec<&str> = wrong.variations.iter().map(|variation| variation.name()).collect();
            replay += &format!(" --variations {}", names.join(","));
        }
        replay += &format!(" --case '*@{}'", hosted.first()?);
        Some(FuzzFinding::new(cause.clone(), *seed, &found, wrong.demonstration(), replay))
    }
}

impl Target for ImplementationTarget {
    fn draw(&self, seed: u64) -> Scenario {
        draw(seed, &self.bounds, &self.variations).scenario
    }

    fn attempt(&mut self, seed: u64) -> Attempt {
        let drawn = draw(seed, &self.bounds, &self.variations);
        let attempt = self.try_out(seed, &drawn);
        // Failures may be caused by the interruption.
        if running::has_ended() { Attempt::Interrupted } else { attempt }
    }

    fn reduce(&mut self, suspect: &Suspect, go_on: &dyn Fn() -> bool) -> Option<FuzzFinding> {
        let Suspect { scenario, hosted, as_drawn, .. } = suspect;
        let smallest = shrink(scenario, |candidate| {
            go_on() && is_there(candidate, hosted) && self.wrong_by(suspect, candidate).is_some()
        });
        let wrong = self.wrong_by(suspect, &smallest);
        if running::has_ended() {
            return as_drawn.as_deref().cloned();
        }
        self.finding(suspect, &smallest, &wrong?)
    }
}

/// The requirement of a scenario that only shows an adapter error. Every run is judged by it, so the scenario passes once
/// the adapter answers.
const JUDGED_ALWAYS: &str = "xep-0450/introduction/security-level";

fn is_there(scenario: &Scenario, hosted: &[DeviceName]) -> bool {
    let there = hostable(scenario);
    hosted.iter().all(|device| there.contains(device))
}

/// The parameters drawn from a seed.
struct Drawn {
    scenario: Scenario,
    /// The device under test. Several could compensate for each other's mistakes or be blamed for them.
    hosted: Vec<DeviceName>,
    /// The variations to play.
    row: Vec<Variation>,
}

fn draw(seed: u64, bounds: &Bounds, variations: &VariationChoice) -> Drawn {
    let mut dice = Dice::new(seed);
    let seldom = match bounds.mixture {
        Mixture::All => 4,
        Mixture::Few => 8,
    };
    let purpose = if dice.one_in(seldom) { Purpose::Promises } else { Purpose::Interpretation };
    let scenario = tame(generate::scenario(&mut dice, &Bounds { purpose, ..*bounds }));
    let mut hosted = hostable(&scenario);
    // Addressees of handmade stanzas are listed twice, since most happens to them.
    let addressed = scenario.steps.iter().filter_map(|step| match step {
        Step::Deliver(deliver) => Some(deliver.to.clone()),
        Step::Chain(chain) => Some(chain.to.clone()),
        Step::Flood(flood) => Some(flood.to.clone()),
        _ => None,
    });
    let addressed: Vec<DeviceName> = addressed.filter(|device| hosted.contains(device)).collect();
    hosted.extend(addressed);
    let one = dice.below(hosted.len());
    Drawn { scenario, hosted: vec![hosted.swap_remove(one)], row: variations.draw(bounds.mixture, &mut dice) }
}

/// Removes findings that the scenario itself causes.
fn judged(mut result: CaseResult, scenario: &Scenario) -> CaseResult {
    if scenario.steps.iter().any(|step| names_another_encryption(step, &scenario.encryption)) {
        result.judgements.retain(|judgement| judgement.requirement.id != ENCRYPTION_WRITTEN);
    }
    result
}

/// Simplifies a scenario for other implementations: it has no limits of the reference engine and no unusual key
/// identifiers. Everything arrives before the next step, since times may have whole seconds. All devices get carbons,
/// since some implementations rely on them.
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

/// The requirement that a message names the encryption of the keys in it. The encryption that carries it may differ.
const ENCRYPTION_WRITTEN: &str = "xep-0434/structure/encryption-written";

/// Whether a person scans a key of another encryption. An implementation that supports that encryption announces it so.
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
