//! The known ids of distrusts by key, for [`ConflictRule::Named`](crate::ConflictRule::Named).

use crate::distrust_ids::{DistrustId, DistrustIds, DistrustsByKey};
use crate::message::Decision;
use crate::names::{KeyId, Stamp};
use crate::store::id_map::IdMap;

/// The distrusts that a device knows. Most devices know none and allocate nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownDistrusts(pub(crate) Option<Box<IdMap<KeyId, DistrustsOfKey>>>);

/// The known distrusts of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DistrustsOfKey {
    pub(crate) ids: DistrustIds,
    /// The distrusts that came without an id.
    pub(crate) unnamed: Vec<UnnamedDistrust>,
}

/// A distrust that came without an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnnamedDistrust {
    pub(crate) speaker: KeyId,
    pub(crate) time: Stamp,
    /// The derived id.
    pub(crate) id: DistrustId,
}

impl KnownDistrusts {
    /// The distrusts of a key, if there are any.
    pub(crate) fn of(&self, key: KeyId) -> Option<&DistrustsOfKey> {
        self.0.as_ref()?.get(key)
    }

    /// The mutable distrusts of a key, created if there are none.
    pub(crate) fn of_mut(&mut self, key: KeyId) -> &mut DistrustsOfKey {
        let all = self.0.get_or_insert_default();
        let position = all.position_or_default(key);
        all.at_mut(position).1
    }

    /// Whether no distrust is known.
    pub(crate) fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// The ids that a message with these decisions carries.
    pub(crate) fn behind(&self, decisions: &[Decision]) -> DistrustsByKey {
        if self.are_none() {
            return DistrustsByKey::default();
        }
        let of_key = |decision: &Decision| Some((decision.key, self.of(decision.key)?.ids.clone()));
        decisions.iter().filter_map(of_key).collect()
    }

    /// The length of a key's ids in a message, in bytes.
    pub(crate) fn written_length(&self, key: KeyId) -> usize {
        self.of(key).map_or(0, |known| known.ids.written_length())
    }
}
