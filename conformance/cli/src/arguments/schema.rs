use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The file format.
    #[arg(value_enum, default_value_t)]
    pub(crate) of: SchemaOf,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// Scenario files.
    #[default]
    Scenario,
    /// A line of a run file.
    RunFile,
    /// The report of a campaign of `atm fuzz`.
    FuzzReport,
    /// A test vector of `atm vectors`.
    TestVector,
}
