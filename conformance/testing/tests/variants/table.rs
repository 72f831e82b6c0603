//! Prints the current table of results, for updating it.

use atm_testing::{Variant, broken, lawful_variants};

use crate::fuzzing::{find, seeds, with_each};
use crate::standings::{FOUND, NOT_FOUND, PASSES, failed_unfairly, found_as};
use crate::suite::{Played, show_all};

/// Whether `ATM_VARIANTS` names the variant. If it is not set, all variants are chosen.
fn is_chosen(name: &str) -> bool {
    std::env::var("ATM_VARIANTS").map_or(true, |names| names.split(',').any(|chosen| chosen == name))
}

/// Prints the lines of `standings.txt`, with the results of fuzzing with `ATM_SEEDS` seeds.
#[test]
#[ignore = "it checks nothing, and takes minutes"]
fn the_table_as_it_is() {
    let seeds = seeds().unwrap_or(1_000);
    let fuzz = |variant: Variant| {
        let found = find(variant, |seed, _| seed < seeds)?;
        Some(found.counterexample.cause.0)
    };
    let wrong: Vec<_> = broken().filter(|broken| is_chosen(broken.name)).collect();
    let shown = show_all(&wrong.iter().map(Played::of).collect::<Vec<_>>());
    let causes = with_each(&wrong, |broken| fuzz(broken.variant));
    for ((broken, shown), cause) in wrong.iter().zip(&shown).zip(causes) {
        let fuzzing = match cause {
            Some(cause) if broken.fails.contains(&&*cause) => FOUND.to_owned(),
            Some(cause) => found_as(&cause),
            None => NOT_FOUND.to_owned(),
        };
        println!("{} | {} | {fuzzing}", broken.name, crate::broken::standing(broken, shown));
    }
    let lawful: Vec<_> = lawful_variants().filter(|lawful| is_chosen(lawful.name)).collect();
    let shown = show_all(&lawful.iter().map(|lawful| Played::whole(lawful.variant)).collect::<Vec<_>>());
    let causes = with_each(&lawful, |lawful| fuzz(lawful.variant));
    for ((lawful, shown), cause) in lawful.iter().zip(&shown).zip(causes) {
        let fuzzing = cause.map_or_else(|| PASSES.to_owned(), |cause| failed_unfairly(&cause));
        println!("{} | {} | {fuzzing}", lawful.name, crate::lawful::standing(shown));
    }
}
