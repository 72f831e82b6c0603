//! A deterministic world of XMPP accounts, devices and a server in which ATM scenarios run.
//!
//! The crate is deterministic: the same scenario, rules and seed give the same trace, event by event, on any machine.
//! Time is virtual, and all randomness comes from one seeded generator.
//!
//! ```
//! use atm_simulator::run::{Options, RunResult, run};
//! use atm_simulator::scenario::{Catalog, Scenario};
//!
//! let text = "
//! format: 1
//! title: Alice's tablet learns from her phone
//! requirements: [xep-0450/ac-r/own-endpoint]
//! accounts:
//!   alice: { devices: { phone: , tablet: } }
//!   bob: { devices: { laptop: } }
//! steps:
//!   - authenticate: alice/phone -> alice/tablet
//!   - authenticate: alice/tablet -> alice/phone
//!   - authenticate: alice/phone -> bob/laptop
//! expect:
//!   required:
//!     xep-0450/ac-r/own-endpoint:
//!       - levels: { authenticated: [alice/tablet -> bob/laptop] }
//! ";
//! let scenario = Scenario::parse("example.yaml", text, &Catalog::unchecked()).unwrap();
//! let run = run(&scenario, &Options::default()).unwrap();
//! assert_eq!(run.result(), RunResult::Pass);
//! assert_eq!((run.tally.manual, run.tally.automatic), (3, 1));
//! ```

pub mod barrage;
mod by_id;
pub mod cast;
pub mod checks;
pub mod contacts;
pub mod endpoint;
pub mod expectations;
pub mod invariants;
pub mod observation;
pub mod options;
pub mod population;
pub mod run;
pub mod scenario;
pub mod script;
pub mod search;
pub mod trace;
pub mod trust_graph;
pub mod world;
