use atm_engine::canonical::ListOrder;

use super::Reductions;
use super::times::Times;
use crate::script::{Action, Script};

/// The canonical form of devices and letters. Those that differ only in what it ignores are equal.
#[derive(Clone, Debug)]
pub(super) struct CanonicalForm {
    pub(super) times: Times,
    pub(super) origins: Origins,
    /// The order of decisions in a message, and of keys in a device.
    pub(super) lists: ListOrder,
    pub(super) numbers: MessageNumbers,
}

/// Whether the sender of a decision matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origins {
    /// It matters.
    Count,
    /// Only whether a person made the decision matters.
    Ignored,
}

/// Whether the number that a device gave to a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageNumbers {
    /// It matters, because a message can return to its sender, who recognises it by its number.
    Count,
    /// It does not matter.
    Ignored,
}

impl CanonicalForm {
    /// The canonical form of the letters of a script.
    pub(super) fn of_letters(script: &Script, reductions: Reductions) -> Self {
        let come_back = script.actions.iter().any(|action| matches!(action, Action::Deliver(..)));
        Self {
            times: Times::of(script, reductions),
            origins: if reductions.origins { Origins::Ignored } else { Origins::Count },
            lists: if reductions.lists { ListOrder::Ignored } else { ListOrder::Counts },
            numbers: if come_back { MessageNumbers::Count } else { MessageNumbers::Ignored },
        }
    }

    /// The canonical form of the devices of a script. Without merging, the numbers of messages always matter: each sent
    /// message gives a device a new state.
    pub(super) fn of_devices(script: &Script, reductions: Reductions) -> Self {
        let form = Self::of_letters(script, reductions);
        if reductions.merging { form } else { Self { numbers: MessageNumbers::Count, ..form } }
    }
}
