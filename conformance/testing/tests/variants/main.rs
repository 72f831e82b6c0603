//! The suite itself is tested: implementations that are wrong in one way each have to fail by the requirement that they
//! break, and such that differ only in what the specifications leave open have to pass.
//!
//! They are made of the naive model that the engine is compared with, so the suite sees two implementations that were
//! written apart. `cargo test --test variants -- --ignored --nocapture` shows all that each of them fails.

mod broken;
mod endpoint;
mod fuzzing;
mod hearing;
mod implementation;
mod lawful;
mod musts;
mod nicknames;
mod reading;
mod reference;
mod suite;
mod variant;
mod writing;
