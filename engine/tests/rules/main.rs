//! Tests of the rules, one behaviour per file, on devices in a small world.

mod admission;
mod affixes;
mod announcing;
mod authority;
mod completeness;
mod conflicts_cautious;
mod conflicts_named;
mod conflicts_newest;
mod directory;
mod driver;
mod levels;
mod limits;
mod manual_decisions;
mod outbox;
mod postponing;
mod scanning;
mod sending;
mod shared_key;
mod splitting;
mod state;
mod stored;
mod toakafa;
mod trusted_again;
mod unknown_keys;
