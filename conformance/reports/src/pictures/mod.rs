//! Pictures of a run: its space-time diagram and its trust graph.
//!
//! Both are deterministic to the byte: layout and measuring of text use no fonts of the machine. Nothing is shown by
//! colour alone.

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
