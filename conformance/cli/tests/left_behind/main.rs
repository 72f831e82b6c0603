//! No process of an adapter outlives the command, whatever ends it.

#![cfg(target_os = "linux")]

mod adapters;
mod ended;
mod many;
mod marked;
