use std::hint::black_box;
use std::time::Instant;

use atm_benches::scene::{Population, WholeWorld};

use crate::arguments::{AnnouncementArgument, Arguments, ProcessTask};
use crate::measured::{Measured, What};
use crate::process::{self, ScaleError};

/// Does one part in this process, and prints the result.
pub(crate) fn run(part: ProcessTask, arguments: &Arguments) -> Result<(), ScaleError> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs()).build().map_err(ScaleError::Threads)?;
    warm(&pool);
    let population = Population::new(arguments.accounts() as usize, arguments.seed);
    let printed = match part {
        ProcessTask::Engine => serde_json::to_string(&engine(&pool, population, arguments)),
        ProcessTask::Unavoidable => serde_json::to_string(&unavoidable(&pool, &population, arguments)?),
        ProcessTask::Authenticated => serde_json::to_string(&authenticated(&pool, population, arguments)),
    };
    println!("{}", printed.map_err(ScaleError::Json)?);
    Ok(())
}

/// Lets each thread start, and set up where its memory comes from, before the stopwatch starts.
fn warm(pool: &rayon::ThreadPool) {
    pool.broadcast(|_| drop(black_box(Box::new(0))));
}

fn engine(pool: &rayon::ThreadPool, population: Population, arguments: &Arguments) -> Measured {
    let world = WholeWorld::new(population, arguments.rules());
    let stopwatch = Stopwatch::start();
    let (devices, traffic) = pool.install(|| world.play_at_once());
    let took = stopwatch.stop();
    let summary = pool.install(|| world.summary(&devices));
    let population = world.population();
    took.of(What {
        accounts: population.accounts() as u64,
        devices: population.devices() as u64,
        manual: summary.manual,
        automatic: summary.automatic,
        possible: population.possible(),
        messages: traffic.messages,
        deliveries: traffic.deliveries,
        fingerprint: summary.fingerprint,
    })
}

/// Remembers the pairs that the engine authenticates: all that are possible, or, if just decided keys are announced,
/// those that come of a world that is played before in another process, whose memory is gone then.
fn unavoidable(
    pool: &rayon::ThreadPool,
    population: &Population,
    arguments: &Arguments,
) -> Result<Measured, ScaleError> {
    let (remembered, took) = match arguments.announcement {
        AnnouncementArgument::Direct => {
            let authenticated = process::authenticated(arguments)?;
            let stopwatch = Stopwatch::start();
            (pool.install(|| WholeWorld::remember_at_once(&authenticated)), stopwatch.stop())
        }
        AnnouncementArgument::Cascade | AnnouncementArgument::Relay => {
            let stopwatch = Stopwatch::start();
            (pool.install(|| WholeWorld::unavoidable_at_once(population)), stopwatch.stop())
        }
    };
    let pairs = remembered.iter().map(|keys| keys.len() as u64).sum();
    Ok(took.of(What {
        accounts: population.accounts() as u64,
        devices: population.devices() as u64,
        manual: 0,
        automatic: pairs,
        possible: population.possible(),
        messages: 0,
        deliveries: 0,
        fingerprint: 0,
    }))
}

fn authenticated(pool: &rayon::ThreadPool, population: Population, arguments: &Arguments) -> Vec<Vec<u32>> {
    let world = WholeWorld::new(population, arguments.rules());
    let (devices, _) = pool.install(|| world.play_at_once());
    world.authenticated(&devices)
}

struct Stopwatch {
    wall: Instant,
    cpu: Option<f64>,
    /// How much memory the process has at the start, if its peak counts from there on.
    memory: Option<u64>,
}

struct Took {
    wall: f64,
    cpu: Option<f64>,
    peak: Option<u64>,
    grown: Option<u64>,
}

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
    fn start() -> Self {
        Self { memory: forget_peak().and_then(|()| memory("VmRSS:")), cpu: cpu(), wall: Instant::now() }
    }

    fn stop(self) -> Took {
        let wall = self.wall.elapsed().as_secs_f64();
        let cpu = cpu().zip(self.cpu).map(|(end, start)| end - start);
        let peak_and_before = memory("VmHWM:").zip(self.memory);
        let peak = peak_and_before.map(|(peak, _)| peak);
        let grown = peak_and_before.map(|(peak, before)| peak.saturating_sub(before));
        Took { wall, cpu, peak, grown }
    }
}

impl Took {
    fn of(self, what: What) -> Measured {
        let Self { wall, cpu, peak, grown } = self;
        Measured { what, wall, cpu, peak, grown }
    }
}

/// How long cores were busy with this process, in seconds.
#[cfg(unix)]
fn cpu() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
fn cpu() -> Option<f64> {
    None
}

/// Lets the peak of this process's memory count from now on, where Linux does that.
fn forget_peak() -> Option<()> {
    std::fs::write("/proc/self/clear_refs", "5").ok()
}

/// A figure about this process's memory, in bytes, where Linux tells it.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
