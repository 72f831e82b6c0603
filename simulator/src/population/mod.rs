//! Populations: many accounts, drawn by a seed and played part by part.
//!
//! Each part is a scenario like any other. It is drawn, made ready and played by itself, so a population takes as much
//! memory as the parts that are being played, and comes out the same for any number of threads.

mod drawing;
mod playing;

pub use drawing::DrawnPart;
pub use playing::{FailedPart, PopulationRun, play};
