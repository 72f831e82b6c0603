//! Scenarios that nobody wrote: drawn at random, made smaller, or found among all that can happen.

pub mod canonical;
pub mod explore;
pub mod generate;
pub mod shrink;
