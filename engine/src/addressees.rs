use std::ops::Deref;

use smallvec::SmallVec;

use crate::names::KeyId;

/// The keys that a message is encrypted for. Up to four keys, enough for most accounts, are stored inline.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Addressees(SmallVec<[KeyId; 4]>);

impl Addressees {
    pub(crate) fn push(&mut self, key: KeyId) {
        self.0.push(key);
    }

    /// Retains the keys for which `keep` returns true.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(KeyId) -> bool) {
        self.0.retain(|key| keep(*key));
    }
}

impl Clone for Addressees {
    fn clone(&self) -> Self {
        Self(SmallVec::from_slice(&self.0)) // copies the slice at once
    }
}

impl Deref for Addressees {
    type Target = [KeyId];

    fn deref(&self) -> &[KeyId] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Addressees {
    type Item = &'a KeyId;
    type IntoIter = std::slice::Iter<'a, KeyId>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<KeyId> for Addressees {
    fn from_iter<I: IntoIterator<Item = KeyId>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl From<KeyId> for Addressees {
    fn from(key: KeyId) -> Self {
        Self(SmallVec::from_slice(&[key]))
    }
}
