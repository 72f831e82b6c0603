//! The monitor stays decisive. It must not avoid false findings by permitting more.

use atm_simulator::run::Options;
use atm_suite::library;
use atm_suite::monitor::Decisiveness;

use super::watched::monitors;

/// The minimum number of readings in a thousand with only one lawful standing. If it falls, document the open question
/// in ARCHITECTURE.md.
const DECIDED: usize = 975;

/// The minimum number of facts that must be told for each thousand readings.
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
