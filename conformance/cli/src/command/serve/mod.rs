//! `atm explore SCENARIO --serve`: a live search in a browser on this machine.

mod connections;
mod http;
mod page;
mod searching;

pub(super) use page::{LiveSearch, serve};
