//! Parses the answers of an adapter.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::protocol::{ErrorAnswer, Unsupported};
use super::violation::ProtocolViolation;

/// The greatest number of values in a line. It exceeds the number of decisions in the longest chain of any scenario.
const MAX_VALUES: usize = 400_000;

/// An adapter's answer to a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The command succeeded.
    Ok(Value),
    /// The adapter does not support the command.
    Unsupported(Unsupported),
    /// The command failed.
    Error(ErrorAnswer),
}

impl Answer {
    /// Parses the line that answers the command with this id.
    ///
    /// # Errors
    ///
    /// If the line is not an answer to that command.
    pub fn read(line: &str, id: u64) -> Result<Self, ProtocolViolation> {
        if holds_too_many_values(line) {
            return Err(ProtocolViolation::TooManyValues { limit: MAX_VALUES });
        }
        let value: Value =
            serde_json::from_str(line).map_err(|error| ProtocolViolation::NotJson(error.to_string()))?;
        let Value::Object(members) = value else { return Err(ProtocolViolation::NotAnObject) };
        match members.get("id") {
            None => return Err(ProtocolViolation::NoId),
            Some(found) if found.as_u64() != Some(id) => {
                return Err(ProtocolViolation::OtherId { found: found.to_string(), expected: id });
            }
            Some(_) => {}
        }
        Self::of_members(members)
    }

    /// Parses an answer of a recording, which has no id.
    ///
    /// # Errors
    ///
    /// If the value is no answer.
    pub fn recorded(answer: Value) -> Result<Self, ProtocolViolation> {
        match answer {
            Value::Object(members) => Self::of_members(members),
            _ => Err(ProtocolViolation::NotAnObject),
        }
    }

    fn of_members(mut members: Map<String, Value>) -> Result<Self, ProtocolViolation> {
        let (name, body) = only_body(&mut members)?;
        match name {
            "ok" => Ok(Self::Ok(body)),
            "unsupported" => read_as(body, "unsupported").map(Self::Unsupported),
            _ => read_as(body, "error").map(Self::Error),
        }
    }

    /// Parses the content of `ok` as the type that the command expects.
    ///
    /// # Errors
    ///
    /// If the content has another form.
    pub fn read_ok<T: DeserializeOwned>(body: Value) -> Result<T, ProtocolViolation> {
        read_as(body, "ok")
    }
}

/// Counts values before the line is parsed, because a short value can take a hundred times its length in memory.
fn holds_too_many_values(line: &str) -> bool {
    let (mut is_text, mut is_escaped, mut values) = (false, false, 0);
    for byte in line.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b',' | b'[' | b'{' if !is_text => values += 1,
            _ => {}
        }
    }
    values > MAX_VALUES
}

fn only_body(members: &mut Map<String, Value>) -> Result<(&'static str, Value), ProtocolViolation> {
    let mut bodies: Vec<_> = ["ok", "unsupported", "error"]
        .into_iter()
        .filter_map(|name| members.remove(name).map(|body| (name, body)))
        .collect();
    match (bodies.pop(), bodies.pop()) {
        (Some(body), None) => Ok(body),
        (None, _) => Err(ProtocolViolation::NoBody),
        (Some((one, _)), Some((other, _))) => Err(ProtocolViolation::TwoBodies(other, one)),
    }
}

/// Parses the body of an answer. An error names its place.
fn read_as<T: DeserializeOwned>(body: Value, name: &str) -> Result<T, ProtocolViolation> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { name.to_owned() } else { format!("{name}.{path}") };
        ProtocolViolation::Member { place, what: error.inner().to_string() }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_of_the_three_kinds_is_read() {
        assert_eq!(Answer::read(r#"{"id":7,"ok":{"sent":[]}}"#, 7), Ok(Answer::Ok(json!({"sent": []}))));
        let unsupported = Unsupported { feature: "scan".to_owned(), reason: None, link: None };
        let line = r#"{"id":7,"unsupported":{"feature":"scan"}}"#;
        assert_eq!(Answer::read(line, 7), Ok(Answer::Unsupported(unsupported)));
        let line = r#"{"id":7,"error":{"kind":"definite","message":"no"}}"#;
        assert!(matches!(Answer::read(line, 7), Ok(Answer::Error(_))));
    }

    #[test]
    fn values_are_counted_but_not_in_texts() {
        let line = |values: usize| format!(r#"{{"id":7,"ok":[{}0]}}"#, r#"{"":0},"#.repeat(values));
        assert!(Answer::read(&line(MAX_VALUES / 2 - 10), 7).is_ok());
        let too_many = Err(ProtocolViolation::TooManyValues { limit: MAX_VALUES });
        assert_eq!(Answer::read(&line(MAX_VALUES / 2), 7), too_many);
        let text = serde_json::to_string(&r#"\",[{"#.repeat(MAX_VALUES)).unwrap();
        assert!(Answer::read(&format!(r#"{{"id":7,"ok":{text}}}"#), 7).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |line| Answer::read(line, 7).unwrap_err().to_string();
        assert!(wrong("hello").starts_with("it is not one JSON object"), "{}", wrong("hello"));
        assert_eq!(wrong("[]"), "it is not a JSON object");
        assert_eq!(wrong(r#"{"ok":{}}"#), "it has no `id`");
        assert_eq!(wrong(r#"{"id":8,"ok":{}}"#), "its `id` is 8, but the command's is 7");
        assert_eq!(wrong(r#"{"id":7}"#), "it has none of `ok`, `unsupported` and `error`");
        assert_eq!(wrong(r#"{"id":7,"ok":{},"error":{}}"#), "it has both `ok` and `error`");
        let line = r#"{"id":7,"error":{"kind":"maybe","message":"x"}}"#;
        assert!(wrong(line).starts_with("at `error.kind`: unknown variant `maybe`"), "{}", wrong(line));
    }
}
