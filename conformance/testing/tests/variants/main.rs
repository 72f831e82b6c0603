//! Tests of the suite itself. Broken variants must fail the requirement that they break. Variants that differ only
//! where the specifications leave something open must pass.

mod broken;
mod demonstrations;
mod fuzzing;
mod lawful;
mod logs;
mod monitor;
mod musts;
mod reference;
mod standings;
mod suite;
mod vectors;
