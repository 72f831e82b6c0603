//! Checks that a device tells everything that a person's decision demands, and nothing false.

use atm_engine::{Addressees, Decision, DecisionKind, Directory, KeyId, KeySharing, Outgoing};

use super::attribution::{self, Telling, Way};
use super::duty::Duty;
use super::finding::{NotTold, Subject};
use super::judge::Monitor;
use super::standing::Standing;

impl Monitor {
    /// Checks the messages that were sent in response to the input: all duties are done, and all decisions are true.
    ///
    /// An unreadable stanza may contain everything that its readers must be told. Other checks look at its form.
    pub fn check_sent(&mut self, sent: &[Outgoing], unreadable: &[Addressees], names: &Directory) {
        let is_out_of_reach = |duty: &Duty| unreadable.iter().any(|keys| keys.contains(&duty.reader));
        let due = std::mem::take(&mut self.due);
        for duty in due {
            if is_out_of_reach(&duty) || !self.still_holds(&duty) {
                continue;
            }
            let is_done = duty.is_done_by(sent);
            if !is_done && self.waits_for_discovery(&duty) {
                self.pending.push(duty);
                continue;
            }
            let Duty { reader, decision, telling } = duty;
            let context = (self.member.account, names);
            let requirement = match self.member.sharing {
                KeySharing::OneForAll => attribution::ONE_KEY,
                KeySharing::OnePerEndpoint => attribution::of_telling(telling, decision, reader, context),
            };
            self.at_work.insert(requirement);
            self.decisiveness.duties += 1;
            if is_done {
                continue;
            }
            let told = format!(
                "{} tells the holder of {} to {} {}",
                self.member.name,
                self.cast.key_name(reader),
                match decision.kind {
                    DecisionKind::Trust => "trust",
                    DecisionKind::Distrust => "distrust",
                },
                self.cast.key_name(decision.key),
            );
            let observed = format!("not sent: {told}");
            let subject = Subject::NotTold(vec![NotTold { reader, decision }]);
            self.find(requirement, subject, (told, observed));
        }
        self.note_announced(sent, names);
        self.check_truth(sent, names);
    }

    /// Notes the times of messages that were sent. The device may note its own announcements as decisions of these
    /// times. A message that waited for a connection may have a new time each time that it is sent.
    pub(super) fn note_announced(&mut self, sent: &[Outgoing], names: &Directory) {
        for outgoing in sent {
            for decision in outgoing.envelope.message.decisions.iter() {
                if self.is_judged(decision.key, names) {
                    let state = self.key_mut(decision.key);
                    state.newest = state.newest.max(outgoing.envelope.time);
                }
            }
        }
    }

    /// Reports decisions that were told although they were never true in this step.
    fn check_truth(&mut self, sent: &[Outgoing], names: &Directory) {
        for outgoing in sent {
            for decision in outgoing.envelope.message.decisions.iter() {
                if !self.is_judged(decision.key, names) {
                    continue;
                }
                let standing = decision.kind.into();
                let was = self.before(decision.key).lawful.allows(standing);
                let state = self.key_mut(decision.key);
                if was || state.lawful.allows(standing) || state.is_tainted {
                    continue;
                }
                let key = self.cast.key_name(decision.key);
                let to = self.cast.account_name(outgoing.to);
                let expected = format!("{} tells what it has decided", self.member.name);
                let observed = format!("{} tells {to} that {key} is {standing}", self.member.name);
                let requirement =
                    self.why_told(decision.key, standing).unwrap_or(attribution::SECURITY_LEVEL);
                self.find(requirement, Subject::WronglyTold, (expected, observed));
            }
        }
    }

    /// The requirement because of which a told decision did not count. The void decision is about the key, or about a
    /// sender whose word about the key waits. Otherwise such a word still waits, and the device followed it too early.
    pub(super) fn why_told(&self, key: KeyId, standing: Standing) -> Option<&'static str> {
        let words = self.waiting.iter().map(|waiting| waiting.word);
        let words = words.filter(|word| word.target == key && Standing::from(word.kind) == standing);
        let senders: Vec<KeyId> = words.map(|word| word.sender).collect();
        let released = || senders.iter().find_map(|sender| self.why_void(*sender, Standing::Authenticated));
        let waits = || senders.iter().any(|sender| !self.may_speak(*sender));
        self.why_void(key, standing)
            .or_else(released)
            .or_else(|| waits().then_some(attribution::SECURITY_LEVEL))
    }

    /// The requirement because of which a decision about a key did not count or concerned another key.
    pub(super) fn why_void(&self, key: KeyId, standing: Standing) -> Option<&'static str> {
        let mut void = self.void.iter().rev();
        let void = void.find(|void| void.claims(key, standing));
        let names = self.cast.directory();
        let is_mistaken = |(said, _): &&(Decision, Way)| {
            said.key != key
                && Standing::from(said.kind) == standing
                && names.identifier(said.key) == names.identifier(key)
        };
        let mistaken = || {
            let (said, way) = self.said.iter().rev().find(is_mistaken)?;
            Some(attribution::of_mistaken_key(said.key, key, (*way, names)))
        };
        void.map(|void| void.requirement).or_else(mistaken)
    }

    /// Records the duties that follow from a person's decisions, before these take effect. Decisions that change
    /// something are told to all permitted readers, and newly authenticated endpoints get a summary. Keys that are
    /// decided on together do not count as authenticated already.
    pub(super) fn owe(&mut self, told: &[Decision], all: &[Decision], names: &Directory) {
        let is_own = |key| names.owner(key) == self.member.account;
        let is_decided_now = |key| all.iter().any(|other| other.key == key);
        let known: Vec<KeyId> = self
            .before
            .iter()
            .filter(|(_, state)| state.is_surely_authenticated())
            .map(|(key, _)| *key)
            .collect();
        let known = || known.iter().copied().filter(|key| !is_decided_now(*key));
        let mut due = Vec::new();
        for &decision in told {
            let before = self.before(decision.key);
            let is_new = before.lawful.only().is_some_and(|held| held != decision.kind.into());
            let is_repeated = all.iter().filter(|other| other.key == decision.key).count() > 1;
            if !is_new || before.is_tainted || is_repeated {
                continue;
            }
            if self.member.sharing == KeySharing::OneForAll {
                let has_sibling = self.cast.devices_of(self.member.account).len() > 1;
                if has_sibling && !is_own(decision.key) {
                    due.push(Duty { reader: self.member.key, decision, telling: Telling::Decision });
                }
                continue;
            }
            let readers = known().filter(|reader| is_own(*reader) || is_own(decision.key));
            due.extend(readers.map(|reader| Duty { reader, decision, telling: Telling::Decision }));
            if decision.kind == DecisionKind::Trust {
                let facts = known().filter(|key| is_own(decision.key) || is_own(*key));
                due.extend(facts.map(|key| Duty {
                    reader: decision.key,
                    decision: Decision { key, kind: DecisionKind::Trust },
                    telling: Telling::Summary,
                }));
            }
        }
        self.due = due;
    }

    /// Whether a duty still exists: its reader is authenticated, and its decision is true.
    pub(super) fn still_holds(&self, duty: &Duty) -> bool {
        let holds = |key: KeyId, standing: Standing| {
            let state = self.keys.get(&key);
            state.is_some_and(|state| !state.is_tainted && state.lawful.only() == Some(standing))
        };
        let is_shared = duty.reader == self.member.key;
        (is_shared || holds(duty.reader, Standing::Authenticated))
            && holds(duty.decision.key, duty.decision.kind.into())
    }

    pub(super) fn waits_for_discovery(&self, duty: &Duty) -> bool {
        let is_unknown = |key: KeyId| {
            key != self.member.key && self.keys.get(&key).is_none_or(|state| !state.is_discovered)
        };
        is_unknown(duty.reader) || is_unknown(duty.decision.key)
    }
}
