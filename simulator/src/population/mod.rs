//! Populations: many accounts, drawn by a seed and played part by part.
//!
//! Each part is a normal scenario, which is drawn, prepared and played separately. So the memory depends only on the
//! parts in progress, and the result is the same for any number of threads.

mod drawing;
mod playing;

pub use drawing::DrawnPart;
pub use playing::{FailedPart, PopulationRun, play};
