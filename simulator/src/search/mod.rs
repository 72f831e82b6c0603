//! Generated scenarios: drawn at random, shrunk, or found by exploring everything that can happen.

pub mod canonical;
pub mod explore;
pub mod generate;
pub mod shrink;
