//! Replays a recording, so that a run can be repeated without the implementation.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

use super::recording::{Exchange, RecordedCase};

/// All conversations of a recording as one tree. An adapter's answer may only depend on the commands since the last
/// reset.
#[derive(Debug, Default)]
pub struct Replay {
    hello: Value,
    states: Vec<ConversationState>,
}

/// A state of the conversation. Maps each recorded next command to its answer and the state after it.
#[derive(Debug, Default)]
struct ConversationState {
    next: BTreeMap<String, (Value, usize)>,
}

/// The reason why a recording cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayable {
    /// The input cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// A line is not a recorded case.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// The error in the line.
        reason: String,
    },
    /// The recording contains no case of the adapter.
    #[error(
        "it has no case of {}; it has cases of {}",
        .wanted.as_deref().unwrap_or("any adapter"),
        if .recorded.is_empty() { "no adapter".to_owned() } else { .recorded.join(", ") }
    )]
    NoCase {
        /// The requested adapter.
        wanted: Option<String>,
        /// The recorded adapters.
        recorded: Vec<String>,
    },
    /// The same commands have two different answers.
    #[error("line {line}: what the adapter answered differs from what it answered to the same words before")]
    Contradiction {
        /// The line, counted from 1.
        line: usize,
    },
}

impl Replay {
    /// Reads the recording of one adapter. Without a name, the recording must be of a single adapter.
    ///
    /// # Errors
    ///
    /// If the input is not a recording, if it contains no case of the adapter, or if the same commands have different
    /// answers.
    pub fn read(input: impl BufRead, adapter: Option<&str>) -> Result<Self, NotReplayable> {
        let mut replay = Self { hello: Value::Null, states: vec![ConversationState::default()] };
        let (mut recorded, mut wanted) = (Vec::new(), adapter.map(str::to_owned));
        for (position, text) in input.lines().enumerate() {
            let line = position + 1;
            let case: RecordedCase = serde_json::from_str(&text?)
                .map_err(|error| NotReplayable::Line { line, reason: error.to_string() })?;
            if !recorded.contains(&case.adapter) {
                recorded.push(case.adapter.clone());
            }
            if *wanted.get_or_insert_with(|| case.adapter.clone()) == case.adapter {
                replay.hello = case.hello;
                replay.add(case.exchanges).map_err(|()| NotReplayable::Contradiction { line })?;
            }
        }
        let found = wanted.as_ref().is_some_and(|wanted| recorded.contains(wanted));
        let ambiguous = adapter.is_none() && recorded.len() > 1;
        if !found || ambiguous {
            return Err(NotReplayable::NoCase { wanted: adapter.map(str::to_owned), recorded });
        }
        Ok(replay)
    }

    fn add(&mut self, exchanges: Vec<Exchange>) -> Result<(), ()> {
        let mut at = 0;
        for Exchange { command, answer } in exchanges {
            let words = canonical(&command);
            let known = self.states[at].next.get(&words);
            at = match known {
                Some((other, _)) if *other != answer => return Err(()),
                Some((_, next)) => *next,
                None => {
                    let next = self.states.len();
                    self.states.push(ConversationState::default());
                    self.states[at].next.insert(words, (answer, next));
                    next
                }
            };
        }
        Ok(())
    }

    /// Answers commands until the input ends or contains `stop`.
    ///
    /// # Errors
    ///
    /// If the input cannot be read or the output cannot be written.
    pub fn serve(&self, input: impl BufRead, output: &mut impl Write) -> io::Result<()> {
        let mut at = 0;
        for line in input.lines() {
            let mut command: Value = serde_json::from_str(&line?).unwrap_or_default();
            let id = command.as_object_mut().and_then(|members| members.remove("id")).unwrap_or_default();
            let name = command.get("command").and_then(Value::as_str).unwrap_or_default().to_owned();
            let mut answer = match &*name {
                "hello" => json!({ "ok": self.hello }),
                "reset" => {
                    at = 0;
                    json!({ "ok": {} })
                }
                "stop" => json!({ "ok": {} }),
                _ => match self.states[at].next.get(&canonical(&command)) {
                    Some((answer, next)) => {
                        at = *next;
                        answer.clone()
                    }
                    None if at == 0 && !is_known(&name) => json!({ "unsupported": { "feature": name } }),
                    None => {
                        let message = format!("the recording has no such `{name}` here: {command}");
                        json!({ "error": { "kind": "definite", "message": message } })
                    }
                },
            };
            if let Value::Object(members) = &mut answer {
                members.insert("id".to_owned(), id);
            }
            writeln!(output, "{answer}")?;
            output.flush()?;
            if name == "stop" {
                break;
            }
        }
        Ok(())
    }
}

fn is_known(command: &str) -> bool {
    ["create", "discover", "decide", "trust-manually", "scan", "deliver", "read", "restart"]
        .contains(&command)
}

/// The canonical text of a value, which does not depend on the order of members.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, String> =
                members.iter().map(|(name, value)| (name, canonical(value))).collect();
            let sorted: Vec<String> =
                sorted.into_iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
            format!("{{{}}}", sorted.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
