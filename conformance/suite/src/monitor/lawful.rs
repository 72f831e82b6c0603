//! The standings of a key that are lawful after decisions took effect on it.

use atm_engine::{DecisionKind, Stamp};

use super::standing::{Standing, Standings};
use super::word::{Act, Force, Speaker};

/// Times that are at most this many milliseconds apart count as equal, since many devices stamp whole seconds.
const TIE: i64 = 1_000;

/// The knowledge about a key before a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The standings that the key may have.
    pub(super) lawful: Standings,
    /// The time of the newest decision about the key that a lawful device may know.
    pub(super) newest: Option<Stamp>,
    /// Whether the key rests on something unlawful, so that no change of it is demanded.
    pub(super) is_tainted: bool,
}

/// The standings of one key that are lawful after `acts`, all of them in one step, took effect on it.
///
/// A person's decision counts. A word that must count leaves no key undecided. Of contradicting decisions either may
/// win, whatever the order of their arrival or release. There is one exception: a distrust that is later than
/// everything known counts.
pub(super) fn after(before: Before, acts: &[Act]) -> Standings {
    let mut lawful = Standings::default();
    for act in acts {
        lawful.add(act.kind.into());
    }
    let is_decided_by_person =
        acts.iter().any(|act| act.speaker == Speaker::Person && act.force == Force::Must);
    if is_decided_by_person {
        return lawful;
    }
    let must_count = acts.iter().any(|act| act.force == Force::Must) && !before.is_tainted;
    if !must_count {
        lawful.extend(before.lawful);
        return lawful;
    }
    lawful.extend(before.lawful);
    lawful.remove(Standing::Open);
    let is_news = |act: &Act| before.newest.is_none_or(|newest| is_later(act.time, newest));
    let is_distrust = |act: &Act| act.kind == DecisionKind::Distrust;
    if acts.iter().all(is_distrust) && acts.iter().any(|act| act.force == Force::Must && is_news(act)) {
        return Standings::just(Standing::Distrusted);
    }
    lawful
}

/// Whether a time is certainly later than another one.
pub(super) fn is_later(time: Stamp, other: Stamp) -> bool {
    time.as_millis() > other.as_millis().saturating_add(TIE)
}
