use std::num::NonZeroUsize;
use std::path::PathBuf;

use atm_adapter_protocol::{BadCommandLine, CommandLine};
use atm_simulator::scenario::BadText;
use atm_suite::cases::Role;
use atm_suite::selection::IdGlob;
use atm_suite::variations::{UnknownVariation, Variation, VariationChoice};
use clap::Args;

use super::number::{JOBS, whole};
use super::{AdapterLimitArgs, ReportFilesArgs, RequirementFilter, RunOptionArgs};

#[derive(Debug, Args)]
pub(crate) struct ConformanceArgs {
    /// Scenario files, folders of them, or scenarios of this project by name. All of this project if none is given.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The command that starts the adapter of an implementation, in one argument; with a name if there are several:
    /// `NAME=CMD`. This project's own engine is tested if none is given.
    #[arg(id = "adapter", long, value_name = "[NAME=]CMD", value_parser = named_command)]
    pub(crate) adapters: Vec<NamedCommand>,

    /// Which implementation plays a device, or all devices of an account: `alice/phone=qxmpp`. What is not assigned
    /// is played by this project's own engine. Without this, the implementation plays each device in turn, and all.
    #[arg(long = "assign", value_name = "WHO=NAME", value_parser = assignment, requires = "adapter")]
    pub(crate) assignments: Vec<(Role, String)>,

    /// Only cases whose id matches: `test-cases/*@alice/a1`. `*` and `?` stand for any text and any character.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<IdGlob>,

    #[command(flatten)]
    pub(crate) choice: RequirementFilter,

    /// How many cases are played at the same time. All processors are used if not given.
    #[arg(long, value_name = "N", value_parser = whole::<NonZeroUsize>(JOBS))]
    pub(crate) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) limits: AdapterLimitArgs,

    /// What is known to fail, and why: what is in it does not count as a failure, unless it passes.
    #[arg(long, value_name = "FILE")]
    pub(crate) expectations: Option<PathBuf>,

    /// Write the file that expects just what came out, with the reasons of `--expectations` or of the file that it
    /// replaces.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_expectations: Option<PathBuf>,

    /// Write all that was found out, for `atm report`.
    #[arg(long, value_name = "FILE")]
    pub(crate) run_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) reports: ReportFilesArgs,

    /// Write all that was said to adapters and by them, for `atm adapter replay`. A recording has no variations, so the cases
    /// are played without them, now and when it is replayed with `--variations none`.
    #[arg(long, value_name = "FILE", requires = "adapter")]
    pub(crate) record: Option<PathBuf>,

    /// Which variations each case is played with, too: `none`, `pairs` (a few of them together), `all` (each alone as well), or
    /// the names of some, with commas between: `prefixes,restarts`. If not given, `pairs`, and with `--record` `none`.
    #[arg(long, value_name = "WHICH", value_parser = variations, help_heading = "Variations")]
    variations: Option<ChosenVariations>,

    #[command(flatten)]
    pub(crate) options: RunOptionArgs,

    /// Only how many requirements are kept.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl ConformanceArgs {
    /// Which variations each case is played with, also if none were chosen.
    pub(crate) fn variations(&self) -> ChosenVariations {
        let by_default = if self.record.is_some() { "none" } else { "pairs" };
        self.variations.clone().unwrap_or_else(|| variations(by_default).expect("a choice"))
    }
}

/// An adapter's command, and what it is called.
#[derive(Clone, Debug)]
pub(crate) struct NamedCommand {
    pub(crate) name: Option<String>,
    /// As it was written.
    pub(crate) text: String,
    pub(crate) command: CommandLine,
}

/// The variations that were chosen, as they were written.
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
