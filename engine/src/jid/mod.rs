//! Addresses of XMPP (RFC 7622) in a canonical form for comparison.
//!
//! Parsing *prepares* a JID: two texts for the same address give equal values. A text that RFC 7622 forbids is an
//! error.
//!
//! | part | rules | for example |
//! |---|---|---|
//! | localpart | the profile UsernameCaseMapped of PRECIS (RFC 8265 §3.3), without `"&'/:<>@` | `Fußball` is `fußball` |
//! | domain | IDNA2008 with A-labels written as U-labels; a final dot is dropped; IP addresses | `xn--bcher-kva.example.` is `bücher.example` |
//! | resource | the profile OpaqueString of PRECIS (RFC 8265 §4.2) | a no-break space is a space |
//!
//! The classes of characters are derived as RFC 8264 §8 describes, from the Unicode version of the crates used here. So
//! characters that are newer than the IANA tables follow the same rules as older ones.
//!
//! ```
//! use atm_engine::jid::BareJid;
//!
//! let jid = BareJid::new("Bob@XN--BCHER-KVA.example.")?;
//! assert_eq!(jid, BareJid::new("bob@bücher.example")?);
//! assert_eq!(jid.as_str(), "bob@bücher.example");
//! assert!(BareJid::new("bo\u{200b}b@example.com").is_err());
//! # Ok::<(), atm_engine::jid::BadJid>(())
//! ```

mod address;
mod context;
mod domain;
mod error;
mod profile;
mod string_class;

pub use address::{BareJid, FullJid, Jid};
pub use error::{BadJid, JidPart};
pub(crate) use profile::prepare_resource;
