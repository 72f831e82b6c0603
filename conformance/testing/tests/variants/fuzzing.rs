//! Fuzzing finds mistakes without hints, and finds nothing in lawful variants.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, Scenario, Step};
use atm_simulator::search::generate::Bounds;
use atm_suite::cases::{Implementation, LoadedScenario, Verdict, cases, play_with_variations};
use atm_suite::fuzz::{Attempt, Attribution, FuzzFinding, ImplementationTarget, Suspect, Target};
use atm_suite::variations::{Variation, VariationChoice};
use atm_testing::{BrokenVariant, LawfulVariant, Variant, VariantImplementation, broken, lawful_variants};

use crate::standings::{FOUND, NOT_FOUND, PASSES, found_as, sample, standings};

/// The time limit for finding a mistake: one minute, or five without optimisation.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 300 } else { 60 });

/// Enough seeds for some scenarios in which the encryption that carries a message matters.
const SEEDS_WITH_ANOTHER_CARRIER: u64 = 24_000;

/// The maximum number of steps of a finding, apart from accounts and discovery.
const STEPS: usize = 6;

/// One of this many variants is tried if `ATM_SEEDS` is not set, and with the seeds below. Trying all takes minutes.
const SAMPLE: usize = 16;
const SEEDS_OF_SAMPLE: u64 = 1_000;

/// The number of seeds for each variant without a finding if `ATM_SEEDS` is not set.
const FEW_SEEDS: u64 = 25;

/// The value of `ATM_SEEDS`: the number of seeds for each variant without a finding.
pub(crate) fn seeds() -> Option<u64> {
    std::env::var("ATM_SEEDS").ok().map(|seeds| seeds.parse().expect("ATM_SEEDS is a number"))
}

/// The finding in a variant.
pub(crate) struct Found {
    pub(crate) counterexample: FuzzFinding,
    elapsed: Duration,
}

/// The number of steps of a scenario, apart from discoveries and expectations.
fn steps(scenario: &str) -> usize {
    let scenario = Scenario::parse("found.yaml", scenario, &Catalog::unchecked()).expect("a scenario");
    let counts = |step: &&Step| !matches!(step, Step::Discover(_) | Step::Expect(_));
    scenario.steps.iter().filter(counts).count()
}

/// A variant in scenarios of the size that `atm fuzz` draws.
fn target(variant: Variant) -> ImplementationTarget {
    let implementation = Box::new(VariantImplementation::new(variant));
    let bounds = Bounds { accounts: 3, devices: 3, steps: 12, ..Bounds::default() };
    ImplementationTarget::new(implementation, bounds, Options::default(), "atm conformance".to_owned())
}

/// Tries seeds until something is found, as `atm fuzz` does.
#[expect(clippy::disallowed_methods, reason = "what is measured is how long it takes people")]
pub(crate) fn find(variant: Variant, go_on: impl Fn(u64, Duration) -> bool) -> Option<Found> {
    let mut target = target(variant);
    let start = Instant::now();
    for seed in (0..).take_while(|seed| go_on(*seed, start.elapsed())) {
        let Attempt::Played { suspects, .. } = target.attempt(seed) else { continue };
        if let Some(counterexample) = suspects.iter().find_map(|suspect| target.reduce(suspect, &|| true)) {
            return Some(Found { counterexample, elapsed: start.elapsed() });
        }
    }
    None
}

/// Runs `work` for each value on all processors. The results have the order of the values.
pub(crate) fn with_each<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((position, thing)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, things.get(at)?)))
                {
                    let result = work(thing);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((position, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(position, _)| *position);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Tries `ATM_SEEDS` seeds of each variant. A few are enough to notice a gross error.
#[test]
fn nothing_is_found_in_what_is_lawful() {
    let seeds = seeds().unwrap_or(FEW_SEEDS);
    let table = standings();
    let passes = |lawful: &LawfulVariant| table[lawful.name].fuzzing == PASSES;
    let all = sample(lawful_variants().filter(passes), 2);
    let found = with_each(&all, |lawful| find(lawful.variant, |seed, _| seed < seeds));
    for (lawful, found) in all.iter().zip(found) {
        if let Some(Found { counterexample, .. }) = found {
            panic!("{} ({}):\n{}", lawful.name, lawful.other, counterexample.file());
        }
    }
}

/// Checks that the table is right about mistakes that are not found yet.
#[test]
fn what_is_not_found_yet_is_not_found() {
    let seeds = seeds().unwrap_or(FEW_SEEDS);
    let table = standings();
    let is_missed = |broken: &BrokenVariant| table[broken.name].fuzzing == NOT_FOUND;
    let all = sample(broken().filter(is_missed), SAMPLE);
    let found = with_each(&all, |broken| find(broken.variant, |seed, _| seed < seeds));
    let found = all.iter().zip(found).filter_map(|(broken, found)| Some((broken.name, found?)));
    let progress: Vec<String> =
        found.map(|(name, found)| format!("{name}: {}", found.counterexample.cause)).collect();
    assert!(progress.is_empty(), "found now:\n{}", progress.join("\n"));
}

/// Tries every mistake if `ATM_SEEDS` is set, and a sample otherwise.
#[test]
fn each_mistake_is_found_within_a_minute() {
    let (step, most) = if seeds().is_some() { (1, u64::MAX) } else { (SAMPLE, SEEDS_OF_SAMPLE) };
    let table = standings();
    let is_found = |broken: &BrokenVariant| table[broken.name].fuzzing != NOT_FOUND;
    let all: Vec<BrokenVariant> = broken().filter(is_found).step_by(step).collect();
    let found =
        with_each(&all, |broken| find(broken.variant, |seed, elapsed| seed < most && elapsed < LIMIT));
    let (mut missed, mut times) = (Vec::new(), Vec::new());
    for (BrokenVariant { name, wrong, fails, .. }, found) in all.iter().zip(found) {
        let Some(Found { counterexample: FuzzFinding { cause, seed, scenario, .. }, elapsed }) = found else {
            // Some mistakes need more seeds than a sample has.
            if most == u64::MAX {
                missed.push(format!("{name} ({wrong}): nothing"));
            }
            continue;
        };
        let steps = steps(&scenario);
        println!("{name}: {} ms, seed {seed}, {steps} steps, {cause}", elapsed.as_millis());
        let is_right = fails.contains(&&*cause.0);
        let as_found = if is_right { FOUND.to_owned() } else { found_as(&cause.0) };
        let expected = &table[*name].fuzzing;
        // A sample has other seeds.
        if most == u64::MAX && *expected != as_found {
            missed.push(format!("{name} ({wrong}): {as_found}, not {expected}"));
        }
        if steps > STEPS || elapsed > LIMIT {
            missed.push(format!("{name} ({wrong}): {steps} steps, seed {seed}"));
        }
        times.push(elapsed);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(3 * times.len() > all.len(), "{} of {} are found", times.len(), all.len());
    times.sort_unstable();
    println!(
        "median {} ms, longest {} ms",
        times[times.len() / 2].as_millis(),
        times[times.len() - 1].as_millis()
    );
}

/// A variant that ignores the encryption that carries a message may keep the decisions in it. Then the failure occurs
/// much later, as the effect of something else.
#[test]
fn what_a_stanza_does_that_must_not_count_is_put_down_to_it() {
    let variant = broken().find(|broken| broken.name == "hears-any-encryption").expect("a variant").variant;
    let mut target = target(variant);
    let attempts = (0..SEEDS_WITH_ANOTHER_CARRIER).map(|seed| target.attempt(seed));
    let suspects = attempts.filter_map(|attempt| match attempt {
        Attempt::Played { suspects, .. } => Some(suspects),
        Attempt::Unsupported { .. } | Attempt::Interrupted => None,
    });
    let causes: Vec<String> = suspects.flatten().map(|suspect| suspect.cause.0).collect();
    assert!(causes.len() > 1, "{causes:?}");
    let are_of_encryption = ["xep-0434/structure/encryption", "xep-0434/structure/carrying-encryption"];
    assert!(causes.iter().all(|cause| are_of_encryption.contains(&&**cause)), "{causes:?}");
}

/// Fuzzing found with the seed 18598 that this variant was blamed: its person decides after a word whose sender's clock is 14
/// seconds ahead, and the announcement has a time after that word.
#[test]
fn a_decision_may_have_a_time_after_the_last_word() {
    let lawful = lawful_variants().find(|lawful| lawful.name == "takes-times-as-told").expect("a variant");
    let Attempt::Played { suspects, .. } = target(lawful.variant).attempt(18_598) else {
        panic!("the variant can play it");
    };
    let causes: Vec<&str> = suspects.iter().map(|suspect| &*suspect.cause.0).collect();
    assert!(causes.is_empty(), "{causes:?}");
}

/// Variants with mistakes that only a form, a restart or an unlawful message reveals.
const SHOWN_BY_VARIATIONS: [(&str, Variation, &str); 3] = [
    ("no-prefixes", Variation::Prefixes, "xep-0434/structure/xml"),
    ("loses-what-messages-decided", Variation::Restarts, "xep-0450/storing/restart"),
    ("hears-any-carbon", Variation::ForeignCarbon, "xep-0280/inbound/own-bare-jid"),
];

#[test]
fn what_needs_a_variation_is_replayed_with_it() {
    for (name, variation, id) in SHOWN_BY_VARIATIONS {
        let variant = broken().find(|broken| broken.name == name).expect("a variant").variant;
        let mut target = target(variant).with_variations(VariationChoice::These(vec![variation]));
        let suspects = (0..4_000).flat_map(|seed| match target.attempt(seed) {
            Attempt::Played { suspects, .. } => suspects,
            Attempt::Unsupported { .. } | Attempt::Interrupted => Vec::new(),
        });
        let suspect =
            suspects.into_iter().find(|suspect| suspect.variations == [variation] && suspect.cause.0 == id);
        let suspect = suspect.unwrap_or_else(|| panic!("{name} shows with a variation"));
        let found = target.reduce(&suspect, &|| true).expect("it shows again");
        let (_, variations) = found.replay.split_once(" --variations ").expect("the variations");
        let names = variations.split_once(' ').expect("the case").0.split(',');
        let variations =
            VariationChoice::These(names.map(|name| name.parse().expect("a variation")).collect());
        let scenario =
            Scenario::parse("found.yaml", &found.scenario, &Catalog::unchecked()).expect("a scenario");
        let loaded = LoadedScenario { id: "found".to_owned(), path: "found.yaml".to_owned(), scenario };
        let hosted = found.replay.rsplit_once("'*@").expect("the device").1.trim_end_matches('\'');
        let cases = cases(&[Arc::new(loaded)]);
        let case = cases.iter().find(|case| case.id == format!("found@{hosted}")).expect("the case");
        let mut implementations: [Box<dyn Implementation>; 1] =
            [Box::new(VariantImplementation::new(variant))];
        let result =
            play_with_variations(case, &mut implementations, (Options::default(), &variations), false);
        let judged = result.judgements.iter().find(|judgement| judgement.requirement.id == id);
        assert!(judged.is_some_and(|judged| judged.verdict == Verdict::Fail), "{name}: {}", found.file());
    }
}

/// When Alice trusts the notebook, its distrust of the tablet is released.
const RELEASES_A_DISTRUST: &str = "
format: 1
title: A distrust that is released
requirements: [xep-0434/encrypted/authenticated-endpoints-written]
accounts:
  alice: { devices: { phone: , tablet: , notebook: } }
steps:
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/notebook -> alice/phone
  - distrust: alice/notebook -> alice/tablet
  - authenticate: alice/phone -> alice/notebook
  - authenticate: alice/phone -> alice/tablet
  - distrust: alice/phone -> alice/tablet, alice/notebook
";

/// The tablet is authenticated before the release. But the message with the distrust must not go to the distrusted
/// devices.
#[test]
fn whoever_announces_before_releasing_writes_to_all_that_are_authenticated_before() {
    let scenario =
        Scenario::parse("released.yaml", RELEASES_A_DISTRUST, &Catalog::unchecked()).expect("a scenario");
    let id = "xep-0434/encrypted/authenticated-endpoints-written";
    let is_found = |variant| {
        let hosted = vec!["alice/phone".parse().expect("the name of a device")];
        let (cause, options) = (Attribution(id.to_owned()), Options::default());
        let (scenario, variations) = (scenario.clone(), Vec::new());
        let suspect = Suspect { cause, seed: 0, scenario, options, hosted, variations, as_drawn: None };
        target(variant).reduce(&suspect, &|| true).is_some()
    };
    let lawful =
        lawful_variants().find(|lawful| lawful.name == "announces-before-releasing").expect("a variant");
    assert!(!is_found(lawful.variant));
    let wrong = broken().find(|broken| broken.name == "encrypts-for-the-distrusted").expect("a variant");
    assert!(is_found(wrong.variant));
}
