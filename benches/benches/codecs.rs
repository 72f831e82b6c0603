//! Reads and writes trust messages and Trust Message URIs. Figures are per key in them. The unavoidable work is one
//! device that remembers these keys.

use std::hint::black_box;

use atm_benches::groups;
use atm_benches::ratios::{self, UNAVOIDABLE};
use atm_benches::scene::Written;
use atm_benches::unavoidable::remember;
use atm_engine::codec::{NamedEnvelope, TrustMessageUri};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};

fn codecs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(groups::CODECS);
    // A URI of the greatest accepted length has room for 200 keys.
    for keys in [1, 10, 100] {
        let written = Written::new(keys);
        group.throughput(Throughput::Elements(keys as u64));
        group.bench_function(BenchmarkId::new("parse message", keys), |bencher| {
            bencher.iter_with_large_drop(|| NamedEnvelope::parse(black_box(&written.xml)));
        });
        group.bench_function(BenchmarkId::new("write message", keys), |bencher| {
            bencher.iter_with_large_drop(|| black_box(&written.envelope).to_xml());
        });
        group.bench_function(BenchmarkId::new("parse URI", keys), |bencher| {
            bencher.iter_with_large_drop(|| TrustMessageUri::parse(black_box(&written.uri)));
        });
        group.bench_function(BenchmarkId::new("write URI", keys), |bencher| {
            bencher.iter_with_large_drop(|| black_box(&written.trust_message_uri).to_string());
        });
        group.bench_function(BenchmarkId::new(UNAVOIDABLE, keys), |bencher| {
            bencher.iter_with_large_drop(|| remember(0..black_box(keys as u64)));
        });
    }
    group.finish();
}

criterion_group!(benches, codecs);

fn main() {
    ratios::after(benches, &[groups::CODECS]);
}
