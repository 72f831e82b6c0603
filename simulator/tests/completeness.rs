//! How often a spanning tree of mutual authentications suffices. According to XEP-0450 §3, it always does.
//!
//! Each cell of the table is the share of runs with a complete graph at the end. `ATM_RUNS=1000` in the environment
//! sets the number of runs in each cell. `cargo test -p atm-simulator --test completeness -- --nocapture` prints the
//! table.

use atm_engine::{AnnouncementRule, Device, Rules};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::search::generate::{Dice, spanning_tree};
use atm_simulator::trace::{Event, Observer};
use atm_simulator::trust_graph::TrustGraph;
use atm_simulator::world::{Choice, Schedule, World};

const RULES: [AnnouncementRule; 3] =
    [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay];

struct Unobserved;

impl Observer for Unobserved {
    fn observe(&mut self, _: atm_engine::Stamp, _: &Event) {}
}

/// All messages arrive before the next action of a person.
struct Drained;

impl Schedule for Drained {
    fn choose(&mut self, _: &[Choice]) -> Option<usize> {
        Some(0)
    }
}

/// After each action, the next stanza of a random link arrives with probability 1/2, repeatedly.
struct RandomMoments(Dice);

impl Schedule for RandomMoments {
    fn choose(&mut self, enabled: &[Choice]) -> Option<usize> {
        let act = enabled.iter().position(|choice| *choice == Choice::Act);
        let first_of_links: Vec<usize> = (0..enabled.len())
            .filter(|position| matches!(enabled[*position], Choice::Deliver(_, 0)))
            .collect();
        match act {
            Some(act) if first_of_links.is_empty() || self.0.one_in(2) => Some(act),
            _ => Some(first_of_links[self.0.below(first_of_links.len())]),
        }
    }
}

fn is_complete(scenario: &Scenario, announcement: AnnouncementRule, schedule: &mut impl Schedule) -> bool {
    let rules = Rules { announcement, ..Rules::default() };
    let script = Script::new(scenario).unwrap();
    let mut world = World::<Device>::of_devices(script, rules, 0);
    world.begin(&mut Unobserved).unwrap();
    world.run(schedule, &mut Unobserved).unwrap();
    TrustGraph::of(&world).unwrap().missing().is_empty()
}

fn runs() -> u64 {
    std::env::var("ATM_RUNS").map_or(150, |runs| runs.parse().expect("ATM_RUNS is a number"))
}

/// The share of complete runs, in percent.
fn share(complete: impl Fn(u64) -> bool) -> f64 {
    let runs = runs();
    let complete = (0..runs).filter(|seed| complete(*seed)).count();
    100.0 * complete as f64 / runs as f64
}

/// Asserts a share within three standard errors, or exactly if all runs must be complete.
fn assert_share(what: &str, expected: f64, measured: f64) {
    let p = expected / 100.0;
    let margin = 300.0 * (p * (1.0 - p) / runs() as f64).sqrt() + if expected < 100.0 { 1.0 } else { 0.0 };
    assert!((expected - measured).abs() <= margin, "{what}: {expected} % expected, {measured:.1} % measured");
}

#[test]
fn a_spanning_tree_is_enough_one_after_the_other_if_the_whole_change_is_announced() {
    println!("one after the other   [3,2]  [4,4]  [3,3,3]");
    let expected = [[25.0, 2.0, 2.0], [100.0; 3], [100.0; 3]];
    for (rule, expected) in RULES.into_iter().zip(expected) {
        let mut row = format!("{:<20}", format!("{rule:?}"));
        for (sizes, expected) in [&[3, 2][..], &[4, 4], &[3, 3, 3]].into_iter().zip(expected) {
            let measured =
                share(|seed| is_complete(&spanning_tree(&mut Dice::new(seed), sizes), rule, &mut Drained));
            row += &format!(" {measured:5.1}%");
            assert_share(&format!("{rule:?} {sizes:?}"), expected, measured);
        }
        println!("{row}");
    }
}

#[test]
fn a_spanning_tree_is_enough_at_any_moment_if_messages_are_relayed() {
    println!("at random moments     [3,2]  [4,4]  [3,3,3]");
    let expected = [[7.0, 0.0, 0.0], [29.0, 1.0, 2.0], [100.0; 3]];
    for (rule, expected) in RULES.into_iter().zip(expected) {
        let mut row = format!("{:<20}", format!("{rule:?}"));
        for (sizes, expected) in [&[3, 2][..], &[4, 4], &[3, 3, 3]].into_iter().zip(expected) {
            let measured = share(|seed| {
                let mut dice = Dice::new(seed);
                let scenario = spanning_tree(&mut dice, sizes);
                is_complete(&scenario, rule, &mut RandomMoments(dice))
            });
            row += &format!(" {measured:5.1}%");
            assert_share(&format!("{rule:?} {sizes:?}"), expected, measured);
        }
        println!("{row}");
    }
}

#[test]
fn orders_of_the_readme_example() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/readme/20-to-8.yaml");
    let mut readme = Scenario::load(&path, &Catalog::unchecked()).unwrap();
    readme.steps.retain(|step| matches!(step, atm_simulator::scenario::Step::Scan(_)));
    assert_eq!(readme.steps.len(), 8);
    println!("random orders of the readme's eight authentications");
    for (rule, expected) in RULES.into_iter().zip([43.0, 100.0, 100.0]) {
        let measured = share(|seed| {
            let mut scenario = readme.clone();
            Dice::new(seed).shuffle(&mut scenario.steps);
            is_complete(&scenario, rule, &mut Drained)
        });
        println!("{:<20} {measured:5.1}%", format!("{rule:?}"));
        assert_share(&format!("{rule:?}"), expected, measured);
    }
}
