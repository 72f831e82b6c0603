//! Devices of one account that learn all of each other's keys.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::Clique;
use atm_benches::unavoidable;
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group};

fn clique(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::CLIQUE);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for size in [10, 30, 100, 300, 1_000] {
        let clique = Clique::new(size);
        assert_eq!(clique.play().authentications(), clique.authentications());
        group.throughput(Throughput::Elements(clique.authentications()));
        group.bench_function(BenchmarkId::new("from nothing", size), |bencher| {
            bencher.iter_batched(|| (), |()| black_box(&clique).play(), BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("keys known before", size), |bencher| {
            bencher.iter_batched(
                || clique.with_known_keys(),
                |world| black_box(world).play(),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, size), |bencher| {
            bencher.iter_batched(|| (), |()| unavoidable::clique(black_box(size)), BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("unavoidable as it grows", size), |bencher| {
            bencher.iter_batched(
                || (),
                |()| unavoidable::clique_as_it_grows(black_box(size)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, clique);

fn main() {
    ratios::after(benches, &[groups::CLIQUE]);
}
