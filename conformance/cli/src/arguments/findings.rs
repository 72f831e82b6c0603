use std::num::NonZeroUsize;

use atm_suite::findings::Promise;
use clap::{Args, ValueEnum};

use super::number::{JOBS, whole};

#[derive(Debug, Args)]
pub(crate) struct FindingsArgs {
    /// The promises to measure. The default is all.
    #[arg(value_name = "PROMISE", value_parser = promise)]
    pub(crate) promises: Vec<Promise>,

    /// Measure the worlds that take minutes or hours, instead of those that take seconds.
    #[arg(long)]
    pub(crate) long: bool,

    /// The number of threads within each search. The default is the number of processors. The result is the same for
    /// any number.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The format of the measurements.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FindingsFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingsFormat {
    /// For people.
    #[default]
    Text,
    /// The tables of FINDINGS.md.
    Markdown,
    /// One array with an object for each measurement.
    Json,
}

fn promise(text: &str) -> Result<Promise, String> {
    let names = Promise::ALL.map(Promise::name).join(", ");
    text.parse().map_err(|error| format!("{error}: there are {names}"))
}
