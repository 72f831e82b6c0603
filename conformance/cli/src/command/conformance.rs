use std::io::{self, Write};

use atm_adapter_protocol::{AdapterSpec, RecordedCase};
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_reports::conformance::{Detail, pictures, write_terminal};
use atm_reports::mistakes;
use atm_simulator::run::Options;
use atm_suite::adapter::Adapter;
use atm_suite::cases::{
    Case, CaseResult, Engine, Expectations, Implementation, PlayedExtent, Watch, play_all,
};
use atm_suite::run_file::{CaseLine, Conclusion, ImplementationLine, RUN_FORMAT, RunFile, RunLine};
use atm_suite::variations::VariationChoice;
use atm_suite::{json, requirements};
use indicatif::ProgressBar;

use super::prepare::{ENGINE, Prepared, Tested, prepare};
use super::write_reports;
use crate::arguments;
use crate::exit::Exit;
use crate::interruption;
use crate::output::Output;

/// Tests an implementation, and reports the result.
pub(crate) fn conformance(cli: &arguments::ConformanceArgs) -> Exit {
    let prepared = prepare(cli);
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    match prepared {
        Ok(prepared) => run(cli, prepared),
        Err(not_begun) => not_begun.tell(),
    }
}

fn run(cli: &arguments::ConformanceArgs, prepared: Prepared) -> Exit {
    let Prepared { cases, adapters, known } = prepared;
    let selection = cli.choice.selection();
    for (is_empty, kind) in [
        (cases.is_empty(), "case"),
        (!requirements::all().any(|requirement| selection.admits(requirement)), "requirement"),
    ] {
        if is_empty {
            mistakes::complain(format_args!("atm: no {kind} is selected, and that is no pass"));
            return Exit::Inconclusive;
        }
    }
    interruption::begin_campaign();
    let results = play(cli, &cases, &adapters);
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    let (all, pairs) = (cases.len(), cases.into_iter().zip(results));
    let (cases, mut results): (Vec<Case>, Vec<CaseResult>) =
        pairs.filter_map(|(case, result)| Some((case, result?))).unzip();
    let extent = if cases.len() < all { PlayedExtent::Part } else { extent(cli) };
    if cases.is_empty() {
        return interruption::without_result();
    }
    for result in &mut results {
        result.judgements.retain(|judgement| selection.admits(judgement.requirement));
        result.kept.retain(|requirement| selection.admits(requirement));
    }
    let mut output = Output::default();
    if let Some(path) = &cli.record {
        output.file(path, |out| write_recording(out, &adapters, &cases, &results));
    }
    if let Some(path) = &cli.write_expectations {
        let now = Expectations::of(known.reasons.as_ref(), extent, &cases, &results);
        output.file(path, |out| now.write(out));
    }
    if let Some(known) = &known.expected {
        known.note_kept(extent, &cases, &mut results);
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
    // Only a run file and a page have them, and drawing them is 8 % of a run on the engine.
    let has_pictures = cli.run_file.is_some() || cli.reports.html.is_some();
    let pictures = if has_pictures { pictures(&run, &lines, &cases, &results) } else { Vec::new() };
    let file = RunFile { run, cases: lines, pictures };
    if let Some(path) = &cli.run_file {
        output.file(path, |out| file.write(out));
    }
    write_reports(&cli.reports, &file, &mut output);
    output.print(|out| write_terminal(out, &file, if cli.quiet { Detail::Summary } else { Detail::Full }));
    let conclusion = Conclusion::of(&file.cases);
    if file.cases.len() == all {
        return output.exit(conclusion.into());
    }
    mistakes::complain(format_args!(
        "atm: {} of {all} cases were judged, and that is no pass",
        file.cases.len()
    ));
    output.exit(conclusion.max(Conclusion::Inconclusive).into())
}

/// Shows how many cases were played, and begins no more after an interruption.
struct Progress(ProgressBar);

impl Watch for Progress {
    fn played(&self, _case: &Case) {
        self.0.inc(1);
    }

    fn goes_on(&self) -> bool {
        !interruption::is_interrupted()
    }
}

fn play(cli: &arguments::ConformanceArgs, cases: &[Case], adapters: &[Tested]) -> Vec<Option<CaseResult>> {
    let options = Options::from(cli.options);
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let progress = Progress(match cases.len() {
        0..50 => ProgressBar::hidden(),
        cases => ProgressBar::new(cases as u64),
    });
    let specs: Vec<AdapterSpec> = adapters.iter().map(|adapter| adapter.spec.clone()).collect();
    let make = || -> Vec<Box<dyn Implementation>> {
        if specs.is_empty() {
            return vec![Box::new(Engine)];
        }
        specs.iter().map(|spec| Box::new(Adapter::new(spec.clone())) as Box<dyn Implementation>).collect()
    };
    let variations = cli.variations();
    let rules = (options, &variations.0);
    let results = play_all(cases, jobs, rules, cli.record.is_some(), &make, &progress);
    progress.0.finish_and_clear();
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
            json::write_line(out, &recorded)?;
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
    let arguments::ChosenVariations(variations, name) = cli.variations();
    if variations != VariationChoice::default() {
        options.push(format!("--variations {name}"));
    }
    if seed != 0 {
        options.push(format!("--seed {seed}"));
    }
    options.extend(cli.limits.options());
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
