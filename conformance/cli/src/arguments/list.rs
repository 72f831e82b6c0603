use atm_suite::selection::IdGlob;
use clap::Args;

use super::ListFormat;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// List only scenarios whose name matches, as in `attacks/*`. `*` stands for any text.
    #[arg(value_name = "GLOB")]
    pub(crate) names: Vec<IdGlob>,

    /// List only scenarios about a requirement whose id matches, as in `xep-0450/toakafa/*`.
    #[arg(long, value_name = "GLOB")]
    pub(crate) requirement: Vec<IdGlob>,

    /// The format of the list.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}
