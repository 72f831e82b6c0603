use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use atm_simulator::run::Options;

use super::case::Case;
use super::implementation::Implementation;
use super::judge::CaseResult;
use super::variations::play_with_variations;
use crate::variations::VariationChoice;

/// Plays all cases, with variations as chosen, with `jobs` workers, each with implementations of its own that `implementations` makes. `done` is
/// told of each case that was played, in no particular order; the results are in the order of the cases.
pub fn play_all(
    cases: &[Case],
    jobs: usize,
    (options, choice): (Options, &VariationChoice),
    record: bool,
    implementations: &(dyn Fn() -> Vec<Box<dyn Implementation>> + Sync),
    done: &(dyn Fn(&Case) + Sync),
) -> Vec<CaseResult> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<CaseResult>>> = cases.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, cases.len().max(1)) {
            scope.spawn(|| {
                let mut implementations = implementations();
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(position) else { break };
                    let result = play_with_variations(case, &mut implementations, (options, choice), record);
                    *results[position].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                    done(case);
                }
            });
        }
    });
    let played =
        results.into_iter().map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    played.map(|result| result.expect("every case was played")).collect()
}
