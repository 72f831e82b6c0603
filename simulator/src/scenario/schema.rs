use super::Scenario;

/// The JSON Schema of scenario files, with which editors complete and check them.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Scenario).to_value()
}
