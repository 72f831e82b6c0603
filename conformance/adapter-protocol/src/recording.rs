//! What was said between `atm` and an adapter, kept so that a run can be repeated without the implementation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::protocol::Command;

/// A command and what an adapter answered, without the ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The command.
    pub command: Value,
    /// What was answered: `ok`, `unsupported` or `error`.
    pub answer: Value,
}

impl Exchange {
    /// The exchange of a command and the line that answered it.
    pub(super) fn of(command: &Command, line: &str) -> Self {
        let mut answer: Value = serde_json::from_str(line).unwrap_or_default();
        if let Value::Object(members) = &mut answer {
            members.remove("id");
        }
        Self { command: serde_json::to_value(command).unwrap_or_default(), answer }
    }
}

/// One case of a recording: a line of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedCase {
    /// The adapter's name in the run.
    pub adapter: String,
    /// The case.
    pub case: String,
    /// What it said of itself.
    pub hello: Value,
    /// What was said, in order.
    pub exchanges: Vec<Exchange>,
}
