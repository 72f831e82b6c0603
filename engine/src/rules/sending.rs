//! Sending: how decisions are told, and what happens until they are sent.
//!
//! XEP-0450: `introduction` (only authenticated keys may read a trust message). XEP-0434:
//! `trust-message-structure`, `use-cases-encrypted-trust-message`, `use-cases-encrypted-trust-message-sce-profile`,
//! `implementation-notes`.
//!
//! Decided where the specifications are open:
//!
//! - A message goes to a bare JID, speaks of keys of one encryption protocol, and is encrypted exactly for a set of
//!   authenticated keys: never for one that it distrusts.
//! - A decision is told with the time of the message. The own record gets that time, too.
//! - What does not fit into one stanza is split into messages about different keys.
//! - Every message stays in the outbox until the caller confirms it as sent. A crash between deciding and sending loses
//!   nothing. A key that is distrusted meanwhile is taken off the messages that wait for it.
//! - A message that waited for so long that it would arrive too late is rewritten with the decisions that still hold.

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

    /// A message that says something now, with its time.
    fn write(&mut self, content: Arc<[Decision]>) -> (Stamp, Arc<TrustMessage>) {
        let time = self.restate(&content);
        let encryption = self.device.encryption;
        let distrusts = self.device.distrusts.behind(&content);
        (time, Arc::new(TrustMessage { usage: Usage::Atm, encryption, decisions: content, distrusts }))
    }

    /// The time at which decisions are said now: not before any of them was made. Their records get it, too.
    ///
    /// A record may be later than the message. Then the message gets that time, and the records before it are raised again.
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
                return time; // all records have it now
            }
        }
    }

    /// Returns the messages that were not confirmed as sent. Those that are too old by now are written anew.
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
            let Some(draft) = DraftMessage::new(outgoing.to, keys, renewal.holding.clone()) else {
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

    /// Whether a message with this time would not arrive too late if it were sent now.
    fn is_fresh(&self, time: Stamp) -> bool {
        time.distance(self.now) <= self.device.rules.clock_margin / 2
    }

    /// Writes a message anew. Messages with the same content to several accounts share it.
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

/// What becomes of a message that waited too long.
struct Renewal {
    /// The message, which stays for as long as it is looked for by its address.
    _old: Arc<TrustMessage>,
    /// Those of its decisions that still hold.
    holding: Arc<[Decision]>,
    /// The message that says them, if there is one yet.
    said: Option<Arc<TrustMessage>>,
}

impl Renewal {
    fn of(old: Arc<TrustMessage>, store: &KeyStore) -> Self {
        let holds = |decision: &&Decision| {
            store.get(decision.key).and_then(|record| record.decision()) == Some(decision.kind)
        };
        let holding = old.decisions.iter().filter(holds).copied().collect();
        Self { _old: old, holding, said: None }
    }
}

/// The explicit decisions among records of keys.
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

/// How many bytes the decisions of one message take at most. What surrounds them has the rest of the longest
/// stanza that is read; encryption makes the whole longer by a third, as Base64, and by a header for each key.
const ROOM: usize = MAX_STANZA_BYTES / 2;

/// The elements around a decision that stands alone for its owner: all that it takes but the key's identifier and the
/// owner's JID.
const ELEMENTS: usize = "<key-owner jid=''><distrust></distrust></key-owner>".len();

/// The longest that a decision can be without ids of distrusts: a bare JID has at most 2,047 bytes, an identifier 64.
const LONGEST: usize = ELEMENTS + 2_047 + 88;

impl DraftMessage {
    /// A message that tells each addressee something about another key than its own; `None` if there is no
    /// such addressee.
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

    /// The draft as several that name disjoint keys, if it says too much for one stanza.
    pub(crate) fn in_parts(self, names: &Directory, distrusts: &KnownDistrusts) -> SmallVec<[Self; 1]> {
        let parts = parts(&self.content, names, distrusts);
        if parts.len() < 2 {
            return smallvec![self];
        }
        parts.into_iter().filter_map(|part| Self::new(self.to, self.keys.clone(), part)).collect()
    }
}

/// What is said, in parts that have room in a message each and name disjoint keys.
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

/// Where the parts of `said` end that have room in a message each.
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
