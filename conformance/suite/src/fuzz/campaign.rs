use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use atm_simulator::scenario::Scenario;

use super::fuzz_finding::FuzzFinding;
use super::known::{KnownCount, KnownCounts};
use super::panics::{Panic, caught};
use super::report::{Size, Suspected, Tried, smallest};
use super::seeds::{Partition, Seeds};
use super::target::{Attempt, Attribution, Suspect, Target};
use crate::coverage::{Coverage, CoverageCount};

/// The number of suspects of each cause that are shrunk; the smallest are chosen. One cause can have several reasons.
pub const SUSPECTS_OF_A_CAUSE: usize = 3;

/// The number of seeds that a worker takes at once. It finishes them all, so the tried seeds have no gap.
const SEEDS_AT_ONCE: u64 = 16;

/// Tries many seeds with several workers. The result does not depend on their number.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The command that runs the campaign, without the seeds.
    pub command: String,
    /// The seeds of all parts together.
    pub seeds: Seeds,
    /// The part of the seeds to try.
    pub partition: Partition,
    /// The number of workers.
    pub jobs: usize,
}

/// Observes a campaign and decides when it ends.
pub trait Director: Sync {
    /// Whether more seeds should be tried.
    fn goes_on(&self) -> bool;

    /// Whether findings should be shrunk.
    fn makes_small(&self) -> bool;

    /// Reports the progress of the campaign.
    fn hear(&self, progress: &CampaignProgress<'_>);
}

/// The progress of a campaign.
#[derive(Clone, Debug)]
pub enum CampaignProgress<'a> {
    /// Seeds are being tried.
    Trying {
        /// The number of tried seeds.
        tried: u64,
        /// The rules and refusals that were exercised.
        coverage: &'a Coverage,
        /// The number of causes found so far.
        causes: usize,
    },
    /// Findings are being shrunk.
    MakingSmall {
        /// The number of scenarios that were shrunk.
        done: usize,
        /// The number of scenarios to shrink.
        of: usize,
    },
}

/// The result of a campaign.
#[derive(Clone, Debug)]
pub(super) struct CampaignResult {
    pub(super) tried: Tried,
    pub(super) coverage: Coverage,
    pub(super) known: Vec<KnownCount>,
    pub(super) suspected: Vec<Suspected>,
    pub(super) counterexamples: Vec<FuzzFinding>,
}

/// The combined results of workers.
#[derive(Debug, Default)]
struct Found {
    tried: u64,
    unsupported: BTreeMap<String, u64>,
    coverage: Coverage,
    known: KnownCounts,
    wrong: BTreeMap<Attribution, BTreeMap<Size, Wrong>>,
}

/// A failure in a scenario.
#[derive(Clone, Debug)]
enum Wrong {
    /// A failure that must be reproduced and shrunk.
    Suspected(Box<Suspect>),
    /// A panic. It is reported as it is and needs no other proof.
    Panicked(FuzzFinding),
}

impl Wrong {
    fn cause(&self) -> &Attribution {
        match self {
            Self::Suspected(suspect) => &suspect.cause,
            Self::Panicked(found) => &found.cause,
        }
    }
}

/// Merges results in the order of the seeds. If a worker is interrupted, seeds after its own do not count as tried.
#[derive(Debug, Default)]
struct Merging {
    found: Found,
    /// The number of seeds in complete blocks from the first one.
    merged: u64,
    /// The results of later blocks, by the position of the first seed, and whether the block was completed.
    waiting: BTreeMap<u64, (Found, bool)>,
}

impl Merging {
    fn add(&mut self, first: u64, found: Found, is_whole: bool) {
        self.waiting.insert(first, (found, is_whole));
        while let Some((found, is_whole)) = self.waiting.remove(&self.merged) {
            self.found.add(found);
            if !is_whole {
                break;
            }
            self.merged += SEEDS_AT_ONCE;
        }
    }

    /// Adds the remaining failures. They count even if earlier seeds were not tried.
    fn end(self) -> Found {
        let mut found = self.found;
        for (rest, _) in self.waiting.into_values() {
            found.add(Found { wrong: rest.wrong, ..Found::default() });
        }
        found
    }
}

impl Campaign {
    /// Tries seeds until none are left or the director ends the campaign. `make` creates a target for each worker.
    pub(super) fn run(
        &self,
        make: &(dyn Fn() -> Box<dyn Target> + Sync),
        director: &dyn Director,
    ) -> CampaignResult {
        let merging = Mutex::new(Merging::default());
        let next = AtomicU64::new(0);
        self.at_once(|| {
            let mut target = make();
            while director.goes_on() {
                let first = next.fetch_add(SEEDS_AT_ONCE, Ordering::Relaxed);
                let mut own = Found::default();
                let mut is_whole = true;
                for nth in first..first.saturating_add(SEEDS_AT_ONCE) {
                    let Some(seed) = self.seed(nth) else { break };
                    match caught(|| target.attempt(seed)) {
                        Ok(Attempt::Interrupted) => {
                            is_whole = false;
                            break;
                        }
                        Ok(attempt) => own.note(seed, attempt),
                        Err(panic) => {
                            target = make();
                            let scenario = caught(|| target.draw(seed)).ok();
                            own.note_panic(self.panicked(panic.cause(), seed, scenario.as_ref(), &panic));
                        }
                    }
                }
                let is_beyond_the_end = own.tried == 0 && is_whole;
                if is_beyond_the_end {
                    return;
                }
                let mut merging = lock(&merging);
                merging.add(first, own, is_whole);
                let Found { tried, coverage, wrong, .. } = &merging.found;
                director.hear(&CampaignProgress::Trying { tried: *tried, coverage, causes: wrong.len() });
            }
        });
        let found = merging.into_inner().unwrap_or_else(PoisonError::into_inner).end();
        let wrong: Vec<(Size, Wrong)> = found.wrong.into_values().flatten().collect();
        let reduced = self.reduce(&wrong, make, director);
        let suspected = wrong.iter().zip(&reduced).map(|((size, wrong), reduced)| Suspected {
            cause: wrong.cause().clone(),
            smallest: vec![*size],
            unrepeated: if reduced.is_none() { vec![*size] } else { Vec::new() },
        });
        let suspected = smallest(suspected);
        let counterexamples = reduced.into_iter().flatten().collect();
        let counted = |(what, scenarios)| CoverageCount { what, scenarios };
        let tried = Tried {
            first: self.seeds.first,
            end: self.end(found.tried),
            parts: vec![self.partition.to_string()],
            scenarios: found.tried,
            unsupported: found.unsupported.into_iter().map(counted).collect(),
        };
        let (coverage, known) = (found.coverage, found.known.counts());
        CampaignResult { tried, coverage, known, suspected, counterexamples }
    }

    /// The seed at position `nth` of this part, counted from 0.
    fn seed(&self, nth: u64) -> Option<u64> {
        let seed = self.seeds.first.checked_add(self.partition.position(nth))?;
        self.seeds.end.is_none_or(|end| seed < end).then_some(seed)
    }

    /// The seed before which all seeds of this part were tried.
    fn end(&self, tried: u64) -> u64 {
        let all_tried = self.seed(tried).is_none();
        match self.seeds.end {
            Some(end) if all_tried => end,
            _ => self.seeds.first.saturating_add(self.partition.position(tried)),
        }
    }

    /// Reproduces and shrinks failures. Returns the findings in the same order, with `None` for a failure that does not
    /// reproduce.
    fn reduce(
        &self,
        wrong: &[(Size, Wrong)],
        make: &(dyn Fn() -> Box<dyn Target> + Sync),
        director: &dyn Director,
    ) -> Vec<Option<FuzzFinding>> {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let reduced = Mutex::new(BTreeMap::new());
        self.at_once(|| {
            if next.load(Ordering::Relaxed) >= wrong.len() {
                return;
            }
            let mut target = make();
            while let Some(position) =
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|position| *position < wrong.len())
            {
                let counterexample = match &wrong[position].1 {
                    Wrong::Panicked(found) => Some(found.clone()),
                    Wrong::Suspected(suspect) => {
                        let small = caught(|| target.reduce(suspect, &|| director.makes_small()));
                        small.unwrap_or_else(|panic| {
                            target = make();
                            let Suspect { cause, seed, scenario, .. } = &**suspect;
                            Some(self.panicked(cause.clone(), *seed, Some(scenario), &panic))
                        })
                    }
                };
                lock(&reduced).insert(position, counterexample);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                director.hear(&CampaignProgress::MakingSmall { done, of: wrong.len() });
            }
        });
        reduced.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    /// Creates the finding of a panic. Its command tries the seed again, since drawing the scenario may have panicked.
    fn panicked(
        &self,
        cause: Attribution,
        seed: u64,
        scenario: Option<&Scenario>,
        panic: &Panic,
    ) -> FuzzFinding {
        let replay = format!("{} --seeds {seed}..{}", self.command, seed.saturating_add(1));
        FuzzFinding::panicked(cause, seed, scenario, panic, replay)
    }

    fn at_once(&self, work: impl Fn() + Sync) {
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(&work);
            }
        });
    }
}

impl Found {
    fn note(&mut self, seed: u64, attempt: Attempt) {
        match attempt {
            Attempt::Interrupted => return,
            Attempt::Unsupported { feature } => *self.unsupported.entry(feature).or_default() += 1,
            Attempt::Played { exercised, suspects, known } => {
                self.coverage.add(exercised);
                for known in known {
                    self.known.add(known, seed);
                }
                for suspect in suspects {
                    let size = Size::of(seed, &suspect.scenario);
                    self.note_wrong(suspect.cause.clone(), size, Wrong::Suspected(Box::new(suspect)));
                }
            }
        }
        self.tried += 1;
    }

    fn note_panic(&mut self, found: FuzzFinding) {
        self.tried += 1;
        let size = Size { steps: found.steps, seed: found.seed };
        self.note_wrong(found.cause.clone(), size, Wrong::Panicked(found));
    }

    fn note_wrong(&mut self, cause: Attribution, size: Size, wrong: Wrong) {
        self.wrong.entry(cause).or_default().insert(size, wrong);
    }

    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.coverage.merge(&other.coverage);
        self.known.merge(other.known);
        for (feature, count) in other.unsupported {
            *self.unsupported.entry(feature).or_default() += count;
        }
        for (cause, wrong) in other.wrong {
            let known = self.wrong.entry(cause).or_default();
            known.extend(wrong);
            while known.len() > SUSPECTS_OF_A_CAUSE {
                known.pop_last();
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
