//! The result of a population is the same for any number of threads, and the same as that of its parts played one by
//! one.

use std::num::NonZeroUsize;

use atm_engine::AnnouncementRule;
use atm_simulator::invariants::{Invariant, Violation};
use atm_simulator::population::{PopulationRun, play};
use atm_simulator::run::{Options, RunResult, Watching, run};
use atm_simulator::scenario::{Catalog, Population, Scenario, ScenarioFile};

fn parse(text: &str) -> Result<ScenarioFile, Vec<String>> {
    let parsed = ScenarioFile::parse("test.yaml", text, &Catalog::unchecked());
    parsed.map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn text(settings: &str) -> String {
    format!("format: 1\ntitle: A population\nrequirements: [xep-0450/ac-s]\npopulation: {settings}\n")
}

fn population(text: &str) -> Population {
    match parse(text) {
        Ok(ScenarioFile::Population(population)) => *population,
        other => panic!("{other:?}\n{text}"),
    }
}

fn played(population: &Population, options: &Options, threads: usize) -> PopulationRun {
    play(population, (options, Watching::All), NonZeroUsize::new(threads).unwrap(), &|| ())
}

/// The failed parts as files, with their violations.
fn failures(played: &PopulationRun) -> Vec<(u64, String, Vec<Violation>)> {
    let first = played.first_failed.iter();
    first.map(|part| (part.number, part.scenario.to_yaml(), part.run.violations.clone())).collect()
}

/// A population with lost devices, so that distrusts race with other decisions.
const LOST: &str = "{ accounts: 250, part: 12, decisions: { lost-of-1000: 200 } }";

#[test]
fn it_comes_out_the_same_for_any_number_of_threads() {
    let population = population(&text(LOST));
    for announcement in [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay] {
        let options = Options { announcement, seed: 3, ..Options::default() };
        let [one, two, seven] = [1, 2, 7].map(|threads| played(&population, &options, threads));
        for other in [two, seven] {
            assert_eq!(failures(&one), failures(&other));
            let without = |run: &PopulationRun| PopulationRun { first_failed: Vec::new(), ..run.clone() };
            assert_eq!(format!("{:?}", without(&one)), format!("{:?}", without(&other)));
        }
    }
}

#[test]
fn it_is_the_sum_of_its_parts() {
    let population =
        population(&text("{ accounts: 45, part: 10, devices: { from: 1, to: 3 }, contacts: 3 }"));
    let options = Options { seed: 11, ..Options::default() };
    let whole = played(&population, &options, 2);
    let mut sum = PopulationRun::default();
    for number in 1..=5 {
        let part = population.part(options.seed, number);
        // A part is a normal file.
        let part = Scenario::parse("part.yaml", &part.to_yaml(), &Catalog::unchecked()).unwrap();
        let run = run(&part, &options).unwrap();
        assert_eq!((run.violations.as_slice(), run.result()), (&[][..], RunResult::Inconclusive));
        sum.parts += 1;
        sum.accounts += part.accounts.len() as u64;
        sum.devices += run.cast.devices().len() as u64;
        sum.tally += run.tally;
        sum.messages += run.messages;
    }
    assert_eq!((whole.parts, whole.accounts, whole.devices), (5, 45, sum.devices));
    assert_eq!((whole.tally, whole.messages), (sum.tally, sum.messages));
    assert_eq!(whole.tally.authenticated(), whole.tally.possible);
    assert!(whole.tally.automatic > whole.tally.manual && whole.deliveries > whole.messages / 2);
    assert_eq!(whole.result(), RunResult::Pass);
}

#[test]
fn another_seed_draws_another_population() {
    let population = population(&text("{ accounts: 20, part: 10 }"));
    assert_eq!(population.part(1, 2), population.part(1, 2));
    assert_ne!(population.part(1, 2), population.part(2, 2));
    assert_ne!(population.part(1, 2).steps, population.part(1, 1).steps);
}

#[test]
fn a_part_that_breaks_an_invariant_is_a_scenario_that_does() {
    let population = population(&text(LOST));
    let options = Options::default();
    let whole = played(&population, &options, 3);
    assert_eq!(whole.result(), RunResult::Fail);
    assert!(whole.failed > 0);
    for part in &whole.first_failed {
        let scenario = Scenario::parse("part.yaml", &part.scenario.to_yaml(), &Catalog::unchecked()).unwrap();
        assert_eq!(scenario, population.part(options.seed, part.number));
        let again = run(&scenario, &options).unwrap();
        assert_eq!((&again.violations, again.result()), (&part.run.violations, RunResult::Fail));
    }
}

#[test]
fn a_population_may_say_what_it_breaks() {
    let breaking = |broken: &str| population(&format!("{}breaks: [{broken}]\n", text(LOST)));
    let broken = played(&breaking(""), &Options::default(), 2).violations;
    assert_eq!(broken.keys().copied().collect::<Vec<_>>(), [Invariant::Revocation]);
    let expecting = breaking("{ invariant: revocation }");
    assert_eq!(played(&expecting, &Options::default(), 2).result(), RunResult::Pass);
    let wrong = played(&breaking("{ invariant: revocation }, { invariant: policy }"), &Options::default(), 2);
    assert_eq!(wrong.unbroken().collect::<Vec<_>>(), [Invariant::Policy]);
    assert_eq!((wrong.result(), wrong.failed), (RunResult::Fail, 0));
}

#[test]
fn without_invariants_nothing_is_shown() {
    let population = population(&text(LOST));
    let options = Options::default();
    let watched = played(&population, &options, 2);
    let unwatched = play(&population, (&options, Watching::None), NonZeroUsize::MIN, &|| ());
    assert_eq!((unwatched.tally, unwatched.messages), (watched.tally, watched.messages));
    assert_eq!((unwatched.failed, unwatched.result()), (0, RunResult::Inconclusive));
}

#[test]
fn a_file_reads_back() {
    for settings in [
        "{ accounts: 1, part: 1 }",
        "{ accounts: 30, part: 7, devices: 2, contacts: 0 }",
        "{ accounts: 30, part: 30, devices: { from: 2, to: 5 }, contacts: { at-least: 1 }, decisions: { \
         lost-of-1000: 3 } }",
    ] {
        let population = population(&format!("{}policy: none\nnetwork: {{ pause: 1 s }}\n", text(settings)));
        let written = serde_yaml::to_string(&population).unwrap();
        assert_eq!(parse(&written), Ok(ScenarioFile::Population(Box::new(population))), "{written}");
    }
}

#[test]
fn nonsense_is_told_at_its_place() {
    let told = |settings: &str| parse(&text(settings)).unwrap_err();
    assert_eq!(
        told("{ accounts: 0, part: 1 }"),
        ["test.yaml:4:25: 0 stands here; expected a whole number from 1 to 1000000000"]
    );
    assert_eq!(
        told("{ accounts: 10, part: 0 }"),
        ["test.yaml:4:35: 0 stands here; expected a whole number from 1 to 100000"]
    );
    assert_eq!(
        told("{ accounts: 10, part: 11 }"),
        ["test.yaml:4:35: a part of 11 accounts is larger than the population, which has 10"]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, devices: 0 }"),
        ["test.yaml:4:47: 0 stands here; expected a whole number from 1 to 1000"]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, devices: { from: 3, to: 2 } }"),
        ["test.yaml:4:47: the number of devices goes from 3 down to 2"]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, devices: many }"),
        [
            "test.yaml:4:47: the number of devices is a whole number such as `3`, or a range such as `{ from: 1, to: \
          4 }`"
        ]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, contacts: 5 }"),
        [
            "test.yaml:4:48: in a part of 5 accounts, nobody has 5 contacts (contacts are in the same part: make it \
          larger)"
        ]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, contacts: { least: 2 } }"),
        [
            "test.yaml:4:48: the number of contacts is a whole number such as `5`, or a map such as `{ at-least: 2 }`"
        ]
    );
    assert_eq!(
        told("{ accounts: 10, part: 5, decisions: { lost-of-1000: 1001 } }"),
        ["test.yaml:4:65: 1001 stands here; expected a whole number from 0 to 1000"]
    );
    assert_eq!(
        told("{ accounts: 10 }"),
        ["test.yaml:4:1: `part` is missing (an example is `population: { \
                                           accounts: 10000, part: 200 }`)"]
    );
}

#[test]
fn a_population_has_no_steps_and_a_scenario_no_population() {
    let text = text("{ accounts: 10, part: 5 }");
    let told = parse(&format!("{text}steps: []\n")).unwrap_err();
    assert!(told[0].starts_with("test.yaml:5:1: there is no setting `steps` here"), "{told:?}");
    let told = Scenario::parse("test.yaml", &text, &Catalog::unchecked()).unwrap_err().to_string();
    assert!(told.starts_with("test.yaml:4:1: a population is not one scenario, but many"), "{told}");
}
