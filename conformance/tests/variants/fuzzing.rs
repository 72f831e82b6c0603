//! Fuzzing finds what is wrong without being told, and finds nothing in what is only done another way.

use std::time::Instant;

use atm_conformance::fuzz::{Attempt, Counterexample, ImplementationSubject, Subject};
use atm_simulator::generate::Bounds;
use atm_simulator::run::Options;

use crate::broken::broken;
use crate::implementation::VariantImplementation;
use crate::lawful::LAWFUL;
use crate::variant::Variant;

/// Worlds of the size that finds most.
fn bounds() -> Bounds {
    Bounds { accounts: 3, devices: 3, steps: 12, ..Bounds::default() }
}

fn subject(variant: Variant) -> ImplementationSubject {
    let implementation = Box::new(VariantImplementation::new(variant));
    ImplementationSubject::new(implementation, bounds(), Options::default(), "atm conformance".to_owned())
}

/// What the first seed that shows something shows, and that seed; `None` if none of the first `seeds` does.
fn first_found(variant: Variant, seeds: u64) -> Option<(u64, Counterexample)> {
    let mut subject = subject(variant);
    for seed in 0..seeds {
        let Attempt::Played { suspects, .. } = subject.attempt(seed) else { continue };
        for suspect in suspects {
            if let Some(found) = subject.reduce(&suspect) {
                return Some((seed, found));
            }
        }
    }
    None
}

#[test]
#[ignore = "for people"]
#[expect(clippy::disallowed_methods, reason = "what is measured is how long it takes people")]
fn experiment_lawful() {
    for lawful in LAWFUL {
        let start = Instant::now();
        let found = first_found(lawful.variant, 5000);
        println!("{} {:?}", lawful.name, start.elapsed());
        if let Some((seed, found)) = found {
            println!("  seed {seed} {}\n{}", found.cause, found.file());
        }
    }
}

#[test]
#[ignore = "for people"]
#[expect(clippy::disallowed_methods, reason = "what is measured is how long it takes people")]
fn experiment_broken() {
    let only = std::env::var("ONLY").unwrap_or_default();
    for broken in broken().filter(|broken| only.is_empty() || only.split(',').any(|name| name == broken.name))
    {
        let start = Instant::now();
        let found = first_found(broken.variant, 40000);
        match found {
            Some((seed, found)) => println!(
                "{} {:?} seed {seed} steps {} {}",
                broken.name,
                start.elapsed(),
                found.steps,
                found.cause
            ),
            None => println!("{} {:?} NOTHING", broken.name, start.elapsed()),
        }
    }
}
