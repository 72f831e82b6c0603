//! What a scenario expects, with every name in it looked up.

mod class;
mod demand;
mod expected;
mod summary;

pub use class::Class;
pub(crate) use demand::{Decided, Demand, Holds, PostponedDemand, RefusedDemand};
pub use expected::Expected;
pub(crate) use summary::MessageSummary;
