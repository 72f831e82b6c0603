//! The distrusts that devices heard of, and those that were overruled, where distrusts have names.

use std::collections::{BTreeMap, BTreeSet};

use atm_engine::{DecisionKind, DistrustId, DistrustsByKey, KeyId, Outgoing};

use crate::cast::DeviceId;
use crate::trace::MessageNumber;

/// The names of distrusts, noted from messages and from what people do. So it does not rest on what devices make of them.
#[derive(Clone, Debug, Default)]
pub(super) struct DistrustNames {
    /// The names in each message that carries any.
    carried: BTreeMap<MessageNumber, DistrustsByKey>,
    /// The distrusts that reached a device, or that it gave their names.
    heard: BTreeMap<(DeviceId, KeyId), BTreeSet<DistrustId>>,
    /// The device that wrote a name first, and the event.
    given: BTreeMap<(KeyId, DistrustId), (DeviceId, u64)>,
    /// The distrusts that a person who had heard of them, or an adversary, overruled.
    pub(super) overruled: BTreeSet<(KeyId, DistrustId)>,
}

impl DistrustNames {
    /// A message goes on its way.
    pub(super) fn carry(&mut self, message: MessageNumber, outgoing: &Outgoing) {
        let distrusts = &outgoing.envelope.message.distrusts;
        if !distrusts.is_empty() {
            self.carried.insert(message, distrusts.clone());
        }
    }

    /// A device wrote a message in an event.
    pub(super) fn write(&mut self, event: u64, device: DeviceId, outgoing: &Outgoing) {
        for (key, ids) in outgoing.envelope.message.distrusts.iter() {
            for id in ids.standing() {
                self.given.entry((key, *id)).or_insert((device, event));
                self.heard.entry((device, key)).or_default().insert(*id);
            }
            // A device knows the names that it gave, also if it could not send them before its person trusted the key.
            let own = ids
                .overruled()
                .iter()
                .filter(|id| self.given.get(&(key, **id)).is_some_and(|(by, _)| *by == device));
            self.overruled.extend(own.map(|id| (key, *id)));
        }
    }

    /// A message arrived at a device.
    pub(super) fn read(&mut self, device: DeviceId, message: MessageNumber) {
        let Some(distrusts) = self.carried.get(&message) else { return };
        for (key, ids) in distrusts.iter() {
            self.heard.entry((device, key)).or_default().extend(ids.standing());
        }
    }

    /// A person at a device trusts a key.
    pub(super) fn overrule(&mut self, device: DeviceId, key: KeyId) {
        let heard = self.heard.get(&(device, key)).into_iter().flatten();
        self.overruled.extend(heard.map(|id| (key, *id)));
    }

    /// An adversary trusts keys with somebody's device, whose names it knows.
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
