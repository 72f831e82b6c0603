use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::generate::{self, Bounds, Dice};
use atm_simulator::run::{Options, run};

/// A scenario that the bytes draw keeps its promises under each rule. A violation that is explained by a hazard is
/// none: the protocol promises nothing there.
pub fn scenario(bytes: &[u8]) {
    let scenario = generate::scenario(&mut Dice::from_bytes(bytes), &Bounds::default());
    for announcement in [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay] {
        for conflict in [ConflictRule::Newest, ConflictRule::Cautious] {
            let options = Options { announcement, conflict, seed: 0 };
            let run = run(&scenario, &options).expect("a drawn scenario can be cast");
            assert_eq!(run.failure, None);
            if let Some(broken) = run.violations.iter().find(|violation| violation.hazard.is_none()) {
                let yaml = scenario.to_yaml();
                panic!("{} is broken under {options:?}: {}\n{yaml}", broken.invariant, broken.what);
            }
        }
    }
}
