//! Automatic Trust Management (XEP-0450) as a pure state machine.
//!
//! This crate has no clock, no randomness, no I/O and no threads. An [`Atm`] holds the trust of one endpoint. Each
//! input carries the current time and returns a [`NamedOutcome`]: the changes, the trust messages to send with their
//! recipients and the exact keys to encrypt for, and the refusals with their reasons. The same inputs at the same times
//! give the same outcomes. No input causes a panic.
//!
//! The client encrypts, fetches keys, stores and sends. The [`codec`] module reads and writes trust messages, their
//! envelopes and Trust Message URIs. `examples/client.rs` is a small client.
//!
//! Alice's phone and tablet have authenticated each other. One scan of Bob's code with the phone is enough for both:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use atm_engine::codec::TrustMessageUri;
//! use atm_engine::jid::{BareJid, FullJid};
//! use atm_engine::{Atm, Encryption, KeyIdentifier, KeySharing, Level, NamedProtection, NamedReceived, Rules, Stamp};
//!
//! let omemo = Encryption::new(Encryption::OMEMO).ok_or("no namespace")?;
//! let [phone_key, tablet_key, bobs_key] = [1, 2, 3].map(|byte| KeyIdentifier::new(&omemo, &[byte; 32]).unwrap());
//! let (alice, bob): (BareJid, BareJid) = ("alice@example.org".parse()?, "bob@example.com".parse()?);
//! let mut now = Stamp::from_millis(1_577_880_000_000);
//!
//! let new = |resource: &str, key| {
//!     let jid = alice.with_resource(resource).unwrap();
//!     Atm::new(jid, omemo.clone(), key, KeySharing::OnePerEndpoint, Rules::default())
//! };
//! let (mut phone, mut tablet) = (new("phone", &phone_key)?, new("tablet", &tablet_key)?);
//! for (device, other_key) in [(&mut phone, &tablet_key), (&mut tablet, &phone_key)] {
//!     let _ = device.discover(&alice, &[other_key.clone()], now)?;
//!     let _ = device.discover(&bob, &[bobs_key.clone()], now)?;
//!     let _ = device.decide(&alice, &[other_key.clone()], &[], now)?;
//! }
//!
//! let code = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;\
//!             trust=0303030303030303030303030303030303030303030303030303030303030303";
//! now = now.next();
//! let outcome = phone.scan(&TrustMessageUri::parse(code)?, now);
//! assert_eq!(phone.level(&bob, &bobs_key), Level::Authenticated);
//!
//! // The phone tells Alice's other endpoint about Bob's key, and Bob's endpoint about hers.
//! let [to_tablet, to_bob] = &outcome.outgoing[..] else { panic!("two messages") };
//! assert_eq!((&to_tablet.to, &to_tablet.keys[..]), (&alice, &[tablet_key][..]));
//! assert_eq!((&to_bob.to, &to_bob.keys[..]), (&bob, &[bobs_key.clone()][..]));
//!
//! // Store `phone.to_stored()`; encrypt and send both messages; then:
//! phone.sent(&to_tablet.id);
//! phone.sent(&to_bob.id);
//!
//! let _ = tablet.receive(
//!     NamedReceived {
//!         from: phone.jid().clone(),
//!         to: alice.clone(),
//!         id: Some(to_tablet.id.to_string()),
//!         carbon_from: None,
//!         protection: NamedProtection::Encrypted { with: omemo, by: Some((alice, phone_key)) },
//!         delayed_since: None,
//!         content: Ok(to_tablet.envelope.clone()),
//!     },
//!     now,
//! );
//! assert_eq!(tablet.level(&bob, &bobs_key), Level::Authenticated);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `serde` (default): reads and writes a [`StoredDevice`] with serde.
//! - `xml` (default): lets the codec read and write XML, not only Trust Message URIs.
//! - `ids`: for programs that hold many devices over one directory of names, such as simulators. They use `Device`,
//!   `Directory` and small `Copy` ids instead of names. An id that a directory does not know is an error.
//! - `search`: for model checkers that compare the states of such devices (`canonical`).
#![cfg_attr(
    not(feature = "ids"),
    expect(unreachable_pub, reason = "the parts for programs that hold many devices are left out")
)]
#![cfg_attr(not(feature = "search"), expect(dead_code, reason = "the parts for searches are left out"))]

mod addressees;
mod atm;
#[cfg(feature = "search")]
pub mod canonical;
pub mod codec;
mod device;
mod distrust_ids;
mod input;
pub mod jid;
mod level;
mod manual_decision;
mod message;
mod message_id;
mod named;
mod names;
mod outcome;
mod rules;
mod settings;
mod state;
mod store;

// A client's device: the interface uses names.
pub use atm::{Atm, BadDecision};
pub use named::{
    NamedChange, NamedDecision, NamedKey, NamedNotice, NamedOrigin, NamedOutcome, NamedOutgoing,
    NamedProtection, NamedReceived, NamedRefusal,
};
pub use state::{BadState, StoredDevice};

// Used by `Atm` and by `Device`.
pub use device::KeySharing;
pub use distrust_ids::{DistrustId, DistrustIds, NotADistrustId};
pub use level::Level;
pub use manual_decision::NotOneDecision;
pub use message::{DecisionKind, OutboxId};
pub use message_id::{MessageId, NotAMessageId};
pub use names::{BadIdentifier, Encryption, KeyIdentifier, Stamp};
pub use outcome::{Cause, Effect, Reason};
pub use settings::{AnnouncementRule, ConflictRule, Limits, Policy, Rules};

// Many devices over one directory: small ids instead of names.
#[cfg(feature = "ids")]
pub use {
    addressees::Addressees,
    device::{Device, NotItsKey},
    distrust_ids::DistrustsByKey,
    input::{CarbonFrom, Input, Payload, Protection, Received},
    level::Origin,
    manual_decision::ManualDecision,
    message::{Decision, Envelope, MessageRef, TrustMessage, Usage},
    names::{AccountId, Directory, EncryptionId, EndpointId, KeyId, UnknownId},
    outcome::{Change, Notice, Outcome, Outgoing, Refusal},
};

/// Compiles and runs the example of the README.
#[cfg(all(doctest, feature = "serde", feature = "xml"))]
#[doc = include_str!("../README.md")]
struct Readme;
