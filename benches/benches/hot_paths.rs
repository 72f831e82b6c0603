//! The hot paths, whose instructions valgrind counts. `cargo run -p atm-benches --bin instructions` runs this and
//! compares.

#![expect(missing_docs, reason = "gungraun's macros make items without any")]

use std::hint::black_box;
use std::num::NonZeroUsize;

use atm_benches::scene::{Clique, NewDevice, PlayedWorld, Readme, ReadyWorld, Single, Store, Town, Written};
use atm_engine::codec::{Malformed, NamedEnvelope, TrustMessageUri};
use atm_engine::{Device, Outcome};
use atm_simulator::options::{Options, Watching};
use atm_simulator::population::PopulationRun;
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

fn grown(single: Single) -> Ready {
    let (single, device) = single.into_grown();
    Ready { single, device, out: Outcome::default() }
}

// The result of a benchmark is dropped outside of the counted part. Names that differ only in one number are the same
// path at several sizes; its growth is printed.
#[library_benchmark]
#[bench::manual_decision(ready(Single::deciding_on_contact(100)))]
#[bench::manual_decision_on_own_key(ready(Single::deciding_on_own_key(100)))]
#[bench::manual_decision_on_10_own_keys(ready(Single::deciding_on_own_keys(10, 100)))]
#[bench::manual_decision_on_100_own_keys(ready(Single::deciding_on_own_keys(100, 100)))]
#[bench::manual_decision_on_100_own_keys_told_to_1000(ready(Single::deciding_on_own_keys(100, 1_000)))]
#[bench::received_message_1_key(ready(Single::receiving(1, Store::Full)))]
#[bench::received_message_100_keys(ready(Single::receiving(100, Store::Full)))]
#[bench::received_message_100_keys_with_gaps(ready(Single::receiving(100, Store::Gaps)))]
#[bench::received_message_100_keys_in_no_order(ready(Single::receiving(100, Store::Shuffled)))]
#[bench::received_message_100_keys_on_empty_store(ready(Single::receiving(100, Store::Empty)))]
#[bench::received_distrust_100_keys(ready(Single::receiving_distrust(100)))]
#[bench::received_distrust_1000_keys(ready(Single::receiving_distrust(1_000)))]
#[bench::received_message_after_100_trusts(ready(Single::receiving_after_trusts(100)))]
#[bench::received_message_after_1000_trusts(ready(Single::receiving_after_trusts(1_000)))]
#[bench::received_message_after_100_distrusts(ready(Single::receiving_after_distrusts(100)))]
#[bench::received_message_after_1000_distrusts(ready(Single::receiving_after_distrusts(1_000)))]
#[bench::release_10_keys(ready(Single::releasing(10)))]
#[bench::release_100_keys(ready(Single::releasing(100)))]
#[bench::release_1000_keys(ready(Single::releasing(1_000)))]
#[bench::release_chain_of_10(ready(Single::releasing_chain(10)))]
#[bench::release_chain_of_100(ready(Single::releasing_chain(100)))]
#[bench::discovery(grown(Single::discovering()))]
#[bench::discovery_of_authenticated_key(grown(Single::discovering_authenticated()))]
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
#[bench::parse_uri_of_3_keys(Written::new(3))]
fn parse_uri(written: Written) -> (Written, Result<TrustMessageUri, Malformed>) {
    let parsed = TrustMessageUri::parse(black_box(&written.uri));
    (written, parsed)
}

#[library_benchmark]
#[bench::write_uri_of_3_keys(Written::new(3))]
fn write_uri(written: Written) -> (Written, String) {
    let uri = black_box(&written.trust_message_uri).to_string();
    (written, uri)
}

#[library_benchmark]
#[bench::readme_run(Readme::load())]
fn readme(readme: Readme) -> (Readme, Run) {
    let run = black_box(&readme).play();
    (readme, run)
}

#[library_benchmark]
#[bench::clique_of_30(Clique::new(30))]
#[bench::clique_of_100(Clique::new(100))]
fn clique(clique: Clique) -> (Clique, PlayedWorld) {
    let world = black_box(&clique).play();
    (clique, world)
}

#[library_benchmark]
#[bench::new_device_with_100_contacts(NewDevice::new(100).before())]
#[bench::new_device_with_1000_contacts(NewDevice::new(1_000).before())]
fn new_device(before: ReadyWorld) -> PlayedWorld {
    black_box(before).play()
}

#[library_benchmark]
#[bench::population_of_50_accounts(Town::new(50))]
#[bench::population_of_200_accounts(Town::new(200))]
fn population(town: Town) -> (Town, PopulationRun) {
    let run = black_box(&town).play(&Options::default(), Watching::All, NonZeroUsize::MIN);
    (town, run)
}

library_benchmark_group!(
    name = hot_paths,
    benchmarks = [device, parse, write, parse_uri, write_uri, readme, clique, new_device, population]
);

main!(library_benchmark_groups = hot_paths);
