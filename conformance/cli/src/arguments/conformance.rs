use std::num::NonZeroUsize;
use std::path::PathBuf;

use atm_adapter_protocol::{BadCommandLine, CommandLine};
use atm_simulator::scenario::BadText;
use atm_suite::cases::Role;
use atm_suite::selection::IdGlob;
use atm_suite::variations::{UnknownVariation, Variation, VariationChoice};
use clap::{Args, ValueEnum};

use super::number::{JOBS, whole};
use super::{AdapterLimitArgs, ReportFilesArgs, RequirementFilter, RunOptionArgs};

#[derive(Debug, Args)]
pub(crate) struct ConformanceArgs {
    /// Scenario files, folders of them, or names of scenarios of this project. The default is all scenarios of this
    /// project.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The command that starts the adapter of an implementation, in one argument. `NAME=CMD` names the implementation.
    /// The default is this project's engine.
    #[arg(id = "adapter", long, value_name = "[NAME=]CMD", value_parser = named_command)]
    pub(crate) adapters: Vec<NamedCommand>,

    /// The implementation that plays a device, or all devices of an account: `alice/phone=qxmpp`. This project's engine
    /// plays the others. Without this option, the implementation plays each device in turn, then all together.
    #[arg(long = "assign", value_name = "WHO=NAME", value_parser = assignment, requires = "adapter")]
    pub(crate) assignments: Vec<(Role, String)>,

    /// Only cases whose id matches: `test-cases/*@alice/a1`. `*` stands for any text, `?` for any character.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<IdGlob>,

    /// Only cases that were not as expected in this run file, to try a repair.
    #[arg(long, value_name = "RUN")]
    pub(crate) only_failed: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) choice: RequirementFilter,

    /// The number of cases to play at the same time. The default is the number of processors.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,

    /// The known failures, each with its reason. They count as expected; a known failure that passes does not.
    #[arg(long, value_name = "FILE")]
    pub(crate) expectations: Option<PathBuf>,

    /// Verdicts that make the run fail, although they break no demand. A known one belongs into `--expectations`.
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub(crate) deny: Vec<DeniedVerdict>,

    /// Write a file that expects exactly these results, with the reasons of `--expectations` or of the file that it
    /// replaces.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_expectations: Option<PathBuf>,

    /// Write all results, for `atm report`.
    #[arg(long, value_name = "FILE")]
    pub(crate) run_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) reports: ReportFilesArgs,

    /// Write all commands to the adapters and their answers, for `atm adapter replay`. A recording has no variations:
    /// the cases are played without them. Replay it with `--variations none`, too.
    #[arg(long, value_name = "FILE", requires = "adapter")]
    pub(crate) record: Option<PathBuf>,

    /// The variations to play each case with, too: `none`, `pairs` (a few together), `all` (each alone as well), or
    /// names with commas between: `prefixes,restarts`. The default is `pairs`, or `none` with `--record`.
    #[arg(long, value_name = "WHICH", value_parser = variations, help_heading = "Variations")]
    variations: Option<ChosenVariations>,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,

    /// Print only how many requirements are kept.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl ConformanceArgs {
    /// The chosen variations, or the default.
    pub(crate) fn variations(&self) -> ChosenVariations {
        let by_default = if self.record.is_some() { "none" } else { "pairs" };
        self.variations.clone().unwrap_or_else(|| variations(by_default).expect("a choice"))
    }
}

/// A verdict that makes a run fail if the user wants so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeniedVerdict {
    /// Security advice: no demand is broken, but an attacker can use it
    Advice,
}

/// The command of an adapter, with the optional name of the implementation.
#[derive(Clone, Debug)]
pub(crate) struct NamedCommand {
    pub(crate) name: Option<String>,
    /// The command as the user wrote it.
    pub(crate) text: String,
    pub(crate) command: CommandLine,
}

/// The chosen variations, and the text of the option.
#[derive(Clone, Debug)]
pub(crate) struct ChosenVariations(pub(crate) VariationChoice, pub(crate) String);

pub(super) fn variations(text: &str) -> Result<ChosenVariations, String> {
    let choice = match text {
        "none" => VariationChoice::None,
        "pairs" => VariationChoice::Pairs,
        "all" => VariationChoice::All,
        names => VariationChoice::These(
            names
                .split(',')
                .map(|name| name.parse().map_err(|unknown: UnknownVariation| not_one(&unknown)))
                .collect::<Result<_, _>>()?,
        ),
    };
    Ok(ChosenVariations(choice, text.to_owned()))
}

fn not_one(unknown: &UnknownVariation) -> String {
    let names: Vec<&str> = Variation::all().map(Variation::name).collect();
    format!("{unknown}; there are `none`, `pairs`, `all`, and {}", names.join(", "))
}

pub(super) fn named_command(text: &str) -> Result<NamedCommand, BadCommandLine> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    let (name, command) = match text.split_once('=') {
        Some((name, command)) if is_name(name) => (Some(name.to_owned()), command),
        _ => (None, text),
    };
    Ok(NamedCommand { name, text: command.to_owned(), command: CommandLine::parse(command)? })
}

fn assignment(text: &str) -> Result<(Role, String), String> {
    let (who, name) = text.split_once('=').ok_or("a device or account, `=`, and the name of an adapter")?;
    let role = if who.contains('/') {
        who.parse().map(Role::Device).map_err(|error: BadText| error.to_string())
    } else {
        who.parse().map(Role::Account).map_err(|error: BadText| error.to_string())
    };
    Ok((role?, name.to_owned()))
}
