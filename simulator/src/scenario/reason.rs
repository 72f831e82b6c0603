use std::borrow::Cow;

use atm_engine::Reason;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

/// The form of a [`Reason`] in scenario files.
pub(super) struct WrittenReason;

impl JsonSchema for WrittenReason {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |reason: &Reason| json!({ "const": reason.name(), "description": reason.text(), "type": "string" });
        json_schema!({
            "description": "Why a device did not act on something that it received or discovered.",
            "oneOf": Reason::ALL.iter().map(one).collect::<Vec<_>>(),
        })
    }
}
