use atm_suite::selection::IdGlob;
use clap::Args;

use super::ListFormat;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only scenarios with such a name: `*` stands for anything, as in `attacks/*`.
    #[arg(value_name = "GLOB")]
    pub(crate) names: Vec<IdGlob>,

    /// Only scenarios that are about such a requirement, as in `xep-0450/toakafa/*`.
    #[arg(long, value_name = "GLOB")]
    pub(crate) requirement: Vec<IdGlob>,

    /// How to write the list.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}
