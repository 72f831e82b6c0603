use std::io::{self, Write};

use atm_reports::escape::Terminal;
use atm_reports::pictures::{self, Drawn, Pictures};
use atm_reports::runs::PlayedScenario;
use atm_reports::{mistakes, runs};
use atm_simulator::run::{Options, Run, RunResult};
use atm_suite::json;
use indicatif::ProgressBar;

use super::determinism;
use super::scenarios::{Complaints, Loaded, load_all};
use crate::arguments::{self, Format};
use crate::exit::Exit;
use crate::files::scenario_files;
use crate::output::Output;

/// Runs scenarios and tells what happened.
pub(crate) fn run(cli: &arguments::RunArgs) -> Exit {
    let files = match scenario_files(&cli.paths) {
        Ok(files) => files,
        Err(error) => {
            error.complaint().of("atm").tell();
            return Exit::SetUp;
        }
    };
    let wanted =
        Pictures { sequence: cli.sequence.as_ref(), graph: cli.graph.as_ref(), graph_step: cli.graph_step };
    if !wanted.are_none() && files.len() != 1 {
        mistakes::complain(format_args!("atm: a picture shows one scenario, but there are {}", files.len()));
        return Exit::Usage;
    }
    let loaded = match load_all(&files, Complaints::All) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let options = Options::from(cli.options);
    let progress = progress_bar(loaded.len());
    let mut runs = Vec::new();
    for Loaded { path, scenario } in &loaded {
        match atm_simulator::run::run(scenario, &options) {
            Ok(run) => {
                if cli.check_determinism
                    && let Some(difference) = determinism::difference(scenario, &options, &run)
                {
                    difference.of(path).tell();
                    return Exit::NotAsExpected;
                }
                runs.push(run);
            }
            Err(miscast) => {
                mistakes::complain(format_args!("{path}: {miscast}"));
                return Exit::Usage;
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let mut drawn = Vec::new();
    if let ([one], [run]) = (&*loaded, &*runs) {
        match pictures::draw(&wanted, &one.scenario, run) {
            Ok(pictures) => drawn = pictures,
            Err(error) => {
                mistakes::complain(format_args!("atm: {error}"));
                return Exit::Usage;
            }
        }
    }
    let mut output = Output::default();
    write(cli, &played(&loaded, &options, &runs), &mut output);
    for Drawn { path, content } in &drawn {
        if output.text(path, content) {
            mistakes::complain(format_args!("atm: wrote {}", path.display()));
        }
    }
    output.exit(exit(runs.iter().map(Run::result)))
}

fn played<'a>(loaded: &'a [Loaded], options: &'a Options, runs: &'a [Run]) -> Vec<PlayedScenario<'a>> {
    let each = loaded.iter().zip(runs);
    let played = each.map(|(Loaded { path, scenario }, run)| PlayedScenario { path, scenario, options, run });
    played.collect()
}

fn write(cli: &arguments::RunArgs, played: &[PlayedScenario<'_>], output: &mut Output) {
    match cli.format {
        Format::Text => output.print(|out| write_text(out, cli, played)),
        Format::Json => output.print_plain(|out| {
            let reports: Vec<_> = played.iter().map(runs::report).collect();
            json::write_pretty(out, &reports)
        }),
        Format::Jsonl => output
            .print_plain(|mut out| played.iter().try_for_each(|played| runs::write_jsonl(&mut out, played))),
        Format::Trace => output.print_plain(|out| {
            let mut out = Terminal::new(out);
            played.iter().try_for_each(|played| runs::write_trace(&mut out, played))
        }),
    }
}

/// Tells the story of the scenarios that need one, and a line or nothing of the others.
fn write_text(
    mut out: &mut dyn Write,
    cli: &arguments::RunArgs,
    all: &[PlayedScenario<'_>],
) -> io::Result<()> {
    let (several, mut in_list) = (all.len() > 1, false);
    for played in all {
        let passed = played.run.result() == RunResult::Pass;
        if passed && cli.quiet {
            continue;
        }
        if passed && several && !cli.verbose {
            runs::write_verdict(&mut out, played)?;
            in_list = true;
            continue;
        }
        if in_list {
            writeln!(out)?;
            in_list = false;
        }
        runs::write_story(&mut out, played)?;
        if several {
            writeln!(out)?;
        }
    }
    if several {
        let verdicts: Vec<RunResult> = all.iter().map(|played| played.run.result()).collect();
        runs::write_summary(&mut out, &verdicts)?;
    }
    Ok(())
}

/// Shown on a terminal, on standard error, if there is something to wait for.
fn progress_bar(length: usize) -> ProgressBar {
    if length < 50 { ProgressBar::hidden() } else { ProgressBar::new(length as u64) }
}

fn exit(verdicts: impl Iterator<Item = RunResult>) -> Exit {
    let exits = verdicts.map(|verdict| match verdict {
        RunResult::Pass => Exit::AsExpected,
        RunResult::Inconclusive => Exit::Inconclusive,
        RunResult::Fail | RunResult::Error => Exit::NotAsExpected,
    });
    exits.max().unwrap_or(Exit::Inconclusive)
}
