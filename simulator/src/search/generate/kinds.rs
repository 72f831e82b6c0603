//! The kinds of steps, faults and odd stanzas in a scenario.

use super::oddity::Oddity;
use super::{Dice, Mixture};

/// The acts of a scenario with odd inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    AuthenticateSpeaker,
    Authenticate,
    Distrust,
    DiscoverWhatWasSpokenOf,
    ChangeDevices,
    ScanOddCode,
    Fault,
    Barrage,
    Stanza,
}

/// All acts, each with its weight. The weights add up to 21.
const ACTS: [(Act, usize); 9] = [
    (Act::AuthenticateSpeaker, 3),
    (Act::Authenticate, 3),
    (Act::Distrust, 1),
    (Act::DiscoverWhatWasSpokenOf, 2),
    (Act::ChangeDevices, 1),
    (Act::ScanOddCode, 1),
    (Act::Fault, 3),
    (Act::Barrage, 1),
    (Act::Stanza, 6),
];

/// Faults of the network and of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    GoOfflineOrOnline,
    HoldOrRelease,
    Duplicate,
    LetThroughOrReorder,
    PartOrHeal,
    Crash,
    CrashWhileSending,
    CrashWhileReceiving,
    Restart,
    SlowDown,
    SkewClock,
    Carbons,
    Lose,
    Wait,
}

/// All faults, each with its weight. The weights add up to 16.
const FAULTS: [(Fault, usize); 14] = [
    (Fault::GoOfflineOrOnline, 2),
    (Fault::HoldOrRelease, 2),
    (Fault::Duplicate, 1),
    (Fault::LetThroughOrReorder, 1),
    (Fault::PartOrHeal, 1),
    (Fault::Crash, 1),
    (Fault::CrashWhileSending, 1),
    (Fault::CrashWhileReceiving, 1),
    (Fault::Restart, 1),
    (Fault::SlowDown, 1),
    (Fault::SkewClock, 1),
    (Fault::Carbons, 1),
    (Fault::Lose, 1),
    (Fault::Wait, 1),
];

/// The number of decisions for each distrust, if few kinds are drawn: distrusts are all, some or almost none of the
/// decisions.
const WORDS_FOR_A_DISTRUST: [usize; 5] = [1, 2, 3, 3, 100];

/// The number of kinds of odd stanzas, if few kinds are drawn.
const ODDITIES: [usize; 5] = [0, 1, 3, 6, 12];

/// The kinds of a scenario. Each occurs as often as its weight says.
#[derive(Clone, Debug)]
pub(super) struct Kinds {
    pub(super) acts: Vec<Act>,
    pub(super) faults: Vec<Fault>,
    /// The oddities of stanzas. If it is empty, all stanzas are such as the holder of a key might send.
    pub(super) oddities: Vec<Oddity>,
    pub(super) words_for_a_distrust: usize,
}

impl Kinds {
    pub(super) fn draw(mixture: Mixture, dice: &mut Dice) -> Self {
        match mixture {
            Mixture::All => Self::all(),
            Mixture::Few => Self::few(dice),
        }
    }

    /// All kinds.
    fn all() -> Self {
        let oddities = [&Oddity::OF_ADVERSARIES[..], &Oddity::OTHER].concat();
        Self { acts: repeated(ACTS), faults: repeated(FAULTS), oddities, words_for_a_distrust: 3 }
    }

    /// A few kinds: many events of a few kinds find mistakes that a few events of many kinds miss.
    fn few(dice: &mut Dice) -> Self {
        let mut acts = ACTS.to_vec();
        acts.retain(|(act, _)| *act == Act::Stanza || dice.one_in(2));
        // Few inputs have an effect while no key is authenticated.
        if !acts.iter().any(|(act, _)| matches!(act, Act::Authenticate | Act::AuthenticateSpeaker)) {
            acts.push(ACTS[0]);
        }
        let mut faults = FAULTS.to_vec();
        dice.shuffle(&mut faults);
        faults.truncate(1 + dice.below(3));
        let mut oddities = Self::all().oddities;
        dice.shuffle(&mut oddities);
        oddities.truncate(ODDITIES[dice.below(ODDITIES.len())]);
        let words_for_a_distrust = WORDS_FOR_A_DISTRUST[dice.below(WORDS_FOR_A_DISTRUST.len())];
        Self { acts: repeated(acts), faults: repeated(faults), oddities, words_for_a_distrust }
    }
}

fn repeated<T: Copy>(weighted: impl IntoIterator<Item = (T, usize)>) -> Vec<T> {
    weighted.into_iter().flat_map(|(kind, weight)| std::iter::repeat_n(kind, weight)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_kinds_are_drawn_and_each_by_some_seeds() {
        let drawn: Vec<Kinds> =
            (0..500).map(|seed| Kinds::draw(Mixture::Few, &mut Dice::new(seed))).collect();
        for kinds in &drawn {
            assert!(kinds.acts.contains(&Act::Stanza));
            assert!(
                kinds.acts.contains(&Act::Authenticate) || kinds.acts.contains(&Act::AuthenticateSpeaker)
            );
            let faults = FAULTS.iter().filter(|(fault, _)| kinds.faults.contains(fault)).count();
            assert!((1..=3).contains(&faults), "{faults} faults");
            assert!(kinds.oddities.len() <= 12, "{} oddities", kinds.oddities.len());
        }
        let is_drawn_by_some = |is_there: &dyn Fn(&Kinds) -> bool| drawn.iter().any(is_there);
        for (act, _) in ACTS {
            assert!(is_drawn_by_some(&|kinds| kinds.acts.contains(&act)), "{act:?}");
            let is_always = act == Act::Stanza;
            assert_eq!(is_drawn_by_some(&|kinds| !kinds.acts.contains(&act)), !is_always, "{act:?}");
        }
        for (fault, _) in FAULTS {
            assert!(is_drawn_by_some(&|kinds| kinds.faults.contains(&fault)), "{fault:?}");
        }
        for oddity in Kinds::all().oddities {
            assert!(is_drawn_by_some(&|kinds| kinds.oddities.contains(&oddity)), "{oddity:?}");
        }
    }
}
