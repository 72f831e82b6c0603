//! A run as a page that moves through time.
//!
//! [`RecordedRun`] is what the page shows: the participants, and moment by moment what happened. The page is one file that
//! loads nothing. Its script plays the moments up to the one that is looked at, so every view shows the same moment.

mod document;
mod live;
mod moments;
mod recorded;

pub use document::page;
pub(crate) use document::{SCRIPT, STYLE};
pub use live::{LivePlace, live_page};
pub use recorded::RecordedRun;
