//! The rules of the engine, one behaviour per file, on devices in a small world.

mod admission;
mod affixes;
mod announcing;
mod authority;
mod completeness;
mod directory;
mod driver;
mod levels;
mod limits;
mod manual_decisions;
mod one_key;
mod order_cautious;
mod order_newest;
mod outbox;
mod policy;
mod postponed;
mod scanning;
mod sending;
mod splitting;
mod state;
mod stored;
mod undiscovered;
