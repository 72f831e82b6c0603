//! The search against one that is as plain as can be.

mod agreement;
mod misbehaviour;
mod ways;
mod worlds;
