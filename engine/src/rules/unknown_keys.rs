//! Unknown keys: decisions about a key that this device has not discovered, that is, not fetched yet.
//!
//! XEP-0450: `implementation-notes-storing-trust-message-information-unknown-keys`.
//!
//! Decided where the specification is open:
//!
//! - A decision about an unknown key, from a person or a message, is kept and takes effect when the key is discovered.
//!   Until then the key is undecided, and decisions of its holder do not count.
//! - A later decision replaces it, as for a discovered key (`conflicts`).
//! - A contact can make the device keep decisions about a limited number of unknown keys only.

use crate::level::Level;
use crate::message::DecisionKind;
use crate::names::{AccountId, KeyId};
use crate::outcome::{Cause, Change};
use crate::rules::Context;
use crate::rules::announcing::Trigger;
use crate::rules::toakafa::level_by_policy;
use crate::store::key_store::{KeyRecord, Owner, RecordPosition};
use crate::store::last_words::Speaker;

impl Context<'_> {
    /// Records that a key was fetched. Only the first time has an effect.
    pub(crate) fn discover(&mut self, key: KeyId) {
        if let Some(reason) = self.reason_against_deciding(key) {
            return self.refuse_all(None, Cause::Discovered, reason);
        }
        match self.device.store.find_recent(key) {
            None => self.discover_undecided(key),
            Some(place) if !self.device.store.at(place).discovered => self.discover_decided(key, place),
            Some(_) => {}
        }
    }

    /// Gives a discovered key without a decision its level by the policy.
    fn discover_undecided(&mut self, key: KeyId) {
        let owner = self.names.owner(key);
        let policy = self.device.rules.policy;
        let record = |owner: &Owner| KeyRecord {
            level: level_by_policy(policy, owner),
            discovered: true,
            ..KeyRecord::NEW
        };
        let position = self.device.store.add(key, owner, record);
        let level = self.device.store.at(position).level;
        if level != Level::Undecided {
            self.outcome.changes.push(Change::Level { key, was: Level::Undecided, level });
        }
    }

    /// Puts the kept decision about a discovered key into effect, including all that it releases.
    fn discover_decided(&mut self, key: KeyId, place: RecordPosition) {
        let owner = self.names.owner(key);
        let record = self.device.store.at_mut(place);
        record.discovered = true;
        let (level, origin) = (record.level, record.origin);
        let owed_summary = std::mem::take(&mut record.owed_summary);
        if std::mem::take(&mut record.counted) {
            self.device.store.owner_mut(owner).undiscovered -= 1;
        }
        self.outcome.changes.push(Change::TookEffect { key, level, origin });
        if level.decision() == Some(DecisionKind::Trust) {
            self.on_authenticated(key, owner);
            self.apply_released();
            self.announce(Trigger::Discovery { key, owed_summary });
        }
    }

    /// Whether a decision of `speaker` on an unknown key counts toward the limit of the key's owner.
    pub(crate) fn counts_toward_limit(&self, speaker: Speaker) -> bool {
        match speaker {
            Speaker::Person => false,
            Speaker::Key(sender) => !self.is_own(self.names.owner(sender)),
        }
    }

    /// Whether the decision on another unknown key of `owner` can be kept.
    pub(crate) fn is_below_limit(&self, owner: AccountId) -> bool {
        let kept = self.device.store.owner(owner).map_or(0, |owner| owner.undiscovered);
        (kept as usize) < self.device.rules.limits.undiscovered_per_contact
    }

    /// Counts an unknown key toward its owner's limit.
    pub(crate) fn count_toward_limit(&mut self, place: RecordPosition, owner: AccountId) {
        self.device.store.at_mut(place).counted = true;
        self.device.store.owner_mut(owner).undiscovered += 1;
    }
}
