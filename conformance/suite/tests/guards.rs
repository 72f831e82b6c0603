//! Limits of the engine that a scenario file cannot test, since it would become too large.

use atm_engine::{Change, Limits, Reason};
use atm_simulator::run::{Options, Run, RunResult, run};
use atm_simulator::scenario::{Catalog, Forge, KeyName, Name, OtherKey, Scenario, Step};
use atm_simulator::trace::Event;

/// An intruder in Bob's account floods Alice's phone. Bob's tablet makes a decision before Alice authenticates its key.
const FLOOD: &str = "
format: 1
title: A flood of decisions by a sender that is not authenticated
requirements: [xep-0450/storing/unauthenticated-sender]
accounts:
  alice: { devices: { phone: , notebook: , tablet: } }
  bob: { devices: { phone: , tablet: } }
steps:
  - inject-device: { account: bob, name: intruder }
  - authenticate: bob/tablet -> bob/phone
  - authenticate: bob/tablet -> alice/phone
  - authenticate: alice/notebook -> alice/tablet
  - authenticate: alice/notebook -> alice/phone
  - authenticate: alice/phone -> bob/tablet
  - authenticate: alice/phone -> alice/notebook
expect:
  required:
    xep-0450/storing/unauthenticated-sender:
      - levels:
          authenticated: [alice/phone -> bob/phone, alice/phone -> alice/tablet]
";

/// The position after the step that injects the intruder.
const AFTER_INTRUSION: usize = 1;

#[test]
fn a_flood_is_refused_beyond_the_share_of_its_sender() {
    let share = Limits::default().contact_sender;
    let run = flooded(share + 1);
    assert_eq!(stored_of_intruder(&run), share);
    assert_eq!(refused_for_lack_of_room(&run), 1);
}

#[test]
fn a_flood_takes_no_room_from_others() {
    let run = flooded(Limits::default().contact_sender + 1);
    assert_eq!(run.result(), RunResult::Pass, "{:?}", run.checks);
}

#[test]
fn what_fits_into_the_share_of_its_sender_is_stored() {
    let run = flooded(100);
    assert_eq!((stored_of_intruder(&run), refused_for_lack_of_room(&run)), (100, 0));
}

/// Runs the scenario with a flood of this many decisions.
fn flooded(decisions: usize) -> Run {
    let catalog = Catalog::of_requirements(atm_suite::requirements::ids());
    let mut scenario = Scenario::parse("flood.yaml", FLOOD, &catalog).expect("the scenario has no mistake");
    let bob = name("bob");
    let keys: Vec<Name> = (0..decisions).map(|number| name(&format!("key-{number}"))).collect();
    for key in &keys {
        scenario.keys.insert(key.clone(), OtherKey { owner: bob.clone(), id: None });
    }
    let forge = Forge {
        by: "bob/intruder".parse().expect("a device"),
        to: name("alice"),
        trust: keys.into_iter().map(KeyName::Named).collect(),
        distrust: Vec::new(),
        dated: None,
    };
    scenario.steps.insert(AFTER_INTRUSION, Step::Forge(forge));
    run(&scenario, &Options::default()).expect("everybody in the scenario is known")
}

/// The number of the intruder's decisions that the phone stores, according to its own explanations.
fn stored_of_intruder(run: &Run) -> usize {
    on_the_phone(run)
        .filter(|event| match event {
            Event::Changed { change, .. } => match &change.explanation {
                Some(Change::Postponed { sender, .. }) => is_intruder(run, *sender),
                _ => false,
            },
            _ => false,
        })
        .count()
}

fn refused_for_lack_of_room(run: &Run) -> usize {
    on_the_phone(run)
        .filter(|event| matches!(event, Event::Refused { refusal, .. } if refusal.reason == Reason::Quota))
        .count()
}

fn on_the_phone(run: &Run) -> impl Iterator<Item = &Event> {
    run.trace.records().iter().map(|record| &record.event).filter(|event| match event {
        Event::Changed { device, .. } | Event::Refused { device, .. } => {
            run.cast.device_name(*device).to_string() == "alice/phone"
        }
        _ => false,
    })
}

fn is_intruder(run: &Run, key: atm_engine::KeyId) -> bool {
    run.cast.key_name(key) == "bob/intruder"
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}
