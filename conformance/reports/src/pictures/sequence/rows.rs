//! The rows of a space-time diagram.

use atm_engine::Stamp;
use atm_simulator::cast::DeviceId;
use atm_simulator::trace::MessageNumber;

use crate::pictures::position::DevicePresence;

/// A row: the events of one moment.
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
    /// A message with its effects on devices, or events at devices without a message.
    Event { arrow: Option<Arrow>, notes: Vec<Note> },
    /// A false expectation or a broken invariant, with the missing message and the observations at devices.
    Mismatch { text: String, arrow: Option<Arrow>, notes: Vec<Note> },
}

/// A message on its way to one or more devices.
#[derive(Clone, Debug)]
pub(super) struct Arrow {
    pub(super) message: Option<MessageNumber>,
    pub(super) at: Stamp,
    /// The sender; `None` for a handwritten stanza.
    pub(super) from: Option<DeviceId>,
    pub(super) to: Vec<DeviceId>,
    pub(super) fate: Fate,
    /// The decisions of the message, with remarks on its way.
    pub(super) label: String,
}

/// The fate of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It arrives in time.
    Arrives,
    /// It arrives late, or again.
    ArrivesLater,
    /// The server keeps it for now.
    Kept,
    /// The scenario withholds it for now.
    Withheld,
    /// It never arrives.
    Lost,
    /// It was expected, but nobody sent it.
    Missing,
}

/// Something that happens at a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) device: DeviceId,
    pub(super) kind: NoteKind,
    pub(super) lead: &'static str,
    pub(super) names: Vec<String>,
    pub(super) tail: String,
}

/// The kind of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NoteKind {
    /// A manual authentication.
    Manual,
    /// An authentication by a trust message.
    Automatic,
    /// A distrust.
    Distrust,
    /// A decision that waits: a postponed one, or one on an unknown key.
    Waiting,
    /// A refusal.
    Refused,
    /// A mismatch.
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
