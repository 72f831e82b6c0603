use std::num::NonZeroUsize;
use std::path::PathBuf;

use atm_suite::selection::IdGlob;
use clap::Args;

use super::RunOptionArgs;
use super::conformance::{ChosenVariations, variations};
use super::number::{JOBS, whole};

#[derive(Debug, Args)]
pub(crate) struct VectorsArgs {
    /// The folder, which must be empty or not exist.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Scenario files, folders of them, or names of scenarios of this project. The default is all scenarios of this
    /// project.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Only cases whose id matches: `test-cases/*@alice/a1`. `*` stands for any text, `?` for any character.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<IdGlob>,

    /// The number of vectors to write at the same time. The default is the number of processors.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// The variations in which each vector has its inputs, too: `none`, `pairs` (a few together), `all` (each alone as
    /// well), or names with commas between: `prefixes,restarts`.
    #[arg(long, value_name = "WHICH", value_parser = variations, default_value = "pairs", help_heading = "Variations")]
    pub(crate) variations: ChosenVariations,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,

    /// Print nothing.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}
