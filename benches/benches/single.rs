//! One device with one input: a decision, a message, the release of postponed decisions.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::{Single, Store};
use atm_benches::unavoidable::remember;
use atm_engine::Outcome;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group};

fn manual_decision(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::MANUAL_DECISION);
    for contacts in [0, 100, 10_000] {
        bench(&mut group, "own key, contacts", contacts, &Single::deciding_on_own_key(contacts));
        bench(&mut group, "contact's key, contacts", contacts, &Single::deciding_on_contact(contacts));
        bench_unavoidable(&mut group, contacts, 1);
    }
    group.finish();
}

fn received_message(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::RECEIVED_MESSAGE);
    for keys in [1, 100, 10_000] {
        bench(&mut group, "empty store", keys, &Single::receiving(keys, Store::Empty));
        bench(&mut group, "full store", keys, &Single::receiving(keys, Store::Full));
        bench(&mut group, "full store with gaps", keys, &Single::receiving(keys, Store::Gaps));
        bench(&mut group, "full store in no order", keys, &Single::receiving(keys, Store::Shuffled));
        bench_unavoidable(&mut group, keys, keys as u64);
    }
    group.finish();
}

fn release(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::RELEASE);
    for keys in [1, 100, 10_000] {
        bench(&mut group, "decision", keys, &Single::releasing(keys));
        bench_unavoidable(&mut group, keys, keys as u64 + 1);
    }
    group.finish();
}

fn bench(group: &mut BenchmarkGroup<'_, WallTime>, function: &str, size: usize, single: &Single) {
    group.throughput(Throughput::Elements(single.authentications()));
    group.bench_function(BenchmarkId::new(function, size), |bencher| {
        bencher.iter_batched_ref(
            || (single.device(), Outcome::default()),
            |(device, out)| black_box(single).play(device, out),
            // A device with a full store takes megabytes.
            BatchSize::NumIterations(16),
        );
    });
}

fn bench_unavoidable(group: &mut BenchmarkGroup<'_, WallTime>, size: usize, authentications: u64) {
    group.throughput(Throughput::Elements(authentications));
    group.bench_function(BenchmarkId::new(UNAVOIDABLE, size), |bencher| {
        bencher.iter_with_large_drop(|| remember(0..black_box(authentications)));
    });
}

criterion_group!(benches, manual_decision, received_message, release);

fn main() {
    ratios::after(benches, &[groups::MANUAL_DECISION, groups::RECEIVED_MESSAGE, groups::RELEASE]);
}
