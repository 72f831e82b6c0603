use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use atm_engine::Stamp;

use super::DrawnPart;
use crate::invariants::Invariant;
use crate::run::{Options, Run, RunResult, Watching, breaks_under, observe};
use crate::scenario::{Population, Scenario};
use crate::script::Script;
use crate::trace::{Event, Observer};
use crate::trust_graph::Tally;

/// The greatest number of failed parts whose runs are kept.
const KEPT: usize = 10;

/// The result of a population.
#[derive(Clone, Debug, Default)]
pub struct PopulationRun {
    /// The number of played parts.
    pub parts: u64,
    /// The number of accounts.
    pub accounts: u64,
    /// The number of devices.
    pub devices: u64,
    /// The number of authentications at the end.
    pub tally: Tally,
    /// The number of sent trust messages.
    pub messages: u64,
    /// The number of message copies that reached a device.
    pub deliveries: u64,
    /// The broken invariants, each with its number of violations.
    pub violations: BTreeMap<Invariant, u64>,
    /// The invariants that the population declares as broken under these rules.
    pub breaks: Vec<Invariant>,
    /// The watched invariants.
    pub watching: Watching,
    /// The number of parts in which a device failed or an invariant was broken that the population does not declare.
    pub failed: u64,
    /// The number of these parts in which a device failed, so that the part broke off.
    pub broke_off: u64,
    /// The first failed parts.
    pub first_failed: Vec<FailedPart>,
}

/// A failed part.
#[derive(Clone, Debug)]
pub struct FailedPart {
    /// Its number, counted from 1.
    pub number: u64,
    /// The part as a scenario, which can be played by itself.
    pub scenario: Scenario,
    /// Its run.
    pub run: Run,
}

impl Population {
    /// The scenario of the part with a number, counted from 1, as drawn from a seed.
    #[must_use]
    pub fn part(&self, seed: u64, number: u64) -> Scenario {
        DrawnPart::new(&self.population, seed, number).scenario(self)
    }
}

impl PopulationRun {
    /// The result of the population: inconclusive if no invariants were watched.
    #[must_use]
    pub fn result(&self) -> RunResult {
        if self.broke_off > 0 {
            RunResult::Error
        } else if self.failed > 0 || self.unbroken().next().is_some() {
            RunResult::Fail
        } else if self.watching == Watching::None {
            RunResult::Inconclusive
        } else {
            RunResult::Pass
        }
    }

    /// The invariants that the population declares as broken although they hold.
    pub fn unbroken(&self) -> impl Iterator<Item = Invariant> {
        self.breaks.iter().copied().filter(|invariant| !self.violations.contains_key(invariant))
    }

    /// Adds the result of a part.
    fn add(&mut self, number: u64, played: PlayedPart) {
        let PlayedPart { part, scenario, run, deliveries } = played;
        self.parts += 1;
        self.accounts += part.accounts() as u64;
        self.devices += part.devices() as u64;
        self.tally += run.tally;
        self.messages += run.messages;
        self.deliveries += deliveries;
        for violation in &run.violations {
            *self.violations.entry(violation.invariant).or_default() += 1;
        }
        let is_expected = |invariant: Invariant| self.breaks.contains(&invariant);
        let fails = run.violations.iter().any(|violation| !is_expected(violation.invariant));
        if fails || run.failure.is_some() {
            self.failed += 1;
            self.broke_off += u64::from(run.failure.is_some());
            if self.first_failed.len() < KEPT {
                self.first_failed.push(FailedPart { number, scenario, run });
            }
        }
    }

    /// Adds the result of other parts.
    fn merge(&mut self, other: Self) {
        self.parts += other.parts;
        self.accounts += other.accounts;
        self.devices += other.devices;
        self.tally += other.tally;
        self.messages += other.messages;
        self.deliveries += other.deliveries;
        for (invariant, count) in other.violations {
            *self.violations.entry(invariant).or_default() += count;
        }
        self.failed += other.failed;
        self.broke_off += other.broke_off;
        self.first_failed.extend(other.first_failed);
        self.first_failed.sort_by_key(|part| part.number);
        self.first_failed.truncate(KEPT);
    }
}

/// Plays all parts of a population on `jobs` threads and calls `done` after each part. The result is the same for any
/// number of threads.
///
/// # Panics
///
/// If a thread cannot be started.
#[must_use]
pub fn play(
    population: &Population,
    (options, watching): (&Options, Watching),
    jobs: NonZeroUsize,
    done: &(impl Fn() + Sync),
) -> PopulationRun {
    let breaks = match watching {
        Watching::All => breaks_under(&population.breaks, options),
        Watching::None => Vec::new(),
    };
    let begun = || PopulationRun { breaks: breaks.clone(), watching, ..PopulationRun::default() };
    let (next, parts) = (AtomicU64::new(1), population.population.parts());
    let work = || {
        let mut run = begun();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number > parts {
                return run;
            }
            run.add(number, PlayedPart::new(population, (options, watching), number));
            done();
        }
    };
    let mut whole = begun();
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..jobs.get()).map(|_| scope.spawn(work)).collect();
        whole.merge(work());
        for other in others {
            match other.join() {
                Ok(run) => whole.merge(run),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    whole
}

/// A part after its run.
struct PlayedPart {
    part: DrawnPart,
    scenario: Scenario,
    run: Run,
    deliveries: u64,
}

impl PlayedPart {
    fn new(population: &Population, (options, watching): (&Options, Watching), number: u64) -> Self {
        let part = DrawnPart::new(&population.population, options.seed, number);
        let scenario = part.scenario(population);
        let script = Script::new(&scenario).expect("what is drawn has no mistakes");
        let mut deliveries = Deliveries(0);
        let run = observe(&script, options, watching, &mut deliveries);
        Self { part, scenario, run, deliveries: deliveries.0 }
    }
}

/// Counts the messages that reach devices.
struct Deliveries(u64);

impl Observer for Deliveries {
    fn observe(&mut self, _: Stamp, event: &Event) {
        self.0 += u64::from(matches!(event, Event::Delivered { .. }));
    }
}
