//! A file with all parts of the format is read correctly.

use std::path::Path;

use atm_engine::Reason;
use atm_simulator::scenario::{
    Catalog, Code, Delivery, DeviceSpec, Discovery, Latency, LoadError, PolicySpec, Reference, Required,
    Scenario, Step, TimeSpan,
};

fn full() -> Scenario {
    let catalog = Catalog::of_requirements(["xep-0450/ac-s/own-endpoints", "xep-0450/dt/contacts"]);
    match Scenario::load(Path::new("tests/scenarios/full.yaml"), &catalog) {
        Ok(scenario) => scenario,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_header_and_the_people_are_read() {
    let scenario = full();
    assert_eq!(scenario.title, "Every part of the format");
    assert_eq!(scenario.start.stamp().as_millis(), 1_614_556_799_250);
    assert_eq!(scenario.discovery, Discovery::BySteps);
    assert_eq!(scenario.policy, PolicySpec::None);
    assert_eq!(scenario.network.delivery, Delivery::InFlight);
    assert_eq!(scenario.network.pause, TimeSpan::from_millis(3_000));
    let latency = Latency::Between { from: TimeSpan::from_millis(10), to: TimeSpan::from_millis(80) };
    assert_eq!(scenario.network.latency, latency);
    let names: Vec<_> = scenario.accounts.names().map(ToString::to_string).collect();
    assert_eq!(names, ["alice", "bob", "carol"], "the order of the file");
    let alice = scenario.accounts.get(&"alice".parse().unwrap()).unwrap();
    assert_eq!(alice.devices.get(&"phone".parse().unwrap()), Some(&DeviceSpec::default()));
    let tablet = alice.devices.get(&"tablet".parse().unwrap()).unwrap();
    assert_eq!((tablet.carbons, tablet.offline), (false, true));
    assert_eq!(tablet.key.as_ref().unwrap().as_bytes(), (0..32).collect::<Vec<u8>>());
}

/// A scenario for exploring tests no requirement.
#[test]
fn requirements_may_be_left_out() {
    let text = "format: 1\ntitle: A try\naccounts: { alice: { devices: { phone: , tablet: } } }\nsteps: []\n";
    let scenario = Scenario::parse("try.yaml", text, &Catalog::unchecked()).unwrap();
    assert!(scenario.requirements.is_empty());
    // An expectation that is demanded of others still needs its requirement in the list.
    let demanded =
        "expect: { required: { xep-0450/do-s: [levels: { authenticated: [alice/phone -> alice/tablet] }] } }";
    let told =
        Scenario::parse("try.yaml", &format!("{text}{demanded}\n"), &Catalog::unchecked()).unwrap_err();
    assert!(told.to_string().contains("`xep-0450/do-s` is not in the list of requirements"), "{told}");
}

#[test]
fn the_steps_are_read() {
    let steps = full().steps;
    assert_eq!(steps.len(), 18);
    let Step::Scan(scan) = &steps[0] else { panic!("{:?}", steps[0]) };
    assert_eq!(scan.code, Code::Of("alice/phone".parse().unwrap()));
    assert_eq!(steps[2], Step::Authenticate("alice/phone -> alice/notebook, alice/tablet".parse().unwrap()));
    assert_eq!(steps[11], Step::Wait(TimeSpan::from_millis(300_000)));
    let Step::Deliver(deliver) = &steps[14] else { panic!("{:?}", steps[14]) };
    assert_eq!(deliver.clear.as_deref(), Some("<trust-message broken\n"));
}

#[test]
fn the_expectations_are_read() {
    let expect = full().expect;
    let ids: Vec<_> = expect.demands().map(|(id, _)| id.as_str()).collect();
    let (own, contacts) = ("xep-0450/ac-s/own-endpoints", "xep-0450/dt/contacts");
    assert_eq!(ids, [own, own, own, contacts, contacts, contacts, contacts], "the order of the file");
    assert_eq!(expect.answers().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), [contacts]);
    let Some((_, Required::Levels(levels))) = expect.demands().next() else {
        panic!("{:?}", expect.required)
    };
    assert!(levels.lists().iter().all(|(_, list)| !list.is_empty()));
    let Reference::Refused(refused) = &expect.reference[5] else { panic!("{:?}", expect.reference[5]) };
    assert_eq!(refused[0].because, Reason::NoAuthority);
    assert!(expect.reference_lists().iter().all(|(_, list)| !list.is_empty()));
}

#[test]
fn a_missing_file_is_told_apart_from_mistakes_in_one() {
    let error = Scenario::load(Path::new("tests/scenarios/absent.yaml"), &Catalog::unchecked()).unwrap_err();
    assert!(matches!(error, LoadError::Unreadable { .. }), "{error}");
}

#[test]
fn expectations_know_their_lines() {
    let text = "\
format: 1
title: Lines
requirements: [xep-0450/one]
accounts: { alice: { devices: { phone: , tablet: } } }
steps:
  - expect:
      reference:
        - counts: { manual: 0 }
        - missing: [alice/phone -> alice/tablet, alice/tablet -> alice/phone]
expect:
  newest:
    - counts: { manual: 3 }
  reference: [counts: { manual: 1 },
    counts: { manual: 2 }]
  required:
    xep-0450/one:
      - complete: [alice]
";
    let scenario = Scenario::parse("lines.yaml", text, &Catalog::unchecked()).unwrap();
    let run = atm_simulator::run::run(&scenario, &atm_simulator::run::Options::default()).unwrap();
    let lines: Vec<Option<usize>> = run.checks.iter().map(|check| check.line).collect();
    // First the lines of the step, then those of requirements, then those of the engine under all rules and under one.
    assert_eq!(lines, [8, 9, 17, 13, 14, 12].map(Some));
    // A scenario has no lines if it has no file, or if its expectations were changed.
    let mut changed = scenario.clone();
    changed.expect.newest.clear();
    let run = atm_simulator::run::run(&changed, &atm_simulator::run::Options::default()).unwrap();
    let lines: Vec<Option<usize>> = run.checks.iter().map(|check| check.line).collect();
    assert_eq!(lines, [Some(8), Some(9), None, None, None]);
    assert_eq!(Scenario::parse("again.yaml", &scenario.to_yaml(), &Catalog::unchecked()).unwrap(), scenario);
}
