//! Which standings of a key are lawful after something took effect on it.

use atm_engine::{DecisionKind, Stamp};

use super::standing::{Standing, Standings};
use super::word::{Act, Force, Speaker};

/// Two times are the same if they are not further apart, in milliseconds: many devices stamp whole seconds.
const TIE: i64 = 1_000;

/// What is known about a key before a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The standings that it may have.
    pub(super) lawful: Standings,
    /// The time of the newest decision about it that a lawful device may know.
    pub(super) newest: Option<Stamp>,
    /// Whether it rests on something unlawful, so that nothing must happen to it.
    pub(super) is_tainted: bool,
}

/// The standings that are lawful once `acts` took effect, all of them on one key in one step.
///
/// A person's decision counts. A word that must count leaves no key undecided. Between decisions that contradict each other
/// either is lawful, whatever the order of their arrival, and so is either order in which words are released together. But
/// for one case: a distrust that is later than all that is known counts.
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

/// Whether a time is later than another one beyond doubt.
pub(super) fn is_later(time: Stamp, other: Stamp) -> bool {
    time.as_millis() > other.as_millis().saturating_add(TIE)
}
