use atm_engine::canonical::ListOrder;

use super::Reductions;
use super::times::Times;
use crate::script::{Action, Script};

/// The canonical form of devices and letters: what counts of them, so that those that differ in nothing else are one.
#[derive(Clone, Debug)]
pub(super) struct CanonicalForm {
    pub(super) times: Times,
    pub(super) origins: Origins,
    /// The order in which a message says things, and in which a device came to know them.
    pub(super) lists: ListOrder,
    pub(super) numbers: MessageNumbers,
}

/// Whether it counts which endpoint told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origins {
    /// It does.
    Count,
    /// Only whether it was a person counts.
    Ignored,
}

/// Whether it counts which number a device gave to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageNumbers {
    /// It does: a message can come back to its sender, who knows it by its number.
    Count,
    /// It does not.
    Ignored,
}

impl CanonicalForm {
    /// What counts in the letters of a script.
    pub(super) fn of_letters(script: &Script, reductions: Reductions) -> Self {
        let come_back = script.actions.iter().any(|action| matches!(action, Action::Deliver(..)));
        Self {
            times: Times::of(script, reductions),
            origins: if reductions.origins { Origins::Ignored } else { Origins::Count },
            lists: if reductions.lists { ListOrder::Ignored } else { ListOrder::Counts },
            numbers: if come_back { MessageNumbers::Count } else { MessageNumbers::Ignored },
        }
    }

    /// What counts in the devices of a script. Without merging, the numbers always count: each message that
    /// a device sends gives it a new state.
    pub(super) fn of_devices(script: &Script, reductions: Reductions) -> Self {
        let form = Self::of_letters(script, reductions);
        if reductions.merging { form } else { Self { numbers: MessageNumbers::Count, ..form } }
    }
}
