//! The monitor judges one device against the specifications, at every step.
//!
//! Expectations of a scenario check only what their author thought of. The monitor judges everything that one device
//! shows. Its inputs are the device's inputs (discovered keys, manual decisions, stanzas with their protection,
//! restarts) and the device's outputs (levels, and stanzas with the keys that can decrypt them). It never predicts
//! other devices: their stanzas are inputs.
//!
//! ```text
//!  input ──► stanza: words that must, may or must not count ─┐
//!                                                            ├─► standing: which levels are lawful now ──► reading ──► finding
//!  waiting words, of senders that are not authenticated ─────┘
//!  a person's decision ──► duty: who must be told what ──────────────────────────────────────► sent ─────► finding
//! ```
//!
//! For each key, the monitor holds the *standings* that a lawful device may have. A demand narrows them, an open
//! question widens them, and a reading decides between them. A reading outside is a finding: it names the violated
//! requirement, the device, the key, the lawful standings and the observed one. From then on the key is *tainted*: its
//! consequences are permitted, but none is demanded.
//!
//! The monitor shares no code with the rules of the engine, does not run the engine, and knows no announcement or
//! conflict rule.

mod allowed;
mod attribution;
mod blame;
mod decisiveness;
mod duty;
mod effect;
mod endpoint;
mod finding;
mod judge;
mod key;
mod lawful;
mod readers;
mod reading;
mod standing;
mod stanza;
mod telling;
mod word;

pub use allowed::{AllowedReaders, AllowedStandings, FACTS, Owed, READERS, Restated, THIRD_PARTIES};
pub use attribution::JUDGED;
pub use decisiveness::Decisiveness;
pub use endpoint::Monitored;
pub use finding::{Effect, MonitorFinding, NotTold, Subject, UnlawfulLevel};
pub use judge::{Capacity, Manual, Monitor};
pub use standing::{Standing, Standings};
pub use stanza::Writing;
