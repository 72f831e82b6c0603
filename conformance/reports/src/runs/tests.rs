use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::run::{Options, Run, Watching, observe, run};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::Event;

use super::text::write_end;
use super::{PlayedScenario, PlayingScenario, Story, report};

const ONE_STEP: &str = "
format: 1
title: A promise
requirements: [xep-0450/introduction/security-level]
accounts:
  alice: { devices: { phone: , tablet: } }
steps:
  - expect: { reference: [counts: { manual: 0 }] }
  - authenticate: alice/phone -> alice/tablet
";

/// A run with a violation of `soundness` in step 1, the second entry. The engine never breaks this invariant, so the
/// test adds the violation.
fn broken(breaks: &[Invariant]) -> (Scenario, Run) {
    let scenario = Scenario::parse("promise.yaml", ONE_STEP, &Catalog::unchecked()).expect("a scenario");
    let mut run = run(&scenario, &Options::default()).expect("it runs");
    let (device, key) = run.missing[0];
    let at = run.trace.records().iter().find(|record| matches!(record.event, Event::Step { .. })).unwrap().at;
    let what = "authenticated a key out of thin air".to_owned();
    let invariant = Invariant::Soundness;
    run.violations.push(Violation {
        invariant,
        device,
        key,
        step: Some(1),
        at,
        what,
        chain: Vec::new(),
        hazard: None,
    });
    run.breaks = breaks.to_vec();
    (scenario, run)
}

fn played<'a>(scenario: &'a Scenario, run: &'a Run) -> PlayedScenario<'a> {
    const OPTIONS: &Options =
        &Options { announcement: AnnouncementRule::Cascade, conflict: ConflictRule::Newest, seed: 0 };
    PlayedScenario { path: "promise.yaml", scenario, options: OPTIONS, run }
}

/// The text of a run after the tally.
fn verdict(scenario: &Scenario, run: &Run) -> String {
    let mut out = Vec::new();
    write_end(&mut out, &played(scenario, run)).unwrap();
    let text = anstream::adapter::strip_bytes(&out).into_vec();
    let text = String::from_utf8(text).unwrap();
    text.split_once("missing: ").unwrap().1.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn a_broken_promise_is_told_with_its_step() {
    let (scenario, run) = broken(&[]);
    assert_eq!(
        verdict(&scenario, &run),
        "FAIL the promises are not as expected; 1 expectation holds\n  \
         broken promise soundness, in step 1: alice/tablet: authenticated a key out of thin air\n"
    );
    let json = serde_json::to_value(report(&played(&scenario, &run))).unwrap();
    assert_eq!((&json["verdict"], &json["violations"][0]["step"]), (&"fail".into(), &1.into()));
}

#[test]
fn a_promise_that_had_to_be_broken_is_told_as_such() {
    let (scenario, run) = broken(&[Invariant::Soundness]);
    assert_eq!(
        verdict(&scenario, &run),
        "PASS 1 expectation holds\n  promise soundness: broken, as the scenario says\n    \
         alice/tablet authenticated a key out of thin air\n"
    );
}

#[test]
fn a_promise_that_had_to_be_broken_and_is_kept_is_told_as_such() {
    let (scenario, run) = broken(&[Invariant::Soundness, Invariant::Policy]);
    assert_eq!(
        verdict(&scenario, &run),
        "FAIL the promises are not as expected; 1 expectation holds\n  \
         promise policy: kept, though the scenario says that it breaks it\n"
    );
}

/// The story of a scenario, without styles.
fn story(yaml: &str) -> String {
    let scenario = Scenario::parse("story.yaml", yaml, &Catalog::unchecked()).expect("a scenario");
    let (script, options) = (Script::new(&scenario).expect("a script"), Options::default());
    let playing =
        PlayingScenario { path: "story.yaml", scenario: &scenario, options: &options, cast: &script.cast };
    let mut out = Vec::new();
    let mut story = Story::begin(&mut out, playing);
    let run = observe(&script, &options, Watching::All, &mut story);
    story.end(&run).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

/// A level by policy is not told if the key is authenticated at the same time. This needs one pass over the events. A
/// search from each event would take minutes here.
#[test]
fn a_step_with_many_events_is_told() {
    let devices: Vec<String> = (0..300).map(|device| format!("d{device}: ")).collect();
    let yaml = format!(
        "format: 1\ntitle: Many\nrequirements: [xep-0450/ac-s/own-endpoints]\naccounts:\n  a: {{ devices: {{ {} }} }}\n\
         steps:\n  - scan: {{ by: a/d0, code-of: a/d1 }}\n",
        devices.join(", ")
    );
    let story = story(&yaml);
    let told: Vec<&str> = story.lines().skip(3).take_while(|line| !line.is_empty()).collect();
    let others: Vec<String> = (2..300).map(|device| format!("a/d{device}")).collect();
    let unused =
        format!("      a/d0 does not encrypt for {} until they are authenticated", others.join(", "));
    assert_eq!(
        told,
        [" 1  a/d0 scans the code of a/d1", "      a/d0 authenticates a/d1 (manual 1)", unused.as_str()]
    );
}
