//! What only comes of something else that was found. Each finding belongs to one requirement: that of the device and the step
//! that went wrong.

use std::collections::BTreeSet;

use atm_adapter_protocol::AdapterError;
use atm_engine::KeyId;
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
    /// How many messages they sent.
    pub(super) sent: usize,
    /// By which requirements something had to happen in it, or must not.
    pub(super) at_work: &'a BTreeSet<&'static str>,
}

/// What went wrong in a run before an expectation failed.
pub(super) struct Consequences<'a> {
    shown: &'a Shown<'a>,
    is_content_lost: bool,
}

/// What a line of a failed check says.
enum Line<'a> {
    /// How a device regards a key.
    Level(&'a DeviceName, KeyId),
    /// For which keys a device encrypts.
    Use(&'a DeviceName, Vec<KeyId>),
    /// Whom a device told something, or did not.
    Telling,
    /// Something else, about one or several devices.
    Other,
}

impl<'a> Consequences<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        let is_content_lost = shown.messages.iter().any(|found| found.content == Content::Lost);
        Self { shown, is_content_lost }
    }

    /// Whether a line of a failed check only comes of something else that was found, before or in the same step: of another
    /// device, of a key whose holder has a say in the key that the line is about, or of a message that nobody can read.
    ///
    /// What is about security is never taken for a consequence, and neither is what was found itself.
    pub(super) fn include(&self, requirement: &Requirement, check: &Check, line: &str) -> bool {
        if requirement.weight == Weight::Security {
            return false;
        }
        let says = &self.read(line);
        let is_before = |found: &&MonitorFinding| check.step.is_none_or(|step| found.step <= Some(step));
        let failing =
            self.shown.monitored.iter().filter(|found| is_before(found) && fails(found.requirement));
        let is_found = failing.clone().any(|found| self.is_about(found, check, says));
        !is_found && (self.is_lost(says) || failing.clone().any(|found| self.can_lead_to(found, says)))
    }

    fn read(&self, line: &str) -> Line<'a> {
        let Shown { run, hosted, .. } = self.shown;
        let called = |name: &str| run.cast.keys().find(|key| run.cast.key_name(*key) == name);
        for device in *hosted {
            let Some(rest) = line.strip_prefix(&device.to_string()) else { continue };
            let regarded = rest.strip_prefix(" -> ").and_then(|rest| rest.split(' ').next());
            if let Some(key) = regarded.and_then(called) {
                return Line::Level(device, key);
            }
            let used = rest.strip_prefix(" encrypts for ").into_iter().flat_map(|names| names.split(", "));
            let used: Vec<KeyId> = used.filter_map(called).collect();
            if !used.is_empty() {
                return Line::Use(device, used);
            }
        }
        if line.contains(" tell ") || line.contains(" told ") { Line::Telling } else { Line::Other }
    }

    /// Whether something was found that a line says.
    fn is_about(&self, found: &MonitorFinding, check: &Check, says: &Line<'_>) -> bool {
        match (&found.subject, says) {
            (Subject::Levels(unlawful), Line::Level(device, key)) => {
                found.device == **device && unlawful.iter().any(|level| level.key == *key)
            }
            (Subject::NotTold(_) | Subject::WronglyTold, Line::Telling) => {
                check.concerns.is_empty() || check.concerns.contains(&found.device)
            }
            _ => false,
        }
    }

    /// Whether a message that nobody can read can lead to this: it says nothing to its readers.
    fn is_lost(&self, says: &Line<'_>) -> bool {
        let is_of_one_device = matches!(says, Line::Level(..) | Line::Use(..));
        self.is_content_lost && (self.shown.hosted.len() > 1 || !is_of_one_device)
    }

    /// Whether something that was found can lead to this. What a device tells, or does not, changes what others do. How it
    /// regards a key decides whether the word of its holder counts, who is told what, and how other keys of the owner are used.
    fn can_lead_to(&self, found: &MonitorFinding, says: &Line<'_>) -> bool {
        let (device, keys) = match says {
            Line::Level(device, key) => (*device, std::slice::from_ref(key)),
            Line::Use(device, keys) => (*device, &keys[..]),
            Line::Telling | Line::Other => return true,
        };
        if found.device != *device {
            return true;
        }
        let Subject::Levels(unlawful) = &found.subject else { return false };
        let names = self.shown.run.cast.directory();
        let own = self.shown.run.cast.devices().find(|(_, member)| member.name == *device);
        let own = own.map(|(_, member)| member.account);
        unlawful.iter().any(|level| {
            let owner = names.owner(level.key);
            Some(owner) == own || keys.iter().any(|key| owner == names.owner(*key))
        })
    }
}

fn fails(requirement: &str) -> bool {
    requirements::find(requirement).is_some_and(|requirement| requirement.weight.fails())
}
