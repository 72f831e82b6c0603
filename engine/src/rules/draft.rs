use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use crate::codec::MAX_STANZA_BYTES;
use crate::message::Decision;
use crate::names::{AccountId, Directory};
use crate::store::addressees::Addressees;

/// A message without its time.
pub(crate) struct Draft {
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

/// The longest that a decision can be: a bare JID has at most 2,047 bytes, an identifier 64.
const LONGEST: usize = ELEMENTS + 2_047 + 88;

impl Draft {
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
    pub(crate) fn in_parts(self, names: &Directory) -> SmallVec<[Self; 1]> {
        let parts = parts(&self.content, names);
        if parts.len() < 2 {
            return smallvec![self];
        }
        parts.into_iter().filter_map(|part| Self::new(self.to, self.keys.clone(), part)).collect()
    }
}

/// What is said, in parts that have room in a message each and name disjoint keys.
pub(crate) fn parts(content: &Arc<[Decision]>, names: &Directory) -> SmallVec<[Arc<[Decision]>; 1]> {
    if content.len() <= ROOM / LONGEST {
        return smallvec![content.clone()];
    }
    let ends = ends_of_parts(content, names);
    if ends.len() < 2 {
        return smallvec![content.clone()];
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(start, end)| content[start..*end].into()).collect()
}

/// Where the parts of `said` end that have room in a message each.
fn ends_of_parts(said: &[Decision], names: &Directory) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut taken = 0;
    for (position, decision) in said.iter().enumerate() {
        let written = ELEMENTS + names.written_length(decision.key);
        if taken > 0 && taken + written > ROOM {
            ends.push(position);
            taken = 0;
        }
        taken += written;
    }
    ends.push(said.len());
    ends
}
