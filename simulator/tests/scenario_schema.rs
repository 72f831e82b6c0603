//! The JSON Schema describes the whole format, for people and for editors. Run
//! `cargo test -p atm-simulator --features schema --test scenario_schema`.

use atm_simulator::scenario::{SCHEMA, schema};
use serde_json::Value;

#[test]
fn every_setting_and_step_is_described() {
    let schema = schema();
    let mut undescribed = Vec::new();
    collect_undescribed(&schema, "", &mut undescribed);
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

#[test]
fn the_copy_that_editors_use_is_up_to_date() {
    let written = format!("{:#}\n", schema());
    if std::env::var_os("ATM_UPDATE_SCHEMAS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/scenario.schema.json"), &written).unwrap();
    } else {
        assert!(SCHEMA == written, "with ATM_UPDATE_SCHEMAS=1 this test writes it anew");
    }
}

#[test]
fn unknown_settings_are_refused_by_editors_too() {
    let schema = schema();
    let files: Vec<_> = schema["anyOf"].as_array().unwrap().iter().map(|file| &file["$ref"]).collect();
    assert_eq!(files, ["#/$defs/Scenario", "#/$defs/Population"]);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        if part.get("properties").is_some() {
            assert_eq!(part["additionalProperties"], false, "{name}");
        }
    }
}

#[test]
fn the_steps_are_those_of_the_format() {
    let schema = schema();
    let mut steps: Vec<_> = schema["$defs"]["Step"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["required"].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    steps.sort_unstable();
    assert_eq!(
        steps,
        [
            "add-device",
            "authenticate",
            "back-up",
            "block",
            "carbons-off",
            "carbons-on",
            "chain",
            "compromise",
            "crash",
            "crash-while-receiving",
            "crash-while-sending",
            "decide",
            "deliver",
            "discover",
            "distrust",
            "duplicate",
            "expect",
            "flood",
            "forge",
            "forget",
            "go-offline",
            "go-online",
            "heal",
            "hold",
            "inject-device",
            "let-through",
            "partition",
            "release",
            "remove-device",
            "reorder",
            "replay",
            "restart",
            "restore",
            "scan",
            "skew-clock",
            "slow-down",
            "trust-manually",
            "unblock",
            "wait"
        ]
    );
}

#[test]
fn no_rule_of_the_engine_is_named() {
    let text = schema().to_string();
    let named = (1..=18).map(|number| format!("E{number}")).find(|rule| text.contains(&format!("{rule} ")));
    assert_eq!(named, None);
}

fn collect_undescribed(schema: &Value, path: &str, undescribed: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            let properties = object.get("properties").and_then(Value::as_object);
            // A step or an expectation is one property and has one description.
            let whole =
                properties.is_some_and(|properties| properties.len() == 1) && path.contains("/oneOf/");
            for (name, property) in properties.into_iter().flatten() {
                let described = if whole { object } else { property.as_object().unwrap() };
                if !described.contains_key("description") {
                    undescribed.push(format!("{path}.{name}"));
                }
            }
            for (key, part) in object {
                collect_undescribed(part, &format!("{path}/{key}"), undescribed);
            }
        }
        Value::Array(parts) => {
            for (position, part) in parts.iter().enumerate() {
                collect_undescribed(part, &format!("{path}/{position}"), undescribed);
            }
        }
        _ => {}
    }
}
