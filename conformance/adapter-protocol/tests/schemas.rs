//! The JSON Schemas of the adapter protocol in the repository match its types.
//!
//! After a change of the types, update them with `ATM_UPDATE_SCHEMAS=1 cargo test -p atm-adapter-protocol --features
//! schema --test schemas`.

use std::path::Path;

use atm_adapter_protocol::schema;

fn holds(name: &str, schema: &schemars::Schema) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/schema").join(name);
    let written = serde_json::to_string_pretty(schema).expect("a schema can be written") + "\n";
    if std::env::var_os("ATM_UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &written).expect("the schema can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("the schema"), written, "{name}");
}

#[test]
fn commands() {
    holds("command.schema.json", &schema::commands());
}

#[test]
fn answers() {
    holds("answer.schema.json", &schema::answers());
}

#[test]
fn every_command_has_an_id_and_a_name() {
    let schema = serde_json::to_value(schema::commands()).expect("a schema");
    let commands = schema["oneOf"].as_array().expect("one schema for each command");
    assert_eq!(commands.len(), 15);
    for command in commands {
        let required = command["required"].as_array().expect("required members");
        assert!(required.contains(&"id".into()) && required.contains(&"command".into()), "{command}");
    }
}
