//! The suite itself is tested: implementations that are wrong in one way each have to fail by the requirement that they
//! break, and such that differ only in what the specifications leave open have to pass.

mod broken;
mod demonstrations;
mod fuzzing;
mod lawful;
mod monitor;
mod musts;
mod reference;
mod standings;
mod suite;
mod table;
