//! Reads the lines of a log.

use std::io::BufRead;

use atm_adapter_protocol::protocol::{Command, Hello};
use atm_adapter_protocol::{Answer, Exchange, RecordedCase};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{BadLog, Place};

/// The commands and answers of one case, or of one client.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The id of the recorded case; `None` in the log of a client.
    pub case: Option<String>,
    /// The implementation's description of itself.
    pub hello: Hello,
    /// The exchanges, in order.
    pub exchanges: Vec<Logged>,
}

/// A command with its answer.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The place in the log.
    pub place: Place,
    /// The command.
    pub command: Command,
    /// The answer.
    pub answer: Answer,
}

/// Reads a log. Each line is either a recorded case, or one exchange of a client.
///
/// # Errors
///
/// If a line is neither of them, or a log of exchanges does not begin with `hello`.
pub fn read_log(input: impl BufRead) -> Result<Vec<Conversation>, BadLog> {
    let mut conversations: Vec<Conversation> = Vec::new();
    let mut is_empty = true;
    for (position, text) in input.lines().enumerate() {
        let line = position + 1;
        let text = text.map_err(|error| BadLog::Unreadable { line, error })?;
        let place = Place::line(line);
        if text.trim().is_empty() {
            continue;
        }
        is_empty = false;
        let value: Value = serde_json::from_str(&text).map_err(|error| not_json(&error, place))?;
        if !value.is_object() {
            return Err(place.bad("it is no JSON object"));
        }
        if value.get("exchanges").is_some() {
            conversations.push(recorded_case(value, line)?);
            continue;
        }
        let exchange: Exchange = typed(value, place, "an exchange, an object with `command` and `answer`")?;
        add(&mut conversations, logged(exchange, place)?)?;
    }
    if is_empty { Err(BadLog::Empty) } else { Ok(conversations) }
}

fn not_json(error: &serde_json::Error, place: Place) -> BadLog {
    // The error counts lines within this one.
    let text = error.to_string();
    let (what, column) = (text.split(" at line").next().unwrap_or_default(), error.column());
    place.bad(match error.is_eof() {
        true => "it is cut off: the JSON object does not end".to_owned(),
        false => format!("it is no JSON object: {what} at column {column}"),
    })
}

fn recorded_case(value: Value, line: usize) -> Result<Conversation, BadLog> {
    let place = Place::line(line);
    let RecordedCase { case, hello, exchanges, .. } = typed(value, place, "a recorded case")?;
    let hello = hello_of(hello, place)?;
    let exchanges = exchanges.into_iter().enumerate();
    let exchanges: Result<Vec<Logged>, BadLog> = exchanges
        .map(|(position, exchange)| logged(exchange, Place { line, exchange: Some(position + 1) }))
        .collect();
    Ok(Conversation { case: Some(case), hello, exchanges: exchanges? })
}

/// Adds an exchange of a client. The first `hello` begins the conversation. A later one may name other levels.
fn add(conversations: &mut Vec<Conversation>, exchange: Logged) -> Result<(), BadLog> {
    let place = exchange.place;
    match (&exchange.command, conversations.last_mut()) {
        (_, Some(conversation)) if conversation.case.is_none() => conversation.exchanges.push(exchange),
        (Command::Hello(_), _) => {
            let hello = exchange.hello()?;
            conversations.push(Conversation { case: None, hello, exchanges: Vec::new() });
        }
        (command, _) => {
            let name = command.name();
            return Err(place.bad(format!("`{name}` comes before `hello`, which begins a log")));
        }
    }
    Ok(())
}

impl Logged {
    /// The answer to `hello`.
    pub(super) fn hello(&self) -> Result<Hello, BadLog> {
        match &self.answer {
            Answer::Ok(hello) => hello_of(hello.clone(), self.place),
            _ => Err(self.place.bad("`hello` has no `ok`, so nothing is known of the levels")),
        }
    }
}

fn logged(Exchange { command, answer }: Exchange, place: Place) -> Result<Logged, BadLog> {
    let command = typed(command, place, "a command of the adapter protocol")?;
    let answer = Answer::recorded(answer)
        .map_err(|violation| place.bad(format!("this is no answer of the adapter protocol: {violation}")))?;
    Ok(Logged { place, command, answer })
}

fn hello_of(value: Value, place: Place) -> Result<Hello, BadLog> {
    typed(value, place, "an answer to `hello`")
}

fn typed<T: DeserializeOwned>(value: Value, place: Place, what: &str) -> Result<T, BadLog> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!("at `{path}`: ") };
        place.bad(format!("this is not {what}: {at}{}", error.inner()))
    })
}
