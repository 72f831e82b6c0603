use std::num::NonZeroUsize;

use atm_suite::findings::Promise;
use clap::{Args, ValueEnum};

use super::number::{JOBS, whole};

#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    /// Of which promises: all if none is given.
    #[arg(value_name = "PROMISE", value_parser = promise)]
    pub(crate) promises: Vec<Promise>,

    /// Instead of what takes seconds, measure what takes minutes or hours.
    #[arg(long)]
    pub(crate) long: bool,

    /// How many threads there are within each search. All processors are used if not given. The result is the same for any
    /// number.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// How to write what was measured.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FindingsFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingsFormat {
    /// For people.
    #[default]
    Text,
    /// The tables of the page of findings.
    Markdown,
    /// One array with an object for each measurement.
    Json,
}

fn promise(text: &str) -> Result<Promise, String> {
    let names = Promise::ALL.map(Promise::name).join(", ");
    text.parse().map_err(|error| format!("{error}: there are {names}"))
}
