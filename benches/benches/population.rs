//! Populations: drawn, played in the simulator and judged, part by part.

use std::hint::black_box;
use std::num::NonZeroUsize;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::{Town, remember_part};
use atm_benches::sizes::sizes;
use atm_simulator::options::{Options, Watching};
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group};

fn population(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::POPULATION);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let options = Options::default();
    for accounts in sizes(&[200, 1_000, 10_000], &[100_000]) {
        let town = Town::new(accounts as u64);
        let parts = town.authenticated(&options);
        let pairs: usize = parts.iter().flatten().map(Vec::len).sum();
        group.throughput(Throughput::Elements(pairs as u64));
        for (name, watching) in [("no promises", Watching::None), ("promises", Watching::All)] {
            group.bench_function(BenchmarkId::new(name, accounts), |bencher| {
                bencher.iter_batched(
                    || (),
                    |()| black_box(&town).play(&options, watching, NonZeroUsize::MIN),
                    BatchSize::PerIteration,
                );
            });
        }
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, accounts), |bencher| {
            bencher.iter_batched(
                || (),
                |()| black_box(&parts).iter().for_each(|part| drop(black_box(remember_part(part)))),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, population);

fn main() {
    ratios::after(benches, &[groups::POPULATION]);
}
