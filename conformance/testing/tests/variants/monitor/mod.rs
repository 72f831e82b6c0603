//! The monitor finds nothing in what is lawful, and what is wrong in what is not.

mod broken;
mod decisive;
mod lawful;
mod watched;
