//! Reads the text of a file into the types of a scenario.
//!
//! The outline comes first: it requires YAML that is small, shallow and free of surprising constructs. Then the types
//! are read. Checks across the whole file follow later.

mod catalog;
mod depth;
mod examples;
mod left_out;
mod mistake;
mod outline;
mod place;
mod read;
mod serde_words;
mod source;
mod suggestion;
mod syntax;

pub use catalog::Catalog;
pub use depth::check_depth;
pub use mistake::{Mistake, Mistakes};
pub(super) use outline::Outline;
pub(super) use place::Place;
pub(super) use read::read;
pub(super) use source::Source;
pub use suggestion::{did_you_mean, nearest};

/// The limit of reported mistakes in a file.
pub(super) const MAX_MISTAKES: usize = 20;

/// The greatest size of a file, in bytes.
pub const MAX_SIZE: usize = 256 * 1024;
