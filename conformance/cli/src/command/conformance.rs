use std::io::{self, Write};

use atm_adapter_protocol::{AdapterSpec, RecordedCase};
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_reports::conformance::{Detail, pictures, write_terminal};
use atm_reports::mistakes;
use atm_simulator::run::Options;
use atm_suite::adapter::Adapter;
use atm_suite::cases::{
    Case, CaseResult, Engine, Expectations, Implementation, PlayedExtent, Verdict, Watch, play_all,
};
use atm_suite::run_file::{CaseLine, ImplementationLine, RUN_FORMAT, RunFile, RunLine};
use atm_suite::variations::VariationChoice;
use atm_suite::{json, requirements};
use indicatif::ProgressBar;

use super::prepare::{ENGINE, Prepared, Tested, prepare};
use super::write_reports;
use crate::arguments::{self, DeniedVerdict};
use crate::exit::Exit;
use crate::interruption;
use crate::output::Output;

/// Tests an implementation and reports the result.
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
    if cli.deny.contains(&DeniedVerdict::Advice) {
        let judgements = results.iter_mut().flat_map(|result| &mut result.judgements);
        for judgement in judgements.filter(|judgement| judgement.verdict == Verdict::Advice) {
            judgement.verdict = Verdict::Fail;
        }
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
    let names: Vec<String> = run.implementations.iter().map(|line| line.name.clone()).collect();
    let mut lines = Vec::new();
    for (case, result) in cases.iter().zip(&mut results) {
        let known = known.expected.as_ref().map(|known| known.apply(case, result)).unwrap_or_default();
        result.show_kept();
        let mut line = CaseLine::of(case, result, &names);
        for (position, known) in known {
            let judgement = &mut line.judgements[position];
            judgement.reason = Some(known.reason.trim().to_owned());
            judgement.fix.clone_from(&known.fix);
        }
        lines.push(line);
    }
    let is_about_cases = has_chosen_cases(cli) && !has_chosen_requirements(cli);
    run.requirements.retain(|id| {
        let is_admitted = requirements::find(id).is_some_and(|found| selection.admits(found));
        is_admitted && (!is_about_cases || lines.iter().any(|line| line.says_something_about(id)))
    });
    // Only a run file and an HTML report contain pictures, and drawing them takes 8 % of a run on the engine.
    let has_pictures = cli.run_file.is_some() || cli.reports.html.is_some();
    let pictures = if has_pictures { pictures(&run, &lines, &cases, &results) } else { Vec::new() };
    let not_played = all - lines.len();
    let file = RunFile { run, cases: lines, pictures, not_played };
    if let Some(path) = &cli.run_file {
        output.file(path, |out| file.write(out));
    }
    write_reports(&cli.reports, &file, &mut output);
    output.print(|out| write_terminal(out, &file, if cli.quiet { Detail::Summary } else { Detail::Full }));
    if file.not_played > 0 {
        let judged = file.cases.len();
        mistakes::complain(format_args!(
            "atm: {judged} of {all} cases were judged, and that is no pass: the run was interrupted before the others"
        ));
    }
    output.exit(file.conclusion().into())
}

/// A progress bar of the played cases. After an interruption, no case begins.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows the progress through this number of cases, if they take a while.
    pub(super) fn of(cases: usize) -> Self {
        Self(match cases {
            0..50 => ProgressBar::hidden(),
            cases => ProgressBar::new(cases as u64),
        })
    }

    /// Removes what is shown.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

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
    let progress = Progress::of(cases.len());
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
    progress.finish();
    results
}

/// Whether cases were chosen. Unless requirements were chosen too, such a run is about those that its cases judge: nobody
/// asked about the others.
fn has_chosen_cases(cli: &arguments::ConformanceArgs) -> bool {
    !cli.cases.is_empty() || !cli.paths.is_empty() || cli.only_failed.is_some()
}

fn has_chosen_requirements(cli: &arguments::ConformanceArgs) -> bool {
    let choice = &cli.choice;
    !choice.id.is_empty() || !choice.document.is_empty() || !choice.level.is_empty()
}

/// Whether the whole suite was played.
fn extent(cli: &arguments::ConformanceArgs) -> PlayedExtent {
    if has_chosen_requirements(cli) || has_chosen_cases(cli) || !cli.assignments.is_empty() {
        PlayedExtent::Part
    } else {
        PlayedExtent::Whole
    }
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

/// The options that affect the results, except those with their default values.
fn rules_and_roles(cli: &arguments::ConformanceArgs) -> Vec<String> {
    let mut options = Vec::new();
    let assigned = cli.assignments.iter().map(|(role, name)| format!("{role}={name}"));
    options.extend(assigned.map(|text| format!("--assign {}", shell_words::quote(&text))));
    options.extend(rule_options(cli.options));
    let arguments::ChosenVariations(variations, name) = cli.variations();
    if variations != VariationChoice::default() {
        options.push(format!("--variations {name}"));
    }
    if cli.deny.contains(&DeniedVerdict::Advice) {
        options.push("--deny advice".to_owned());
    }
    options.extend(cli.limits.options());
    options
}

/// The rules of the reference engine and the seed, where they are not the default.
pub(super) fn rule_options(chosen: arguments::RunOptionArgs) -> Vec<String> {
    let mut options = Vec::new();
    let arguments::RunOptionArgs { rules: arguments::RuleArgs { announcement, conflict }, seed } = chosen;
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
    options
}

/// The first line of the run file.
fn run_line(cli: &arguments::ConformanceArgs, adapters: &[Tested]) -> RunLine {
    let mut command = "atm conformance".to_owned();
    for adapter in &cli.adapters {
        let named = adapter.name.as_ref().map_or_else(String::new, |name| format!("{name}="));
        command += &format!(" --adapter {}", shell_words::quote(&format!("{named}{}", adapter.text)));
    }
    for option in rules_and_roles(cli) {
        command += &format!(" {option}");
    }
    let command_without_scenarios = (!cli.paths.is_empty()).then(|| command.clone());
    for path in &cli.paths {
        command += &format!(" {}", shell_words::quote(&path.to_string_lossy()));
    }
    let implementations =
        if adapters.is_empty() { vec![engine_line()] } else { adapters.iter().map(Tested::line).collect() };
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
        command_without_scenarios,
    }
}

/// This project's own engine as an implementation.
pub(super) fn engine_line() -> ImplementationLine {
    ImplementationLine {
        name: ENGINE.to_owned(),
        implementation: ENGINE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        url: None,
        adapter: None,
        asks_before_automatic_decisions: false,
    }
}
