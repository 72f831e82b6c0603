//! What it costs to propagate authentications, beside what it cannot cost less than.
//!
//! The figure to watch is a ratio. A device must at least remember which keys it has authenticated, so each
//! benchmark runs beside its [`unavoidable`] work: the same pairs of a device and a key, inserted into one
//! unreserved `FxHashMap<u64, ()>` per device and nothing else. Both are measured in one run, so that a slow
//! machine slows both.
//!
//! The README beside this crate tells the commands.

pub mod groups;
pub mod memory;
pub mod people;
pub mod ratios;
pub mod run;
pub mod scene;
pub mod sizes;
pub mod unavoidable;
