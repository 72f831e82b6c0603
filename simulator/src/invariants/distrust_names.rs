//! The ids of distrusts that devices received, and of those that were overruled, where distrusts have names.

use std::collections::{BTreeMap, BTreeSet};

use atm_engine::{DecisionKind, DistrustId, DistrustsByKey, KeyId, Outgoing};

use crate::cast::DeviceId;
use crate::trace::MessageNumber;

/// The names of distrusts, noted from messages and from people's decisions, independently of how devices interpret
/// them.
#[derive(Clone, Debug, Default)]
pub(super) struct DistrustNames {
    /// The names in each message that carries any.
    carried: BTreeMap<MessageNumber, DistrustsByKey>,
    /// The names that a device received or gave itself.
    heard: BTreeMap<(DeviceId, KeyId), BTreeSet<DistrustId>>,
    /// The device that wrote a name first, with the event.
    given: BTreeMap<(KeyId, DistrustId), (DeviceId, u64)>,
    /// The names that an adversary, or a person whose device knew them, overruled.
    pub(super) overruled: BTreeSet<(KeyId, DistrustId)>,
}

impl DistrustNames {
    /// Notes the names in a message that is sent.
    pub(super) fn carry(&mut self, message: MessageNumber, outgoing: &Outgoing) {
        let distrusts = &outgoing.envelope.message.distrusts;
        if !distrusts.is_empty() {
            self.carried.insert(message, distrusts.clone());
        }
    }

    /// Notes the names in a message that a device wrote during an event.
    pub(super) fn write(&mut self, event: u64, device: DeviceId, outgoing: &Outgoing) {
        for (key, ids) in outgoing.envelope.message.distrusts.iter() {
            for id in ids.standing() {
                self.given.entry((key, *id)).or_insert((device, event));
                self.heard.entry((device, key)).or_default().insert(*id);
            }
            // A device knows its own names, even if it could not send them before its person trusted the key.
            let own = ids
                .overruled()
                .iter()
                .filter(|id| self.given.get(&(key, **id)).is_some_and(|(by, _)| *by == device));
            self.overruled.extend(own.map(|id| (key, *id)));
        }
    }

    /// Notes that a message arrived at a device.
    pub(super) fn read(&mut self, device: DeviceId, message: MessageNumber) {
        let Some(distrusts) = self.carried.get(&message) else { return };
        for (key, ids) in distrusts.iter() {
            self.heard.entry((device, key)).or_default().extend(ids.standing());
        }
    }

    /// Notes that a person at a device trusts a key.
    pub(super) fn overrule(&mut self, device: DeviceId, key: KeyId) {
        let heard = self.heard.get(&(device, key)).into_iter().flatten();
        self.overruled.extend(heard.map(|id| (key, *id)));
    }

    /// Notes the names that an adversary overrules with a device's key. The adversary knows the names on that device.
    pub(super) fn forge(&mut self, outgoing: &Outgoing) {
        let message = &outgoing.envelope.message;
        let trusted = message.decisions.iter().filter(|decision| decision.kind == DecisionKind::Trust);
        for decision in trusted {
            let ids = message.distrusts.of(decision.key).into_iter().flat_map(|ids| ids.overruled());
            self.overruled.extend(ids.map(|id| (decision.key, *id)));
        }
    }

    /// The names that a device gave to distrusts of a key after an event.
    pub(super) fn given_by(
        &self,
        device: DeviceId,
        key: KeyId,
        event: u64,
    ) -> impl Iterator<Item = DistrustId> {
        let given = self.given.iter();
        let of_device =
            given.filter(move |((other, _), (by, at))| *other == key && *by == device && *at > event);
        of_device.map(|((_, id), _)| *id)
    }
}
