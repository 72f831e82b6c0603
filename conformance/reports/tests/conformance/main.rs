//! What came of runs of the suite: how it is summed up, and the reports of it.

mod badge;
mod browser;
mod hostile;
mod html;
mod junit;
mod markdown;
mod page;
mod played;
mod summary;
mod terminal;
