//! What the rows of a diagram hold.

use atm_engine::Stamp;
use atm_simulator::cast::DeviceId;
use atm_simulator::trace::MessageNumber;

use crate::pictures::position::DevicePresence;

/// What happened at one moment.
#[derive(Clone, Debug)]
pub(super) enum DiagramRow {
    /// A step begins.
    Step {
        number: usize,
        text: String,
        at: Stamp,
        /// The device that joins, leaves or changes hands.
        presence: Option<(DeviceId, DevicePresence)>,
    },
    /// A message, and what devices make of it; or what happens at devices without one.
    Event { arrow: Option<Arrow>, notes: Vec<Note> },
    /// What had to be, with a message that should have been there, and what is at devices instead.
    Mismatch { text: String, arrow: Option<Arrow>, notes: Vec<Note> },
}

/// A message on its way to one or more devices.
#[derive(Clone, Debug)]
pub(super) struct Arrow {
    pub(super) message: Option<MessageNumber>,
    pub(super) at: Stamp,
    /// The device that sent it; `None` if it was made by hand.
    pub(super) from: Option<DeviceId>,
    pub(super) to: Vec<DeviceId>,
    pub(super) fate: Fate,
    /// What it says, and what is to be known about its way.
    pub(super) label: String,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It arrives.
    Arrives,
    /// It arrives later than it would have, or once more.
    ArrivesLater,
    /// The server keeps it for now.
    Kept,
    /// It is withheld for now.
    Withheld,
    /// It never arrives.
    Lost,
    /// Nobody sent it, though somebody should have.
    Missing,
}

/// What happens at a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) device: DeviceId,
    pub(super) kind: NoteKind,
    pub(super) lead: &'static str,
    pub(super) names: Vec<String>,
    pub(super) tail: String,
}

/// What kind of thing happens at a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NoteKind {
    /// A person's authentication.
    Manual,
    /// An authentication by a trust message.
    Automatic,
    /// A distrust.
    Distrust,
    /// A decision that waits.
    Waiting,
    /// A refusal.
    Refused,
    /// Something that is otherwise than it has to be.
    Wrong,
    /// Anything else.
    Aside,
}

impl Arrow {
    pub(super) fn arrives(&self) -> bool {
        match self.fate {
            Fate::Arrives | Fate::ArrivesLater => true,
            Fate::Kept | Fate::Withheld | Fate::Lost | Fate::Missing => false,
        }
    }
}

impl Note {
    pub(super) fn text(&self) -> String {
        let words = [self.lead, &self.names.join(", "), &self.tail];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}
