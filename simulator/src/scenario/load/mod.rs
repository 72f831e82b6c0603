//! From the text of a file to the types of a scenario.
//!
//! First the outline: is it YAML, small, shallow, and without the parts of YAML that surprise? Then the
//! types. What only the whole shows is checked afterwards.

mod catalog;
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
pub use mistake::{Mistake, Mistakes};
pub(super) use outline::Outline;
pub(super) use place::Place;
pub(super) use read::read;
pub(super) use source::Source;
pub use suggestion::{did_you_mean, nearest};

/// More mistakes of a file are not told: nobody reads them.
pub(super) const MAX_MISTAKES: usize = 20;

/// The largest file that is read, in bytes.
pub const MAX_SIZE: usize = 256 * 1024;
