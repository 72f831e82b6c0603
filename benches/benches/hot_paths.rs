//! The hot paths, for valgrind to count their instructions. `cargo run -p atm-benches --bin instructions` runs this and
//! compares.

#![expect(missing_docs, reason = "gungraun's macros make items without any")]

use std::hint::black_box;

use atm_benches::scene::{Clique, Readme, Single, Store, Written};
use atm_engine::codec::{Malformed, NamedEnvelope};
use atm_engine::{Device, Outcome};
use atm_simulator::run::Run;
use gungraun::{library_benchmark, library_benchmark_group, main};

struct Ready {
    single: Single,
    device: Device,
    out: Outcome,
}

fn ready(single: Single) -> Ready {
    Ready { device: single.device(), out: Outcome::default(), single }
}

// What a benchmark returns is dropped outside of what is counted.
#[library_benchmark]
#[bench::manual_decision(ready(Single::deciding_on_contact(100)))]
#[bench::manual_decision_on_own_key(ready(Single::deciding_on_own_key(100)))]
#[bench::received_message_1_key(ready(Single::receiving(1, Store::Full)))]
#[bench::received_message_100_keys(ready(Single::receiving(100, Store::Full)))]
#[bench::received_message_100_keys_with_gaps(ready(Single::receiving(100, Store::Gaps)))]
#[bench::received_message_100_keys_in_no_order(ready(Single::receiving(100, Store::Shuffled)))]
#[bench::release_100_keys(ready(Single::releasing(100)))]
fn device(ready: Ready) -> Ready {
    let mut ready = ready;
    let Ready { single, device, out } = &mut ready;
    black_box(single).play(device, out);
    ready
}

#[library_benchmark]
#[bench::parse_3_keys(Written::new(3))]
fn parse(written: Written) -> (Written, Result<NamedEnvelope, Malformed>) {
    let parsed = NamedEnvelope::parse(black_box(&written.xml));
    (written, parsed)
}

#[library_benchmark]
#[bench::write_3_keys(Written::new(3))]
fn write(written: Written) -> (Written, String) {
    let xml = black_box(&written.envelope).to_xml();
    (written, xml)
}

#[library_benchmark]
#[bench::readme_run(Readme::load())]
fn readme(readme: Readme) -> (Readme, Run) {
    let run = black_box(&readme).play();
    (readme, run)
}

#[library_benchmark]
#[bench::clique_of_30(Clique::new(30))]
fn clique(clique: Clique) -> (Clique, Vec<Device>) {
    let (devices, _) = black_box(&clique).play();
    (clique, devices)
}

library_benchmark_group!(name = hot_paths, benchmarks = [device, parse, write, readme, clique]);

main!(library_benchmark_groups = hot_paths);
