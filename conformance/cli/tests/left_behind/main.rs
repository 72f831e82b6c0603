//! No process of an adapter outlives the command, however the command ends.

#![cfg(target_os = "linux")]

mod adapters;
mod ended;
mod many;
mod marked;
