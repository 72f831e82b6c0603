//! Pictures of a run: its space-time diagram and its trust graph.
//!
//! Both are deterministic to the byte: layout and text measuring need no fonts of the machine, and nothing
//! is told by colour alone.

mod canvas;
mod drawing;
mod file;
mod geometry;
mod graph;
mod ink;
mod mismatches;
pub(crate) mod position;
mod sequence;

pub use drawing::{Drawn, NoPicture, Pictures, draw};
pub use file::{GraphFile, SequenceFile, UnknownForm};
