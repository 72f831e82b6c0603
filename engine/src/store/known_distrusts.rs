//! The distrusts of each key by their ids, for [`ConflictRule::Named`](crate::ConflictRule::Named).

use crate::distrust_ids::{DistrustId, DistrustIds, DistrustsByKey};
use crate::message::Decision;
use crate::names::{KeyId, Stamp};
use crate::store::id_map::IdMap;

/// The distrusts that a device knows of. Most devices know of none, and then take no memory for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownDistrusts(pub(crate) Option<Box<IdMap<KeyId, DistrustsOfKey>>>);

/// Those of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DistrustsOfKey {
    pub(crate) ids: DistrustIds,
    /// Those that came without an id: who said them when.
    pub(crate) unnamed: Vec<UnnamedDistrust>,
}

/// A distrust that came without an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnnamedDistrust {
    pub(crate) speaker: KeyId,
    pub(crate) time: Stamp,
    /// The id that it was given.
    pub(crate) id: DistrustId,
}

impl KnownDistrusts {
    /// Those of a key, if there are any.
    pub(crate) fn of(&self, key: KeyId) -> Option<&DistrustsOfKey> {
        self.0.as_ref()?.get(key)
    }

    /// Those of a key, to be changed.
    pub(crate) fn of_mut(&mut self, key: KeyId) -> &mut DistrustsOfKey {
        let all = self.0.get_or_insert_default();
        let position = all.position_or_default(key);
        all.at_mut(position).1
    }

    /// Whether no distrust is known.
    pub(crate) fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// The ids that a message of these decisions carries.
    pub(crate) fn behind(&self, decisions: &[Decision]) -> DistrustsByKey {
        if self.are_none() {
            return DistrustsByKey::default();
        }
        let of_key = |decision: &Decision| Some((decision.key, self.of(decision.key)?.ids.clone()));
        decisions.iter().filter_map(of_key).collect()
    }

    /// How many bytes those of a key take in a message.
    pub(crate) fn written_length(&self, key: KeyId) -> usize {
        self.of(key).map_or(0, |known| known.ids.written_length())
    }
}
