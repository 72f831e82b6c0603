//! The summary and the reports of runs of the suite.

mod badge;
mod browser;
mod comparison;
mod hostile;
mod html;
mod issue;
mod junit;
mod markdown;
mod page;
mod played;
mod summary;
mod terminal;
