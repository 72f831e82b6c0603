//! What a variant changes of what passes through it, value by value, and what it does otherwise with what it is told.

use atm_adapter_protocol::protocol::SentStanza;
use atm_naive_model::{Memory, NaiveDecision, NaiveStanza};

/// A change of something before it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Twist {
    /// Of the XML of an envelope, or of what stands in the clear, before it is read. Nothing can be read in an empty text.
    Envelope(fn(&str) -> String),
    /// Of a code before it is read.
    Code(fn(&str) -> String),
    /// Of the code that the device shows.
    OwnCode(fn(&str) -> String),
    /// Of a stanza that was read.
    Stanza(fn(&mut NaiveStanza)),
    /// Of what a person decides.
    Decisions(fn(&mut Vec<NaiveDecision>)),
    /// Of a stanza that is to be sent.
    Sent(fn(&mut SentStanza)),
}

/// Something that a device does otherwise with what it is told, and with what it is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lapse {
    /// Trust without comparing is taken for an authentication.
    ManualTrustAuthenticates,
    /// Nothing is sent after a scan.
    ScanSendsNothing,
    /// Contacts are told nothing after a scan.
    ScanTellsNoContact,
    /// A code decides on discovered keys only.
    ScanOfKnownKeysOnly,
    /// A code of the own account is ignored.
    ScanOfContactsOnly,
    /// Keys of the own account are not discovered.
    DiscoversNoOwnKeys,
    /// What was sent is told one answer too late.
    AnswersTooEarly,
    /// Decisions on keys that were never seen are shown.
    ShowsUndiscovered,
    /// The own key is shown as authenticated.
    ShowsOwnKey,
    /// What is postponed is not shown.
    HidesPostponed,
    /// What is known of a key is thrown away when it leaves its list.
    ForgetsKeys,
    /// What is known of a key is thrown away when it leaves its list, unless it is distrusted.
    ForgetsTrust,
    /// This is not in backups.
    BackupLacks(Memory),
    /// Whatever strangers say is stored.
    StoresAll,
    /// What people wrote is lost if a trust message beside it is malformed.
    LosesBodies,
    /// A message that releases more than the stack can hold is not applied at all.
    DeepReleasesUndo,
}
