//! Which promises of the specification hold under which rules, by measurement.
//!
//! A [`Finding`] says what is measured: a promise, a pair of rules, and the worlds in which it is looked for. Its
//! [`Measured`] result comes of a search or of random scenarios, each of which a command of one line repeats.

mod command;
mod list;
mod measuring;
mod promise;

pub use list::{Cost, findings};
pub use measuring::{Measured, measure};
pub use promise::{NoSuchPromise, Promise};

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::search::explore::{Besides, Deliveries, Orders};

/// A question about a promise, which a measurement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The promise.
    pub promise: Promise,
    /// What devices announce.
    pub announcement: AnnouncementRule,
    /// Which of several decisions about a key counts.
    pub conflict: ConflictRule,
    /// Where it is looked for.
    pub worlds: Worlds,
}

/// The worlds in which a promise is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worlds {
    /// All trees of authentications, with what people decide besides.
    Trees {
        /// How many devices each account has.
        sizes: &'static [usize],
        /// The decisions besides the authentications of a tree.
        besides: Besides,
        /// In which order people act.
        orders: Orders,
        /// When messages arrive.
        deliveries: Deliveries,
    },
    /// A scenario of this project.
    Scenario {
        /// Its name.
        name: &'static str,
        /// In which order people act.
        orders: Orders,
        /// When messages arrive.
        deliveries: Deliveries,
    },
    /// Random scenarios, of the seeds below a number.
    Random {
        /// How many.
        seeds: u64,
    },
}
