use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atm_engine::{Device, KeyId, Rules};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::Trace;
use atm_simulator::world::World;

use super::columns::{Anchor, Columns, DOT};
use super::regards::Regards;

/// In every scenario, the graph derived from the trace equals the state of the devices.
#[test]
fn the_graph_of_the_trace_is_that_of_the_devices() {
    for file in scenario_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")) {
        let scenario = Scenario::load(&file, &Catalog::unchecked()).unwrap();
        let mut world = World::<Device>::of_devices(Script::new(&scenario).unwrap(), Rules::default(), 0);
        let mut trace = Trace::default();
        world.begin(&mut trace).unwrap();
        while let Some(choice) = world.next() {
            world.step(choice, &mut trace).unwrap();
        }
        let regards = Regards::after(trace.records(), &scenario, world.cast());
        let keys: BTreeSet<KeyId> = world.cast().keys().collect();
        for device in world.present() {
            for key in keys.iter().copied().filter(|key| *key != world.cast().member(device).key) {
                let pair = format!(
                    "{}: {} -> {}",
                    file.display(),
                    world.cast().device_name(device),
                    world.cast().key_name(key)
                );
                let endpoint = world.endpoint(device);
                let (level, origin) = regards.level(device, key);
                assert_eq!(level, endpoint.level(key), "{pair}");
                if level.decision().is_some() {
                    assert_eq!(origin, endpoint.origin(key), "{pair}");
                }
                let kept: BTreeSet<_> = endpoint.postponed(key).map(|(decision, _)| decision.key).collect();
                let drawn: BTreeSet<_> = regards
                    .postponed()
                    .filter(|(at, sender, _)| (*at, *sender) == (device, key))
                    .map(|(.., decision)| decision.key)
                    .collect();
                assert_eq!(drawn, kept, "{pair}");
            }
        }
    }
}

/// Accounts do not overlap. Lines run between the columns, and pass no device except those at their ends.
#[test]
fn lines_pass_no_device_and_stay_between_the_columns() {
    for (groups, members) in
        [1, 2, 3, 5].into_iter().flat_map(|groups| [1, 2, 3, 8].map(|members| (groups, members)))
    {
        let accounts: Vec<_> = (0..groups)
            .map(|group| (group * members..(group + 1) * members, 60.0 + group as f64 * 9.0))
            .collect();
        let columns = Columns::new(&accounts, 28.0, 70.0);
        for (position, one) in columns.accounts.iter().enumerate() {
            let mut others = columns.accounts[position + 1..].iter();
            assert!(others.all(|other| !one.overlaps(*other)), "{groups} accounts of {members}");
        }
        let count = groups * members;
        let knots = (0..groups).flat_map(|group| (0..2).map(move |lane| Anchor::Knot { group, lane }));
        let anchors: Vec<_> = (0..count).map(Anchor::Vertex).chain(knots).collect();
        let between = columns.between();
        for (position, from) in anchors.iter().enumerate() {
            for (to, lane) in
                anchors[..position].iter().flat_map(|to| [-2.0, 0.0, 2.0].map(|lane| (to, lane)))
            {
                let what = format!("{groups} accounts of {members}: {from:?} to {to:?}, lane {lane}");
                let curve = columns.curve(*from, *to, lane);
                for at in (0..=24).map(|part| curve.at(f64::from(part) / 24.0)) {
                    assert!(between.start < at.x && at.x < between.end, "{what}");
                    let others = (0..count).filter(|vertex| ![*from, *to].contains(&Anchor::Vertex(*vertex)));
                    let nearest =
                        others.map(|vertex| columns.dot(vertex).distance(at)).fold(f64::MAX, f64::min);
                    assert!(nearest > DOT, "{what}");
                }
            }
        }
    }
}

fn scenario_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { scenario_files(&path) } else { vec![path] });
    let mut files: Vec<PathBuf> =
        nested.flatten().filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    files
}
