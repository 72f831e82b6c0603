//! Test vectors find the broken variants that the suite finds, and nothing in the engine and in lawful variants.

mod form;
mod playing;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use atm_simulator::run::Options;
use atm_suite::cases::{Case, Engine};
use atm_suite::logs::Recorded;
use atm_suite::variations::VariationChoice;
use atm_suite::vectors::{TestVector, play_rows, vector};
use atm_testing::{BrokenVariant, VariantImplementation, broken, lawful_variants};

use self::playing::{Mistake, Weighed, first_mistake};
use crate::standings::{NOT_FOUND, sample, standings, tries_all};
use crate::suite::all_cases;

/// One of this many variants is tried if `ATM_SEEDS` is not set.
const SAMPLE: usize = 12;

/// The variants that the suite finds and no vector shows, with reasons.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("deep-releases-undo", "a chain of thousands of messages is longer than a vector"),
    (
        "nothing-older",
        "the text leaves open whether the first message counts that the variant drops, and the play ends there",
    ),
];

/// A case with its vector, which is drafted when it is first played.
struct Drafted {
    case: Case,
    vector: OnceLock<Option<TestVector>>,
}

impl Drafted {
    fn vector(&self) -> Option<&TestVector> {
        let rows = || play_rows(&self.case, &VariationChoice::Pairs);
        self.vector.get_or_init(|| vector(&self.case, Options::default(), &rows())).as_ref()
    }
}

fn all() -> Vec<Drafted> {
    let cases = all_cases().into_iter().filter(|case| case.line_up.len() == 1);
    cases.map(|case| Drafted { case, vector: OnceLock::new() }).collect()
}

#[test]
fn vectors_allow_the_outputs_of_the_engine() {
    let mut plays = 0;
    for drafted in sample(all().into_iter(), SAMPLE) {
        let Some(vector) = drafted.vector() else { continue };
        assert_eq!(first_mistake(vector, &mut Recorded::new(Engine, None), Weighed::All), None);
        plays += vector.plays.len();
    }
    assert!(plays > 200, "{plays}");
}

#[test]
fn vectors_allow_the_outputs_of_lawful_variants() {
    let drafted = sample(all().into_iter(), SAMPLE);
    let mut surprises = Vec::new();
    for lawful in sample(lawful_variants(), 4) {
        let mut implementation = VariantImplementation::recorded(lawful.variant);
        let mut vectors = drafted.iter().filter_map(Drafted::vector);
        let first = |vector| first_mistake(vector, &mut implementation, Weighed::Failures);
        surprises.extend(vectors.find_map(first).map(|mistake| format!("{}: {mistake}", lawful.name)));
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The first mistake of a variant in any vector. The vectors of the scenarios that name a broken requirement come first.
///
/// # Panics
///
/// If the model without the mistake does not give the outputs that this vector allows.
fn found(broken: &BrokenVariant, drafted: &[Drafted]) -> Option<Mistake> {
    let mut implementation = VariantImplementation::recorded(broken.variant);
    let is_about = |drafted: &&Drafted| {
        let named = &drafted.case.scenario.scenario.requirements;
        named.iter().any(|id| broken.fails.contains(&id.as_str()))
    };
    let (first, then): (Vec<&Drafted>, Vec<&Drafted>) = drafted.iter().partition(is_about);
    let mut vectors = first.into_iter().chain(then).filter_map(Drafted::vector);
    vectors.find_map(|vector| {
        let mistake = first_mistake(vector, &mut implementation, Weighed::All)?;
        let model = lawful_variants().find(|lawful| lawful.name == "model").expect("the model is lawful");
        let mut model = VariantImplementation::recorded(model.variant);
        assert_eq!(first_mistake(vector, &mut model, Weighed::All), None, "{}: {mistake}", broken.name);
        Some(mistake)
    })
}

#[test]
fn vectors_find_the_broken_variants_that_the_suite_finds() {
    let (drafted, table) = (all(), standings());
    let not_shown: BTreeMap<&str, &str> = NOT_SHOWN.iter().copied().collect();
    let is_found_by_suite = |broken: &BrokenVariant| table[broken.name].suite != NOT_FOUND;
    // All vectors have to be played to show that none finds a variant.
    let is_tried = |broken: &BrokenVariant| tries_all() || !not_shown.contains_key(broken.name);
    let tried = sample(broken().filter(is_found_by_suite).filter(is_tried), SAMPLE);
    let (next, surprises) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(broken) = tried.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let surprise = match (found(broken, &drafted), not_shown.get(broken.name)) {
                        (None, None) => format!("{} ({}): not found", broken.name, broken.wrong),
                        (Some(mistake), Some(reason)) => {
                            format!("{}: found, although {reason}: {mistake}", broken.name)
                        }
                        (Some(_), None) | (None, Some(_)) => continue,
                    };
                    surprises.lock().expect("nobody panicked").push(surprise);
                }
            });
        }
    });
    let surprises = surprises.into_inner().expect("nobody panicked");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn variants_that_no_vector_shows_are_broken_ones_that_the_suite_finds() {
    let table = standings();
    for (name, reason) in NOT_SHOWN {
        assert!(broken().any(|broken| broken.name == *name), "{name}");
        assert!(table[*name].suite != NOT_FOUND && !reason.is_empty(), "{name}");
    }
}
