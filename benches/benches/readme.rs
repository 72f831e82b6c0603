//! The example of the ATM readme, from a loaded scenario to its verdict.

use std::hint::black_box;
use std::path::Path;

use atm_simulator::run::{Options, Verdict, run};
use atm_simulator::scenario::{Catalog, Scenario};
use criterion::{Criterion, criterion_group, criterion_main};

fn readme_run(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/readme/20-to-8.yaml");
    let scenario = Scenario::load(&path, &Catalog::unchecked()).expect("the scenario has no mistake");
    let options = Options::default();
    criterion.bench_function("readme run", |bencher| {
        bencher.iter(|| {
            let run = run(black_box(&scenario), &options).expect("the scenario can be cast");
            assert_eq!(run.verdict(), Verdict::Pass);
            run
        });
    });
}

criterion_group!(benches, readme_run);
criterion_main!(benches);
