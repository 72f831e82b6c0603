//! The cost of propagating authentications, compared with the least possible cost.
//!
//! The figure to watch is a ratio. A device must at least remember which keys it has authenticated. So each benchmark
//! is paired with its [`unavoidable`] work: the same pairs of a device and a key, inserted into one unreserved
//! `FxHashMap<u64, ()>` per device and nothing else. Both are measured in one run, so a slow machine slows both.
//!
//! The README of this crate lists the commands.

pub mod groups;
pub mod memory;
pub mod people;
pub mod ratios;
pub mod run;
pub mod scene;
pub mod sizes;
pub mod unavoidable;
