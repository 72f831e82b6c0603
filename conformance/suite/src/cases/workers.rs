use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use atm_adapter_protocol::AdapterError;
use atm_simulator::run::Options;

use super::case::Case;
use super::implementation::Implementation;
use super::judge::CaseResult;
use super::variations::play_with_variations;
use crate::variations::VariationChoice;

/// Observes cases while they are played.
pub trait Watch: Sync {
    /// A case was played.
    fn played(&self, _case: &Case) {}

    /// Whether another case should begin.
    fn goes_on(&self) -> bool {
        true
    }
}

/// Observes nothing and lets all cases be played.
impl Watch for () {}

/// Plays all cases with `jobs` workers and the chosen variations. `implementations` creates the implementations of each
/// worker.
///
/// `watch` is told of each played case, in no particular order, and decides whether more cases begin. The results are
/// in the order of the cases, with `None` for cases that did not begin or were interrupted.
pub fn play_all(
    cases: &[Case],
    jobs: usize,
    (options, choice): (Options, &VariationChoice),
    record: bool,
    implementations: &(dyn Fn() -> Vec<Box<dyn Implementation>> + Sync),
    watch: &dyn Watch,
) -> Vec<Option<CaseResult>> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<CaseResult>>> = cases.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, cases.len().max(1)) {
            scope.spawn(|| {
                let mut implementations = implementations();
                while watch.goes_on() {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(position) else { break };
                    let result = play_with_variations(case, &mut implementations, (options, choice), record);
                    *results[position].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                    watch.played(case);
                }
            });
        }
    });
    let played =
        results.into_iter().map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    let is_whole = |result: &CaseResult| result.error != Some(AdapterError::Interrupted);
    played.map(|result| result.filter(is_whole)).collect()
}
