use std::hint::black_box;
use std::time::Instant;

use atm_benches::scene::{Town, remember_part};
use atm_simulator::options::Watching;
use rayon::prelude::*;

use crate::arguments::{Arguments, ProcessTask};
use crate::measured::{Measured, What};
use crate::process::ScaleError;

/// Runs one part in this process and prints the result.
pub(crate) fn run(part: ProcessTask, arguments: &Arguments) -> Result<(), ScaleError> {
    let town = Town::new(u64::from(arguments.accounts()));
    let measured = match part {
        ProcessTask::Unwatched => population(&town, arguments, Watching::None),
        ProcessTask::Watched => population(&town, arguments, Watching::All),
        ProcessTask::Unavoidable => unavoidable(&town, arguments)?,
    };
    println!("{}", serde_json::to_string(&measured).map_err(ScaleError::Json)?);
    Ok(())
}

fn population(town: &Town, arguments: &Arguments, watching: Watching) -> Measured {
    let stopwatch = Stopwatch::start();
    let run = town.play(&arguments.options(), watching, arguments.jobs());
    let took = stopwatch.stop();
    took.of(What {
        accounts: run.accounts,
        devices: run.devices,
        manual: run.tally.manual as u64,
        automatic: run.tally.automatic as u64,
        possible: run.tally.possible as u64,
        messages: run.messages,
        deliveries: run.deliveries,
    })
}

/// Remembers the authentications of the population, part by part. They are determined before the measurement.
fn unavoidable(town: &Town, arguments: &Arguments) -> Result<Measured, ScaleError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs().get()).build();
    let pool = pool.map_err(ScaleError::Threads)?;
    let parts = pool.install(|| town.authenticated(&arguments.options()));
    let stopwatch = Stopwatch::start();
    pool.install(|| parts.par_iter().for_each(|part| drop(black_box(remember_part(part)))));
    let took = stopwatch.stop();
    let pairs = parts.iter().flatten().map(|keys| keys.len() as u64).sum();
    Ok(took.of(What {
        accounts: u64::from(arguments.accounts()),
        devices: parts.iter().map(|part| part.len() as u64).sum(),
        manual: 0,
        automatic: pairs,
        possible: pairs,
        messages: 0,
        deliveries: 0,
    }))
}

struct Stopwatch {
    wall: Instant,
    cpu: Option<f64>,
    /// Whether the peak of memory was reset at the start.
    knows_peak: bool,
}

struct Took {
    wall: f64,
    cpu: Option<f64>,
    peak: Option<u64>,
}

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
    fn start() -> Self {
        Self { knows_peak: forget_peak().is_some(), cpu: cpu(), wall: Instant::now() }
    }

    fn stop(self) -> Took {
        let wall = self.wall.elapsed().as_secs_f64();
        let cpu = cpu().zip(self.cpu).map(|(end, start)| end - start);
        let peak = self.knows_peak.then(peak).flatten();
        Took { wall, cpu, peak }
    }
}

impl Took {
    fn of(self, what: What) -> Measured {
        let Self { wall, cpu, peak } = self;
        Measured { what, wall, cpu, peak }
    }
}

/// The processor time of this process in seconds.
#[cfg(unix)]
fn cpu() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
fn cpu() -> Option<f64> {
    None
}

/// Resets the peak of this process's memory, where Linux supports that.
fn forget_peak() -> Option<()> {
    std::fs::write("/proc/self/clear_refs", "5").ok()
}

/// The peak memory of this process in bytes, where Linux reports it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
