//! The outbox: messages that the caller has not confirmed as sent.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::addressees::Addressees;
use crate::message::{Envelope, OutboxId};
use crate::names::{AccountId, KeyId};
use crate::outcome::Outgoing;

/// Messages that the caller has not confirmed as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outbox {
    pub(crate) waiting: VecDeque<Outgoing>,
    pub(crate) next: u64,
}

impl Outbox {
    /// Adds a message. Returns a copy for the caller to send.
    pub(crate) fn add(&mut self, to: AccountId, keys: Addressees, envelope: Envelope) -> Outgoing {
        let outgoing = Outgoing { id: OutboxId(self.next), to, keys, envelope };
        self.next += 1;
        self.waiting.push_back(outgoing.clone());
        outgoing
    }

    /// Removes a message that was sent. Unknown numbers and repeated confirmations have no effect.
    pub(crate) fn confirm(&mut self, id: OutboxId) {
        // Messages wait in the order of their numbers and are mostly confirmed in that order, too.
        if self.waiting.front().is_some_and(|first| first.id == id) {
            self.waiting.pop_front();
        } else if let Ok(position) = self.waiting.binary_search_by_key(&id, |outgoing| outgoing.id) {
            self.waiting.remove(position);
        }
    }

    /// Removes distrusted keys from all waiting messages, and then messages without addressees.
    pub(crate) fn withdraw(&mut self, distrusted: &[KeyId]) {
        if distrusted.is_empty() || self.waiting.is_empty() {
            return;
        }
        let distrusted: FxHashSet<KeyId> = distrusted.iter().copied().collect();
        for outgoing in &mut self.waiting {
            outgoing.keys.retain(|key| !distrusted.contains(&key));
        }
        self.waiting.retain(|outgoing| !outgoing.keys.is_empty());
    }

    /// Whether this outbox issued the number.
    pub(crate) fn gave_out(&self, id: OutboxId) -> bool {
        id.0 < self.next
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Outgoing> {
        self.waiting.iter()
    }

    pub(crate) fn waiting_mut(&mut self) -> &mut VecDeque<Outgoing> {
        &mut self.waiting
    }
}
