//! The requirements of the policy TOAKAFA stand where the run of the engine shows what they are about.

use atm_engine::{KeyId, Level};
use atm_simulator::cast::DeviceId;
use atm_simulator::run::{Options, Run, run};
use atm_simulator::scenario::{Required, ScenarioExpectations, Step};
use atm_simulator::trace::Event;
use atm_suite::library;

const LATCH: &str = "xep-0450/toakafa/latch";
const NEW_KEYS: &str = "xep-0450/toakafa/new-keys";

/// A key that appeared before the first authentication of its owner ends in disuse by the latch. A key that appears
/// later was never used.
#[test]
fn keys_out_of_use_appeared_on_the_side_of_the_first_authentication_that_their_requirement_names() {
    let mut looked = [0; 2];
    for file in library::files() {
        let scenario = file.load().expect("no mistakes");
        let on_the_way = scenario.steps.iter().filter_map(|step| match step {
            Step::Expect(expectations) => Some(expectations),
            _ => None,
        });
        let required = on_the_way.chain([&scenario.expect]).flat_map(out_of_use);
        let required: Vec<(String, String, String)> = required.collect();
        if required.is_empty() {
            continue;
        }
        let run = run(&scenario, &Options::default()).expect("the scenario can be cast");
        for (id, device, key) in required {
            let is_new = id == NEW_KEYS;
            assert_eq!(appears_late(&run, &device, &key), is_new, "{}: {id}, {device} -> {key}", file.id());
            looked[usize::from(is_new)] += 1;
        }
    }
    assert!(looked.iter().all(|looked| *looked > 1), "{looked:?}");
}

/// The keys that a device may not use by one of the two requirements.
fn out_of_use(expectations: &ScenarioExpectations) -> Vec<(String, String, String)> {
    let of_policy = expectations.required.iter().filter(|(id, _)| [LATCH, NEW_KEYS].contains(&id.as_str()));
    let keys = of_policy.flat_map(|(id, required)| {
        required.iter().flat_map(move |required| match required {
            Required::MayNotEncrypt(keys) => {
                let of_device = |key| (id.as_str().to_owned(), keys.from.to_string(), format!("{key}"));
                keys.to.iter().map(of_device).collect()
            }
            _ => Vec::new(),
        })
    });
    keys.collect()
}

/// Whether a device discovers a key after it has authenticated the first key of the same owner.
fn appears_late(run: &Run, device: &str, key: &str) -> bool {
    let device = run.cast.device(&device.parse().expect("a device")).expect("it is in the scenario");
    let key = run.cast.keys().find(|id| run.cast.key_name(*id) == key).expect("it is in the scenario");
    let mut records = run.trace.records().iter().map(|record| &record.event);
    let appears = records.clone().position(|event| is_discovery(event, device, key));
    let owner = |key| run.cast.directory().owner(key);
    let first = records.position(|event| match event {
        Event::Changed { device: by, change } => change.level.is_some_and(|level| {
            *by == device && level.after == Level::Authenticated && owner(level.key) == owner(key)
        }),
        _ => false,
    });
    appears.expect("the device discovers the key") > first.expect("a key of the owner is authenticated")
}

fn is_discovery(event: &Event, by: DeviceId, of: KeyId) -> bool {
    matches!(event, Event::Discovered { device, key } if (*device, *key) == (by, of))
}
