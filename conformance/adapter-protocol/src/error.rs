//! Errors between `atm` and an adapter, written for the author of the adapter.

use std::borrow::Cow;
use std::time::Duration;

use super::clipping::clip;
use super::ending::Ending;
use super::one_line::OneLine;
use super::protocol::{ErrorKind, Unsupported};
use super::violation::ProtocolViolation;

/// The greatest number of characters of a line that a message quotes.
const QUOTED: usize = 300;

/// A failure of an adapter: it did something wrong, or did not do something that it should have done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdapterError {
    /// The program could not be started.
    #[error("{} cannot be started: {reason}", OneLine(.program))]
    NotStarted {
        /// The program.
        program: String,
        /// The operating system's error.
        reason: String,
    },
    /// The adapter did not answer in time.
    #[error("no answer to `{command}` within {} s", .limit.as_secs_f64())]
    TimedOut {
        /// The command.
        command: String,
        /// The time that `atm` waited.
        limit: Duration,
    },
    /// The adapter did not give its first answer in time.
    #[error("no answer within {} s after it was started", .limit.as_secs_f64())]
    SlowStart {
        /// The time that `atm` waited.
        limit: Duration,
    },
    /// The run has ended.
    #[error("the run was interrupted")]
    Interrupted,
    /// The program ended or closed its output before it answered.
    #[error("it {} before it answered `{command}`{}", ended(*.ending), said(.stderr))]
    Ended {
        /// The command.
        command: String,
        /// The way in which it ended.
        ending: Ending,
        /// The end of its standard error.
        stderr: String,
    },
    /// The answer is too long.
    #[error("its answer to `{command}` is longer than {limit} bytes")]
    TooLong {
        /// The command.
        command: String,
        /// The greatest permitted length of a line, in bytes.
        limit: usize,
    },
    /// The line is not a valid answer.
    #[error("its answer to `{command}` is not valid: {}\n  the line: {}", OneLine(.violation), quoted(.line))]
    NoAnswer {
        /// The command.
        command: String,
        /// The line.
        line: String,
        /// The violation.
        violation: ProtocolViolation,
    },
    /// The answer reports an error.
    #[error("`{command}` failed: {}", OneLine(.message))]
    Failed {
        /// The command.
        command: String,
        /// Whether the state is known afterwards.
        kind: ErrorKind,
        /// The adapter's message.
        message: String,
    },
    /// The adapter does not support something that the case needs.
    #[error("unsupported: {}{}", OneLine(&.0.feature), OneLine(because(.0)))]
    Unsupported(Unsupported),
    /// The adapter claims a feature but answers that it does not support it.
    #[error("its `hello` claims `{}`, but it answers `unsupported`", OneLine(.feature))]
    FalseClaim {
        /// The feature.
        feature: String,
    },
    /// The case could not be played to its end.
    #[error("the case was broken off: {}", OneLine(.reason))]
    BrokenOff {
        /// The reason.
        reason: String,
    },
    /// A stanza of the adapter cannot be delivered.
    #[error("it sent something that cannot be delivered: {}\n  the stanza: {}", OneLine(.reason), quoted(.stanza))]
    Undeliverable {
        /// The stanza.
        stanza: String,
        /// The error in the stanza.
        reason: String,
    },
}

impl AdapterError {
    /// Truncates the texts of the adapter to the length that is shown, because errors are kept until the run ends.
    #[must_use]
    pub fn clipped(mut self) -> Self {
        match &mut self {
            Self::NoAnswer { line, violation, .. } => {
                clip(line);
                *violation = std::mem::replace(violation, ProtocolViolation::NotUtf8).clipped();
            }
            Self::Failed { message, .. } => clip(message),
            Self::Unsupported(Unsupported { feature, reason, link }) => {
                [Some(feature), reason.as_mut(), link.as_mut()].into_iter().flatten().for_each(clip);
            }
            Self::FalseClaim { feature: text } | Self::BrokenOff { reason: text } => clip(text),
            Self::Undeliverable { stanza, reason } => [stanza, reason].into_iter().for_each(clip),
            Self::NotStarted { .. }
            | Self::TimedOut { .. }
            | Self::SlowStart { .. }
            | Self::Interrupted
            | Self::Ended { .. }
            | Self::TooLong { .. } => {}
        }
        self
    }

    /// Whether the process can continue: it answered, and its state is known.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        match self {
            Self::Unsupported(_)
            | Self::FalseClaim { .. }
            | Self::Undeliverable { .. }
            | Self::BrokenOff { .. } => true,
            Self::Failed { kind, .. } => *kind == ErrorKind::Definite,
            Self::NotStarted { .. }
            | Self::TimedOut { .. }
            | Self::SlowStart { .. }
            | Self::Interrupted
            | Self::Ended { .. }
            | Self::TooLong { .. }
            | Self::NoAnswer { .. } => false,
        }
    }

    /// The most likely mistake behind the error, if there is one.
    #[must_use]
    pub fn likely_mistake(&self) -> Option<Cow<'static, str>> {
        let mistake = match self {
            Self::NotStarted { .. } => {
                "the command is run without a shell: give the program by its path, and its arguments after it"
            }
            Self::TimedOut { .. } => {
                "it answered the commands before this one, so it is slow or waits for something: `--timeout` gives it more \
                 time"
            }
            Self::SlowStart { .. } => {
                "the program is not ready yet, does not read its standard input, or keeps its answer in a buffer: one that \
                 takes long to start gets more time by `--start-timeout`"
            }
            Self::Ended { ending, stderr, .. } => of_end(*ending, stderr),
            Self::TooLong { .. } => "an answer holds more than what one command asks for",
            Self::NoAnswer { violation, .. } => return Some(violation.likely_mistake()),
            Self::FalseClaim { .. } => "`features` in `hello` may name only what works",
            Self::BrokenOff { .. } => "two devices answer each other's trust messages with trust messages",
            Self::Undeliverable { .. } => {
                "an identifier was decoded twice or as Base16, or owner and key were mixed up"
            }
            Self::Failed { .. } | Self::Unsupported(_) | Self::Interrupted => return None,
        };
        Some(Cow::Borrowed(mistake))
    }
}

fn of_end(ending: Ending, stderr: &str) -> &'static str {
    match ending {
        _ if !stderr.is_empty() => "an error ended the program: look at what it wrote to standard error",
        Ending::Code(0) => "the program ends after a command, or takes it for `stop`",
        Ending::Code(_) => {
            "an error ended the program, and nothing says which: let it write to standard error"
        }
        Ending::Signal(_) => {
            "the program crashed: start it by itself, and give it the command on its standard input"
        }
        Ending::StillRuns => "the program closed its standard output, or put something else in its place",
    }
}

fn ended(ending: Ending) -> String {
    match ending {
        Ending::Code(_) => format!("ended with {ending}"),
        Ending::Signal(_) => format!("was ended by {ending}"),
        Ending::StillRuns => "closed its standard output".to_owned(),
    }
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() {
        "; it wrote nothing to standard error".to_owned()
    } else {
        format!("; it wrote to standard error:\n{stderr}")
    }
}

fn because(unsupported: &Unsupported) -> String {
    let Unsupported { reason, link, .. } = unsupported;
    let parts = [reason.as_deref(), link.as_deref()].into_iter().flatten();
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// The beginning of a line, with control characters escaped.
#[must_use]
pub fn quoted(line: &str) -> String {
    let shown: String = line.chars().take(QUOTED).flat_map(char::escape_debug).collect();
    let shown = shown.replace("\\\"", "\"").replace("\\'", "'");
    if line.chars().nth(QUOTED).is_some() { format!("{shown}…") } else { shown }
}
