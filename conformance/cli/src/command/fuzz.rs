use std::time::{Duration, Instant};

use atm_adapter_protocol::AdapterSpec;
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_reports::campaign::reached;
use atm_reports::mistakes::complain;
use atm_simulator::run::Options;
use atm_simulator::search::generate::Bounds;
use atm_suite::adapter::Adapter;
use atm_suite::cases::Expectations;
use atm_suite::fuzz::{
    Campaign, CampaignProgress, Director, EngineTarget, FuzzReport, ImplementationTarget, RequiredParts,
    Target, TargetDescription,
};
use atm_suite::rule_name;
use atm_suite::variations::VariationChoice;
use indicatif::{ProgressBar, ProgressStyle};

use super::campaign::Files;
use super::prepare::{NotBegun, expectations};
use crate::arguments::{self, DeniedVerdict};
use crate::exit::Exit;
use crate::interruption;

/// How often the progress is redrawn each second.
const REFRESH: u8 = 4;

/// Runs a campaign of random scenarios.
pub(crate) fn fuzz(cli: &arguments::FuzzArgs) -> Exit {
    let files =
        Files { folder: Some(&cli.output), report: cli.report.as_deref(), required: RequiredParts::Any };
    if !files.are_writable() {
        return Exit::SetUp;
    }
    let target = Tested::of(cli);
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    let target = match target {
        Ok(target) => target,
        Err(not_begun) => return not_begun.tell(),
    };
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let command = command("atm fuzz", cli, &options(cli));
    let campaign = Campaign { command, seeds: cli.seeds(), partition: cli.partition, jobs };
    interruption::begin_campaign();
    let watch = Watch { clock: Clock::start(cli.time), bar: bar(cli) };
    let report = FuzzReport::of(&campaign, target.described(cli), &|| target.make(cli), &watch);
    watch.bar.finish_and_clear();
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    let elapsed = watch.clock.elapsed();
    let mut exit = files.tell(&report);
    let has_end = cli.time.is_some() || cli.seeds().end.is_some();
    let has_advice = report.counterexamples.iter().any(|found| !found.is_failure());
    if exit < Exit::NotAsExpected && has_advice && cli.deny.contains(&DeniedVerdict::Advice) {
        complain("atm: there is security advice, and `--deny advice` makes that a failure");
        exit = Exit::NotAsExpected;
    }
    if exit == Exit::AsExpected && has_end && interruption::is_interrupted() {
        complain("atm: the campaign ended before the end that it was asked for, and that is no pass");
        exit = Exit::Inconclusive;
    }
    if !cli.quiet {
        // The speed is for people only; no report contains it.
        complain(format_args!("{}", rate(report.scenarios(), elapsed)));
    }
    exit
}

/// The system under test.
struct Tested {
    name: String,
    adapter: Option<AdapterSpec>,
    /// The requirements that are expected to fail.
    expected: Vec<String>,
}

impl Tested {
    fn of(cli: &arguments::FuzzArgs) -> Result<Self, NotBegun> {
        let Some(adapter) = &cli.adapter else {
            let name = format!("atm-engine {}", env!("CARGO_PKG_VERSION"));
            return Ok(Self { name, adapter: None, expected: Vec::new() });
        };
        let known = cli.expectations.as_deref().map(expectations).transpose()?;
        let known = known.iter().flat_map(Expectations::broken);
        let expected = known.map(str::to_owned).collect();
        let spec = super::adapter_spec(&adapter.command, cli.limits);
        let hello = Adapter::new(spec.clone())
            .hello()
            .map_err(|error| NotBegun::SetUp(super::not_ready(&adapter.text, &error)))?;
        let name = format!("{} {}", hello.implementation.name, hello.implementation.version);
        Ok(Self { name, adapter: Some(spec), expected })
    }

    fn described(&self, cli: &arguments::FuzzArgs) -> TargetDescription {
        TargetDescription { name: self.name.clone(), options: options(cli), expected: self.expected.clone() }
    }

    fn make(&self, cli: &arguments::FuzzArgs) -> Box<dyn Target> {
        let bounds = Bounds {
            accounts: cli.accounts.get(),
            devices: cli.devices.get(),
            steps: cli.steps.get(),
            ..Bounds::default()
        };
        let Some(spec) = &self.adapter else {
            return Box::new(EngineTarget::new(bounds, rules(cli)));
        };
        let announcement = cli.announcement.unwrap_or_default().into();
        let conflict = cli.conflict.unwrap_or_default().into();
        let options = Options { announcement, conflict, seed: 0 };
        let implementation = Box::new(Adapter::new(spec.clone()));
        let target = ImplementationTarget::new(implementation, bounds, options, replay(cli));
        let target = target.with_variations(cli.variations.0.clone());
        Box::new(target.expecting(self.expected.iter().cloned()))
    }
}

/// The pairs of rules under which the engine is tested.
fn rules(cli: &arguments::FuzzArgs) -> Vec<(AnnouncementRule, ConflictRule)> {
    let announcements = match cli.announcement {
        Some(rule) => vec![rule.into()],
        None => vec![AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay],
    };
    let conflicts = match cli.conflict {
        Some(rule) => vec![rule.into()],
        None => vec![ConflictRule::Newest, ConflictRule::Cautious],
    };
    announcements.into_iter().flat_map(|one| conflicts.iter().map(move |other| (one, *other))).collect()
}

/// The options that affect the findings, in the form of the command line.
fn options(cli: &arguments::FuzzArgs) -> Vec<String> {
    let mut options = vec![
        format!("--accounts {}", cli.accounts),
        format!("--devices {}", cli.devices),
        format!("--steps {}", cli.steps),
    ];
    if let Some(rule) = cli.announcement {
        options.push(format!("--announcement {}", rule_name(&AnnouncementRule::from(rule))));
    }
    if let Some(rule) = cli.conflict {
        options.push(format!("--conflict {}", rule_name(&ConflictRule::from(rule))));
    }
    if cli.variations.0 != VariationChoice::default() {
        options.push(format!("{VARIATIONS} {}", cli.variations.1));
    }
    options.extend(cli.limits.options());
    options
}

const VARIATIONS: &str = "--variations";

/// The command that replays a finding in an implementation.
fn replay(cli: &arguments::FuzzArgs) -> String {
    let is_of_scenarios = |option: &String| is_of_size(option) || option.starts_with(VARIATIONS);
    let options: Vec<String> = options(cli).into_iter().filter(|option| !is_of_scenarios(option)).collect();
    command("atm conformance", cli, &options)
}

/// A command with the same adapter and these options.
fn command(name: &str, cli: &arguments::FuzzArgs, options: &[String]) -> String {
    let mut command = name.to_owned();
    if let Some(adapter) = &cli.adapter {
        command += &format!(" --adapter {}", shell_words::quote(&adapter.text));
    }
    for option in options {
        command += &format!(" {option}");
    }
    command
}

fn is_of_size(option: &str) -> bool {
    ["--accounts", "--devices", "--steps"].iter().any(|size| option.starts_with(size))
}

/// Ends a campaign after its time limit or an interruption, and shows its progress.
struct Watch {
    clock: Clock,
    bar: ProgressBar,
}

impl Director for Watch {
    fn goes_on(&self) -> bool {
        !interruption::is_interrupted() && !self.clock.is_over()
    }

    fn makes_small(&self) -> bool {
        !interruption::is_interrupted()
    }

    fn hear(&self, progress: &CampaignProgress<'_>) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_message(match progress {
            CampaignProgress::Trying { tried, coverage, causes } => format!(
                "{}; {}; {}; {causes} suspected",
                rate(*tried, self.clock.elapsed()),
                reached("rules", &coverage.rules()),
                reached("refusals", &coverage.refusals()),
            ),
            CampaignProgress::MakingSmall { done, of } => format!("{done} of {of} that were found are small"),
        });
        self.bar.tick();
    }
}

/// Measures the time of a campaign.
struct Clock {
    start: Instant,
    limit: Option<Duration>,
}

#[expect(clippy::disallowed_methods, reason = "what is measured is how long people wait")]
impl Clock {
    fn start(limit: Option<Duration>) -> Self {
        Self { start: Instant::now(), limit }
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.elapsed() >= limit)
    }
}

/// The progress bar of a campaign.
fn bar(cli: &arguments::FuzzArgs) -> ProgressBar {
    if cli.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(REFRESH));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn rate(scenarios: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = if seconds > 0.0 { scenarios as f64 / seconds } else { 0.0 };
    format!("{scenarios} scenarios in {seconds:.1} s, {rate:.0} a second")
}
