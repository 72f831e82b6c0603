use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use atm_adapter_protocol::AdapterError;
use atm_engine::{
    Decision, DecisionKind, Device, Directory, Input, KeyId, Level, Origin, Payload, Protection, Received,
};
use atm_simulator::cast::Cast;
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::observation::Observation;
use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, DeviceName, Scenario};
use atm_simulator::search::generate::Bounds;

use super::{Drawn, ImplementationTarget};
use crate::cases::{Case, CaseLog, Engine, Implementation, Judgement, LoadedScenario, Scene, Verdict, play};
use crate::fuzz::written::{Carried, SpokenWord, phone, scenario};
use crate::fuzz::{Attempt, Attribution, FuzzFinding, Suspect, Target};
use crate::messages::Wire;
use crate::variations::Variation;

/// A mistake that an implementation makes when it receives a decision or when a person decides.
type Mistake = fn(&mut Mind, &Happening<'_>);

/// The reference engine with a mistake.
#[derive(Clone, Copy)]
struct Flawed {
    mistake: Mistake,
    /// The number of levels that it reports before it reports only undecided keys.
    patience: usize,
    /// The number of plays with the mistake. Later plays have none.
    plays: usize,
}

impl Flawed {
    fn by(mistake: Mistake) -> Self {
        Self { mistake, patience: usize::MAX, plays: usize::MAX }
    }
}

/// The levels that it reports instead of the engine's.
#[derive(Default)]
struct Mind {
    levels: BTreeMap<String, Level>,
    /// The keys that it authenticates when a person decides.
    later: Vec<String>,
}

impl Mind {
    fn trusts(&mut self, key: &str) {
        self.levels.insert(key.to_owned(), Level::Authenticated);
    }
}

enum Happening<'a> {
    /// A decision about a key arrives, with its sender, its protection and whether it has a time.
    Heard { by: Option<String>, is_encrypted: bool, is_dated: bool, verdict: DecisionKind, about: &'a str },
    /// A person decides.
    Decided,
}

struct FlawedDevice {
    device: Device,
    cast: Arc<Cast>,
    mind: Mind,
    flawed: Flawed,
    asked: Cell<usize>,
}

impl FlawedDevice {
    fn happens(&mut self, input: &Input) {
        match input {
            Input::Receive(Received { protection, payload: Payload::Parsed(envelope), .. }) => {
                let by = match protection {
                    Protection::Encrypted { by, .. } => by.map(|by| self.cast.key_name(by)),
                    Protection::None => None,
                };
                for Decision { key, kind: verdict } in envelope.message.decisions.iter() {
                    let heard = Happening::Heard {
                        by: by.clone(),
                        is_encrypted: *protection != Protection::None,
                        is_dated: envelope.time.is_some(),
                        verdict: *verdict,
                        about: &self.cast.key_name(*key),
                    };
                    (self.flawed.mistake)(&mut self.mind, &heard);
                }
            }
            Input::Decide(_) => (self.flawed.mistake)(&mut self.mind, &Happening::Decided),
            _ => {}
        }
    }
}

impl Endpoint for FlawedDevice {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.happens(input);
        Endpoint::apply(&mut self.device, input, context, out)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() > self.flawed.patience {
            return Ok(Level::Undecided);
        }
        let own = self.mind.levels.get(&self.cast.key_name(key));
        Ok(own.copied().unwrap_or_else(|| self.device.level(key)))
    }

    fn origin(&self, _: KeyId) -> Option<Origin> {
        None
    }

    fn restart(&mut self, _names: &Directory) -> Result<(), Failure> {
        Ok(())
    }

    fn postponed(&self, _: KeyId) -> Option<Vec<Decision>> {
        None
    }
}

impl Implementation for Flawed {
    fn begin(&mut self, _: &mut Scenario, _: &[DeviceName], _: bool) -> Result<(), AdapterError> {
        Ok(())
    }

    fn join(&mut self, scene: &Scene<'_>, _: &Wire) -> Box<dyn Endpoint> {
        let (device, cast) = (Engine::device(scene), scene.cast.clone());
        if self.plays == 0 {
            self.mistake = |_, _| {};
        }
        self.plays = self.plays.saturating_sub(1);
        Box::new(FlawedDevice { device, cast, mind: Mind::default(), flawed: *self, asked: Cell::new(0) })
    }

    fn end(&mut self) -> CaseLog {
        CaseLog::default()
    }
}

fn target(flawed: Flawed) -> ImplementationTarget {
    let bounds = Bounds { accounts: 3, devices: 3, steps: 12, ..Bounds::default() };
    ImplementationTarget::new(Box::new(flawed), bounds, Options::default(), "atm conformance".to_owned())
}

/// The attributions of a scenario's failures.
fn causes(mistake: Mistake, scenario: &Scenario) -> Vec<String> {
    causes_of(Flawed::by(mistake), scenario)
}

fn causes_of(flawed: Flawed, scenario: &Scenario) -> Vec<String> {
    let drawn = Drawn { scenario: scenario.clone(), hosted: phone(), row: Vec::new() };
    match target(flawed).try_out(0, &drawn) {
        Attempt::Played { suspects, .. } => suspects.into_iter().map(|suspect| suspect.cause.0).collect(),
        other => panic!("nothing is unsupported, and nobody interrupts: {other:?}"),
    }
}

/// The finding of a failure, shrunk if `makes_small`. `None` if it does not reproduce.
fn reduced(flawed: Flawed, scenario: &Scenario, cause: &str, makes_small: bool) -> Option<FuzzFinding> {
    let (cause, options, hosted) = (Attribution(cause.to_owned()), Options::default(), phone());
    let (scenario, variations) = (scenario.clone(), Vec::new());
    let suspect = Suspect { cause, seed: 0, scenario, options, hosted, variations, as_drawn: None };
    target(flawed).reduce(&suspect, &|| makes_small)
}

fn says(from: &str, carried: Carried<'_>, at: Option<u32>, says: &[(&str, &str)]) -> String {
    SpokenWord { from, carried, at, says }.step()
}

fn from_tablet(at: Option<u32>, verdict: &str, device: &str) -> String {
    says("alice@example.org/tablet", Carried::EncryptedBy("alice/tablet"), at, &[(verdict, device)])
}

fn from_bob(at: u32, verdict: &str, device: &str) -> String {
    says("bob@example.com/phone", Carried::EncryptedBy("bob/phone"), Some(at), &[(verdict, device)])
}

fn in_the_clear(at: u32, verdict: &str, device: &str) -> String {
    says("bob@example.com/phone", Carried::InTheClear, Some(at), &[(verdict, device)])
}

fn authenticates(key: &str) -> String {
    format!("authenticate: alice/phone -> {key}")
}

/// Authenticates keys that Alice's tablet distrusts, and keys that Bob's phone trusts if no distrust in the clear came
/// before.
fn trusts_too_much(mind: &mut Mind, happening: &Happening<'_>) {
    let Happening::Heard { by, is_encrypted, verdict, about, .. } = happening else { return };
    match (by.as_deref(), verdict) {
        (Some("alice/tablet"), DecisionKind::Distrust) => mind.trusts(about),
        (Some("bob/phone"), DecisionKind::Trust) => {
            mind.levels.entry((*about).to_owned()).or_insert(Level::Authenticated);
        }
        (None, DecisionKind::Distrust) if !is_encrypted => {
            mind.levels.insert((*about).to_owned(), Level::Undecided);
        }
        _ => {}
    }
}

#[test]
fn what_goes_wrong_in_any_case_is_not_put_down_to_a_stanza_that_hides_something_else() {
    let deceived = scenario(&[
        authenticates("alice/tablet"),
        in_the_clear(2, "distrust", "tablet"),
        from_bob(3, "trust", "tablet"),
        from_tablet(Some(4), "distrust", "notebook"),
    ]);
    assert_eq!(causes(trusts_too_much, &deceived), ["xep-0450/dc-r/own-endpoint"]);
}

/// Accepts messages without a time, and believes Carol about everyone.
fn believes_carol(mind: &mut Mind, happening: &Happening<'_>) {
    let Happening::Heard { by, is_dated, about, .. } = happening else { return };
    let by = by.as_deref();
    if by == Some("carol/phone") || by == Some("alice/tablet") && !is_dated {
        mind.trusts(about);
    }
}

#[test]
fn what_is_advice_hides_no_failure() {
    let carol = says(
        "carol@example.net/phone",
        Carried::EncryptedBy("carol/phone"),
        Some(4),
        &[("trust", "notebook")],
    );
    let undated = from_tablet(None, "trust", "tablet");
    let (tablet, phone) = (authenticates("alice/tablet"), authenticates("carol/phone"));
    let advice_first = scenario(&[tablet.clone(), phone.clone(), undated.clone(), carol.clone()]);
    let both = ["xep-0434/sce-profile/time", "xep-0450/introduction/own-account-only"];
    assert_eq!(causes(believes_carol, &advice_first), both);
    // Neither failure follows from the other.
    let failure_first = scenario(&[tablet, phone, carol, undated]);
    assert_eq!(causes(believes_carol, &failure_first), both);
}

/// When a person decides, authenticates all keys that any encrypted message is about, and Bob's notebook even if the
/// message was in the clear.
fn goes_by_account(mind: &mut Mind, happening: &Happening<'_>) {
    match happening {
        Happening::Heard { by, about, .. } => {
            if by.is_some() || *about == "bob/notebook" {
                mind.later.push((*about).to_owned());
            }
        }
        Happening::Decided => {
            for key in std::mem::take(&mut mind.later) {
                mind.trusts(&key);
            }
        }
    }
}

#[test]
fn a_stanza_that_has_nothing_to_do_with_it_is_no_suspect() {
    let steps =
        [from_bob(0, "trust", "tablet"), in_the_clear(1, "trust", "tablet"), authenticates("carol/phone")];
    let without = [steps[0].clone(), steps[2].clone()];
    for steps in [&steps[..], &without] {
        assert_eq!(causes(goes_by_account, &scenario(steps)), ["xep-0450/introduction/security-level"]);
    }
}

/// One of the two keys is authenticated even without the decision in the clear.
#[test]
fn what_one_stanza_has_no_part_in_may_still_be_found() {
    let steps = scenario(&[
        from_bob(0, "trust", "tablet"),
        in_the_clear(1, "trust", "tablet"),
        in_the_clear(2, "trust", "notebook"),
        authenticates("carol/phone"),
    ]);
    let flawed = Flawed::by(goes_by_account);
    for makes_small in [true, false] {
        let found = reduced(flawed, &steps, "xep-0420/rules/plaintext-ignored", makes_small);
        let found = found.expect("it is found");
        assert!(found.observed.iter().any(|line| line.contains("bob/notebook is authenticated")));
    }
}

/// Uses the decisions of Bob's phone once an unsigned message trusts that phone.
fn believes_the_unsigned(mind: &mut Mind, happening: &Happening<'_>) {
    let Happening::Heard { by, is_encrypted, about, .. } = happening else { return };
    match by.as_deref() {
        Some("bob/phone") => mind.later.push((*about).to_owned()),
        None if *is_encrypted && *about == "bob/phone" => {
            for key in std::mem::take(&mut mind.later) {
                mind.trusts(&key);
            }
        }
        _ => {}
    }
}

#[test]
fn each_stanza_that_must_not_count_is_asked_about() {
    let unsigned = says("bob@example.com/phone", Carried::Unsigned, Some(2), &[("trust", "phone")]);
    let steps = [from_bob(0, "trust", "tablet"), in_the_clear(1, "trust", "tablet"), unsigned];
    assert_eq!(causes(believes_the_unsigned, &scenario(&steps)), ["xep-0434/structure/signed"]);
}

#[test]
fn what_is_wrong_only_once_is_suspected_and_not_found_again() {
    let steps = scenario(&[authenticates("alice/tablet"), from_tablet(Some(1), "distrust", "notebook")]);
    let once = Flawed { plays: 1, ..Flawed::by(trusts_too_much) };
    assert_eq!(causes_of(once, &steps), ["xep-0450/dc-r/own-endpoint"]);
    let never = Flawed { plays: 0, ..once };
    assert_eq!(reduced(never, &steps, "xep-0450/dc-r/own-endpoint", true), None);
}

/// A device that follows decisions in the clear and authenticates a key for no reason. Both failures are reported.
#[test]
fn what_an_attack_makes_count_is_found_beside_another_failure() {
    let mistake: Mistake = |mind, happening| match happening {
        Happening::Decided => mind.trusts("carol/phone"),
        Happening::Heard { is_encrypted: false, verdict: DecisionKind::Trust, about, .. } => {
            mind.trusts(about);
        }
        Happening::Heard { .. } => {}
    };
    let by = Carried::EncryptedBy("bob/phone");
    let scenario = scenario(&[
        "authenticate: alice/phone -> bob/phone".to_owned(),
        says("bob@example.com/phone", by, Some(2), &[("trust", "tablet")]),
        says("bob@example.com/phone", by, Some(3), &[("trust", "notebook")]),
    ]);
    let found = |row: &[Variation]| {
        let drawn = Drawn { scenario: scenario.clone(), hosted: phone(), row: row.to_vec() };
        let Attempt::Played { suspects, .. } = target(Flawed::by(mistake)).try_out(0, &drawn) else {
            panic!("nothing is unsupported")
        };
        suspects.into_iter().map(|suspect| suspect.cause.0).collect::<Vec<_>>()
    };
    let plain = ["xep-0450/introduction/security-level"];
    assert_eq!(found(&[]), plain);
    assert_eq!(found(&[Variation::InTheClear]), ["xep-0420/rules/plaintext-ignored", plain[0]]);
    // Another form shows no failure that does not occur without it.
    assert_eq!(found(&[Variation::Prefixes]), plain);
}

/// Alice's phone still uses Bob's tablet although nobody authenticated it.
const USES_THE_TABLET: &str = "
format: 1
title: A key that is used
requirements: [xep-0450/toakafa/latch]
accounts:
  alice: { devices: { phone: } }
  bob: { devices: { phone: , tablet: , notebook: } }
  carol: { devices: { phone: } }
steps:
  - authenticate: alice/phone -> bob/phone
expect:
  required:
    xep-0450/toakafa/latch:
      - may-not-encrypt: { from: alice/phone, to: [bob/tablet] }
";

#[test]
fn advice_is_left_out_only_if_it_can_follow_from_a_failure() {
    let verdict = |mistake: Mistake| {
        let scenario =
            Scenario::parse("uses.yaml", USES_THE_TABLET, &Catalog::unchecked()).expect("a scenario");
        let loaded = LoadedScenario { id: "uses".to_owned(), path: String::new(), scenario };
        let line_up = phone().into_iter().map(|device| (device, 0)).collect();
        let case = Case { id: "uses@alice/phone".to_owned(), scenario: Arc::new(loaded), line_up };
        let mut implementations: [Box<dyn Implementation>; 1] = [Box::new(Flawed::by(mistake))];
        let result = play(&case, &mut implementations, Options::default(), false);
        let of_latch = |judgement: &&Judgement| judgement.requirement.id == "xep-0450/toakafa/latch";
        assert_eq!(result.monitored.len(), 1, "{:?}", result.monitored);
        result.judgements.iter().find(of_latch).map(|judgement| judgement.verdict)
    };
    // Carol's phone has no influence on Bob's keys, but his notebook has.
    let of_another: Mistake = |mind, _| {
        mind.levels.insert("bob/tablet".to_owned(), Level::AutomaticallyTrusted);
        mind.trusts("carol/phone");
    };
    let of_the_owner: Mistake = |mind, _| {
        mind.levels.insert("bob/tablet".to_owned(), Level::AutomaticallyTrusted);
        mind.trusts("bob/notebook");
    };
    assert_eq!(verdict(of_another), Some(Verdict::Advice));
    assert_eq!(verdict(of_the_owner), None);
}
