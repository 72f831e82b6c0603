use std::time::Instant;

use atm_benches::scene::{Population, WholeWorld};

use crate::arguments::{Arguments, Part};
use crate::measured::{Measured, What};
use crate::process::Trouble;

/// Measures one part in this process, and prints what it took.
pub(crate) fn measure(part: Part, arguments: &Arguments) -> Result<(), Trouble> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs()).build().map_err(Trouble::Threads)?;
    let population = Population::new(arguments.accounts() as usize, arguments.seed);
    let measured = match part {
        Part::Engine => engine(&pool, population, arguments),
        Part::Unavoidable => unavoidable(&pool, &population),
    };
    println!("{}", serde_json::to_string(&measured).map_err(Trouble::Json)?);
    Ok(())
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

fn unavoidable(pool: &rayon::ThreadPool, population: &Population) -> Measured {
    let stopwatch = Stopwatch::start();
    let remembered = pool.install(|| WholeWorld::unavoidable_at_once(population));
    let took = stopwatch.stop();
    let pairs = remembered.iter().map(|keys| keys.len() as u64).sum();
    took.of(What {
        accounts: population.accounts() as u64,
        devices: population.devices() as u64,
        manual: 0,
        automatic: pairs,
        possible: population.possible(),
        messages: 0,
        deliveries: 0,
        fingerprint: 0,
    })
}

struct Stopwatch {
    wall: Instant,
    cpu: Option<f64>,
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
        Self { memory: memory("VmRSS:"), cpu: cpu(), wall: Instant::now() }
    }

    fn stop(self) -> Took {
        let wall = self.wall.elapsed().as_secs_f64();
        let cpu = cpu().zip(self.cpu).map(|(end, start)| end - start);
        let peak = memory("VmHWM:");
        let grown = peak.zip(self.memory).map(|(peak, before)| peak.saturating_sub(before));
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

/// A figure about this process's memory, in bytes, where Linux tells it.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
