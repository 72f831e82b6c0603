//! Changes of values that pass through a variant, and deviations in handling inputs.

use atm_adapter_protocol::protocol::SentStanza;
use atm_naive_model::{Memory, NaiveDecision, NaiveStanza};

/// A change of a value before it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Twist {
    /// Changes the XML of an envelope or of content in the clear before it is parsed. An empty text is malformed.
    Envelope(fn(&str) -> String),
    /// Changes a code before it is parsed.
    Code(fn(&str) -> String),
    /// Changes the code that the device shows.
    OwnCode(fn(&str) -> String),
    /// Changes a stanza after it was parsed.
    Stanza(fn(&mut NaiveStanza)),
    /// Changes the decisions of a person.
    Decisions(fn(&mut Vec<NaiveDecision>)),
    /// Changes a stanza before it is sent.
    Sent(fn(&mut SentStanza)),
}

/// A deviation in handling an input or a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lapse {
    /// Manual trust without a comparison counts as an authentication.
    ManualTrustAuthenticates,
    /// Nothing is sent after a scan.
    ScanSendsNothing,
    /// Contacts are told nothing after a scan.
    ScanTellsNoContact,
    /// A code decides only on discovered keys.
    ScanOfKnownKeysOnly,
    /// A code of the own account is ignored.
    ScanOfContactsOnly,
    /// Keys of the own account are not discovered.
    DiscoversNoOwnKeys,
    /// Stanzas are reported one answer too late.
    AnswersTooEarly,
    /// Decisions on undiscovered keys are shown.
    ShowsUndiscovered,
    /// The own key is shown as authenticated.
    ShowsOwnKey,
    /// Postponed decisions are not shown.
    HidesPostponed,
    /// A key that leaves its list is forgotten completely.
    ForgetsKeys,
    /// A key that leaves its list is forgotten, unless it is distrusted.
    ForgetsTrust,
    /// Backups lack this part of the state.
    BackupLacks(Memory),
    /// All decisions of strangers are stored.
    StoresAll,
    /// A chat message is lost if a trust message beside it is malformed.
    LosesBodies,
    /// A message whose releases exceed the stack has no effect at all.
    DeepReleasesUndo,
}
