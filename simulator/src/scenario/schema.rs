/// The JSON Schema of scenario files, with which editors complete and check them.
pub const SCHEMA: &str = include_str!("../../scenario.schema.json");

/// The JSON Schema of scenario files, derived from the types that read them.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(super::ScenarioFile).to_value()
}
