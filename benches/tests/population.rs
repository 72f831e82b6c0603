//! The measured population is complete where the rules guarantee it, and its unavoidable work matches its result.

use std::num::NonZeroUsize;

use atm_benches::scene::{Town, remember_part};
use atm_engine::AnnouncementRule;
use atm_simulator::options::{Options, Watching};

const RULES: [(AnnouncementRule, bool); 3] =
    [(AnnouncementRule::Direct, false), (AnnouncementRule::Cascade, true), (AnnouncementRule::Relay, true)];

#[test]
fn everybody_authenticates_everybody_if_the_whole_change_is_announced() {
    for (announcement, is_complete) in RULES {
        let options = Options { announcement, ..Options::default() };
        let run = Town::new(450).play(&options, Watching::All, NonZeroUsize::MIN);
        assert_eq!((run.accounts, run.parts, run.failed), (450, 3, 0));
        assert_eq!(run.tally.authenticated() == run.tally.possible, is_complete, "{announcement:?}");
    }
}

#[test]
fn the_unavoidable_work_is_the_authentications_that_come_of_it() {
    for (announcement, _) in RULES {
        let options = Options { announcement, seed: 5, ..Options::default() };
        let town = Town::new(450);
        let run = town.play(&options, Watching::None, NonZeroUsize::MIN);
        let remembered: Vec<_> = town.authenticated(&options).iter().flat_map(remember_part).collect();
        assert_eq!(remembered.len() as u64, run.devices);
        let pairs: usize = remembered.iter().map(|keys| keys.len()).sum();
        assert_eq!(pairs, run.tally.authenticated(), "{announcement:?}");
    }
}

#[test]
fn a_small_town_is_one_part() {
    let run = Town::new(7).play(&Options::default(), Watching::None, NonZeroUsize::MIN);
    assert_eq!((run.accounts, run.parts), (7, 1));
}
