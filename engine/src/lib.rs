//! Automatic Trust Management (XEP-0450) as a pure state machine.
//!
//! This crate promises: no clock, no randomness, no I/O, no threads. A [`Device`] holds the trust of one
//! endpoint. Whatever happens to it is an [`Input`], given to [`Device::apply`] with the time at which it
//! happens; what came of it is an [`Outcome`]: what changed, which trust messages are to be sent to whom and
//! for exactly which keys, and what was refused and why. The same inputs at the same times give the same
//! outcomes, and no input makes it panic.
//!
//! Encrypting, fetching keys, storing and sending are the caller's business. So are names: the engine works
//! with small ids, which a [`Directory`] gives out for JIDs and keys. The [`codec`] module reads and writes
//! trust messages, their envelopes and Trust Message URIs.
//!
//! Alice's phone and tablet authenticated each other. A scan of Bob's code with the phone is enough for both:
//!
//! ```
//! use atm_engine::codec::TrustMessageUri;
//! use atm_engine::jid::FullJid;
//! use atm_engine::{
//!     Device, Directory, Encryption, KeyId, KeyIdentifier, KeySharing, Level, ManualDecision, Payload,
//!     Protection, Received, Rules, Stamp,
//! };
//!
//! let mut names = Directory::new();
//! let omemo = Encryption::new(Encryption::OMEMO).unwrap();
//! let encryption = names.encryption(&omemo);
//! let mut endpoint = |jid: &str, fingerprint: u8| {
//!     let jid: FullJid = jid.parse().unwrap();
//!     let (endpoint, owner) = (names.endpoint(&jid), names.account(&jid.to_bare()));
//!     (endpoint, names.key(encryption, owner, &KeyIdentifier::new(&omemo, &[fingerprint; 32]).unwrap()))
//! };
//! let (phone, phone_key) = endpoint("alice@example.org/phone", 1);
//! let (tablet, tablet_key) = endpoint("alice@example.org/tablet", 2);
//! let (_, bob_key) = endpoint("bob@example.com/laptop", 3);
//!
//! let mut now = Stamp::from_millis(1_577_880_000_000);
//! let new = |endpoint, key| Device::new(endpoint, key, KeySharing::OnePerEndpoint, Rules::default(), &names);
//! let (mut alices_phone, mut alices_tablet) = (new(phone, phone_key), new(tablet, tablet_key));
//! for (device, other_key) in [(&mut alices_phone, tablet_key), (&mut alices_tablet, phone_key)] {
//!     device.discover(other_key, now, &names);
//!     device.discover(bob_key, now, &names);
//!     device.decide(ManualDecision::authenticate(other_key), now, &names);
//! }
//!
//! let code = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;\
//!             trust=0303030303030303030303030303030303030303030303030303030303030303";
//! now = now.next();
//! let outcome = alices_phone.scan(&TrustMessageUri::parse(code).unwrap(), now, &mut names);
//! assert_eq!(alices_phone.level(bob_key), Level::Authenticated);
//!
//! // The phone tells Alice's other endpoint about Bob's key, and Bob's endpoint about hers.
//! let [message, to_bob] = &outcome.outgoing[..] else { panic!("two messages") };
//! assert_eq!((message.to, &message.keys[..]), (alices_tablet.account(), &[tablet_key][..]));
//! assert_eq!((to_bob.to, &to_bob.keys[..]), (names.owner(bob_key), &[bob_key][..]));
//!
//! let received = Received {
//!     from: phone,
//!     to: message.to,
//!     id: Some(message.message_id(phone)),
//!     carbon_from: None,
//!     protection: Protection::Encrypted { with: encryption, by: Some(phone_key) },
//!     delayed_since: None,
//!     payload: Payload::Parsed(message.envelope.clone()),
//! };
//! alices_phone.sent(message.id);
//! alices_tablet.receive(received, now, &names);
//! assert_eq!(alices_tablet.level(bob_key), Level::Authenticated);
//! ```

mod canonical;
pub mod codec;
mod device;
mod input;
mod level;
mod message;
mod message_id;
mod names;
mod outcome;
mod rules;
mod settings;
mod state;
mod store;

pub use canonical::{ListOrder, Renaming};
pub use device::{Device, KeySharing, NotItsKey};
pub use input::{Input, ManualDecision, NotOneDecision, Payload, Protection, Received};
pub use jid;
pub use level::{Level, Origin};
pub use message::{Decision, DecisionKind, Envelope, MessageRef, OutboxId, TrustMessage, Usage};
pub use message_id::{MessageId, NotAMessageId};
pub use names::{
    AccountId, BadIdentifier, Directory, Encryption, EncryptionId, EndpointId, KeyId, KeyIdentifier, Stamp,
    UnknownId,
};
pub use outcome::{Cause, Change, Effect, Notice, Outcome, Outgoing, Reason, Refusal};
pub use settings::{AnnouncementRule, ConflictRule, Limits, Policy, Rules};
pub use state::{BadState, StoredDevice};
pub use store::addressees::Addressees;
