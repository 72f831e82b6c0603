//! Measures how long random searches take to find each broken variant, and compares them.
//!
//!     cargo run --release -p atm-testing --example searches
//!
//! Each search looks for each variant from several first seeds, until it finds something or its time is over. It
//! measures processor time, so a busy machine changes little. `ATM_SECONDS` limits a search, `ATM_REPEATS` is the
//! number of first seeds, and `ATM_VARIANTS=NAME,NAME` selects variants.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use atm_simulator::run::Options;
use atm_simulator::search::generate::{Bounds, Mixture};
use atm_suite::fuzz::{Attempt, ImplementationTarget, Target};
use atm_testing::{BrokenVariant, VariantImplementation, broken};

/// The searches to compare. The first is plain random search.
const SEARCHES: [(&str, Mixture); 2] = [("plain", Mixture::All), ("few kinds", Mixture::Few)];

/// The distance between first seeds.
const APART: u64 = 1 << 32;

/// The cost of a search.
#[derive(Clone, Copy, Debug)]
struct Taken {
    time: Duration,
    seeds: u64,
    is_found: bool,
}

fn search(broken: &BrokenVariant, mixture: Mixture, first: u64, limit: Duration) -> Taken {
    let bounds = Bounds { accounts: 3, devices: 3, steps: 12, mixture, ..Bounds::default() };
    let implementation = Box::new(VariantImplementation::new(broken.variant));
    let mut target = ImplementationTarget::new(implementation, bounds, Options::default(), String::new());
    let start = processor_time();
    let mut seeds = 0;
    loop {
        let attempt = target.attempt(first + seeds);
        seeds += 1;
        let is_found = matches!(attempt, Attempt::Played { suspects, .. } if !suspects.is_empty());
        let time = processor_time() - start;
        if is_found || time > limit {
            return Taken { time, seeds, is_found };
        }
    }
}

/// The processor time that this thread has used.
fn processor_time() -> Duration {
    let text =
        std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts the time of a thread");
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("a number");
    Duration::from_nanos(nanos)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn median<T: Copy + Ord>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

fn main() {
    let limit = Duration::from_secs(number("ATM_SECONDS", 5));
    let repeats = number("ATM_REPEATS", 3);
    let names = std::env::var("ATM_VARIANTS");
    let is_chosen =
        |name: &str| names.as_ref().map_or(true, |names| names.split(',').any(|chosen| chosen == name));
    let variants: Vec<BrokenVariant> = broken().filter(|broken| is_chosen(broken.name)).collect();
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![Vec::new(); SEARCHES.len()]);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(broken) = variants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut line = broken.name.to_owned();
                    for (position, (_, mixture)) in SEARCHES.iter().enumerate() {
                        let taken =
                            (0..repeats).map(|repeat| search(broken, *mixture, repeat * APART, limit));
                        let taken: Vec<Taken> = taken.collect();
                        let found = taken.iter().filter(|taken| taken.is_found).count();
                        let (time, seeds) = (
                            median(taken.iter().map(|taken| taken.time)),
                            median(taken.iter().map(|taken| taken.seeds)),
                        );
                        line += &format!(" | {found}/{repeats} {} ms {seeds} seeds", time.as_millis());
                        all.lock().expect("nobody panicked")[position].extend(taken);
                    }
                    println!("{line}");
                }
            });
        }
    });
    for ((name, _), all) in SEARCHES.iter().zip(all.into_inner().expect("nobody panicked")) {
        let missed = all.iter().filter(|taken| !taken.is_found).count();
        let total: Duration = all.iter().map(|taken| taken.time).sum();
        let longest = all.iter().map(|taken| taken.time).max().unwrap_or_default();
        println!(
            "{name}: median {} ms, {} seeds, longest {} ms, {missed} of {} not found, {} s in all",
            median(all.iter().map(|taken| taken.time)).as_millis(),
            median(all.iter().map(|taken| taken.seeds)),
            longest.as_millis(),
            all.len(),
            total.as_secs()
        );
    }
}
