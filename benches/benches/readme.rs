//! The example of the ATM readme, from a loaded scenario to its verdict.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::Readme;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};

fn readme_run(criterion: &mut Criterion) {
    let readme = Readme::load();
    let authentications = readme.authentications();
    let mut group = criterion.benchmark_group(groups::README_RUN);
    group.throughput(Throughput::Elements(authentications));
    group.bench_function(BenchmarkId::new("world, server, trace, promises", authentications), |bencher| {
        bencher.iter_with_large_drop(|| black_box(&readme).play());
    });
    group.bench_function(BenchmarkId::new(UNAVOIDABLE, authentications), |bencher| {
        bencher.iter_with_large_drop(|| black_box(&readme).unavoidable());
    });
    group.finish();
}

criterion_group!(benches, readme_run);

fn main() {
    ratios::after(benches, &[groups::README_RUN]);
}
