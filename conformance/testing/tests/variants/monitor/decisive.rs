//! The monitor stays decisive: it does not become right by allowing more.

use atm_simulator::run::Options;
use atm_suite::library;
use atm_suite::monitor::Decisiveness;

use super::watched::monitors;

/// Of so many readings in a thousand just one standing is lawful, at least. If it falls, say in ARCHITECTURE.md what is open now.
const DECIDED: usize = 975;

/// So many facts have to be told for each thousand readings, at least.
const DUTIES: usize = 75;

#[test]
fn most_readings_have_one_lawful_standing() {
    let mut sum = Decisiveness::default();
    for file in library::files() {
        let scenario = file.load().expect("the library has no mistakes");
        for monitor in monitors(&scenario, Options::default(), None) {
            sum += monitor.borrow().decisiveness();
        }
    }
    println!("{sum:?}");
    let in_a_thousand = |part: usize| 1_000 * part / sum.readings;
    assert!(in_a_thousand(sum.decided) >= DECIDED, "{sum:?}");
    assert!(in_a_thousand(sum.duties) >= DUTIES, "{sum:?}");
}
