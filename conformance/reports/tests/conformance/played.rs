//! Run files of real cases, played by the reference engine and by deliberately wrong wrappers of it.

use std::sync::{Arc, LazyLock};

use atm_adapter_protocol::protocol::Unsupported;
use atm_adapter_protocol::{AdapterError, Ending};
use atm_engine::{Decision, Directory, Input, KeyId, Level, Origin};
use atm_reports::conformance::pictures;
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::observation::Observation;
use atm_simulator::run::Options;
use atm_simulator::scenario::{DeviceName, Scenario};
use atm_suite::cases::{
    self, Case, CaseLog, CaseResult, Engine, Implementation, LoadedScenario, Scene, Verdict,
};
use atm_suite::messages::{Wire, findings};
use atm_suite::run_file::{CaseLine, ImplementationLine, RUN_FORMAT, RunFile, RunLine};
use atm_suite::variations::VariationChoice;
use atm_suite::{library, requirements};

/// The scenarios that are played: small ones of each kind.
const SCENARIOS: [&str; 12] = [
    "attacks/cache-poisoning",
    "attacks/injected-device-speaks-first",
    "attacks/wrong-usage",
    "hazards/restated-trust-undoes-a-distrust",
    "one-key/contact-is-authenticated-and-distrusted",
    "test-cases/a2-for-a3-authenticate",
    "test-cases/a2-for-b1-distrust",
    "xep-0450/authenticate-contact-tells-own-endpoints",
    "xep-0450/contact-key-learned-from-own-endpoint",
    "xep-0450/distrust-own-tells-all-others",
    "xep-0450/key-not-discovered-yet",
    "xep-0450/toakafa-new-keys",
];

/// A requirement that no case judges.
pub(crate) const UNTESTED: &str = "xep-0434/structure/signed";

/// The deviation of an implementation from the reference engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deviation {
    /// No deviation.
    None,
    /// It announces no decision, does not support shared keys, and ends in one scenario. Its owner expects some
    /// failures.
    Silent,
    /// It forgets each decision at once, so all keys are undecided.
    Forgetful,
}

/// The run file of the reference engine.
pub(crate) static ENGINE: LazyLock<RunFile> = LazyLock::new(|| play("engine", Deviation::None));
/// The run file of an implementation that announces nothing.
pub(crate) static SILENT: LazyLock<RunFile> = LazyLock::new(|| play("silent", Deviation::Silent));
/// The run file of an implementation that forgets every decision.
pub(crate) static FORGETFUL: LazyLock<RunFile> = LazyLock::new(|| play("forgetful", Deviation::Forgetful));

/// Plays [`SCENARIOS`] with an implementation.
pub(crate) fn play(name: &str, deviation: Deviation) -> RunFile {
    play_scenarios(name, deviation, &SCENARIOS)
}

/// Plays these scenarios with an implementation.
pub(crate) fn play_scenarios(name: &str, deviation: Deviation, scenarios: &[&str]) -> RunFile {
    let loaded = library::files().into_iter().filter(|file| scenarios.contains(&file.id()));
    let loaded: Vec<_> = loaded
        .map(|file| {
            Arc::new(LoadedScenario {
                id: file.id().to_owned(),
                path: format!("scenarios/{}", file.path),
                scenario: file.load().unwrap_or_else(|mistakes| panic!("{mistakes}")),
            })
        })
        .collect();
    let cases: Vec<Case> = cases::cases(&loaded);
    let options = Options::default();
    let implementations = || -> Vec<Box<dyn Implementation>> { vec![Box::new(Deviating::new(deviation))] };
    let results = cases::play_all(&cases, 2, (options, &VariationChoice::None), false, &implementations, &());
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    let names = [name.to_owned()];
    let mut lines: Vec<CaseLine> =
        cases.iter().zip(&results).map(|(case, result)| CaseLine::of(case, result, &names)).collect();
    if deviation == Deviation::Silent {
        expect(&mut lines);
    }
    let run = RunLine {
        format: RUN_FORMAT,
        suite: "0.1.0".to_owned(),
        implementations: vec![ImplementationLine {
            name: name.to_owned(),
            implementation: format!("{name} implementation"),
            version: "1.2".to_owned(),
            url: Some(format!("https://example.org/{name}")),
            adapter: Some(format!("{name}-adapter --fast")),
            asks_before_automatic_decisions: false,
        }],
        announcement: options.announcement,
        conflict: options.conflict,
        seed: options.seed,
        requirements: selected(&loaded),
        command: format!("atm conformance --adapter '{name}-adapter --fast'"),
        command_without_scenarios: None,
    };
    let pictures = pictures(&run, &lines, &cases, &results);
    RunFile { run, cases: lines, pictures, not_played: 0 }
}

/// The requirements of the scenarios, some that are checked on each message, and [`UNTESTED`].
fn selected(scenarios: &[Arc<LoadedScenario>]) -> Vec<String> {
    let named = |id: &str| {
        let mut named = scenarios.iter().flat_map(|loaded| &loaded.scenario.requirements);
        named.any(|other| other.as_str() == id)
    };
    let on_messages: Vec<&str> = requirements::ids().filter(|id| findings::are_about(id)).take(3).collect();
    let selected = requirements::ids().filter(|id| named(id) || on_messages.contains(id) || *id == UNTESTED);
    selected.map(str::to_owned).collect()
}

/// Lets the owner of an implementation expect a failure that occurs, and another one that does not.
fn expect(lines: &mut [CaseLine]) {
    let judgements = || lines.iter().flat_map(|case| &case.judgements);
    let worst =
        |id: &str| judgements().filter(|other| other.requirement == id).map(|other| other.verdict).max();
    let one_with = |verdict| {
        let one = judgements().rfind(|judgement| worst(&judgement.requirement) == Some(verdict));
        one.expect("there is one with each verdict").requirement.clone()
    };
    let (failing, passing) = (one_with(Verdict::Fail), one_with(Verdict::Pass));
    for judgement in lines.iter_mut().flat_map(|case| &mut case.judgements) {
        judgement.verdict = match judgement.verdict {
            Verdict::Fail if judgement.requirement == failing => Verdict::ExpectedFail,
            Verdict::Pass if judgement.requirement == passing => Verdict::UnexpectedPass,
            _ => continue,
        };
        judgement.reason = Some("https://example.org/issues/7: announcing comes with version 2".to_owned());
    }
}

#[derive(Clone, Copy, Debug)]
struct Deviating {
    deviation: Deviation,
    ends: bool,
}

impl Deviating {
    fn new(deviation: Deviation) -> Self {
        Self { deviation, ends: false }
    }
}

impl Implementation for Deviating {
    fn begin(&mut self, scenario: &mut Scenario, _: &[DeviceName], _: bool) -> Result<(), AdapterError> {
        let silent = self.deviation == Deviation::Silent;
        self.ends = silent && scenario.title.contains("speaks first");
        if silent && scenario.accounts.iter().any(|(_, account)| account.one_key) {
            return Err(AdapterError::Unsupported(Unsupported {
                feature: "shared-key".to_owned(),
                reason: Some("the endpoints of an account share a key in this case".to_owned()),
                link: None,
            }));
        }
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, _: &Wire) -> Box<dyn Endpoint> {
        Box::new(DeviatingEndpoint { device: Box::new(Engine::device(scene)), deviation: self.deviation })
    }

    fn end(&mut self) -> CaseLog {
        let ended = || AdapterError::Ended {
            command: "deliver".to_owned(),
            ending: Ending::Code(101),
            stderr: "panicked at src/cache.rs:12: no entry found for key".to_owned(),
        };
        CaseLog { error: self.ends.then(ended), ..CaseLog::default() }
    }
}

struct DeviatingEndpoint {
    device: Box<dyn Endpoint>,
    deviation: Deviation,
}

impl Endpoint for DeviatingEndpoint {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let before = out.sent.len();
        self.device.apply(input, context, out)?;
        if self.deviation == Deviation::Silent {
            out.sent.truncate(before);
        }
        Ok(())
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        match self.deviation {
            Deviation::None | Deviation::Silent => self.device.level(key),
            Deviation::Forgetful => Ok(Level::Undecided),
        }
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.device.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.device.restart(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.device.postponed(sender)
    }
}
