//! Sending: how decisions become messages, and what happens until these are sent.
//!
//! XEP-0450: `introduction` (only authenticated keys may read a trust message). XEP-0434:
//! `trust-message-structure`, `use-cases-encrypted-trust-message`, `use-cases-encrypted-trust-message-sce-profile`,
//! `implementation-notes`.
//!
//! Decided where the specifications are open:
//!
//! - A message goes to a bare JID, contains keys of one encryption protocol, and is encrypted for an exact set of
//!   authenticated keys. A message is never encrypted for a key that it distrusts.
//! - All decisions in a message have the time of the message. The own record gets that time, too.
//! - Content that exceeds one stanza is split into messages about disjoint keys.
//! - Every message stays in the outbox until the caller confirms it as sent, so a crash between deciding and sending
//!   loses nothing. A key that is distrusted in the meantime is removed from the waiting messages.
//! - A message that waited too long is rewritten with the decisions that still hold. Otherwise its receivers would
//!   refuse it as too late.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::addressees::Addressees;
use crate::codec::MAX_STANZA_BYTES;
use crate::level::Level;
use crate::message::{Decision, Envelope, TrustMessage, Usage};
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::rules::Context;
use crate::store::key_store::{KeyRecord, KeyStore};
use crate::store::known_distrusts::KnownDistrusts;

impl Context<'_> {
    /// Writes messages into the outbox.
    pub(crate) fn send(&mut self, drafts: Vec<DraftMessage>) {
        self.outcome.outgoing.reserve(drafts.len());
        self.device.outbox.waiting.reserve(drafts.len());
        let mut messages: SmallVec<[(Stamp, Arc<TrustMessage>); 2]> = SmallVec::new();
        for DraftMessage { to, keys, content } in drafts {
            debug_assert!(
                keys.iter().all(|key| self.is_authenticated(*key)),
                "only authenticated keys are told"
            );
            let same = messages.iter().rfind(|(_, message)| Arc::ptr_eq(&message.decisions, &content));
            let (time, message) = same.cloned().unwrap_or_else(|| {
                let written = self.write(content);
                messages.push(written.clone());
                written
            });
            let from = Some(self.device.account);
            let envelope = Envelope { padded: true, time: Some(time), from, to: Some(to), message };
            self.outcome.outgoing.push(self.device.outbox.add(to, keys, envelope));
        }
    }

    /// Creates a message with this content, and its time.
    fn write(&mut self, content: Arc<[Decision]>) -> (Stamp, Arc<TrustMessage>) {
        let time = self.restate(&content);
        let encryption = self.device.encryption;
        let distrusts = self.device.distrusts.behind(&content);
        (time, Arc::new(TrustMessage { usage: Usage::Atm, encryption, decisions: content, distrusts }))
    }

    /// Returns the time for a message with these decisions, which is not before any of them. Raises their records to
    /// it.
    ///
    /// A record may be later than `now`. Then the message gets the record's time, and the earlier records are raised
    /// again.
    fn restate(&mut self, said: &[Decision]) -> Stamp {
        let mut time = self.now;
        loop {
            let before = time;
            for decision in said {
                if let Some(record) = self.device.store.get_mut(decision.key) {
                    time = time.max(record.time);
                    record.time = time;
                    if record.level == Level::Distrusted {
                        self.note_distrust(decision.key, time);
                    }
                }
            }
            if time == before {
                return time; // all records have this time
            }
        }
    }

    /// Returns the messages that were not confirmed as sent. Messages that are too old are rewritten.
    pub(crate) fn resend(&mut self) {
        let mut waiting = std::mem::take(self.device.outbox.waiting_mut());
        let mut renewals: FxHashMap<*const TrustMessage, Renewal> = FxHashMap::default();
        waiting.retain_mut(|outgoing| {
            let envelope = &mut outgoing.envelope;
            if envelope.time.is_some_and(|time| self.is_fresh(time)) {
                return true;
            }
            let renewal = renewals
                .entry(Arc::as_ptr(&envelope.message))
                .or_insert_with(|| Renewal::of(envelope.message.clone(), &self.device.store));
            let keys = std::mem::take(&mut outgoing.keys);
            let Some(draft) = DraftMessage::again(outgoing.to, keys, renewal) else {
                return false;
            };
            let (time, message) = self.renew(&draft.content, renewal);
            outgoing.keys = draft.keys;
            (envelope.time, envelope.message) = (Some(time), message);
            true
        });
        self.outcome.outgoing.extend(waiting.iter().cloned());
        *self.device.outbox.waiting_mut() = waiting;
    }

    /// Whether a message with this time would arrive in time if it were sent now.
    fn is_fresh(&self, time: Stamp) -> bool {
        time.distance(self.now) <= self.device.rules.clock_margin / 2
    }

    /// Rewrites a message. Messages to several accounts share the same content.
    fn renew(&mut self, content: &Arc<[Decision]>, renewal: &mut Renewal) -> (Stamp, Arc<TrustMessage>) {
        match &renewal.said {
            Some(said) if Arc::ptr_eq(content, &said.decisions) => (self.restate(content), said.clone()),
            _ => {
                let (time, message) = self.write(content.clone());
                if Arc::ptr_eq(content, &renewal.holding) {
                    renewal.said = Some(message.clone());
                }
                (time, message)
            }
        }
    }
}

/// The replacement of a message that waited too long.
struct Renewal {
    /// The old message. It stays alive because its address is the key of the lookup.
    old: Arc<TrustMessage>,
    /// The decisions of the old message that still hold.
    holding: Arc<[Decision]>,
    /// The new message with exactly these decisions, once it exists.
    said: Option<Arc<TrustMessage>>,
}

impl Renewal {
    fn of(old: Arc<TrustMessage>, store: &KeyStore) -> Self {
        let holds = |decision: &&Decision| {
            store.get(decision.key).and_then(|record| record.decision()) == Some(decision.kind)
        };
        let holding = old.decisions.iter().filter(holds).copied().collect();
        Self { old, holding, said: None }
    }
}

/// The explicit decisions in records of keys.
pub(crate) fn explicit_decisions<'a>(
    records: impl Iterator<Item = (KeyId, &'a KeyRecord)>,
) -> Arc<[Decision]> {
    let mut decisions = Vec::with_capacity(records.size_hint().1.unwrap_or_default());
    decisions.extend(records.filter_map(|(key, record)| Some(Decision { key, kind: record.decision()? })));
    decisions.into()
}

/// A message without its time.
pub(crate) struct DraftMessage {
    pub(crate) to: AccountId,
    pub(crate) keys: Addressees,
    pub(crate) content: Arc<[Decision]>,
}

/// The greatest size of the decisions of one message, in bytes. The other half of the longest accepted stanza is for
/// the surrounding elements and for encryption, which adds a third for Base64 and a header for each key.
const ROOM: usize = MAX_STANZA_BYTES / 2;

/// The elements around a decision that is the only one about its owner, without the key's identifier and the owner's
/// JID.
const ELEMENTS: usize = "<key-owner jid=''><distrust></distrust></key-owner>".len();

/// The greatest length of a decision without ids of distrusts: a bare JID has at most 2,047 bytes, an identifier 64 (88
/// in Base64).
const LONGEST: usize = ELEMENTS + 2_047 + 88;

impl DraftMessage {
    /// Creates a message that tells each addressee about at least one other key than its own. Returns `None` if no
    /// addressee or no content remains.
    pub(crate) fn new(to: AccountId, mut keys: Addressees, mut content: Arc<[Decision]>) -> Option<Self> {
        if let [only] = &content[..] {
            keys.retain(|key| key != only.key);
        }
        if let [only] = keys[..]
            && content.iter().any(|decision| decision.key == only)
        {
            content = content.iter().copied().filter(|decision| decision.key != only).collect();
        }
        (!keys.is_empty() && !content.is_empty()).then_some(Self { to, keys, content })
    }

    /// A message with those of its decisions that still hold.
    fn again(to: AccountId, keys: Addressees, renewal: &Renewal) -> Option<Self> {
        let content = renewal.holding.clone();
        match (&renewal.old.decisions[..], &content[..]) {
            ([said], [_]) if keys[..] == [said.key] => Some(Self { to, keys, content }), // see `trusted_again`
            _ => Self::new(to, keys, content),
        }
    }

    /// Splits the draft into several with disjoint keys if it is too long for one stanza.
    pub(crate) fn in_parts(self, names: &Directory, distrusts: &KnownDistrusts) -> SmallVec<[Self; 1]> {
        let parts = parts(&self.content, names, distrusts);
        if parts.len() < 2 {
            return smallvec![self];
        }
        parts.into_iter().filter_map(|part| Self::new(self.to, self.keys.clone(), part)).collect()
    }
}

/// Splits the content into parts about disjoint keys, each short enough for one message.
pub(crate) fn parts(
    content: &Arc<[Decision]>,
    names: &Directory,
    distrusts: &KnownDistrusts,
) -> SmallVec<[Arc<[Decision]>; 1]> {
    if distrusts.are_none() && content.len() <= ROOM / LONGEST {
        return smallvec![content.clone()];
    }
    let length = |decision: &Decision| {
        ELEMENTS + names.written_length(decision.key) + distrusts.written_length(decision.key)
    };
    let ends = ends_of_parts(content, length);
    if ends.len() < 2 {
        return smallvec![content.clone()];
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(start, end)| content[start..*end].into()).collect()
}

/// The end positions of the parts of `said`, each short enough for one message.
fn ends_of_parts(said: &[Decision], length: impl Fn(&Decision) -> usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut taken = 0;
    for (position, decision) in said.iter().enumerate() {
        let written = length(decision);
        if taken > 0 && taken + written > ROOM {
            ends.push(position);
            taken = 0;
        }
        taken += written;
    }
    ends.push(said.len());
    ends
}
