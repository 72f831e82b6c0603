//! The monitor finds nothing in what is lawful, and what is wrong in what is not.

mod broken;
mod lawful;
mod listed;
#[path = "../variants/demonstrations/parts.rs"]
mod parts;
#[path = "../variants/demonstrations/scenarios.rs"]
mod scenarios;
mod watched;
