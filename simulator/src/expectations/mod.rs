//! The expectations of a scenario, with all names resolved.

mod class;
mod demand;
mod expected;
mod summary;

pub use class::Class;
pub use demand::Holds;
pub(crate) use demand::{Decided, Demand, PostponedDemand, RefusedDemand};
pub use expected::Expected;
pub(crate) use summary::MessageSummary;
