//! Tests of the search against a plain search without reductions.

mod agreement;
mod misbehaviour;
mod ways;
mod worlds;
