//! Searches: the states that `atm explore` finds, and the same states found by stateright.
//!
//! Both explore the same world with the same moves and states, and with one thread. Symmetry and partial-order
//! reduction are switched off, because stateright has neither in a breadth-first search.

mod plain_world;

use std::hint::black_box;
use std::ops::ControlFlow;

use atm_engine::AnnouncementRule;
use atm_simulator::run::Options;
use atm_simulator::search::explore::{Orders, Reductions, Settings, explore, trees};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plain_world::PlainWorld;
use stateright::{Checker, Model};

fn search(criterion: &mut Criterion) {
    let scenario = &trees(&[3, 1])[0].scenario;
    let options = Options { announcement: AnnouncementRule::Relay, ..Options::default() };
    let settings = Settings {
        options,
        orders: Orders::Free,
        reductions: Reductions { symmetry: false, independence: false, ..Reductions::default() },
        ..Settings::default()
    };
    let explored =
        || explore(scenario, &settings, &mut |_| ControlFlow::Continue(())).expect("a valid scenario");
    let checked = || PlainWorld::of(scenario, &options).checker().spawn_bfs().join();
    let states = explored().states;
    assert_eq!(checked().unique_state_count() as u64, states, "both find the same states");
    let mut group = criterion.benchmark_group("search of a small world");
    group.sample_size(10).throughput(Throughput::Elements(states));
    group.bench_function("atm explore", |bencher| bencher.iter(|| black_box(explored())));
    group.bench_function("stateright", |bencher| bencher.iter(|| black_box(checked()).unique_state_count()));
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
