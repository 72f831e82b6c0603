//! The JSON Schemas of the adapter protocol, generated from its types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};

use super::protocol::{Command, ErrorAnswer, Hello, Nothing, ReadLevels, SentStanzas, Unsupported};

/// The schema of a line that `atm` writes.
#[must_use]
pub fn commands() -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Command>();
    schema.insert("title".to_owned(), "A command of the adapter protocol".into());
    let id = json!({ "description": "The number of the command. Its answer repeats it.", "type": "integer", "minimum": 0 });
    if let Some(Value::Array(variants)) = schema.get_mut("oneOf") {
        for variant in variants {
            if let Some(Value::Object(properties)) = variant.get_mut("properties") {
                properties.insert("id".to_owned(), id.clone());
            }
            if let Some(Value::Array(required)) = variant.get_mut("required") {
                required.insert(0, "id".into());
            }
        }
    }
    schema
}

/// The schema of a line that an adapter writes. The content of `ok` depends on the command.
#[must_use]
pub fn answers() -> Schema {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let of = |name: &str, schema: Value| {
        let mut line = json!({
            "type": "object",
            "properties": { "id": { "type": "integer", "minimum": 0 } },
            "required": ["id", name],
        });
        line["properties"][name] = schema;
        line
    };
    fn under<T: JsonSchema>(generator: &mut schemars::SchemaGenerator) -> Value {
        generator.subschema_for::<T>().to_value()
    }
    let ok = json!({
        "description": "Done: what belongs here depends on the command.",
        "anyOf": [
            under::<Hello>(&mut generator),
            under::<SentStanzas>(&mut generator),
            under::<ReadLevels>(&mut generator),
            under::<Nothing>(&mut generator),
        ],
    });
    let unsupported = under::<Unsupported>(&mut generator);
    let error = under::<ErrorAnswer>(&mut generator);
    let lines = [of("ok", ok), of("unsupported", unsupported), of("error", error)];
    json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An answer of the adapter protocol",
        "oneOf": lines,
        "$defs": generator.take_definitions(true),
    })
}
