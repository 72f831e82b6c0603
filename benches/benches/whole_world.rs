//! Whole worlds: the engine alone at any size, and the simulator with and without a trace at small ones.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::{Population, Simulated, Watching, WholeWorld};
use atm_benches::sizes::sizes;
use atm_engine::Rules;
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group};

/// The world is the same in each run.
const SEED: u64 = 0;

fn engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::WORLD_OF_ENGINES);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for accounts in sizes(&[10, 100, 1_000, 10_000], &[100_000, 300_000]) {
        let world = WholeWorld::new(Population::new(accounts, SEED), Rules::default());
        let possible = world.population().possible();
        assert_eq!(world.summary(&world.play().0).authentications(), possible);
        group.throughput(Throughput::Elements(possible));
        group.bench_function(BenchmarkId::new("accounts", accounts), |bencher| {
            bencher.iter_batched(|| (), |()| black_box(&world).play(), BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, accounts), |bencher| {
            bencher.iter_batched(
                || (),
                |()| WholeWorld::unavoidable(black_box(world.population())),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn simulator(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::SIMULATED_WORLD);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for accounts in [10, 30, 100] {
        let world = Simulated::new(&Population::new(accounts, SEED));
        group.throughput(Throughput::Elements(world.authentications()));
        for watching in [Watching::Nobody, Watching::Trace, Watching::TraceAndPromises] {
            group.bench_function(BenchmarkId::new(watching.to_string(), accounts), |bencher| {
                bencher.iter_batched(
                    || world.ready(watching),
                    |ready| black_box(ready).play(),
                    BatchSize::PerIteration,
                );
            });
        }
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, accounts), |bencher| {
            bencher.iter_batched(
                || (),
                |()| WholeWorld::unavoidable(black_box(world.population())),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, engine, simulator);

fn main() {
    ratios::after(benches, &[groups::WORLD_OF_ENGINES, groups::SIMULATED_WORLD]);
}
