//! Tests of the search against a plain search without reductions.

mod agreement;
mod misbehaviour;
mod walk;
mod ways;
mod worlds;
