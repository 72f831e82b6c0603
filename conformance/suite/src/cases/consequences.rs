//! Failures that only follow from another finding. Each finding belongs to one requirement: that of the device and the
//! step that went wrong.

use std::collections::BTreeSet;

use atm_adapter_protocol::AdapterError;
use atm_engine::KeyId;
use atm_simulator::cast::DeviceId;
use atm_simulator::checks::{Check, Conduct, Contradiction};
use atm_simulator::run::Run;
use atm_simulator::scenario::DeviceName;

use crate::messages::{Content, MessageFinding};
use crate::monitor::{Effect, JUDGED, MonitorFinding, Standing, Subject, UnlawfulLevel};
use crate::requirements::{self, Document, Requirement, Weight};

/// The observations of a run.
pub(super) struct Shown<'a> {
    pub(super) run: &'a Run,
    /// The devices under test.
    pub(super) hosted: &'a [DeviceName],
    /// The findings in the messages that they sent.
    pub(super) messages: &'a [MessageFinding],
    /// The monitor's findings about them.
    pub(super) monitored: &'a [MonitorFinding],
    pub(super) error: Option<&'a AdapterError>,
    /// The number of trust messages that they sent.
    pub(super) sent: usize,
    /// The requirements that were exercised.
    pub(super) at_work: &'a BTreeSet<&'static str>,
    /// Whether the devices under test learn which of their messages were sent.
    pub(super) is_confirmed: bool,
}

/// The findings of a run from which failed expectations may follow.
pub(super) struct Consequences<'a> {
    shown: &'a Shown<'a>,
    is_content_lost: bool,
}

impl<'a> Consequences<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        let is_content_lost = shown.messages.iter().any(|found| found.content == Content::Lost);
        Self { shown, is_content_lost }
    }

    /// Whether a contradiction of a failed check only follows from a finding in an earlier step or the same one. The
    /// finding is about another device, about a key whose holder influences the key in question, or about a message
    /// that nobody can read.
    ///
    /// A contradiction that the monitor found too is no consequence, except of a requirement that nobody can fail: the
    /// text does not permit what another requirement forbids. Neither is a security failure, with one exception:
    /// a device trusts a key because another device misbehaved, and its own levels are lawful. That device has a case
    /// of its own, in which it is hosted alone.
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
        if requirement.weight == Weight::Informational && is_found {
            return true;
        }
        !is_found && (self.is_lost(conduct) || failing.clone().any(|found| self.can_lead_to(found, conduct)))
    }

    /// The requirement under which the monitor found all that contradicts a check, if it is another one and one that an
    /// implementation can fail.
    pub(super) fn found_under(
        &self,
        requirement: &Requirement,
        check: &Check,
        failed: &[&Contradiction],
    ) -> Option<&'static str> {
        let of_all = failed.iter().map(|contradiction| self.causes(check, contradiction));
        let of_all: Vec<Vec<&'static str>> = of_all.collect();
        let is_another = |causes: &Vec<&'static str>| !causes.is_empty() && !causes.contains(&requirement.id);
        if !of_all.iter().all(is_another) {
            return None;
        }
        of_all.first()?.first().copied()
    }

    /// The requirements under which the monitor found the conduct behind a contradiction.
    fn causes(&self, check: &Check, contradiction: &Contradiction) -> Vec<&'static str> {
        let Some((device, Conduct::Level(key, level) | Conduct::Unauthenticated(key, level))) =
            contradiction.conduct
        else {
            return Vec::new();
        };
        let is_it =
            |unlawful: &UnlawfulLevel| unlawful.key == key && unlawful.observed == Standing::of(level);
        let found = self.shown.monitored.iter().filter(|found| {
            let Subject::Levels(unlawful) = &found.subject else { return false };
            found.device == *self.name(device)
                && check.step.is_none_or(|step| found.step <= Some(step))
                && fails(found.requirement)
                && unlawful.iter().any(is_it)
        });
        found.map(|found| found.requirement).collect()
    }

    /// Whether a finding of the monitor is about this conduct.
    fn is_about(&self, found: &MonitorFinding, check: &Check, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        match (&found.subject, conduct) {
            (
                Subject::Levels(unlawful),
                Some((device, Conduct::Level(key, _) | Conduct::Unauthenticated(key, _))),
            ) => found.device == *self.name(device) && unlawful.iter().any(|level| level.key == *key),
            (
                Subject::NotTold(_) | Subject::WronglyTold | Subject::WrongReader,
                Some((_, Conduct::Telling)),
            ) => check.concerns.is_empty() || check.concerns.contains(&found.device),
            _ => false,
        }
    }

    /// Whether an unreadable message can lead to this conduct. Its readers learn nothing from it.
    fn is_lost(&self, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        let is_of_one_device = matches!(
            conduct,
            Some((_, Conduct::Level(..) | Conduct::Unauthenticated(..) | Conduct::Encryption(_)))
        );
        self.is_content_lost && (self.shown.hosted.len() > 1 || !is_of_one_device)
    }

    /// Whether a finding can lead to this conduct. A told or untold decision changes other devices. The level of a key
    /// determines whether its holder's decisions count, who is told, and how other keys of the owner are used.
    fn can_lead_to(&self, found: &MonitorFinding, conduct: Option<(DeviceId, &Conduct)>) -> bool {
        let (device, keys) = match conduct {
            Some((device, Conduct::Level(key, _) | Conduct::Unauthenticated(key, _))) => {
                (device, std::slice::from_ref(key))
            }
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

/// The keys whose levels are wrong because a device does not read a form that it must read. The monitor judges meanings
/// and not forms, so it reports that a decision was not followed.
#[derive(Default)]
pub(super) struct FormFailures(BTreeSet<(DeviceId, KeyId)>);

impl FormFailures {
    /// Records the contradictions of an expectation about a form.
    pub(super) fn note(&mut self, requirement: &Requirement, failed: &[&Contradiction]) {
        let is_of_form = matches!(requirement.document, Document::Xep0420 | Document::Xep0434);
        if !is_of_form || !requirement.weight.fails() || JUDGED.contains(&requirement.id) {
            return;
        }
        self.0.extend(failed.iter().filter_map(|failed| match failed.conduct {
            Some((device, Conduct::Level(key, _) | Conduct::Unauthenticated(key, _))) => Some((device, key)),
            _ => None,
        }));
    }

    /// Whether a finding only says that decisions about those keys were not followed.
    pub(super) fn explain(&self, found: &MonitorFinding, shown: &Shown<'_>) -> bool {
        let Subject::Levels(levels) = &found.subject else { return false };
        let is_explained = |level: &UnlawfulLevel| {
            let mut explained = self.0.iter().filter(|(_, key)| *key == level.key);
            explained.any(|(device, _)| *shown.run.cast.device_name(*device) == found.device)
        };
        found.effect() == Effect::Omission && levels.iter().all(is_explained)
    }
}

/// Whether the device at most trusts too little.
fn is_cautious(conduct: Option<(DeviceId, &Conduct)>) -> bool {
    match conduct {
        Some((_, Conduct::Unauthenticated(..))) => true,
        Some((_, Conduct::Level(_, level))) => !level.is_used(),
        _ => false,
    }
}

fn fails(requirement: &str) -> bool {
    requirements::find(requirement).is_some_and(|requirement| requirement.weight.fails())
}
