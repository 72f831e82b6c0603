use std::cell::OnceCell;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use atm_reports::escape::Terminal;
use atm_reports::page::{RecordedRun, page};
use atm_reports::pictures::{self, Drawn, NoPicture, Pictures};
use atm_reports::runs::{JsonLines, JsonPopulation, JsonReport, PlayingScenario, Story, TraceLines};
use atm_reports::{mistakes, runs};
use atm_simulator::run::{Options, Run, RunResult, Watching, observe};
use atm_simulator::scenario::{Scenario, ScenarioFile};
use atm_simulator::script::Script;
use atm_simulator::trace::{Observer, Trace};
use atm_suite::json;
use indicatif::ProgressBar;
use serde::Serialize;

use super::determinism;
use super::populations::{ReadyPopulation, check_options, choose_part};
use super::scenarios::{Loaded, load_all_files};
use crate::arguments::{self, Format};
use crate::exit::Exit;
use crate::files::scenario_files;
use crate::output::Output;

/// Runs scenarios and populations, and reports the results.
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
    let is_one_alone = !wanted.are_none() || cli.html.is_some();
    if is_one_alone && files.len() != 1 {
        let there = files.len();
        mistakes::complain(format_args!("atm: a picture or page shows one scenario, but there are {there}"));
        return Exit::Usage;
    }
    let mut loaded = match load_all_files(&files) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let checked = choose_part(cli, &mut loaded).and_then(|()| check_options(cli, &loaded));
    if let Err(complaint) = checked {
        complaint.tell();
        return Exit::Usage;
    }
    let options = Options::from(cli.options);
    let ready = match make_ready(cli, &loaded, &options) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    if cli.check_determinism {
        for scenario in ready.iter().filter_map(Ready::scenario) {
            if let Some(difference) = determinism::difference(&scenario.script, &options) {
                difference.of(scenario.path).tell();
                return Exit::NotAsExpected;
            }
        }
    }
    let mut drawn = Vec::new();
    if let ([Ready::Scenario(one)], true) = (&*ready, is_one_alone) {
        match one.draw(&wanted, cli.html.as_ref()) {
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
    if let Some(folder) = &cli.output {
        ready.iter().filter_map(Ready::population).for_each(|it| it.write_failed(&mut output, folder));
    }
    output.exit(exit(results.into_iter()))
}

/// A scenario or a population that is ready to be played.
enum Ready<'a> {
    Scenario(ReadyScenario<'a>),
    Population(ReadyPopulation<'a>),
}

/// A scenario that is ready to be played any number of times.
struct ReadyScenario<'a> {
    path: &'a str,
    scenario: &'a Scenario,
    options: &'a Options,
    watching: Watching,
    script: Script,
}

/// Prepares all scenarios before the first one is played.
fn make_ready<'a>(
    cli: &arguments::RunArgs,
    loaded: &'a [Loaded<ScenarioFile>],
    options: &'a Options,
) -> Result<Vec<Ready<'a>>, Exit> {
    let watching = Watching::from(cli.invariants);
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let make_ready = |Loaded { path, content }: &'a Loaded<ScenarioFile>| match content {
        ScenarioFile::Scenario(scenario) => {
            let script = Script::new(scenario).map_err(|miscast| {
                mistakes::complain(format_args!("{path}: {miscast}"));
                Exit::Usage
            })?;
            Ok(Ready::Scenario(ReadyScenario { path, scenario, options, watching, script }))
        }
        ScenarioFile::Population(population) => {
            let run = OnceCell::new();
            Ok(Ready::Population(ReadyPopulation { path, population, options, watching, jobs, run }))
        }
    };
    loaded.iter().map(make_ready).collect()
}

impl<'a> Ready<'a> {
    fn scenario(&self) -> Option<&ReadyScenario<'a>> {
        match self {
            Self::Scenario(scenario) => Some(scenario),
            Self::Population(_) => None,
        }
    }

    fn population(&self) -> Option<&ReadyPopulation<'a>> {
        match self {
            Self::Scenario(_) => None,
            Self::Population(population) => Some(population),
        }
    }

    /// Plays without an observer.
    fn play_unseen(&self) -> Played<'_> {
        match self {
            Self::Scenario(scenario) => Played::Scenario(scenario, Box::new(scenario.play_unseen())),
            Self::Population(population) => Played::Population(population),
        }
    }
}

impl ReadyScenario<'_> {
    fn play(&self, observer: &mut impl Observer) -> Run {
        observe(&self.script, self.options, self.watching, observer)
    }

    /// Plays without an observer.
    fn play_unseen(&self) -> Run {
        self.play(&mut None::<Trace>)
    }

    /// Draws the requested pictures and the page.
    fn draw(&self, wanted: &Pictures<'_>, html: Option<&PathBuf>) -> Result<Vec<Drawn>, NoPicture> {
        let mut trace = Trace::default();
        let run = self.play(&mut trace);
        let run = Run { trace, ..run };
        let mut drawn = pictures::draw(wanted, self.scenario, &run)?;
        if let Some(path) = html {
            let recorded = RecordedRun::of(&self.playing().played(&run));
            drawn.push(Drawn { path: path.clone(), content: page(&recorded) });
        }
        Ok(drawn)
    }

    fn playing(&self) -> PlayingScenario<'_> {
        let Self { path, scenario, options, script, .. } = self;
        PlayingScenario { path, scenario, options, cast: &script.cast }
    }
}

/// Plays everything and writes the output at the same time. An error of the output does not stop the runs.
fn play(cli: &arguments::RunArgs, ready: &[Ready<'_>], output: &mut Output) -> Vec<RunResult> {
    let mut results = Vec::new();
    match cli.format {
        Format::Text => output.print(|out| write_text(out, cli, ready, &mut results)),
        Format::Json => {
            let progress = progress_bar(ready.len());
            let played: Vec<Played<'_>> =
                ready.iter().map(Ready::play_unseen).inspect(|_| progress.inc(1)).collect();
            progress.finish_and_clear();
            results.extend(played.iter().map(Played::result));
            output.print_plain(|out| {
                json::write_pretty(out, &played.iter().map(Played::report).collect::<Vec<_>>())
            });
        }
        Format::Jsonl => output.print_plain(|out| {
            each(ready.iter().filter_map(Ready::scenario), &mut results, |ready| {
                let mut lines = JsonLines::begin(out, ready.playing());
                let run = ready.play(&mut lines);
                (run.result(), lines.end(&run))
            })
        }),
        Format::Trace => output.print_plain(|out| {
            let mut out = Terminal::new(out);
            each(ready.iter().filter_map(Ready::scenario), &mut results, |ready| {
                let mut lines = TraceLines::begin(&mut out, ready.playing());
                (ready.play(&mut lines).result(), lines.end())
            })
        }),
    }
    // The reader is gone, so the remaining runs have no output. They still have results.
    results.extend(ready[results.len()..].iter().map(|ready| ready.play_unseen().result()));
    results
}

/// A finished run without its events.
enum Played<'a> {
    Scenario(&'a ReadyScenario<'a>, Box<Run>),
    Population(&'a ReadyPopulation<'a>),
}

/// The result for programs.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonResult<'a> {
    Scenario(Box<JsonReport<'a>>),
    Population(Box<JsonPopulation<'a>>),
}

impl Played<'_> {
    fn result(&self) -> RunResult {
        match self {
            Self::Scenario(_, run) => run.result(),
            Self::Population(population) => population.run().result(),
        }
    }

    fn report(&self) -> JsonResult<'_> {
        match self {
            Self::Scenario(scenario, run) => {
                JsonResult::Scenario(Box::new(runs::report(&scenario.playing().played(run))))
            }
            Self::Population(population) => {
                JsonResult::Population(Box::new(runs::population_report(&population.played())))
            }
        }
    }
}

/// Plays one item after the other, until one cannot be written.
fn each<T>(
    all: impl IntoIterator<Item = T>,
    results: &mut Vec<RunResult>,
    mut play: impl FnMut(T) -> (RunResult, io::Result<()>),
) -> io::Result<()> {
    all.into_iter().try_for_each(|one| {
        let (result, written) = play(one);
        results.push(result);
        written
    })
}

/// Writes the story of each scenario that needs one, and a line or nothing for the others. Sometimes only the result
/// shows that a story is needed; then the scenario is played again.
fn write_text(
    out: &mut dyn Write,
    cli: &arguments::RunArgs,
    ready: &[Ready<'_>],
    results: &mut Vec<RunResult>,
) -> io::Result<()> {
    let mut text = Text { out, several: ready.len() > 1, in_list: false, cli };
    each(ready, results, |ready| match ready {
        Ready::Scenario(scenario) => text.tell_scenario(scenario),
        Ready::Population(population) => text.tell_population(population),
    })?;
    if text.several { runs::write_summary(text.out, results) } else { Ok(()) }
}

/// The output for people.
struct Text<'a> {
    out: &'a mut dyn Write,
    cli: &'a arguments::RunArgs,
    /// Whether there are several scenarios.
    several: bool,
    /// Whether the last line is a verdict without a story.
    in_list: bool,
}

impl Text<'_> {
    fn tell_scenario(&mut self, ready: &ReadyScenario<'_>) -> (RunResult, io::Result<()>) {
        if self.cli.quiet || self.several && !self.cli.verbose {
            let run = ready.play_unseen();
            if run.result() == RunResult::Pass {
                let told = self.briefly(|out| runs::write_verdict(out, &ready.playing().played(&run)));
                return (RunResult::Pass, told);
            }
        }
        let mut result = RunResult::Error;
        let told = self.at_length(|mut out| {
            let story = Story::begin(&mut out, ready.playing());
            let mut story = if self.cli.verbose { story.introduced() } else { story };
            let run = ready.play(&mut story);
            result = run.result();
            story.end(&run)
        });
        (result, told)
    }

    fn tell_population(&mut self, ready: &ReadyPopulation<'_>) -> (RunResult, io::Result<()>) {
        let (result, played) = (ready.run().result(), ready.played());
        let is_brief = self.cli.quiet || self.several;
        let told = if is_brief && result == RunResult::Pass {
            self.briefly(|out| runs::write_population_verdict(out, &played))
        } else {
            self.at_length(|out| runs::write_population(out, &played))
        };
        (result, told)
    }

    /// Writes one line for a pass, or nothing with `--quiet`.
    fn briefly(&mut self, tell: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if self.cli.quiet {
            return Ok(());
        }
        self.in_list = true;
        tell(self.out)
    }

    /// Writes a text of several lines, separated from others by empty lines.
    fn at_length(&mut self, tell: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let before = if std::mem::take(&mut self.in_list) { writeln!(self.out) } else { Ok(()) };
        let told = before.and(tell(self.out));
        if self.several { told.and_then(|()| writeln!(self.out)) } else { told }
    }
}

/// A progress bar on standard error, hidden for short work. It shows only on a terminal.
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
