use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::Scenario;
use atm_simulator::search::generate::{self, Bounds, Dice};

/// A scenario keeps its invariants under the rules that the bytes draw with it. A violation explained by a hazard does
/// not count: the protocol guarantees nothing there.
pub fn scenario(bytes: &[u8]) {
    let (options, scenario) = draw_scenario(bytes);
    let run = run(&scenario, &options).expect("a drawn scenario can be cast");
    assert_eq!(run.failure, None);
    if let Some(broken) = run.violations.iter().find(|violation| violation.hazard.is_none()) {
        let yaml = scenario.to_yaml();
        panic!("{} is broken under {options:?}: {}\n{yaml}", broken.invariant, broken.what);
    }
}

/// Draws rules and a scenario from the bytes.
#[must_use]
pub fn draw_scenario(bytes: &[u8]) -> (Options, Scenario) {
    const ANNOUNCEMENT: [AnnouncementRule; 3] =
        [AnnouncementRule::Cascade, AnnouncementRule::Direct, AnnouncementRule::Relay];
    const CONFLICT: [ConflictRule; 2] = [ConflictRule::Newest, ConflictRule::Cautious];
    // Small worlds find most failures, and a sanitizer makes large ones slow.
    let bounds = Bounds { accounts: 4, devices: 4, ..Bounds::default() };
    let mut dice = Dice::from_bytes(bytes);
    let (announcement, conflict) = (ANNOUNCEMENT[dice.below(3)], CONFLICT[dice.below(2)]);
    (Options { announcement, conflict, seed: 0 }, generate::scenario(&mut dice, &bounds))
}
