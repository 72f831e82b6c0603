use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atm_engine::{Device, KeyId, Rules};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::Trace;
use atm_simulator::world::World;

use super::regards::Regards;
use super::ring::{Ring, RingPosition};
use crate::pictures::geometry::Rect;

/// What the trace tells is what the devices hold: in every scenario there is.
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

/// Boxes and names keep apart, and no line passes a box that it does not belong to.
#[test]
fn nothing_on_the_ring_overlaps() {
    for groups in 1..=5_usize {
        for members in 1..=9_usize {
            let ranges: Vec<_> = (0..groups).map(|group| group * members..(group + 1) * members).collect();
            let count = groups * members;
            let boxes: Vec<_> = (0..count).map(|vertex| (84.0 + (vertex % 3) as f64 * 30.0, 34.0)).collect();
            let ring = Ring::new(&ranges, &boxes, &vec![(80.0, 32.0); groups], 70.0);
            let bounds = ring.bounds();
            assert!(bounds.x.abs() < 0.01 && (bounds.y - 70.0).abs() < 0.01, "{bounds:?}");
            let all: Vec<_> = ring.boxes.iter().chain(&ring.names).collect();
            for (position, one) in all.iter().enumerate() {
                for other in &all[position + 1..] {
                    assert!(!one.overlaps(**other), "{groups} groups of {members}: {one:?} {other:?}");
                }
            }
            for (from, to) in (0..count).flat_map(|from| (0..from).map(move |to| (from, to))) {
                let curve = ring.curve(RingPosition::Vertex(from), RingPosition::Vertex(to), 0.0);
                for part in 1..20 {
                    let at = curve.at(f64::from(part) / 20.0);
                    let hit = ring.boxes.iter().position(|it| it.overlaps(Rect::around(at, 1.0, 1.0)));
                    assert_eq!(hit, None, "{groups} groups of {members}: from {from} to {to}");
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
