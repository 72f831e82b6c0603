//! A path offers nothing that cannot happen: each move that it offers can be made, and each path can be saved.

use std::ops::ControlFlow;

use super::worlds;
use crate::run::Options;
use crate::scenario::{Catalog, Scenario};
use crate::search::explore::{Criterion, NextMove, Orders, Settings, Ways, explore};
use crate::trace::Event;

/// Steps about a device that is added, and removed again.
const NEWCOMER: &str = "
  - authenticate: alice/phone -> alice/desktop
  - trust-manually: bob/phone -> alice/desktop
  - scan: { by: alice/tablet, code-of: alice/desktop }
  - distrust: bob/phone -> alice/desktop
";

/// The newcomer is added first, and removed last.
fn newcomer() -> Scenario {
    worlds::scenario(&format!(
        "\n  - add-device: {{ account: alice, name: desktop }}{NEWCOMER}  - remove-device: alice/desktop\n"
    ))
}

/// The steps that are offered at the end of a path, by their positions.
fn offered(ways: &Ways<'_>, choices: &[usize]) -> Vec<usize> {
    let next = ways.place(choices).unwrap().next.into_iter();
    next.filter_map(|next| match next {
        NextMove::Step(step) => Some(step),
        NextMove::Arrival { .. } => None,
    })
    .collect()
}

#[test]
fn nobody_decides_on_a_device_before_it_is_added_or_scans_it_after_it_was_removed() {
    let scenario = newcomer();
    let ways = Ways::new(&scenario, Orders::Free, Options::default()).unwrap();
    assert_eq!(offered(&ways, &[]), [0]);
    assert_eq!(offered(&ways, &[0]), [1, 2, 3, 4, 5]);
    // The key of a removed device remains, but the device cannot show its code any more.
    assert_eq!(offered(&ways, &[0, 4]), [1, 2, 4]);
}

#[test]
fn every_path_can_be_gone_and_saved() {
    let scenario = newcomer();
    let ways = Ways::new(&scenario, Orders::Free, Options::default()).unwrap();
    let mut open = vec![Vec::new()];
    while let Some(way) = open.pop() {
        let place = ways.place(&way).unwrap_or_else(|error| panic!("{way:?}: {error}"));
        let saved = Scenario::parse("way.yaml", &place.scenario.to_yaml(), &Catalog::unchecked());
        assert!(saved.is_ok(), "{way:?}: {:?}", saved.err());
        for next in &place.next {
            let NextMove::Arrival { message, link } = next else { continue };
            let was_sent = place.run.trace.records().iter().any(|record| match &record.event {
                Event::Sent { device, message: sent, .. } => (device, sent) == (&link.0, message),
                _ => false,
            });
            assert!(was_sent, "{way:?}: {next:?}");
        }
        if way.len() < 3 {
            open.extend((0..place.next.len()).map(|choice| [&way[..], &[choice]].concat()));
        }
    }
}

#[test]
fn a_path_that_a_search_found_can_be_gone() {
    let (mut declared, mut others) = (0, 0);
    for world in worlds::all() {
        for (orders, demand) in [
            (Orders::Steps, Criterion::Invariants),
            (Orders::Free, Criterion::Invariants),
            (Orders::Steps, Criterion::Complete),
        ] {
            let settings = Settings { orders, demand, max_states: Some(20_000), ..Settings::default() };
            let explored = explore(&world.scenario, &settings, &mut |_| ControlFlow::Continue(())).unwrap();
            declared += usize::from(explored.declared_end.is_some());
            others += usize::from(explored.counterexample.is_some());
            let found = explored.declared_end.map(|(_, way)| way).into_iter();
            for way in found.chain(explored.counterexample.map(|broken| broken.way)) {
                let ways = Ways::new(&world.scenario, orders, settings.options).unwrap();
                let choices = ways.along(&way).unwrap_or_else(|error| panic!("{}: {error}", world.name));
                let next = ways.place(&choices).unwrap().next;
                assert!(next.is_empty(), "{}: {next:?}", world.name);
            }
        }
    }
    assert!(declared > 0 && others > 2, "{declared}, {others}");
}

#[test]
fn a_withheld_message_arrives_only_after_its_release() {
    let scenario = worlds::scenario(
        "
  - hold: alice/phone -> alice/tablet
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/phone -> bob/phone
  - release: alice/phone -> alice/tablet
",
    );
    let ways = Ways::new(&scenario, Orders::Steps, Options::default()).unwrap();
    let links = |choices: &[usize]| -> Vec<String> {
        let place = ways.place(choices).unwrap();
        let name = |device| place.run.cast.device_name(device).to_string();
        let next = place.next.iter();
        next.filter_map(|next| match next {
            NextMove::Arrival { link: (from, to), .. } => Some(format!("{} -> {}", name(*from), name(*to))),
            NextMove::Step(_) => None,
        })
        .collect()
    };
    assert_eq!(links(&[0, 0, 0]), ["alice/phone -> bob/phone"]);
    assert_eq!(links(&[0, 0, 0, 0]), ["alice/phone -> alice/tablet", "alice/phone -> bob/phone"]);
}
