use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use atm_engine::{Device, KeyId, Rules};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::script::Script;
use atm_simulator::trace::Trace;
use atm_simulator::world::World;

use super::regards::Regards;

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
        let regards = Regards::after(trace.records());
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
                    assert_eq!(Some(origin), endpoint.origin(key), "{pair}");
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

fn scenario_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { scenario_files(&path) } else { vec![path] });
    let mut files: Vec<PathBuf> =
        nested.flatten().filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    files
}
