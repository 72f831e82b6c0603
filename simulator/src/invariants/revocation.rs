use std::collections::BTreeSet;

use atm_engine::{ConflictRule, Decision, DecisionKind, KeyId, KeySharing, Level, Origin, Stamp};

use super::distrusts::{Announced, Distrust};
use super::quiescence::Quiet;
use super::words::Behind;
use super::{Hazard, Invariant, Violation};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::world::Control;

impl<E: Endpoint> Quiet<'_, E> {
    /// The distrusts that did not arrive, or that are not in force where they arrived.
    pub(super) fn revocation(&self) -> Result<Vec<Violation>, Failure> {
        if self.distrusts.are_none() {
            return Ok(Vec::new());
        }
        let mut violations = Vec::new();
        let mut found = BTreeSet::new();
        for announced in self.distrusts.announced() {
            for device in self.addressees(announced) {
                if self.is_missed(announced, device)? && found.insert((device, announced.key)) {
                    let what = format!("was not told that {}", self.said(announced.by, announced.key));
                    violations.push(self.violation(
                        Invariant::Revocation,
                        (device, announced.key),
                        None,
                        what,
                    ));
                }
            }
        }
        for word in self.distrusts.words() {
            let Distrust { device, by, key, .. } = word;
            if !self.is_bound(&word) || self.holds_distrust(device, key)? {
                continue;
            }
            let hazard = match self.overruled(&word) {
                Some(Overruled::Rightly) => continue,
                Some(Overruled::Hazard(hazard)) => Some(hazard),
                None => None,
            };
            if found.insert((device, key)) {
                let what = self.lost(device, by, key);
                violations.push(self.violation(Invariant::Revocation, (device, key), hazard, what));
            }
        }
        Ok(violations)
    }

    /// Says that a device lost a distrust that `by` had announced.
    fn lost(&self, device: DeviceId, by: DeviceId, key: KeyId) -> String {
        let (speaker, name) = (self.world.cast().device_name(by), self.world.cast().key_name(key));
        match (self.ledger.level(device, key), device == by) {
            (Level::Authenticated, true) => {
                format!("authenticated {name} again although its user had distrusted that key")
            }
            (Level::Authenticated, false) => {
                format!("authenticated {name} although {speaker} had distrusted that key")
            }
            _ => format!("does not distrust {name} although {speaker} had distrusted that key"),
        }
    }

    fn said(&self, by: DeviceId, key: KeyId) -> String {
        format!("{} distrusts {}", self.world.cast().device_name(by), self.world.cast().key_name(key))
    }

    /// The devices to which a distrust is announced: those whose keys the sender has authenticated, of its own account,
    /// or of any account if the distrusted key belongs to the sender's account. Devices of an account with one shared
    /// key announce no other key of it (see `shared_key`).
    fn addressees(&self, announced: &Announced) -> Vec<DeviceId> {
        let by = self.world.cast().member(announced.by);
        let owner = self.world.cast().directory().owner(announced.key);
        if by.sharing == KeySharing::OneForAll && owner == by.account {
            return Vec::new();
        }
        let known: Vec<KeyId> = match by.sharing {
            KeySharing::OneForAll => vec![by.key],
            KeySharing::OnePerEndpoint => announced.known.iter().copied().collect(),
        };
        let cast = self.world.cast();
        let mut devices: Vec<DeviceId> =
            known.iter().flat_map(|key| cast.devices_with(*key)).copied().collect();
        devices.sort_unstable();
        devices.retain(|device| {
            let member = cast.member(*device);
            self.world.is_present(*device)
                && *device != announced.by
                && member.key != announced.key
                && (member.account == by.account || owner == by.account)
                && self.world.control(*device) != Control::Injected
        });
        devices
    }

    /// Whether a device that has authenticated the sender was never told of the distrust, although the sender can still
    /// tell it and still holds the distrust.
    fn is_missed(&self, announced: &Announced, device: DeviceId) -> Result<bool, Failure> {
        let Announced { number, by, key, .. } = *announced;
        let member = self.world.cast().member(device);
        let mut messages = self.distrusts.messages_of(by).filter(|message| message.number > number);
        let told = messages.any(|message| message.tells(member.key, key));
        let changed = |key, kind| self.distrusts.applied_after(number, by, Decision { key, kind });
        Ok(!told
            && self.world.is_connected(by)
            && !changed(key, DecisionKind::Trust)
            && !changed(member.key, DecisionKind::Distrust)
            && self.ledger.level(device, self.world.cast().member(by).key) == Level::Authenticated
            && !self.holds_distrust(device, key)?)
    }

    /// Whether a device distrusts a key, or will do so once it discovers the key.
    fn holds_distrust(&self, device: DeviceId, key: KeyId) -> Result<bool, Failure> {
        let known = self.history.discovered.contains(&(device, key));
        Ok(self.world.level(device, key)? == Level::Distrusted
            || !known && self.ledger.verdict(device, key) == Some(DecisionKind::Distrust))
    }

    /// Whether a distrust counts for the device that accepted it: the device is present, and it has authenticated the
    /// sender if the distrust was postponed.
    fn is_bound(&self, word: &Distrust) -> bool {
        let speaker = self.world.cast().member(word.by).key;
        self.world.is_present(word.device)
            && self.world.control(word.device) != Control::Injected
            && (!word.waited || self.ledger.level(word.device, speaker) == Level::Authenticated)
    }

    /// Whether a device wrote, while it was not connected, a message that trusts a key, after a distrust and with a
    /// later time. Such a message affects the device even if it was never sent.
    fn wrote_trust_since(&self, device: DeviceId, key: KeyId, (time, decided): (Stamp, Stamp)) -> bool {
        let trust = Decision { key, kind: DecisionKind::Trust };
        self.world.waited(device).any(|(at, outgoing)| {
            let envelope = &outgoing.envelope;
            at >= decided
                && envelope.time.is_some_and(|written| written > time)
                && envelope.message.decisions.contains(&trust)
        })
    }

    /// The reason why the distrust is not in force on the device that accepted it.
    fn overruled(&self, word: &Distrust) -> Option<Overruled> {
        let Distrust { device, by, key, time, decided, .. } = *word;
        let trust = Decision { key, kind: DecisionKind::Trust };
        if self.ledger.verdict(device, key)? == DecisionKind::Distrust {
            return None;
        }
        if self.options.conflict == ConflictRule::Named
            && let Some(is_overruled) = self.distrusts.is_overruled_by_name(word)
        {
            return is_overruled.then_some(Overruled::Rightly);
        }
        if self.ledger.person_trusted_after(device, key, time) {
            return Some(Overruled::Rightly);
        }
        match self.options.conflict {
            ConflictRule::Cautious | ConflictRule::Named => {
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
            self.distrusts.are_misdated().then_some(Overruled::Hazard(Hazard::WrongClock))
        }
    }
}

/// The reason why a distrust is not in force.
enum Overruled {
    /// Trust by someone who may overrule the distrust.
    Rightly,
    Hazard(Hazard),
}
