//! Reductions change the size of a search, but not its results.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use atm_engine::{AnnouncementRule, ConflictRule};

use super::{ways, worlds};
use crate::invariants::Invariant;
use crate::run::Options;
use crate::scenario::{Breaks, Catalog, Scenario, Step};
use crate::search::explore::search::Search;
use crate::search::explore::{
    Behaviour, Criterion, Defect, Deliveries, Explored, Extent, Orders, Reductions, Settings, Unexplorable,
    explore, trees,
};
use crate::search::generate::{self, Bounds, Dice};

const RULES: [AnnouncementRule; 3] =
    [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay];

fn each_missing_one() -> Vec<(&'static str, Reductions)> {
    let all = Reductions::default();
    vec![
        ("none left out", all),
        ("times", Reductions { times: false, ..all }),
        ("origins", Reductions { origins: false, ..all }),
        ("lists", Reductions { lists: false, ..all }),
        ("symmetry", Reductions { symmetry: false, ..all }),
        ("independence", Reductions { independence: false, ..all }),
    ]
}

fn found(scenario: &Scenario, settings: &Settings) -> Explored {
    explore(scenario, settings, &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn it_sees_what_going_every_way_sees() {
    for world in worlds::all() {
        for announcement in RULES {
            for conflict in [ConflictRule::Newest, ConflictRule::Cautious] {
                for deliveries in [Deliveries::Every, Deliveries::Drained] {
                    let options = Options { announcement, conflict, seed: 0 };
                    let settings = Settings { options, deliveries, ..Settings::default() };
                    let expected = ways::go(&world.scenario, &settings, Behaviour::Engine);
                    let unmerged = Settings { reductions: Reductions::NONE, ..settings.clone() };
                    let one_by_one = found(&world.scenario, &unmerged);
                    let context = format!("{} {options:?} {deliveries:?}", world.name);
                    assert_eq!(one_by_one.ends, expected.ways, "{context}");
                    for (left_out, reductions) in each_missing_one() {
                        let seen = found(&world.scenario, &Settings { reductions, ..settings.clone() });
                        assert_eq!(seen.extent, Extent::Exhausted, "{context} without {left_out}");
                        assert_eq!(seen.outcomes, expected.outcomes, "{context} without {left_out}");
                        // The plain search does not compare paths with those without faults.
                        let mut breaks = seen.breaks.clone();
                        breaks.remove(&Invariant::Confluence);
                        assert_eq!(breaks, expected.broken, "{context} without {left_out}");
                        assert_eq!(seen.breaks, one_by_one.breaks, "{context} without {left_out}");
                        if left_out == "independence" {
                            assert_eq!(seen.ends, found(&world.scenario, &settings).ends, "{context}");
                        }
                    }
                }
            }
        }
    }
}

/// Random worlds with all kinds of faults and adversaries.
#[test]
fn it_sees_what_going_every_way_sees_in_random_worlds() {
    let worlds: u64 = std::env::var("ATM_WORLDS").map_or(100, |worlds| worlds.parse().expect("a number"));
    let (mut compared, mut several) = (0, 0);
    for seed in 0..worlds {
        let mut scenario = generate::scenario(&mut Dice::new(seed), &Bounds::default());
        if scenario.steps.iter().any(|step| matches!(step, Step::BackUp(_) | Step::Restore(_))) {
            continue; // not explorable
        }
        let every = Invariant::ALL.map(|invariant| Breaks { invariant, under: Vec::new() });
        scenario.breaks = every.into();
        let announcement = RULES[(seed % 3) as usize];
        let conflict = [ConflictRule::Newest, ConflictRule::Cautious][(seed / 3 % 2) as usize];
        let options = Options { announcement, conflict, seed: 0 };
        let settings = Settings { options, ..Settings::default() };
        let Some(expected) = ways::go_at_most(400, &scenario, &settings, Behaviour::Engine) else { continue };
        compared += 1;
        several += u64::from(expected.ways > 1);
        let context = format!("seed {seed} {options:?}\n{}", scenario.to_yaml());
        let mut seen = match explore(&scenario, &settings, &mut |_| ControlFlow::Continue(())) {
            Ok(seen) => seen,
            Err(error) => panic!("{error}: {context}"),
        };
        assert_eq!(seen.extent, Extent::Exhausted, "{context}");
        assert_eq!(seen.outcomes, expected.outcomes, "{context}");
        let reductions = Reductions { independence: false, ..Reductions::default() };
        let every_order = found(&scenario, &Settings { reductions, ..settings });
        assert_eq!((seen.ends, &seen.breaks), (every_order.ends, &every_order.breaks), "{context}");
        seen.breaks.remove(&Invariant::Confluence);
        assert_eq!(seen.breaks, expected.broken, "{context}");
    }
    assert!(compared > worlds / 3 && several > worlds / 10, "{compared}, {several}");
}

#[test]
fn it_sees_what_going_every_way_sees_in_every_order() {
    let scenario = worlds::scenario(worlds::LINKS);
    for announcement in RULES {
        let options = Options { announcement, ..Options::default() };
        let settings = Settings { options, orders: Orders::Free, ..Settings::default() };
        let expected = ways::go(&scenario, &settings, Behaviour::Engine);
        for (left_out, reductions) in each_missing_one() {
            let seen = found(&scenario, &Settings { reductions, ..settings.clone() });
            assert_eq!(seen.outcomes, expected.outcomes, "{announcement:?} without {left_out}");
        }
        let drained = Settings { deliveries: Deliveries::Drained, ..settings };
        let expected = ways::go(&scenario, &drained, Behaviour::Engine);
        let orders = found(&scenario, &drained).orders.unwrap();
        assert_eq!(orders.all, u128::from(expected.ways), "{announcement:?}");
    }
}

#[test]
fn reductions_leave_the_ends_of_a_tree_as_they_are() {
    for tree in trees(&[2, 2]).into_iter().chain(trees(&[3, 1])) {
        for announcement in RULES {
            for deliveries in [Deliveries::Every, Deliveries::Drained] {
                let options = Options { announcement, ..Options::default() };
                let settings = Settings { options, orders: Orders::Free, deliveries, ..Settings::default() };
                let all = found(&tree.scenario, &settings);
                for (left_out, reductions) in each_missing_one() {
                    if left_out == "times" && deliveries == Deliveries::Every {
                        continue; // more than ten million states
                    }
                    let context = format!("{} {announcement:?} without {left_out}", tree.scenario.title);
                    let seen = found(&tree.scenario, &Settings { reductions, ..settings.clone() });
                    assert_eq!(seen.outcomes, all.outcomes, "{context}");
                    assert_eq!(seen.orders, all.orders, "{context}");
                }
            }
        }
    }
}

#[test]
fn there_are_as_many_states_as_without_symmetry_up_to_changes_of_places() {
    for tree in trees(&[2, 2]).into_iter().chain(trees(&[3, 1])) {
        for announcement in RULES {
            let options = Options { announcement, ..Options::default() };
            let reductions = Reductions { independence: false, ..Reductions::default() };
            let with = Settings { options, orders: Orders::Free, reductions, ..Settings::default() };
            let without =
                Settings { reductions: Reductions { symmetry: false, ..reductions }, ..with.clone() };
            let reduced = found(&tree.scenario, &with);
            let mut search = Search::new(&tree.scenario, &without, Behaviour::Engine).unwrap();
            search.run(&mut |_| ControlFlow::Continue(())).unwrap();
            let states = search.states_up_to_symmetry();
            assert_eq!(states as u64, reduced.states, "{} {announcement:?}", tree.scenario.title);
        }
    }
}

/// Only the check of an end can detect these: no step of a device breaks an invariant.
#[test]
fn an_end_at_which_an_invariant_is_broken_is_found() {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/hazards/restated-trust-undoes-a-distrust.yaml");
    let mut scenario = Scenario::load(file.as_ref(), &Catalog::unchecked()).unwrap();
    scenario.breaks.clear();
    let seen = found(&scenario, &Settings::default());
    assert_eq!(seen.extent, Extent::Broken);
    assert_eq!(seen.counterexample.unwrap().broken, Defect::Invariant(Invariant::Revocation));
}

#[test]
fn an_end_at_which_something_is_missing_is_found() {
    let steps = "\n  - authenticate: alice/phone -> bob/phone";
    let settings = Settings { demand: Criterion::Complete, ..Settings::default() };
    let seen = found(&worlds::scenario(steps), &settings);
    assert_eq!(seen.extent, Extent::Broken);
    assert_eq!(seen.counterexample.unwrap().broken, Defect::Incomplete);
}

#[test]
fn the_same_is_found_twice() {
    let scenario = &trees(&[2, 2])[0].scenario;
    let settings = Settings { orders: Orders::Free, ..Settings::default() };
    let (one, other) = (found(scenario, &settings), found(scenario, &settings));
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}

/// Independent moves lead to the same ends in any order, also where keys are distrusted and where devices relay.
#[test]
fn there_are_as_many_ends_as_in_every_order() {
    for steps in [worlds::LINKS, worlds::DISTRUST] {
        let scenario = worlds::scenario(steps);
        for announcement in RULES {
            for conflict in [ConflictRule::Newest, ConflictRule::Cautious, ConflictRule::Named] {
                let options = Options { announcement, conflict, seed: 0 };
                let settings = Settings { options, orders: Orders::Free, ..Settings::default() };
                let reductions = Reductions { independence: false, ..Reductions::default() };
                let every_order = found(&scenario, &Settings { reductions, ..settings.clone() });
                let reduced = found(&scenario, &settings);
                assert_eq!(reduced.ends, every_order.ends, "{options:?}");
                assert_eq!(reduced.complete_ends, every_order.complete_ends, "{options:?}");
                assert_eq!(reduced.outcomes, every_order.outcomes, "{options:?}");
                assert_eq!(reduced.breaks, every_order.breaks, "{options:?}");
                assert_eq!(reduced.contradicting_ends, every_order.contradicting_ends, "{options:?}");
                // Under `relay` with `named` no device is ever mute.
                if (announcement, conflict) != (AnnouncementRule::Relay, ConflictRule::Named) {
                    assert!(reduced.transitions < every_order.transitions, "{options:?}");
                }
            }
        }
    }
}

/// Each world has enough states for several threads. One of them breaks an invariant, and one search stops before its
/// end.
#[test]
fn threads_make_no_difference() {
    let relay = Options { announcement: AnnouncementRule::Relay, ..Options::default() };
    let free = Settings { options: relay, orders: Orders::Free, ..Settings::default() };
    let incomplete = Settings { options: Options::default(), demand: Criterion::Complete, ..free.clone() };
    let tree = &trees(&[3, 1])[0].scenario;
    let mut distrusting = worlds::scenario(worlds::DISTRUST);
    distrusting.breaks.clear();
    let limited = Settings { max_states: Some(1_500), ..free.clone() };
    for (scenario, settings) in [(tree, &free), (tree, &incomplete), (&distrusting, &free), (tree, &limited)]
    {
        let threads = |threads| Settings { threads: NonZeroUsize::new(threads).unwrap(), ..settings.clone() };
        let alone = found(scenario, &threads(1));
        for number in [2, 3, 7] {
            let together = found(scenario, &threads(number));
            assert_eq!(format!("{together:?}"), format!("{alone:?}"), "{number} threads");
        }
    }
}

#[test]
fn a_search_ends_at_its_limit() {
    let scenario = &trees(&[2, 2])[0].scenario;
    let settings = Settings { orders: Orders::Free, max_states: Some(100), ..Settings::default() };
    let seen = found(scenario, &settings);
    assert_eq!((seen.extent, seen.states), (Extent::TooManyStates, 101));
    let settings = Settings { max_states: None, ..settings };
    let stopped = explore(scenario, &settings, &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!(stopped.extent, Extent::Stopped);
}

#[test]
fn all_scenarios_of_the_project_that_are_small_can_be_explored_in_their_order() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let (mut explored, mut exhausted) = (0, BTreeSet::new());
    for kind in ["xep-0450", "attacks", "faults", "hazards", "one-key"] {
        for file in std::fs::read_dir(folder.join(kind)).unwrap() {
            let path = file.unwrap().path();
            let scenario = Scenario::load(&path, &Catalog::unchecked()).unwrap();
            let settings = Settings { max_states: Some(2_000), ..Settings::default() };
            let seen = explore(&scenario, &settings, &mut |_| ControlFlow::Continue(()));
            if let Err(Unexplorable::Backup(_)) = seen {
                continue;
            }
            let seen = seen.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            explored += 1;
            if seen.extent == Extent::Exhausted {
                exhausted.insert(path);
            }
        }
    }
    assert!(explored > 100 && exhausted.len() > 50, "{} of {explored}", exhausted.len());
}
