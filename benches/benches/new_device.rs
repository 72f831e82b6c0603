//! A person with many contacts links a new device.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::NewDevice;
use atm_benches::sizes::sizes;
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group};

fn new_device(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::NEW_DEVICE);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for contacts in sizes(&[100, 1_000, 10_000], &[100_000]) {
        let scene = NewDevice::new(contacts);
        assert!(scene.is_complete(&scene.before().play()));
        group.throughput(Throughput::Elements(scene.authentications()));
        group.bench_function(BenchmarkId::new("contacts", contacts), |bencher| {
            bencher.iter_batched(|| scene.before(), |world| black_box(world).play(), BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, contacts), |bencher| {
            bencher.iter_batched(|| (), |()| black_box(&scene).unavoidable(), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, new_device);

fn main() {
    ratios::after(benches, &[groups::NEW_DEVICE]);
}
