//! Plays the cases of the suite.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use atm_simulator::run::Options;
use atm_suite::cases::{Case, Implementation, LoadedScenario, Verdict, cases, play_with_variations};
use atm_suite::library;
use atm_suite::variations::VariationChoice;
use atm_testing::{BrokenVariant, Variant, VariantImplementation};

/// All cases of the scenarios in the library.
pub(crate) fn all_cases() -> Vec<Case> {
    let load = |file: library::LibraryFile| {
        let scenario = file.load().unwrap_or_else(|mistakes| panic!("{mistakes}"));
        Arc::new(LoadedScenario { id: file.id().to_owned(), path: file.path.to_owned(), scenario })
    };
    let scenarios: Vec<Arc<LoadedScenario>> = library::files().into_iter().map(load).collect();
    cases(&scenarios)
}

/// The requirements with a verdict other than a pass: the worst verdict of each, and the cases with such verdicts.
pub(crate) type VerdictsByRequirement = BTreeMap<&'static str, (Verdict, Vec<String>)>;

/// A variant to play, and the requirements that it breaks. Playing stops when all of these are broken.
pub(crate) struct Played {
    pub(crate) variant: Variant,
    pub(crate) breaks: &'static [&'static str],
}

impl Played {
    pub(crate) fn of(broken: &BrokenVariant) -> Self {
        Self { variant: broken.variant, breaks: broken.fails }
    }

    /// Plays all cases.
    pub(crate) fn whole(variant: Variant) -> Self {
        Self { variant, breaks: &[] }
    }
}

/// Plays cases with one variant.
pub(crate) fn show(cases: &[Case], played: &Played) -> VerdictsByRequirement {
    let implementation: Box<dyn Implementation> = Box::new(VariantImplementation::new(played.variant));
    let mut implementations = [implementation];
    let mut shown = VerdictsByRequirement::new();
    for case in cases {
        let rules = (Options::default(), &VariationChoice::Pairs);
        let result = play_with_variations(case, &mut implementations, rules, false);
        for judgement in result.judgements {
            if judgement.verdict == Verdict::Pass {
                continue;
            }
            let looked = judgement.seen.iter().flat_map(|seen| &seen.observed);
            let why = looked.cloned().chain(result.error.as_ref().map(ToString::to_string));
            let what = format!("{}: {}", case.id, why.collect::<Vec<_>>().join("; "));
            let (worst, cases) =
                shown.entry(judgement.requirement.id).or_insert((judgement.verdict, Vec::new()));
            *worst = judgement.verdict.max(*worst);
            cases.push(what);
        }
        let is_broken = |id: &&str| {
            shown.get(*id).is_some_and(|(verdict, _)| matches!(verdict, Verdict::Fail | Verdict::Advice))
        };
        if !played.breaks.is_empty() && played.breaks.iter().all(is_broken) {
            break;
        }
    }
    shown
}

/// The verdicts of all variants, in the same order.
pub(crate) fn show_all(variants: &[Played]) -> Vec<VerdictsByRequirement> {
    let cases = all_cases();
    let next = AtomicUsize::new(0);
    let shown: Vec<Mutex<VerdictsByRequirement>> = variants.iter().map(|_| Mutex::default()).collect();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(position) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < shown.len())
                {
                    *shown[position].lock().expect("nobody panicked") = show(&cases, &variants[position]);
                }
            });
        }
    });
    shown.into_iter().map(|shown| shown.into_inner().expect("nobody panicked")).collect()
}
