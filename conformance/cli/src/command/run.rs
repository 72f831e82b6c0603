use std::io::{self, Write};

use atm_reports::escape::Terminal;
use atm_reports::pictures::{self, Drawn, Pictures};
use atm_reports::runs::{JsonLines, PlayingScenario, Story, TraceLines};
use atm_reports::{mistakes, runs};
use atm_simulator::run::{Options, Run, RunResult, Watching, observe, run_script};
use atm_simulator::scenario::Scenario;
use atm_simulator::script::Script;
use atm_simulator::trace::{Observer, Trace};
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
    let ready = match make_ready(&loaded, &options) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    if cli.check_determinism {
        for Ready { path, script, .. } in &ready {
            if let Some(difference) = determinism::difference(script, &options) {
                difference.of(path).tell();
                return Exit::NotAsExpected;
            }
        }
    }
    let mut drawn = Vec::new();
    if let ([one], false) = (&*ready, wanted.are_none()) {
        match pictures::draw(&wanted, one.scenario, &run_script(&one.script, &options)) {
            Ok(pictures) => drawn = pictures,
            Err(error) => {
                mistakes::complain(format_args!("atm: {error}"));
                return Exit::Usage;
            }
        }
    }
    let mut output = Output::default();
    let results = play(cli, &ready, &mut output);
    for Drawn { path, content } in &drawn {
        if output.text(path, content) {
            mistakes::complain(format_args!("atm: wrote {}", path.display()));
        }
    }
    output.exit(exit(results.into_iter()))
}

/// A scenario that is ready to be played, as often as it takes.
struct Ready<'a> {
    path: &'a str,
    scenario: &'a Scenario,
    options: &'a Options,
    script: Script,
}

/// Makes all scenarios ready before one of them is played.
fn make_ready<'a>(loaded: &'a [Loaded], options: &'a Options) -> Result<Vec<Ready<'a>>, Exit> {
    let mut ready = Vec::new();
    for Loaded { path, scenario } in loaded {
        let script = Script::new(scenario).map_err(|miscast| {
            mistakes::complain(format_args!("{path}: {miscast}"));
            Exit::Usage
        })?;
        ready.push(Ready { path, scenario, options, script });
    }
    Ok(ready)
}

impl Ready<'_> {
    fn play(&self, observer: &mut impl Observer) -> Run {
        observe(&self.script, self.options, Watching::All, observer)
    }

    /// Plays it for its result alone.
    fn play_unseen(&self) -> Run {
        self.play(&mut None::<Trace>)
    }

    fn playing(&self) -> PlayingScenario<'_> {
        let Self { path, scenario, options, script } = self;
        PlayingScenario { path, scenario, options, cast: &script.cast }
    }
}

/// Plays all scenarios and writes what happens while it happens. Trouble with the output stops no scenario.
fn play(cli: &arguments::RunArgs, ready: &[Ready<'_>], output: &mut Output) -> Vec<RunResult> {
    let mut results = Vec::new();
    match cli.format {
        Format::Text => output.print(|out| write_text(out, cli, ready, &mut results)),
        Format::Json => {
            let progress = progress_bar(ready.len());
            let runs: Vec<Run> = ready.iter().map(Ready::play_unseen).inspect(|_| progress.inc(1)).collect();
            progress.finish_and_clear();
            results.extend(runs.iter().map(Run::result));
            output.print_plain(|out| {
                let played = ready.iter().zip(&runs).map(|(ready, run)| ready.playing().played(run));
                json::write_pretty(out, &played.map(|played| runs::report(&played)).collect::<Vec<_>>())
            });
        }
        Format::Jsonl => output.print_plain(|out| {
            each(ready, &mut results, |ready| {
                let mut lines = JsonLines::begin(out, ready.playing());
                let run = ready.play(&mut lines);
                (run.result(), lines.end(&run))
            })
        }),
        Format::Trace => output.print_plain(|out| {
            let mut out = Terminal::new(out);
            each(ready, &mut results, |ready| {
                let mut lines = TraceLines::begin(&mut out, ready.playing());
                (ready.play(&mut lines).result(), lines.end())
            })
        }),
    }
    // Nothing is played for a reader that left.
    results.extend(ready[results.len()..].iter().map(|ready| ready.play_unseen().result()));
    results
}

/// Plays one scenario after the other, until something cannot be written.
fn each<'a>(
    ready: &[Ready<'a>],
    results: &mut Vec<RunResult>,
    mut play: impl FnMut(&Ready<'a>) -> (RunResult, io::Result<()>),
) -> io::Result<()> {
    ready.iter().try_for_each(|ready| {
        let (result, written) = play(ready);
        results.push(result);
        written
    })
}

/// Tells the story of the scenarios that need one, and a line or nothing of the others. Where only the end shows whether
/// there is something to tell, a scenario is played again for its story.
fn write_text(
    mut out: &mut dyn Write,
    cli: &arguments::RunArgs,
    ready: &[Ready<'_>],
    results: &mut Vec<RunResult>,
) -> io::Result<()> {
    let (several, mut in_list) = (ready.len() > 1, false);
    each(ready, results, |ready| {
        if cli.quiet || several && !cli.verbose {
            let run = ready.play_unseen();
            if run.result() == RunResult::Pass {
                let written = if cli.quiet {
                    Ok(())
                } else {
                    in_list = true;
                    runs::write_verdict(&mut out, &ready.playing().played(&run))
                };
                return (RunResult::Pass, written);
            }
        }
        let before = if std::mem::take(&mut in_list) { writeln!(out) } else { Ok(()) };
        let mut story = Story::begin(&mut out, ready.playing());
        let run = ready.play(&mut story);
        let told = before.and(story.end(&run));
        (run.result(), if several { told.and_then(|()| writeln!(out)) } else { told })
    })?;
    if several { runs::write_summary(&mut out, results) } else { Ok(()) }
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
