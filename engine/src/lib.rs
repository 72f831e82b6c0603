//! Automatic Trust Management (XEP-0450) as a pure state machine.
pub mod codec;
mod device;
mod message;
mod names;
mod rules;

pub use device::{
    Cause, Change, Device, Effect, Input, KeySharing, Level, ManualDecision, NotOneDecision, Notice, Origin,
    Outcome, Outgoing, Payload, Protection, Reason, Received, Refusal,
};
pub use jid;
pub use message::{Decision, Envelope, MessageId, OutboxId, TrustMessage, Usage, Verdict};
pub use names::{
    AccountId, BadIdentifier, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier, Stamp,
};
pub use rules::{AnnouncementRule, ConflictRule, Limits, Policy, Rules};
