use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::counterexample::Counterexample;
use super::coverage::{Count, Coverage};
use super::report::{Size, Suspected, Tried};
use super::seeds::{Partition, Seeds};
use super::subject::{Attempt, Cause, Subject, Suspect};

/// How many suspects of one cause are made small: the smallest ones. What is put down to one cause can have several
/// reasons.
pub const SUSPECTS_OF_A_CAUSE: usize = 3;

/// How many seeds a worker takes at once. It finishes what it took, so that the seeds that were tried have no gap.
const SEEDS_AT_ONCE: u64 = 16;

/// Many seeds, tried by many workers. What comes out does not depend on how many.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// The seeds of all parts together.
    pub seeds: Seeds,
    /// Which part of them.
    pub partition: Partition,
    /// How many workers.
    pub jobs: usize,
}

/// Whoever runs a campaign: hears how far it is, and can end it.
pub trait Director: Sync {
    /// Whether more seeds are to be tried.
    fn goes_on(&self) -> bool;

    /// Whether what was found is to be made smaller.
    fn makes_small(&self) -> bool;

    /// Hears how far the campaign is.
    fn hear(&self, progress: &Progress<'_>);
}

/// How far a campaign is.
#[derive(Clone, Debug)]
pub enum Progress<'a> {
    /// Seeds are tried.
    Trying {
        /// How many seeds were tried.
        tried: u64,
        /// What was exercised.
        coverage: &'a Coverage,
        /// What is suspected so far.
        causes: usize,
    },
    /// What was found is made small.
    MakingSmall {
        /// How many scenarios were made small.
        done: usize,
        /// How many there are.
        of: usize,
    },
}

/// What came of a campaign.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) tried: Tried,
    pub(super) coverage: Coverage,
    pub(super) suspected: Vec<Suspected>,
    pub(super) counterexamples: Vec<Counterexample>,
}

/// What the workers have found out together.
#[derive(Debug, Default)]
struct Found {
    tried: u64,
    unsupported: BTreeMap<String, u64>,
    coverage: Coverage,
    suspects: BTreeMap<Cause, BTreeMap<Size, Suspect>>,
}

impl Campaign {
    /// Tries seeds until there are no more or the director says so. `subject` makes one for each worker.
    pub(super) fn run(
        &self,
        subject: &(dyn Fn() -> Box<dyn Subject> + Sync),
        director: &dyn Director,
    ) -> Outcome {
        let found = Mutex::new(Found::default());
        let next = AtomicU64::new(0);
        self.at_once(|| {
            let mut subject = subject();
            while director.goes_on() {
                let first = next.fetch_add(SEEDS_AT_ONCE, Ordering::Relaxed);
                let mut own = Found::default();
                for nth in first..first.saturating_add(SEEDS_AT_ONCE) {
                    let Some(seed) = self.seed(nth) else { break };
                    own.note(seed, subject.attempt(seed));
                }
                if own.tried == 0 {
                    return;
                }
                let mut found = lock(&found);
                found.add(own);
                let Found { tried, coverage, suspects, .. } = &*found;
                director.hear(&Progress::Trying { tried: *tried, coverage, causes: suspects.len() });
            }
        });
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let suspected = found.suspects.iter().map(|(cause, suspects)| Suspected {
            cause: cause.clone(),
            smallest: suspects.keys().copied().collect(),
        });
        let suspected = suspected.collect();
        let counterexamples = self.reduce(found.suspects, subject, director);
        let counted = |(what, scenarios)| Count { what, scenarios };
        let tried = Tried {
            first: self.seeds.first,
            end: self.end(found.tried),
            parts: vec![self.partition.to_string()],
            scenarios: found.tried,
            unsupported: found.unsupported.into_iter().map(counted).collect(),
        };
        Outcome { tried, coverage: found.coverage, suspected, counterexamples }
    }

    /// The n-th seed of this part, counted from 0.
    fn seed(&self, nth: u64) -> Option<u64> {
        let seed = self.seeds.first.checked_add(self.partition.position(nth))?;
        self.seeds.end.is_none_or(|end| seed < end).then_some(seed)
    }

    /// The seed before which all of this part were tried.
    fn end(&self, tried: u64) -> u64 {
        let all_tried = self.seed(tried).is_none();
        match self.seeds.end {
            Some(end) if all_tried => end,
            _ => self.seeds.first.saturating_add(self.partition.position(tried)),
        }
    }

    fn reduce(
        &self,
        suspects: BTreeMap<Cause, BTreeMap<Size, Suspect>>,
        subject: &(dyn Fn() -> Box<dyn Subject> + Sync),
        director: &dyn Director,
    ) -> Vec<Counterexample> {
        let suspects: Vec<Suspect> = suspects.into_values().flat_map(BTreeMap::into_values).collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let reduced = Mutex::new(BTreeMap::new());
        self.at_once(|| {
            if next.load(Ordering::Relaxed) >= suspects.len() {
                return;
            }
            let mut subject = subject();
            while let Some(position) =
                Some(next.fetch_add(1, Ordering::Relaxed)).filter(|position| *position < suspects.len())
            {
                if let Some(counterexample) = subject.reduce(&suspects[position], &|| director.makes_small())
                {
                    lock(&reduced).insert(position, counterexample);
                }
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                director.hear(&Progress::MakingSmall { done, of: suspects.len() });
            }
        });
        reduced.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
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
        self.tried += 1;
        match attempt {
            Attempt::Unsupported { feature } => *self.unsupported.entry(feature).or_default() += 1,
            Attempt::Played { exercised, suspects } => {
                self.coverage.add(exercised);
                for suspect in suspects {
                    self.suspects
                        .entry(suspect.cause.clone())
                        .or_default()
                        .insert(Size::of(seed, &suspect.scenario), suspect);
                }
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.coverage.merge(&other.coverage);
        for (feature, count) in other.unsupported {
            *self.unsupported.entry(feature).or_default() += count;
        }
        for (cause, suspects) in other.suspects {
            let known = self.suspects.entry(cause).or_default();
            known.extend(suspects);
            while known.len() > SUSPECTS_OF_A_CAUSE {
                known.pop_last();
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
