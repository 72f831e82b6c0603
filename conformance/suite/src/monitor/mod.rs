//! The monitor: the specifications as a judge of one device, at every step.
//!
//! Expectations of a scenario judge what their author thought of. The monitor judges everything that one device shows: it is
//! given what the device was given (keys discovered, decisions of people, stanzas with what protected them, restarts) and
//! what the device showed (levels, and stanzas with who can decrypt them). It never predicts other devices: their stanzas are
//! inputs.
//!
//! ```text
//!  input ──► stanza: words that must, may or must not count ─┐
//!                                                            ├─► standing: which levels are lawful now ──► reading ──► finding
//!  waiting words, of senders that are not authenticated ─────┘
//!  a person's decision ──► duty: who must be told what ──────────────────────────────────────► sent ─────► finding
//! ```
//!
//! For each key it holds the *standings* that a lawful device may have. A demand narrows them; what a specification leaves
//! open widens them; a reading decides between them. A reading outside is a finding: the requirement that excludes it, the
//! device, the key, what was lawful and what was observed. From then on the key is *tainted*: what rests on it may happen,
//! but nothing must.
//!
//! The monitor shares no code with the engine's rules, does not run the engine, and knows no announcement or conflict rule.

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

pub use attribution::JUDGED;
pub use decisiveness::Decisiveness;
pub use endpoint::Monitored;
pub use finding::{Effect, MonitorFinding, NotTold, Subject, UnlawfulLevel};
pub use judge::{Capacity, Manual, Monitor};
pub use standing::{Standing, Standings};
pub use stanza::Writing;
