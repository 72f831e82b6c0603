//! What only comes of something else that was found. Each finding belongs to one requirement: that of the device and the step
//! that went wrong.

use atm_adapter_protocol::AdapterError;
use atm_simulator::checks::Check;
use atm_simulator::run::Run;
use atm_simulator::scenario::DeviceName;

use crate::messages::{Content, MessageFinding};
use crate::monitor::{MonitorFinding, Subject};
use crate::requirements::{self, Requirement, Weight};

/// What there is to say about a run.
pub(super) struct Shown<'a> {
    pub(super) run: &'a Run,
    /// The devices that were tested in it.
    pub(super) hosted: &'a [DeviceName],
    /// What is wrong with what they sent.
    pub(super) messages: &'a [MessageFinding],
    /// What else is wrong with what they did.
    pub(super) monitored: &'a [MonitorFinding],
    pub(super) error: Option<&'a AdapterError>,
}

/// What went wrong in a run before an expectation failed.
pub(super) struct Consequences<'a> {
    shown: &'a Shown<'a>,
    is_content_lost: bool,
}

impl<'a> Consequences<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        Self { shown, is_content_lost: is_content_lost(shown.messages) }
    }

    /// Whether a line of a failed check only comes of something else: of what was found, before or in the same step, about
    /// another key, another device or a message, and not about what the line says.
    ///
    /// What is about security is never taken for a consequence.
    pub(super) fn include(&self, requirement: &Requirement, check: &Check, line: &str) -> bool {
        if requirement.weight == Weight::Security {
            return false;
        }
        let is_before = |found: &&MonitorFinding| check.step.is_none_or(|step| found.step <= Some(step));
        let failing =
            self.shown.monitored.iter().filter(|found| is_before(found) && fails(found.requirement));
        let is_found = failing.clone().any(|found| self.is_about(found, check, line));
        !is_found && (self.is_content_lost || failing.count() > 0)
    }

    fn is_about(&self, found: &MonitorFinding, check: &Check, line: &str) -> bool {
        let is_by = check.concerns.is_empty() || check.concerns.contains(&found.device);
        let cast = &self.shown.run.cast;
        is_by
            && match &found.subject {
                Subject::Levels(unlawful) => unlawful.iter().any(|level| {
                    line.starts_with(&format!("{} -> {} ", found.device, cast.key_name(level.key)))
                }),
                Subject::NotTold(_) | Subject::WronglyTold => line.contains(" tell ") || line.contains(" told "),
            }
    }
}

fn is_content_lost(messages: &[MessageFinding]) -> bool {
    messages.iter().any(|found| found.content == Content::Lost)
}

fn fails(requirement: &str) -> bool {
    requirements::find(requirement).is_some_and(|requirement| requirement.weight.fails())
}
