//! A conversation with an adapter: the commands of a case and their answers.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::Answer;
use super::clipping::clip;
use super::ending::Ending;
use super::error::AdapterError;
use super::process::{CommandLine, Process};
use super::protocol::{
    Command, Feature, Greeting, Hello, Nothing, OwnCode, PROTOCOL, ReadLevels, SentStanza, SentStanzas,
    Unsupported,
};
use super::recording::Exchange;
use super::violation::ProtocolViolation;

/// A command that no adapter knows.
const NONSENSE: &str = "make-coffee";

/// The program and the time limits of an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterSpec {
    /// The program with its arguments.
    pub command: CommandLine,
    /// The time limit from the start to the first answer.
    pub start_limit: Duration,
    /// The time limit of each further answer.
    pub limit: Duration,
}

/// A conversation with an adapter. The process is started when it is needed, and again after a failure made it
/// unusable.
#[derive(Debug)]
pub struct Session {
    spec: AdapterSpec,
    process: Option<Process>,
    hello: Option<Hello>,
    next_id: u64,
    recording: Option<Vec<Exchange>>,
    last: Option<(String, String)>,
}

impl Session {
    /// Creates a conversation without a process.
    #[must_use]
    pub fn new(spec: AdapterSpec) -> Self {
        Self { spec, process: None, hello: None, next_id: 1, recording: None, last: None }
    }

    /// The adapter's answer to `hello`. Starts the adapter if it is not running.
    ///
    /// # Errors
    ///
    /// If the adapter cannot be started or its first answers are not valid.
    pub fn hello(&mut self) -> Result<&Hello, AdapterError> {
        if self.process.is_none() || self.hello.is_none() {
            self.start()?;
        }
        Ok(self.hello.as_ref().expect("it has just said hello"))
    }

    /// Begins a case without devices. Records the exchanges from now on if `record` is set.
    ///
    /// # Errors
    ///
    /// If the adapter cannot be started or does not answer.
    pub fn begin(&mut self, record: bool) -> Result<(), AdapterError> {
        self.recording = None;
        if self.process.is_some() {
            // A process that cannot be reset is replaced.
            if self.ask::<Nothing>(&Command::Reset).is_err() {
                self.abandon();
            }
        }
        self.hello()?;
        self.recording = record.then(Vec::new);
        Ok(())
    }

    /// Returns the exchanges since [`begin`](Self::begin), if they were recorded.
    pub fn take_recording(&mut self) -> Vec<Exchange> {
        self.recording.take().unwrap_or_default()
    }

    /// The last command line and its answer, which is empty if there was none.
    #[must_use]
    pub fn last(&self) -> Option<(&str, &str)> {
        self.last.as_ref().map(|(command, answer)| (&**command, &**answer))
    }

    /// Whether a process is running that received the whole conversation.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// Ends the process without asking it to stop.
    pub fn abandon(&mut self) {
        self.process = None;
    }

    /// Asks the process to stop. Returns the way in which it ended; `None` if there was no process.
    ///
    /// # Errors
    ///
    /// If the process does not answer.
    pub fn stop(&mut self) -> Result<Option<Ending>, AdapterError> {
        if self.process.is_none() {
            return Ok(None);
        }
        self.ask::<Nothing>(&Command::Stop)?;
        Ok(self.process.take().map(Process::finish))
    }

    /// Sends an input for a device. Returns the stanzas that the device sent.
    ///
    /// # Errors
    ///
    /// If the adapter does not support the command or fails.
    pub fn happen(&mut self, command: &Command) -> Result<Vec<SentStanza>, AdapterError> {
        self.ask::<SentStanzas>(command).map(|answer| answer.sent)
    }

    /// Delivers a stanza. Returns the stanzas that the device sent and the bodies that it showed.
    ///
    /// # Errors
    ///
    /// As [`happen`](Self::happen).
    pub fn deliver(&mut self, command: &Command) -> Result<SentStanzas, AdapterError> {
        self.ask(command)
    }

    /// Creates a device.
    ///
    /// # Errors
    ///
    /// As [`happen`](Self::happen).
    pub fn create(&mut self, command: &Command) -> Result<(), AdapterError> {
        self.ask::<Nothing>(command).map(|_| ())
    }

    /// Returns the code that a device shows.
    ///
    /// # Errors
    ///
    /// As [`happen`](Self::happen).
    pub fn own_code(&mut self, command: &Command) -> Result<String, AdapterError> {
        self.ask::<OwnCode>(command).map(|answer| answer.uri)
    }

    /// Returns the levels of keys at a device.
    ///
    /// # Errors
    ///
    /// As [`happen`](Self::happen).
    pub fn read(&mut self, command: &Command) -> Result<ReadLevels, AdapterError> {
        self.ask(command)
    }

    fn start(&mut self) -> Result<(), AdapterError> {
        self.process = Some(Process::start(&self.spec.command)?);
        self.next_id = 1;
        let outcome = self.greet().map_err(AdapterError::clipped);
        if outcome.is_err() {
            self.abandon();
        }
        self.hello = Some(outcome?);
        Ok(())
    }

    fn greet(&mut self) -> Result<Hello, AdapterError> {
        let id = self.take_id();
        let (answer, line) =
            self.exchange(NONSENSE, format!(r#"{{"id":{id},"command":"{NONSENSE}"}}"#), id)?;
        if !matches!(answer, Answer::Unsupported(_)) {
            let violation =
                ProtocolViolation::NonsenseTaken { with_error: matches!(answer, Answer::Error(_)) };
            return Err(AdapterError::NoAnswer { command: NONSENSE.to_owned(), line, violation });
        }
        let command = Command::Hello(Greeting { protocol: PROTOCOL });
        let hello: Hello = self.ask(&command)?;
        let wrong = |violation: ProtocolViolation| AdapterError::NoAnswer {
            command: "hello".to_owned(),
            line: serde_json::to_string(&hello).unwrap_or_default(),
            violation,
        };
        let member = |member: &str, what: &str| {
            wrong(ProtocolViolation::Member { place: format!("ok.{member}"), what: what.to_owned() })
        };
        if hello.protocol != PROTOCOL {
            let theirs = hello.protocol;
            return Err(wrong(ProtocolViolation::OtherProtocol { theirs, ours: PROTOCOL }));
        }
        if hello.levels.is_empty() {
            return Err(member("levels", "there is no level"));
        }
        if hello.encryptions.is_empty() {
            return Err(member("encryptions", "there is no encryption"));
        }
        if let Some((name, what)) = hello.implementation.wrong_length() {
            return Err(member(&format!("implementation.{name}"), &what));
        }
        Ok(hello)
    }

    /// Sends a command and returns the `ok` of the answer.
    fn ask<T: DeserializeOwned>(&mut self, command: &Command) -> Result<T, AdapterError> {
        self.ask_anything(command).map_err(AdapterError::clipped)
    }

    fn ask_anything<T: DeserializeOwned>(&mut self, command: &Command) -> Result<T, AdapterError> {
        if self.process.is_none() {
            self.start()?;
        }
        let id = self.take_id();
        let name = command.name();
        let (answer, line) = self.exchange(name, command.to_line(id), id)?;
        if let Some(recording) = &mut self.recording {
            recording.push(Exchange::of(command, &line));
        }
        match answer {
            Answer::Ok(body) => self.read_ok(body, name, line),
            Answer::Unsupported(unsupported) => Err(self.unsupported(unsupported)),
            Answer::Error(error) => {
                let error = AdapterError::Failed {
                    command: name.to_owned(),
                    kind: error.kind,
                    message: error.message,
                };
                if !error.is_harmless() {
                    self.abandon();
                }
                Err(error)
            }
        }
    }

    fn read_ok<T: DeserializeOwned>(
        &mut self,
        body: Value,
        name: &str,
        line: String,
    ) -> Result<T, AdapterError> {
        Answer::read_ok(body).map_err(|violation| {
            self.abandon();
            AdapterError::NoAnswer { command: name.to_owned(), line, violation }
        })
    }

    /// The error for an answer `unsupported`. It depends on whether the adapter claimed the feature.
    fn unsupported(&self, unsupported: Unsupported) -> AdapterError {
        let claimed = self.hello.iter().flat_map(|hello| &hello.features);
        if claimed.map(|feature| Feature::name(*feature)).any(|feature| feature == unsupported.feature) {
            return AdapterError::FalseClaim { feature: unsupported.feature };
        }
        AdapterError::Unsupported(unsupported)
    }

    fn exchange(&mut self, name: &str, line: String, id: u64) -> Result<(Answer, String), AdapterError> {
        let process = self.process.as_mut().expect("the process was started");
        self.last = Some((line.clone(), String::new()));
        let limit = if name == NONSENSE { self.spec.start_limit } else { self.spec.limit };
        let answered = process.exchange(name, line, limit).map_err(of_start).and_then(|line| {
            if let Some((_, answer)) = &mut self.last {
                answer.clone_from(&line);
                clip(answer);
            }
            match Answer::read(&line, id) {
                Ok(answer) => Ok((answer, line)),
                Err(violation) => Err(AdapterError::NoAnswer { command: name.to_owned(), line, violation }),
            }
        });
        if answered.is_err() {
            self.abandon();
        }
        answered
    }

    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

/// The error for the first command. An adapter that has not answered it may not even have started.
fn of_start(error: AdapterError) -> AdapterError {
    match error {
        AdapterError::TimedOut { command, limit } if command == NONSENSE => AdapterError::SlowStart { limit },
        error => error,
    }
}
