use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atm_adapter_protocol::AdapterSpec;
use atm_adapter_protocol::protocol::Hello;
use atm_reports::mistakes::{Complaint, complain};
use atm_suite::adapter::Adapter;
use atm_suite::cases::{BadExpectations, Case, Expectations, LoadedScenario, cases, demanded};
use atm_suite::messages::findings;
use atm_suite::monitor;
use atm_suite::run_file::{CaseLine, Conclusion, ImplementationLine};
use atm_suite::selection::IdGlob;
use atm_suite::variations::Variation;
use atm_suite::{library, requirements};

use super::run_file::read_or_tell;
use super::scenarios::{Complaints, Loaded, load_all};
use crate::arguments::{self, AdapterLimitArgs, NamedCommand};
use crate::exit::Exit;
use crate::files::{inside, scenario_files};
use crate::{input, suggest};

/// The reason why a run of the suite does not begin.
pub(super) enum NotBegun {
    Usage(Complaint),
    SetUp(Complaint),
    /// The reason was printed already.
    Told(Exit),
}

/// Everything that a run needs.
pub(super) struct Prepared {
    pub(super) cases: Vec<Case>,
    pub(super) adapters: Vec<Tested>,
    pub(super) known: Known,
}

/// The known failures.
pub(super) struct Known {
    /// The content of `--expectations`.
    pub(super) expected: Option<Expectations>,
    /// The file from which `--write-expectations` takes reasons.
    pub(super) reasons: Option<Expectations>,
}

/// An implementation behind an adapter.
pub(super) struct Tested {
    pub(super) name: String,
    pub(super) command: String,
    pub(super) spec: AdapterSpec,
    pub(super) hello: Hello,
}

impl Tested {
    /// Its description in a run file.
    pub(super) fn line(&self) -> ImplementationLine {
        ImplementationLine {
            name: self.name.clone(),
            implementation: self.hello.implementation.name.clone(),
            version: self.hello.implementation.version.clone(),
            url: self.hello.implementation.url.clone(),
            adapter: Some(self.command.clone()),
            asks_before_automatic_decisions: self.hello.asks_before_automatic_decisions,
        }
    }
}

impl NotBegun {
    /// Prints the reason. Returns the exit code.
    pub(super) fn tell(self) -> Exit {
        match self {
            Self::Usage(what) => {
                what.of("atm").tell();
                Exit::Usage
            }
            Self::SetUp(what) => {
                what.of("atm").tell();
                Exit::SetUp
            }
            Self::Told(exit) => exit,
        }
    }
}

pub(super) fn prepare(cli: &arguments::ConformanceArgs) -> Result<Prepared, NotBegun> {
    let scenarios = scenarios(&cli.paths, &cli.adapters)?;
    let known = known(cli)?;
    let adapters = adapters(&cli.adapters, cli.limits)?;
    let names: Vec<String> = if adapters.is_empty() {
        vec![ENGINE.to_owned()]
    } else {
        adapters.iter().map(|adapter| adapter.name.clone()).collect()
    };
    let all = line_up(cli, &scenarios, &names)?;
    if let (Some(path), Some(expected)) = (&cli.expectations, &known.expected) {
        expected.check(path, &all, is_about).map_err(|bad| told(&bad))?;
    }
    check_patterns(cli, &all)?;
    let selection = cli.choice.selection();
    let ids: Vec<&str> =
        requirements::all().filter(|found| selection.admits(found)).map(|found| found.id).collect();
    let is_chosen = |case: &Case| ids.is_empty() || ids.iter().any(|id| is_about(case, id));
    let failed = failed(cli, &all)?;
    let has_failed = |case: &Case| failed.as_ref().is_none_or(|failed| failed.contains(&case.id));
    let is_wanted = |case: &Case| is_selected(case, &cli.cases) && is_chosen(case) && has_failed(case);
    let cases = all.into_iter().filter(is_wanted).collect();
    Ok(Prepared { cases, adapters, known })
}

/// Refuses patterns that select nothing. Without them, a run would judge less than was asked for.
fn check_patterns(cli: &arguments::ConformanceArgs, all: &[Case]) -> Result<(), NotBegun> {
    let cases: Vec<&str> = all.iter().map(|case| &*case.id).collect();
    let ids: Vec<&str> = requirements::ids().collect();
    let all_match = suggest::all_match(&cli.cases, &cases, "case")
        & suggest::all_match(&cli.choice.id, &ids, "requirement");
    if all_match { Ok(()) } else { Err(NotBegun::Told(Exit::Usage)) }
}

/// Reads an expectations file.
pub(super) fn expectations(path: &Path) -> Result<Expectations, NotBegun> {
    parsed(path, &text_of_expectations(path)?)
}

fn text_of_expectations(path: &Path) -> Result<Vec<u8>, NotBegun> {
    let shown = path.display();
    input::read(path, input::EXPECTATIONS).map_err(|error| NotBegun::SetUp(Complaint::new(error).of(shown)))
}

fn parsed(path: &Path, text: &[u8]) -> Result<Expectations, NotBegun> {
    Expectations::parse(path, text).map_err(|bad| told(&bad))
}

fn known(cli: &arguments::ConformanceArgs) -> Result<Known, NotBegun> {
    let expected = cli.expectations.as_deref().map(expectations).transpose()?;
    if let (None, Some(path)) = (&expected, &cli.write_expectations)
        && path.is_file()
    {
        // An empty file counts as missing: `mktemp` or a shell created it.
        let text = text_of_expectations(path)?;
        let is_new = text.trim_ascii().is_empty();
        let reasons = if is_new { None } else { Some(parsed(path, &text)?) };
        return Ok(Known { expected, reasons });
    }
    Ok(Known { reasons: expected.clone(), expected })
}

/// Prints all mistakes of an expectations file.
fn told(bad: &BadExpectations) -> NotBegun {
    for mistake in bad.mistakes() {
        complain(format_args!("atm: {mistake}"));
    }
    NotBegun::Told(Exit::Usage)
}

/// The name of the reference engine in a run.
pub(super) const ENGINE: &str = "atm-engine";

/// Whether a case can judge a requirement, with or without variations.
fn is_about(case: &Case, id: &str) -> bool {
    findings::are_about(id)
        || Variation::all().any(|variation| variation.requirement() == Some(id))
        || monitor::JUDGED.contains(&id)
        || demanded(case).iter().any(|requirement| requirement.id == id)
}

pub(super) fn is_selected(case: &Case, globs: &[IdGlob]) -> bool {
    globs.is_empty() || globs.iter().any(|glob| glob.matches(&case.id))
}

/// The ids of the cases that were not as expected in the run file of `--only-failed`. Those that are not there any more
/// are told.
fn failed(cli: &arguments::ConformanceArgs, all: &[Case]) -> Result<Option<BTreeSet<String>>, NotBegun> {
    let Some(path) = &cli.only_failed else { return Ok(None) };
    let file = read_or_tell(path).map_err(NotBegun::Told)?;
    let is_failed =
        |case: &&CaseLine| Conclusion::of_case(case).is_some_and(|it| it != Conclusion::AsExpected);
    let failed: BTreeSet<String> =
        file.cases.iter().filter(is_failed).map(|case| case.case.clone()).collect();
    let shown = path.display();
    if failed.is_empty() {
        complain(format_args!("atm: {shown}: every case was as expected, so none is left to play"));
    }
    let (known, gone): (BTreeSet<String>, BTreeSet<String>) =
        failed.into_iter().partition(|id| all.iter().any(|case| case.id == *id));
    if !gone.is_empty() {
        let ids: Vec<String> = gone.into_iter().collect();
        complain(format_args!(
            "atm: {shown}: cases that failed there and do not exist here: {}",
            ids.join(", ")
        ));
    }
    Ok(Some(known))
}

/// Loads the scenarios of these paths, or all of the library. `adapters` help to tell a mistake in the command line.
pub(super) fn scenarios(
    paths: &[PathBuf],
    adapters: &[NamedCommand],
) -> Result<Vec<Arc<LoadedScenario>>, NotBegun> {
    let mut scenarios = Vec::new();
    if paths.is_empty() {
        for file in library::files() {
            let scenario = file.load().map_err(|mistakes| NotBegun::SetUp(Complaint::of_lines(mistakes)))?;
            let (id, path) = (file.id().to_owned(), format!("scenarios/{}", file.path));
            scenarios.push(Arc::new(LoadedScenario { id, path, scenario }));
        }
        return Ok(scenarios);
    }
    let files = scenario_files(paths).map_err(|error| {
        NotBegun::SetUp(
            error
                .complaint()
                .with(unquoted((paths, adapters), |path| !path.exists() && inside(path).is_none())),
        )
    })?;
    let is_no_scenario =
        |path: &Path| path.is_file() && load_all(&[path.to_owned()], Complaints::None).is_err();
    if let Some(hint) = unquoted((paths, adapters), is_no_scenario) {
        return Err(NotBegun::Usage(Complaint::new("there are paths that lead to no scenario").with([hint])));
    }
    let loaded = load_all(&files, Complaints::All).map_err(NotBegun::Told)?;
    let loaded = loaded.into_iter().map(|Loaded { path, content: scenario }| {
        let id = path.trim_start_matches("scenarios/").trim_end_matches(".yaml").to_owned();
        Arc::new(LoadedScenario { id, path, scenario })
    });
    Ok(loaded.collect())
}

/// A hint for paths that look like the rest of an adapter's command: they do not end like scenarios, and `is_none` says
/// that they are none.
fn unquoted(
    (paths, adapters): (&[PathBuf], &[NamedCommand]),
    is_none: impl Fn(&Path) -> bool,
) -> Option<String> {
    let is_odd =
        |path: &&PathBuf| path.extension().is_none_or(|it| it != "yaml" && it != "yml") && is_none(path);
    let last = adapters.last()?;
    let odd: Vec<_> = paths.iter().filter(is_odd).map(|path| path.to_string_lossy()).collect();
    if odd.is_empty() {
        return None;
    }
    let command = shell_words::quote(&format!("{} {}", last.text, odd.join(" "))).into_owned();
    Some(format!("is it part of the adapter's command? That is one argument: --adapter {command}"))
}

/// Starts the adapters, and asks each who it is.
pub(super) fn adapters(commands: &[NamedCommand], limits: AdapterLimitArgs) -> Result<Vec<Tested>, NotBegun> {
    let mut adapters: Vec<Tested> = Vec::new();
    for named in commands {
        let spec = super::adapter_spec(&named.command, limits);
        let adapter = Adapter::new(spec.clone());
        let hello =
            adapter.hello().map_err(|error| NotBegun::SetUp(super::not_ready(&named.text, &error)))?;
        let name = named.name.clone().unwrap_or_else(|| called(&hello.implementation.name));
        if adapters.iter().any(|other| other.name == name) || name == ENGINE && commands.len() > 1 {
            return Err(NotBegun::Usage(Complaint::new(format_args!(
                "two implementations are called {name}: name them NAME=CMD"
            ))));
        }
        adapters.push(Tested { name, command: named.text.clone(), spec, hello });
    }
    Ok(adapters)
}

/// The name of an implementation in a form that the id of a case allows.
fn called(name: &str) -> String {
    let plain = name.to_lowercase();
    plain.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

fn line_up(
    cli: &arguments::ConformanceArgs,
    scenarios: &[Arc<LoadedScenario>],
    names: &[String],
) -> Result<Vec<Case>, NotBegun> {
    if cli.assignments.is_empty() {
        return match names {
            [_] => Ok(cases(scenarios)),
            _ => Err(NotBegun::Usage(Complaint::new(
                "there are several adapters: say with --assign who plays which device",
            ))),
        };
    }
    let mut roles = Vec::new();
    for (role, name) in &cli.assignments {
        let position = names.iter().position(|other| other == name).ok_or_else(|| {
            let names = names.join(", ");
            NotBegun::Usage(Complaint::new(format_args!("there is no adapter {name}, only {names}")))
        })?;
        roles.push((role.clone(), position));
    }
    Case::mixed(scenarios, &roles, names).map_err(|idle| NotBegun::Usage(Complaint::new(idle)))
}
