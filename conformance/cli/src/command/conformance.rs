use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use atm_adapter_protocol::protocol::Hello;
use atm_adapter_protocol::{AdapterSpec, RecordedCase};
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_reports::conformance::{Detail, pictures, write_terminal};
use atm_reports::mistakes;
use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, LoadError, Scenario};
use atm_suite::adapter::Adapter;
use atm_suite::cases::{
    Case, CaseResult, Engine, Expectations, Implementation, LoadedScenario, PlayedExtent, cases, demanded,
    play_all,
};
use atm_suite::messages::findings;
use atm_suite::run_file::{CaseLine, Conclusion, ImplementationLine, RUN_FORMAT, RunFile, RunLine};
use atm_suite::selection::IdGlob;
use atm_suite::{library, requirements};
use indicatif::ProgressBar;

use super::write_reports;
use crate::arguments;
use crate::exit::Exit;
use crate::files::scenario_files;
use crate::input;
use crate::output::Output;

/// Why a run of the suite does not begin.
enum NotBegun {
    Usage(String),
    SetUp(String),
    /// It was told before.
    Told(Exit),
}

/// Tests an implementation, and tells what came of it.
pub(crate) fn conformance(cli: &arguments::ConformanceArgs) -> Exit {
    match prepare(cli) {
        Ok(prepared) => run(cli, prepared),
        Err(NotBegun::Usage(what)) => {
            mistakes::complain(format_args!("atm: {what}"));
            Exit::Usage
        }
        Err(NotBegun::SetUp(what)) => {
            mistakes::complain(format_args!("atm: {what}"));
            Exit::SetUp
        }
        Err(NotBegun::Told(exit)) => exit,
    }
}

/// All that a run needs.
struct Prepared {
    cases: Vec<Case>,
    adapters: Vec<Tested>,
    known: Known,
}

/// What is known to fail.
struct Known {
    /// What `--expectations` says.
    expected: Option<Expectations>,
    /// Where `--write-expectations` finds reasons.
    reasons: Option<Expectations>,
}

/// An implementation behind an adapter.
struct Tested {
    name: String,
    command: String,
    spec: AdapterSpec,
    hello: Hello,
}

fn prepare(cli: &arguments::ConformanceArgs) -> Result<Prepared, NotBegun> {
    let scenarios = scenarios(cli)?;
    let known = known(cli)?;
    let adapters = adapters(cli)?;
    let names: Vec<String> = if adapters.is_empty() {
        vec![ENGINE.to_owned()]
    } else {
        adapters.iter().map(|adapter| adapter.name.clone()).collect()
    };
    let all = line_up(cli, &scenarios, &names)?;
    if let (Some(path), Some(expected)) = (&cli.expectations, &known.expected) {
        let checked = expected.check(path, &all, is_about);
        checked.map_err(|error| NotBegun::Usage(error.to_string()))?;
    }
    let cases = all.into_iter().filter(|case| is_selected(case, &cli.cases)).collect();
    Ok(Prepared { cases, adapters, known })
}

fn known(cli: &arguments::ConformanceArgs) -> Result<Known, NotBegun> {
    let load = |path: &Path| {
        let shown = path.display();
        let text = input::read(path, input::EXPECTATIONS)
            .map_err(|error| NotBegun::SetUp(format!("{shown}: {error}")))?;
        Expectations::parse(path, &text).map_err(|error| NotBegun::Usage(error.to_string()))
    };
    let expected = cli.expectations.as_deref().map(load).transpose()?;
    let reasons = match (&expected, &cli.write_expectations) {
        (None, Some(path)) if path.is_file() => Some(load(path)?),
        _ => expected.clone(),
    };
    Ok(Known { expected, reasons })
}

/// The name of this project's own engine in a run.
const ENGINE: &str = "atm-engine";

/// Whether a case can say something about a requirement.
fn is_about(case: &Case, id: &str) -> bool {
    findings::are_about(id) || demanded(case).iter().any(|requirement| requirement.id == id)
}

fn is_selected(case: &Case, globs: &[IdGlob]) -> bool {
    globs.is_empty() || globs.iter().any(|glob| glob.matches(&case.id))
}

fn scenarios(cli: &arguments::ConformanceArgs) -> Result<Vec<Arc<LoadedScenario>>, NotBegun> {
    let mut scenarios = Vec::new();
    if cli.paths.is_empty() {
        for file in library::files() {
            let scenario = file.load().map_err(|mistakes| NotBegun::SetUp(mistakes.to_string()))?;
            let (id, path) = (file.id().to_owned(), format!("scenarios/{}", file.path));
            scenarios.push(Arc::new(LoadedScenario { id, path, scenario }));
        }
        return Ok(scenarios);
    }
    let files = scenario_files(&cli.paths).map_err(|error| NotBegun::SetUp(error.to_string()))?;
    let catalog = Catalog::of_requirements(requirements::ids());
    for file in files {
        let path = file.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        match Scenario::load(&file, &catalog) {
            Ok(scenario) => {
                let id = path.trim_start_matches("scenarios/").trim_end_matches(".yaml").to_owned();
                scenarios.push(Arc::new(LoadedScenario { id, path, scenario }));
            }
            Err(LoadError::Mistakes(mistakes)) => {
                mistakes::print_mistakes(&mistakes);
                return Err(NotBegun::Told(Exit::Usage));
            }
            Err(error) => return Err(NotBegun::SetUp(error.to_string())),
        }
    }
    Ok(scenarios)
}

fn adapters(cli: &arguments::ConformanceArgs) -> Result<Vec<Tested>, NotBegun> {
    let mut adapters: Vec<Tested> = Vec::new();
    for named in &cli.adapters {
        let spec = AdapterSpec { command: named.command.clone(), limit: cli.timeout.0 };
        let adapter = Adapter::new(spec.clone());
        let hello = adapter.hello().map_err(|error| {
            let mistake = error.likely_mistake().map(|mistake| format!("\n  likely: {mistake}"));
            let hint = "`atm adapter check` walks through the protocol with it";
            NotBegun::SetUp(format!(
                "the adapter `{}`: {error}{}\n  {hint}",
                named.text,
                mistake.unwrap_or_default()
            ))
        })?;
        let name = named.name.clone().unwrap_or_else(|| called(&hello.implementation.name));
        if adapters.iter().any(|other| other.name == name) || name == ENGINE && cli.adapters.len() > 1 {
            return Err(NotBegun::Usage(format!(
                "two implementations are called {name}: name them NAME=CMD"
            )));
        }
        adapters.push(Tested { name, command: named.text.clone(), spec, hello });
    }
    Ok(adapters)
}

/// A name as it can stand in the id of a case.
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
            _ => Err(NotBegun::Usage(
                "there are several adapters: say with --assign who plays which device".to_owned(),
            )),
        };
    }
    let mut roles = Vec::new();
    for (role, name) in &cli.assignments {
        let position = names.iter().position(|other| other == name).ok_or_else(|| {
            NotBegun::Usage(format!("there is no adapter {name}, only {}", names.join(", ")))
        })?;
        roles.push((role.clone(), position));
    }
    Case::mixed(scenarios, &roles, names).map_err(|idle| NotBegun::Usage(idle.to_string()))
}

fn run(cli: &arguments::ConformanceArgs, prepared: Prepared) -> Exit {
    let Prepared { cases, adapters, known } = prepared;
    if cases.is_empty() {
        mistakes::complain(format_args!("atm: no case is selected, and that is no pass"));
        return Exit::Inconclusive;
    }
    let mut results = play(cli, &cases, &adapters);
    let selection = cli.choice.selection();
    for result in &mut results {
        result.judgements.retain(|judgement| selection.admits(judgement.requirement));
    }
    let mut output = Output::default();
    if let Some(path) = &cli.record {
        output.file(path, |out| write_recording(out, &adapters, &cases, &results));
    }
    if let Some(path) = &cli.write_expectations {
        let now = Expectations::of(known.reasons.as_ref(), extent(cli), &cases, &results);
        output.file(path, |out| now.write(out));
    }
    let mut run = run_line(cli, &adapters);
    run.requirements.retain(|id| requirements::find(id).is_some_and(|found| selection.admits(found)));
    let names: Vec<String> = run.implementations.iter().map(|line| line.name.clone()).collect();
    let mut lines = Vec::new();
    for (case, result) in cases.iter().zip(&mut results) {
        let reasons = known.expected.as_ref().map(|known| known.apply(case, result)).unwrap_or_default();
        let mut line = CaseLine::of(case, result, &names);
        for (position, reason) in reasons {
            line.judgements[position].reason = Some(reason);
        }
        lines.push(line);
    }
    let pictures = pictures(&run, &lines, &cases, &results);
    let file = RunFile { run, cases: lines, pictures };
    if let Some(path) = &cli.run_file {
        output.file(path, |out| file.write(out));
    }
    write_reports(&cli.reports, &file, &mut output);
    output.print(|out| write_terminal(out, &file, if cli.quiet { Detail::Summary } else { Detail::Full }));
    output.exit(Conclusion::of(&file.cases).into())
}

fn play(cli: &arguments::ConformanceArgs, cases: &[Case], adapters: &[Tested]) -> Vec<CaseResult> {
    let options = Options::from(cli.options);
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let progress =
        if cases.len() < 50 { ProgressBar::hidden() } else { ProgressBar::new(cases.len() as u64) };
    let specs: Vec<AdapterSpec> = adapters.iter().map(|adapter| adapter.spec.clone()).collect();
    let make = || -> Vec<Box<dyn Implementation>> {
        if specs.is_empty() {
            return vec![Box::new(Engine)];
        }
        specs.iter().map(|spec| Box::new(Adapter::new(spec.clone())) as Box<dyn Implementation>).collect()
    };
    let results = play_all(cases, jobs, options, cli.record.is_some(), &make, &|_| progress.inc(1));
    progress.finish_and_clear();
    results
}

/// Whether all of the suite was played.
fn extent(cli: &arguments::ConformanceArgs) -> PlayedExtent {
    let choice = &cli.choice;
    let chosen = !choice.id.is_empty() || !choice.document.is_empty() || !choice.level.is_empty();
    let some = chosen || !cli.cases.is_empty() || !cli.paths.is_empty() || !cli.assignments.is_empty();
    if some { PlayedExtent::Part } else { PlayedExtent::Whole }
}

fn write_recording(
    out: &mut dyn Write,
    adapters: &[Tested],
    cases: &[Case],
    results: &[CaseResult],
) -> io::Result<()> {
    for (case, result) in cases.iter().zip(results) {
        for (position, exchanges) in &result.exchanges {
            let adapter = &adapters[*position];
            let recorded = RecordedCase {
                adapter: adapter.name.clone(),
                case: case.id.clone(),
                hello: serde_json::to_value(&adapter.hello)?,
                exchanges: exchanges.clone(),
            };
            serde_json::to_writer(&mut *out, &recorded)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// The options that change what comes out and are not as they are without being given.
fn rules_and_roles(cli: &arguments::ConformanceArgs) -> Vec<String> {
    let mut options = Vec::new();
    let assigned = cli.assignments.iter().map(|(role, name)| format!("{role}={name}"));
    options.extend(assigned.map(|text| format!("--assign {}", shell_words::quote(&text))));
    let arguments::RunOptionArgs { rules: arguments::RuleArgs { announcement, conflict }, seed } =
        cli.options;
    if announcement != arguments::AnnouncementArg::default() {
        options
            .push(format!("--announcement {}", atm_suite::rule_name(&AnnouncementRule::from(announcement))));
    }
    if conflict != arguments::ConflictArg::default() {
        options.push(format!("--conflict {}", atm_suite::rule_name(&ConflictRule::from(conflict))));
    }
    if seed != 0 {
        options.push(format!("--seed {seed}"));
    }
    if cli.timeout != arguments::TIMEOUT {
        options.push(format!("--timeout {}", cli.timeout));
    }
    options.extend(cli.paths.iter().map(|path| shell_words::quote(&path.to_string_lossy()).into_owned()));
    options
}

/// What is run.
fn run_line(cli: &arguments::ConformanceArgs, adapters: &[Tested]) -> RunLine {
    let mut command = "atm conformance".to_owned();
    for adapter in &cli.adapters {
        let named = adapter.name.as_ref().map_or_else(String::new, |name| format!("{name}="));
        command += &format!(" --adapter {}", shell_words::quote(&format!("{named}{}", adapter.text)));
    }
    for option in rules_and_roles(cli) {
        command += &format!(" {option}");
    }
    let implementations = if adapters.is_empty() {
        vec![ImplementationLine {
            name: ENGINE.to_owned(),
            implementation: ENGINE.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            url: None,
            adapter: None,
            asks_before_automatic_decisions: false,
        }]
    } else {
        let line = |tested: &Tested| ImplementationLine {
            name: tested.name.clone(),
            implementation: tested.hello.implementation.name.clone(),
            version: tested.hello.implementation.version.clone(),
            url: tested.hello.implementation.url.clone(),
            adapter: Some(tested.command.clone()),
            asks_before_automatic_decisions: tested.hello.asks_before_automatic_decisions,
        };
        adapters.iter().map(line).collect()
    };
    let options = Options::from(cli.options);
    RunLine {
        format: RUN_FORMAT,
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        implementations,
        announcement: options.announcement,
        conflict: options.conflict,
        seed: options.seed,
        requirements: requirements::ids().map(str::to_owned).collect(),
        command,
    }
}
