//! A run as a page that moves through time.
//!
//! [`RecordedRun`] is the content of the page: the participants, and the events of each moment. The page is one file
//! that loads nothing. Its script plays the moments up to the selected one, so all views show the same moment.

mod document;
mod live;
mod moments;
mod recorded;

pub use document::page;
pub(crate) use document::{SCRIPT, STYLE, packed};
pub use live::{LivePlace, live_page};
pub use recorded::RecordedRun;
