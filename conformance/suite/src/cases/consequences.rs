//! What only comes of something else that was found. Each finding belongs to one requirement: that of the device and the step
//! that went wrong.

use std::collections::BTreeSet;

use atm_adapter_protocol::AdapterError;
use atm_engine::KeyId;
use atm_simulator::cast::DeviceId;
use atm_simulator::checks::{Check, Conduct, Contradiction};
use atm_simulator::run::Run;
use atm_simulator::scenario::DeviceName;

use crate::messages::{Content, MessageFinding};
use crate::monitor::{Effect, JUDGED, MonitorFinding, Subject, UnlawfulLevel};
use crate::requirements::{self, Document, Requirement, Weight};

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

impl<'a> Consequences<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        let is_content_lost = shown.messages.iter().any(|found| found.content == Content::Lost);
        Self { shown, is_content_lost }
    }

    /// Whether a contradiction of a failed check only comes of something else that was found, before or in the same step: of
    /// another device, of a key whose holder has a say in the key that it is about, or of a message that nobody can read.
    ///
    /// A finding is never taken for a consequence of another one. About security, neither is trust in a key that is denied it, nor
    /// encryption for such a key, unless the device trusts rightly what it was told and another device did something wrong: the
    /// device alone has a case of its own.
    pub(super) fn include(
        &self,
        requirement: &Requirement,
        check: &Check,
        contradiction: &Contradiction,
    ) -> bool {
        let conduct = contradiction.conduct.as_ref().map(|(device, conduct)| (*device, conduct));
        let is_before = |found: &&MonitorFinding| check.step.is_none_or(|step| found.step <= Some(step));
        let failing =
            self.shown.monitored.iter().filter(|found| is_before(found) && fails(found.requirement));
        if requirement.weight == Weight::Security && !is_cautious(conduct) {
            let Some((device, Conduct::Level(..) | Conduct::Encryption(_))) = conduct else { return false };
            let (mut own, others): (Vec<_>, Vec<_>) =
                failing.partition(|found| found.device == *self.name(device));
            own.retain(|found| matches!(found.subject, Subject::Levels(_)));
            return own.is_empty() && !others.is_empty();
        }
        let is_found = failing.clone().any(|found| self.is_about(found, check, conduct));
        !is_found && (self.is_lost(conduct) || failing.clone().any(|found| self.can_lead_to(found, conduct)))
    }

    /// Whether something was found that is this conduct of a device.
    fn is_about(&self, found: &MonitorFinding, check: &Check, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        match (&found.subject, conduct) {
            (Subject::Levels(unlawful), Some((device, Conduct::Level(key, _)))) => {
                found.device == *self.name(device) && unlawful.iter().any(|level| level.key == *key)
            }
            (Subject::NotTold(_) | Subject::WronglyTold, Some((_, Conduct::Telling))) => {
                check.concerns.is_empty() || check.concerns.contains(&found.device)
            }
            _ => false,
        }
    }

    /// Whether a message that nobody can read can lead to this: it says nothing to its readers.
    fn is_lost(&self, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        let is_of_one_device = matches!(conduct, Some((_, Conduct::Level(..) | Conduct::Encryption(_))));
        self.is_content_lost && (self.shown.hosted.len() > 1 || !is_of_one_device)
    }

    /// Whether something that was found can lead to this. What a device tells, or does not, changes what others do. How it
    /// regards a key decides whether the word of its holder counts, who is told what, and how other keys of the owner are used.
    fn can_lead_to(&self, found: &MonitorFinding, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        let (device, keys) = match conduct {
            Some((device, Conduct::Level(key, _))) => (device, std::slice::from_ref(key)),
            Some((device, Conduct::Encryption(keys))) => (device, &keys[..]),
            Some((_, Conduct::Telling | Conduct::Reception)) | None => return true,
        };
        if found.device != *self.name(device) {
            return true;
        }
        let Subject::Levels(unlawful) = &found.subject else { return false };
        let cast = &self.shown.run.cast;
        let owner = |key| cast.directory().owner(key);
        let own = cast.member(device).account;
        unlawful
            .iter()
            .any(|level| owner(level.key) == own || keys.iter().any(|key| owner(level.key) == owner(*key)))
    }

    fn name(&self, device: DeviceId) -> &DeviceName {
        self.shown.run.cast.device_name(device)
    }
}

/// The keys that devices regard wrongly since they do not read a form that they have to read. The monitor judges meanings and not
/// forms: it finds there that a word was not followed.
#[derive(Default)]
pub(super) struct FormFailures(BTreeSet<(DeviceId, KeyId)>);

impl FormFailures {
    /// Takes note of what contradicts an expectation, if that is about a form.
    pub(super) fn note(&mut self, requirement: &Requirement, failed: &[&Contradiction]) {
        let is_of_form = matches!(requirement.document, Document::Xep0420 | Document::Xep0434);
        if !is_of_form || !requirement.weight.fails() || JUDGED.contains(&requirement.id) {
            return;
        }
        self.0.extend(failed.iter().filter_map(|failed| match failed.conduct {
            Some((device, Conduct::Level(key, _))) => Some((device, key)),
            _ => None,
        }));
    }

    /// Whether a finding only says that those keys are not regarded as somebody said.
    pub(super) fn explain(&self, found: &MonitorFinding, shown: &Shown<'_>) -> bool {
        let Subject::Levels(levels) = &found.subject else { return false };
        let is_explained = |level: &UnlawfulLevel| {
            let mut explained = self.0.iter().filter(|(_, key)| *key == level.key);
            explained.any(|(device, _)| *shown.run.cast.device_name(*device) == found.device)
        };
        found.effect() == Effect::Omission && levels.iter().all(is_explained)
    }
}

/// Whether a device, if anything, trusts too little.
fn is_cautious(conduct: Option<(DeviceId, &Conduct)>) -> bool {
    matches!(conduct, Some((_, Conduct::Level(_, level))) if !level.is_used())
}

fn fails(requirement: &str) -> bool {
    requirements::find(requirement).is_some_and(|requirement| requirement.weight.fails())
}
