use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use atm_reports::exploration::{self, ExploredWorld};
use atm_reports::mistakes;
use atm_simulator::run::Options;
use atm_simulator::scenario::Scenario;
use atm_simulator::search::explore::{
    self, Criterion, Deliveries, Explored, Extent, Progress, Reductions, Settings, Unexplorable,
};
use atm_suite::json;
use indicatif::ProgressBar;

use super::scenarios::{load, shown};
use super::serve::{LiveSearch, serve};
use crate::arguments::{self, ExploreFormat, OrdersArg, Reduction};
use crate::exit::Exit;
use crate::output::Output;

/// One search: a scenario under one pair of rules.
struct Task {
    path: String,
    alike: Option<u64>,
    scenario: Scenario,
    settings: Settings,
}

/// Explores everything that can happen in small worlds.
pub(crate) fn explore(cli: &arguments::ExploreArgs) -> Exit {
    let tasks = match tasks(cli) {
        Ok(tasks) => tasks,
        Err(exit) => return exit,
    };
    if cli.serve {
        return match &*tasks {
            [Task { path, scenario, settings, .. }] if settings.deliveries == Deliveries::Every => {
                serve(&LiveSearch { path, scenario, settings, limit: cli.time })
            }
            [_] => {
                mistakes::complain(
                    "atm: `--serve` lets you choose when messages arrive, and with `--deliveries drained` they arrive at once",
                );
                Exit::Usage
            }
            _ => {
                mistakes::complain("atm: `--serve` follows one announcement rule");
                Exit::Usage
            }
        };
    }
    let clock = Clock::start(cli.time);
    let mut searches = Vec::new();
    for (task, explored) in tasks.iter().zip(explore_all(&tasks, cli.jobs, &clock)) {
        match explored {
            Ok(explored) => searches.push(ExploredWorld {
                path: &task.path,
                alike: task.alike,
                scenario: &task.scenario,
                settings: &task.settings,
                explored,
            }),
            Err(error) => {
                mistakes::complain(format_args!("{}: {error}", task.path));
                return match error {
                    Unexplorable::Failure(_) | Unexplorable::Unfaithful(_) => Exit::NotAsExpected,
                    _ => Exit::Usage,
                };
            }
        }
    }
    let mut output = Output::default();
    if let Some(file) = &cli.counterexample
        && let Some(text) = searches.iter().find_map(exploration::counterexample)
    {
        output.text(file, &text);
    }
    write(cli, &searches, &mut output);
    if cli.format == ExploreFormat::Text {
        clock.tell(&searches);
    }
    output.exit(searches.iter().map(|search| exit(&search.explored)).max().unwrap_or(Exit::Inconclusive))
}

fn tasks(cli: &arguments::ExploreArgs) -> Result<Vec<Task>, Exit> {
    let mut worlds = Vec::new();
    if let Some(path) = &cli.scenario {
        worlds.push((shown(path), None, load(path)?));
    }
    if let Some(sizes) = &cli.trees {
        let trees = explore::trees_besides(&sizes.0, cli.besides.into()).into_iter();
        worlds.extend(trees.map(|tree| (tree.edges.join(", "), Some(tree.alike), tree.scenario)));
    }
    let usual = if cli.trees.is_some() { OrdersArg::Free } else { OrdersArg::Steps };
    let without = |reduction| !cli.without.contains(&reduction);
    let tasks = cli.announcement.iter().flat_map(|announcement| {
        let settings = Settings {
            options: Options { announcement: (*announcement).into(), conflict: cli.conflict.into(), seed: 0 },
            orders: cli.orders.unwrap_or(usual).into(),
            deliveries: cli.deliveries.into(),
            demand: match (cli.complete, cli.count) {
                (true, _) => Criterion::Complete,
                (false, true) => Criterion::Nothing,
                (false, false) => Criterion::Invariants,
            },
            reductions: Reductions {
                times: without(Reduction::Times),
                origins: without(Reduction::Origins),
                lists: without(Reduction::Lists),
                symmetry: without(Reduction::Symmetry),
                independence: without(Reduction::Independence),
                merging: without(Reduction::Merging),
            },
            max_states: Some(cli.max_states.into()),
            ..Settings::default()
        };
        worlds.iter().map(move |(path, alike, scenario)| Task {
            path: path.clone(),
            alike: *alike,
            scenario: scenario.clone(),
            settings: settings.clone(),
        })
    });
    Ok(tasks.collect())
}

/// Runs all tasks, and returns the results in the order of the tasks. There are `jobs` threads in all. They run several
/// searches at the same time; any threads left over work within the searches.
fn explore_all(
    tasks: &[Task],
    jobs: Option<NonZeroUsize>,
    clock: &Clock,
) -> Vec<Result<Explored, Unexplorable>> {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let searches = jobs.get().clamp(1, tasks.len().max(1));
    let threads = NonZeroUsize::new(jobs.get() / searches).unwrap_or(NonZeroUsize::MIN);
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Result<Explored, Unexplorable>>>> =
        tasks.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..searches {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(position) else { break };
                    let mut before = 0;
                    let mut watch = |progress: Progress| {
                        clock.bar.inc(progress.states - before);
                        before = progress.states;
                        clock.flow()
                    };
                    let settings = Settings { threads, ..task.settings.clone() };
                    let result = explore::explore(&task.scenario, &settings, &mut watch);
                    *results[position].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                }
            });
        }
    });
    clock.bar.finish_and_clear();
    let explored =
        results.into_iter().map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner));
    explored.map(|result| result.expect("every task was explored")).collect()
}

/// Measures the time of a search. No result contains a time.
pub(super) struct Clock {
    started: Instant,
    limit: Option<std::time::Duration>,
    bar: ProgressBar,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a person wants to know how long a search takes")]
    pub(super) fn start(limit: Option<std::time::Duration>) -> Self {
        let bar = ProgressBar::new_spinner().with_message("states");
        bar.set_style(
            indicatif::ProgressStyle::with_template("{spinner} {human_pos} states, {per_sec}, {elapsed}")
                .expect("a valid template"),
        );
        Self { started: Instant::now(), limit, bar }
    }

    /// Whether the search continues.
    pub(super) fn flow(&self) -> ControlFlow<()> {
        let is_over = self.limit.is_some_and(|limit| self.started.elapsed() > limit);
        if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn tell(&self, searches: &[ExploredWorld<'_>]) {
        let states: u64 = searches.iter().map(|search| search.explored.states).sum();
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = states as f64 / seconds.max(1e-6);
        mistakes::complain(format_args!("{seconds:.2} s, {rate:.0} states a second"));
    }
}

fn write(cli: &arguments::ExploreArgs, searches: &[ExploredWorld<'_>], output: &mut Output) {
    match cli.format {
        ExploreFormat::Text => output.print(|out| match &cli.trees {
            Some(_) => exploration::write_trees(out, searches),
            None => exploration::write_searches(out, searches),
        }),
        ExploreFormat::Json => output.print_plain(|out| {
            let reports: Vec<_> = searches.iter().map(ExploredWorld::report).collect();
            json::write_pretty(out, &reports)
        }),
    }
}

fn exit(explored: &Explored) -> Exit {
    match explored.extent {
        Extent::Exhausted => Exit::AsExpected,
        Extent::Broken => Exit::NotAsExpected,
        Extent::TooManyStates | Extent::Stopped => Exit::Inconclusive,
    }
}
