use std::collections::BTreeSet;

use atm_engine::{Change, ConflictRule, Decision, DecisionKind, KeyId, KeySharing, Level, Origin, Stamp};

use super::distrusts::{Announced, Distrust, Past};
use super::quiescence::Quiet;
use super::words::Behind;
use super::{Hazard, Invariant, Violation};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::trace::Event;
use crate::world::Control;

impl<E: Endpoint> Quiet<'_, E> {
    /// The distrusts that did not arrive, or do not hold where they arrived.
    pub(super) fn revocation(&self) -> Result<Vec<Violation>, Failure> {
        if !self.records.iter().any(|record| distrusts(&record.event)) {
            return Ok(Vec::new());
        }
        let past = Past::of(self);
        let mut violations = Vec::new();
        let mut found = BTreeSet::new();
        for announced in &past.announced {
            for device in self.addressees(announced) {
                if self.is_missed(&past, announced, device)? && found.insert((device, announced.key)) {
                    let what = format!("was not told that {}", self.distrusts(announced.by, announced.key));
                    violations.push(self.violation(
                        Invariant::Revocation,
                        (device, announced.key),
                        None,
                        what,
                    ));
                }
            }
        }
        for word in past.words() {
            let Distrust { device, by, key, .. } = word;
            if !self.is_bound(&word) || self.holds_distrust(device, key)? {
                continue;
            }
            let hazard = match self.overruled(&past, &word) {
                Some(Overruled::Rightly) => continue,
                Some(Overruled::Hazard(hazard)) => Some(hazard),
                None => None,
            };
            if found.insert((device, key)) {
                let what = format!("does not hold to it that {}", self.distrusts(by, key));
                violations.push(self.violation(Invariant::Revocation, (device, key), hazard, what));
            }
        }
        Ok(violations)
    }

    fn distrusts(&self, by: DeviceId, key: KeyId) -> String {
        format!("{} distrusts {}", self.world.cast().device_name(by), self.world.cast().key_name(key))
    }

    /// The devices to which a distrust is announced: those whose keys the speaker has authenticated, of its own
    /// account, or of any if the key is one of its own account. Of an account whose endpoints share one key no
    /// other key is spoken of (`shared_key`).
    fn addressees(&self, announced: &Announced) -> Vec<DeviceId> {
        let by = self.world.cast().member(announced.by);
        let owner = self.world.cast().directory().owner(announced.key);
        if by.sharing == KeySharing::OneForAll && owner == by.account {
            return Vec::new();
        }
        let present = self.world.present().filter(|device| {
            let member = self.world.cast().member(*device);
            let own = member.account == by.account;
            let known = match (by.sharing, own) {
                (KeySharing::OneForAll, true) => member.key == by.key,
                (KeySharing::OneForAll, false) => false,
                (KeySharing::OnePerEndpoint, _) => announced.known.contains(&member.key),
            };
            *device != announced.by
                && member.key != announced.key
                && (own || owner == by.account)
                && known
                && self.world.control(*device) != Control::Injected
        });
        present.collect()
    }

    /// Whether a device that believes the speaker was never told of the distrust, although the speaker could
    /// tell it and still wants to.
    fn is_missed(&self, past: &Past, announced: &Announced, device: DeviceId) -> Result<bool, Failure> {
        let Announced { number, by, key, .. } = *announced;
        let member = self.world.cast().member(device);
        let told = past.messages.values().any(|message| {
            message.number > number
                && message.by == by
                && message.keys.contains(&member.key)
                && message.distrusted.contains(&key)
        });
        let changed = |about: KeyId, kind: DecisionKind| {
            past.changes.iter().any(|change| {
                change.number > number
                    && (change.device, change.decision) == (by, Decision { key: about, kind })
            })
        };
        Ok(!told
            && self.world.is_connected(by)
            && !changed(key, DecisionKind::Trust)
            && !changed(member.key, DecisionKind::Distrust)
            && self.ledger.level(device, self.world.cast().member(by).key) == Level::Authenticated
            && !self.holds_distrust(device, key)?)
    }

    /// Whether a device distrusts a key, or will as soon as it knows the key.
    fn holds_distrust(&self, device: DeviceId, key: KeyId) -> Result<bool, Failure> {
        let known = self.history.discovered.contains(&(device, key));
        Ok(self.world.level(device, key)? == Level::Distrusted
            || !known && self.ledger.verdict(device, key) == Some(DecisionKind::Distrust))
    }

    /// Whether a word counts for the device that took it: it is there, and authenticates the speaker if the
    /// word had to wait for that.
    fn is_bound(&self, word: &Distrust) -> bool {
        let speaker = self.world.cast().member(word.by).key;
        self.world.present().any(|device| device == word.device)
            && self.world.control(word.device) != Control::Injected
            && (!word.waited || self.ledger.level(word.device, speaker) == Level::Authenticated)
    }

    /// Whether a device without a connection wrote a message that trusts a key, with a later time than a distrust
    /// and after it. The device holds to what it wrote even if that was never sent.
    fn wrote_trust_since(&self, device: DeviceId, key: KeyId, (time, decided): (Stamp, Stamp)) -> bool {
        let trust = Decision { key, kind: DecisionKind::Trust };
        self.world.waited(device).any(|(at, outgoing)| {
            let envelope = &outgoing.envelope;
            at >= decided
                && envelope.time.is_some_and(|written| written > time)
                && envelope.message.decisions.contains(&trust)
        })
    }

    /// Why something else than a word holds about its key.
    fn overruled(&self, past: &Past, word: &Distrust) -> Option<Overruled> {
        let Distrust { device, by, key, time, decided, .. } = *word;
        let trust = Decision { key, kind: DecisionKind::Trust };
        if self.ledger.verdict(device, key)? == DecisionKind::Distrust {
            return None;
        }
        if self.ledger.person_trusted_after(device, key, time) {
            return Some(Overruled::Rightly);
        }
        match self.options.conflict {
            ConflictRule::Cautious => {
                let speaker = self.world.cast().member(by).key;
                let taken_back = self.ledger.heard(device, speaker, trust, time.next());
                return taken_back.then_some(Overruled::Rightly);
            }
            ConflictRule::Newest => {}
        }
        if self.wrote_trust_since(device, key, (time, decided)) {
            return Some(Overruled::Hazard(Hazard::RestatedTrust));
        }
        let held = self.ledger.held(device, key).filter(|held| held.time > time)?;
        let roots = self.ledger.roots(device, key);
        let by_adversary = |behind: Behind| matches!(behind, Behind::Thief | Behind::Intruder);
        let rightly = by_adversary(held.behind)
            || roots.iter().any(|root| {
                let person_later =
                    root.decision == trust && root.origin == Origin::Manual && root.at > decided;
                person_later || by_adversary(root.behind)
            });
        if rightly {
            Some(Overruled::Rightly)
        } else if held.spoken >= decided {
            Some(Overruled::Hazard(Hazard::RestatedTrust))
        } else {
            past.skewed.then_some(Overruled::Hazard(Hazard::WrongClock))
        }
    }
}

/// Whether a device distrusts a key in an event, or says so.
fn distrusts(event: &Event) -> bool {
    let is_distrust = |decision: &Decision| decision.kind == DecisionKind::Distrust;
    match event {
        Event::Changed { change, .. } => match &change.explanation {
            Some(Change::Decided { decision, .. }) => is_distrust(decision),
            _ => false,
        },
        Event::Sent { outgoing, .. } => outgoing.envelope.message.decisions.iter().any(is_distrust),
        _ => false,
    }
}

/// Why a distrust does not hold.
enum Overruled {
    /// Somebody trusted the key later who may.
    Rightly,
    Hazard(Hazard),
}
