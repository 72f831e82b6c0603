//! The likely cause of a failed check: the kind of mistake, and the message that was followed or not.

use atm_engine::{DecisionKind, KeyId, Level, Outgoing};
use atm_simulator::cast::DeviceId;
use atm_simulator::checks::{Check, Conduct, Contradiction, Holds};
use atm_simulator::run::Run;
use atm_simulator::trace::{Event, TraceRecord};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::monitor::{MonitorFinding, Standing, Subject, UnlawfulLevel};

/// A kind of mistake. Failures of one kind probably have one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// A device does not send something that it must send.
    NotSent,
    /// A device sends something that it must not send.
    WronglySent,
    /// A device does not follow a decision that counts.
    NotFollowed,
    /// A device follows a decision that does not count.
    WronglyFollowed,
    /// A device encrypts for other keys than it has to.
    Recipients,
    /// A policy gives a key another level than it has to.
    Policy,
    /// A message does not have the form that it must have.
    Form,
    /// A message with the same meaning in another form has another effect.
    Variation,
}

/// The diagnosis of a failed check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// The kind of mistake, if it shows.
    pub fault: Option<Fault>,
    /// Sentences that say who told the device about a key, and whether it followed.
    pub because: Vec<String>,
}

impl Fault {
    /// The diagnosis for a mistake that needs no explanation.
    pub(super) fn alone(self) -> Diagnosis {
        Diagnosis { fault: Some(self), because: Vec::new() }
    }
}

impl Diagnosis {
    /// The diagnosis of an expectation that these contradictions refute.
    pub(super) fn of_check(check: &Check, failed: &[&Contradiction], run: &Run) -> Self {
        let mut findings = Findings::default();
        for (device, conduct) in failed.iter().filter_map(|failed| failed.conduct.as_ref()) {
            match conduct {
                Conduct::Telling if check.told().is_some() => findings.add(Fault::NotSent),
                Conduct::Telling => findings.add(Fault::WronglySent),
                Conduct::Encryption(_) => findings.add(Fault::Recipients),
                Conduct::Reception => {}
                Conduct::Level(key, Level::AutomaticallyTrusted | Level::AutomaticallyDistrusted)
                    if !demands_distrust(check, (*device, *key)) =>
                {
                    findings.add(Fault::Policy);
                }
                Conduct::Level(key, level) => {
                    let observed = Standing::of(*level);
                    // A key that must be authenticated has the other conduct.
                    let is_missing = observed != Standing::Distrusted;
                    let wanted = is_missing.then_some(DecisionKind::Distrust);
                    findings.add_level(
                        run,
                        check.step,
                        WrongLevel { device: *device, key: *key, observed, wanted },
                    );
                }
                Conduct::Unauthenticated(key, level) => {
                    let (observed, wanted) = (Standing::of(*level), Some(DecisionKind::Trust));
                    findings.add_level(
                        run,
                        check.step,
                        WrongLevel { device: *device, key: *key, observed, wanted },
                    );
                }
            }
        }
        findings.told(run)
    }

    /// The diagnosis of a finding of the monitor.
    pub(super) fn of_finding(found: &MonitorFinding, run: &Run) -> Self {
        let (Subject::Levels(levels), Ok(device)) = (&found.subject, run.cast.device(&found.device)) else {
            return Self::of_subject(&found.subject);
        };
        let mut findings = Findings::default();
        for level in levels {
            let wanted = match level.lawful.only() {
                Some(Standing::Authenticated) => Some(DecisionKind::Trust),
                Some(Standing::Distrusted) => Some(DecisionKind::Distrust),
                Some(Standing::Open) | None => None,
            };
            let UnlawfulLevel { key, observed, .. } = *level;
            findings.add_level(run, found.step, WrongLevel { device, key, observed, wanted });
        }
        findings.told(run)
    }

    /// The diagnosis by the subject of a finding alone.
    pub(super) fn of_subject(subject: &Subject) -> Self {
        match subject {
            Subject::NotTold(_) => Fault::NotSent.alone(),
            Subject::WronglyTold => Fault::WronglySent.alone(),
            Subject::WrongReader => Fault::Recipients.alone(),
            Subject::Levels(levels) => {
                levels.first().map_or_else(Self::default, |level| without_word(level.observed).alone())
            }
        }
    }

    /// The diagnosis of a finding that a void message counts. A device that distrusts a key followed it, too.
    pub(super) fn of_void_message(subject: &Subject) -> Self {
        match subject {
            Subject::Levels(levels) if levels.iter().any(|level| level.observed != Standing::Open) => {
                Fault::WronglyFollowed.alone()
            }
            _ => Self::of_subject(subject),
        }
    }
}

/// Whether an expectation demands that a decision distrusts a key on a device. No policy can do that.
fn demands_distrust(check: &Check, of: (DeviceId, KeyId)) -> bool {
    let by_decision = |holds: Holds| holds(Level::Distrusted) && !holds(Level::AutomaticallyDistrusted);
    check.levels().into_iter().any(|(device, key, holds)| (device, key) == of && by_decision(holds))
}

/// The mistake of a device with a wrong standing of a key, if no message explains it.
fn without_word(observed: Standing) -> Fault {
    match observed {
        Standing::Authenticated => Fault::WronglyFollowed,
        Standing::Open | Standing::Distrusted => Fault::NotFollowed,
    }
}

/// The last message that brought a device a decision about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// A message of another device.
    Of(DeviceId, DecisionKind),
    /// A handwritten stanza, whose meaning the trace does not have.
    ByHand,
}

/// A wrong standing of a key at a device.
#[derive(Clone, Copy)]
struct WrongLevel {
    device: DeviceId,
    key: KeyId,
    observed: Standing,
    /// The decision that leads to the right standing, if there is just one.
    wanted: Option<DecisionKind>,
}

/// The parts of a diagnosis.
#[derive(Default)]
struct Findings {
    /// The first kind of mistake.
    fault: Option<Fault>,
    /// The devices with wrong levels, the messages behind these, and the keys.
    words: Vec<(DeviceId, Word, Fault, Vec<KeyId>)>,
}

impl Findings {
    fn add(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Adds a wrong standing of a key. The last message about the key before the check explains it, if the device followed
    /// that one, or had to.
    fn add_level(&mut self, run: &Run, step: Option<usize>, wrong: WrongLevel) {
        let WrongLevel { device, key, observed, wanted } = wrong;
        let explains = |word: &Word| match *word {
            Word::Of(_, kind) => observed == Standing::from(kind) || wanted == Some(kind),
            Word::ByHand => true,
        };
        let word = last_word(run, (device, key), step).filter(explains);
        let fault = match word {
            Some(Word::Of(_, kind)) if observed == Standing::from(kind) => Fault::WronglyFollowed,
            Some(Word::Of(..)) => Fault::NotFollowed,
            Some(Word::ByHand) | None => without_word(observed),
        };
        self.add(fault);
        let Some(word) = word else { return };
        let is_same = |other: &&mut (DeviceId, Word, Fault, Vec<KeyId>)| {
            (other.0, other.1, other.2) == (device, word, fault)
        };
        match self.words.iter_mut().find(is_same) {
            Some((.., keys)) => keys.push(key),
            None => self.words.push((device, word, fault, vec![key])),
        }
    }

    /// The diagnosis in words.
    fn told(self, run: &Run) -> Diagnosis {
        let sentence = |(device, word, fault, keys): &(DeviceId, Word, Fault, Vec<KeyId>)| {
            let name = run.cast.device_name(*device);
            let Word::Of(sender, kind) = word else {
                return format!(
                    "the last message to {name} before that is one whose XML stands in the scenario"
                );
            };
            let sender = run.cast.device_name(*sender);
            let verb = match kind {
                DecisionKind::Trust => "trust",
                DecisionKind::Distrust => "distrust",
            };
            let keys: Vec<String> = keys.iter().map(|key| run.cast.key_name(*key)).collect();
            let and = if *fault == Fault::WronglyFollowed { "followed it" } else { "did not follow it" };
            format!("{sender} told {name} to {verb} {}, and {name} {and}", keys.join(", "))
        };
        let because = self.words.iter().map(sentence).collect();
        Diagnosis { fault: self.fault, because }
    }
}

/// The last message about a key that reached a device until the end of a step.
fn last_word(run: &Run, (device, key): (DeviceId, KeyId), step: Option<usize>) -> Option<Word> {
    let mut sent = FxHashMap::default();
    let mut word = None;
    for record in until(run.trace.records(), step) {
        match &record.event {
            Event::Sent { device: sender, message, outgoing }
            | Event::Forged { device: sender, message, outgoing } => {
                if let Some(kind) = decision_about(key, outgoing) {
                    sent.insert(*message, Word::Of(*sender, kind));
                }
            }
            Event::Delivered { device: reader, message, .. } if *reader == device => {
                word = message.map_or(Some(Word::ByHand), |message| sent.get(&message).copied().or(word));
            }
            _ => {}
        }
    }
    word
}

fn decision_about(key: KeyId, outgoing: &Outgoing) -> Option<DecisionKind> {
    let mut decisions = outgoing.envelope.message.decisions.iter();
    decisions.find(|decision| decision.key == key).map(|decision| decision.kind)
}

/// The records before the step after this one; all if there is none.
fn until(records: &[TraceRecord], step: Option<usize>) -> &[TraceRecord] {
    let is_later =
        |record: &TraceRecord| matches!(record.event, Event::Step { step: other } if Some(other) > step);
    let end = if step.is_some() { records.iter().position(is_later) } else { None };
    &records[..end.unwrap_or(records.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message for authenticated keys that another key can read, too, has to be sent, but to fewer readers.
    #[test]
    fn a_wrong_reader_is_no_wrong_message() {
        assert_eq!(Diagnosis::of_subject(&Subject::WrongReader).fault, Some(Fault::Recipients));
        assert_eq!(Diagnosis::of_subject(&Subject::WronglyTold).fault, Some(Fault::WronglySent));
    }
}
