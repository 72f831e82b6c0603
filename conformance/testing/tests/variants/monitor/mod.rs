//! The monitor finds nothing in lawful variants and finds the mistakes of broken ones.

mod broken;
mod decisive;
mod lawful;
mod watched;
