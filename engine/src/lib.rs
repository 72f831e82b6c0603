//! Automatic Trust Management (XEP-0450) as a pure state machine.
pub mod codec;
mod message;
mod names;
pub use jid;
pub use message::{Decision, Envelope, MessageId, OutboxId, TrustMessage, Usage, Verdict};
pub use names::{
    AccountId, BadIdentifier, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier, Stamp,
};
