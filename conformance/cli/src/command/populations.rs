//! Populations in `atm run`.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::path::Path;

use atm_reports::mistakes::{Complaint, complain};
use atm_reports::runs::PlayedPopulation;
use atm_simulator::population::{FailedPart, PopulationRun, play};
use atm_simulator::run::{Options, Watching, run};
use atm_simulator::scenario::{MAX_SIZE, Population, Scenario, ScenarioFile};
use atm_simulator::search::shrink::shrink;
use indicatif::ProgressBar;

use super::scenarios::Loaded;
use crate::arguments::{Format, RunArgs};
use crate::output::Output;

/// A population that is ready to be played. It is played once, when its result is first requested.
pub(super) struct ReadyPopulation<'a> {
    pub(super) path: &'a str,
    pub(super) population: &'a Population,
    pub(super) options: &'a Options,
    pub(super) watching: Watching,
    pub(super) jobs: NonZeroUsize,
    pub(super) run: OnceCell<PopulationRun>,
}

impl ReadyPopulation<'_> {
    /// Plays the population on the first call. Returns the result.
    pub(super) fn run(&self) -> &PopulationRun {
        self.run.get_or_init(|| {
            let progress = ProgressBar::new(self.population.population.parts());
            let played = (self.options, self.watching);
            let run = play(self.population, played, self.jobs, &|| progress.inc(1));
            progress.finish_and_clear();
            run
        })
    }

    pub(super) fn played(&self) -> PlayedPopulation<'_> {
        let Self { path, population, options, .. } = self;
        PlayedPopulation { path, population, options, run: self.run() }
    }

    /// Writes the first failed parts into a folder, each as a scenario and as the smallest scenario that was found to
    /// break the same invariant. Prints the paths.
    pub(super) fn write_failed(&self, output: &mut Output, folder: &Path) {
        let failed = &self.run().first_failed;
        if failed.is_empty() || !output.succeeded(folder.display(), std::fs::create_dir_all(folder)) {
            return;
        }
        let name = Path::new(self.path).file_stem().unwrap_or_default().to_string_lossy();
        for part in failed {
            let number = part.number;
            Self::write_scenario(output, &folder.join(format!("{name}-part-{number}.yaml")), &part.scenario);
            if let Some(smallest) = self.shrunk(part) {
                Self::write_scenario(
                    output,
                    &folder.join(format!("{name}-part-{number}-smallest.yaml")),
                    &smallest,
                );
            }
        }
    }

    fn write_scenario(output: &mut Output, file: &Path, scenario: &Scenario) {
        let yaml = scenario.to_yaml();
        if yaml.len() > MAX_SIZE {
            complain(format_args!(
                "atm: {} would be larger than a scenario file may be: play that part with `--part`",
                file.display()
            ));
        } else if output.text(file, &yaml) {
            complain(format_args!("atm: wrote {}", file.display()));
        }
    }

    /// The smallest scenario that was found to break the first undeclared invariant that the part breaks; `None` if the
    /// part breaks none.
    fn shrunk(&self, part: &FailedPart) -> Option<Scenario> {
        let is_declared = |invariant| self.run().breaks.contains(&invariant);
        let broken = part.run.violations.iter().map(|it| it.invariant).find(|it| !is_declared(*it))?;
        let breaks = |candidate: &Scenario| {
            let ran = run(candidate, self.options);
            ran.is_ok_and(|ran| ran.violations.iter().any(|violation| violation.invariant == broken))
        };
        let smallest = shrink(&part.scenario, breaks);
        let title = format!("{}: part {} breaks {broken}", part.scenario.title, part.number);
        Some(Scenario { title, ..smallest })
    }
}

/// Replaces the population by the part that `--part` chooses.
pub(super) fn choose_part(cli: &RunArgs, loaded: &mut [Loaded<ScenarioFile>]) -> Result<(), Complaint> {
    let Some(part) = cli.part else { return Ok(()) };
    let [Loaded { path, content }] = loaded else {
        let files = loaded.len();
        return Err(Complaint::new(format_args!(
            "`--part` chooses from one population, but there are {files} files"
        ))
        .of("atm"));
    };
    let ScenarioFile::Population(population) = content else {
        return Err(Complaint::new("this is no population, so it has no parts").of(path));
    };
    let parts = population.population.parts();
    if part > parts {
        let parts = if parts == 1 { "1 part".to_owned() } else { format!("{parts} parts") };
        return Err(Complaint::new(format_args!("there are {parts}, and no part {part}")).of(path));
    }
    *content = ScenarioFile::Scenario(Box::new(population.part(cli.options.seed, part)));
    Ok(())
}

/// Refuses an option that does not fit the files.
pub(super) fn check_options(cli: &RunArgs, loaded: &[Loaded<ScenarioFile>]) -> Result<(), Complaint> {
    let is_population = |file: &&Loaded<ScenarioFile>| matches!(file.content, ScenarioFile::Population(_));
    let Some(population) = loaded.iter().find(is_population) else {
        let for_populations = [("--jobs", cli.jobs.is_some()), ("--output", cli.output.is_some())];
        return match for_populations.iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((option, _)) => {
                let message = format!("`{option}` is for populations, and none is to be played");
                Err(Complaint::new(message).of("atm"))
            }
        };
    };
    let of_events = [
        ("--html", cli.html.is_some()),
        ("--sequence", cli.sequence.is_some()),
        ("--graph", cli.graph.is_some()),
        ("--format jsonl", cli.format == Format::Jsonl),
        ("--format trace", cli.format == Format::Trace),
        ("--verbose", cli.verbose),
        ("--check-determinism", cli.check_determinism),
    ];
    match of_events.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => {
            let message = format!("`{option}` looks at each event, and a population has too many of them");
            let hint = "`--part N` plays one part of it, with this option, too";
            Err(Complaint::new(message).of(&population.path).with([hint]))
        }
    }
}
