use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::names::{Directory, EndpointId, KeyId, Stamp};

/// The id of one distrust of a key, for the conflict rule [`Named`](crate::ConflictRule::Named). Its text form has 16
/// digits of Base16 in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
pub struct DistrustId(u64);

/// The text is not a [`DistrustId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of a distrust has 16 digits of Base16 in lower case")]
pub struct NotADistrustId;

impl DistrustId {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of the id.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The id of an endpoint's distrust with this running number.
    #[must_use]
    pub fn numbered(endpoint: EndpointId, number: usize) -> Self {
        Self((endpoint.index() as u64 + 1) << 32 | number as u64)
    }

    /// The index of the endpoint that issued a numbered id. For other ids it is a number that no endpoint has.
    pub(crate) fn numbering_endpoint(self) -> usize {
        usize::try_from(self.0 >> 32).map_or(usize::MAX, |number| number.wrapping_sub(1))
    }

    /// The id with the same running number at another endpoint.
    pub(crate) fn at_endpoint(self, endpoint: EndpointId) -> Self {
        Self((endpoint.index() as u64 + 1) << 32 | self.0 & 0xffff_ffff)
    }

    /// The id of a distrust that came without one. Every receiver derives the same id from `speaker` and `time`.
    #[must_use]
    pub fn of_unnamed(speaker: KeyId, time: Stamp, names: &Directory) -> Self {
        Self::digest(b"atm unnamed distrust", speaker, time, names)
    }

    /// An id that cannot be guessed without the secret.
    pub(crate) fn of_secret(
        secret: &[u8; 32],
        (key, number): (KeyId, usize),
        time: Stamp,
        names: &Directory,
    ) -> Self {
        Self::digest(&[&secret[..], &(number as u64).to_be_bytes()].concat(), key, time, names)
    }

    fn digest(beginning: &[u8], key: KeyId, time: Stamp, names: &Directory) -> Self {
        let digest = Sha256::new()
            .chain_update(beginning)
            .chain_update(names.jid(names.owner(key)).as_str())
            .chain_update([0]) // terminates the JID
            .chain_update(time.as_millis().to_be_bytes())
            .chain_update(names.identifier(key).as_bytes())
            .finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self(u64::from_be_bytes(first))
    }
}

impl fmt::Display for DistrustId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for DistrustId {
    type Err = NotADistrustId;

    fn from_str(text: &str) -> Result<Self, NotADistrustId> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 16 || !text.bytes().all(is_digit) {
            return Err(NotADistrustId); // an id has exactly one form
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| NotADistrustId)
    }
}

impl From<DistrustId> for String {
    fn from(id: DistrustId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for DistrustId {
    type Error = NotADistrustId;

    fn try_from(text: String) -> Result<Self, NotADistrustId> {
        text.parse()
    }
}

/// The source of ids for a person's distrusts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum IdSource {
    /// Ids are numbered per endpoint and key, for programs that compare or rename devices.
    #[default]
    Numbers,
    /// Ids cannot be guessed without this secret.
    Secret([u8; 32]),
}

/// Hides the secret.
impl fmt::Debug for IdSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Numbers => "Numbers",
            Self::Secret(_) => "Secret",
        })
    }
}

/// The known distrusts of one key. The key is distrusted while one of them stands.
///
/// Each list is in ascending order, and no id is in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DistrustIds {
    standing: Vec<DistrustId>,
    overruled: Vec<DistrustId>,
}

impl DistrustIds {
    /// Creates a set of distrusts. An id in both lists is overruled.
    #[must_use]
    pub fn new(
        standing: impl IntoIterator<Item = DistrustId>,
        overruled: impl IntoIterator<Item = DistrustId>,
    ) -> Self {
        let mut ids = Self { standing: sorted(standing), overruled: sorted(overruled) };
        ids.drop_overruled();
        ids
    }

    /// The distrusts that no trust has overruled.
    #[must_use]
    pub fn standing(&self) -> &[DistrustId] {
        &self.standing
    }

    /// The distrusts that a trust has overruled.
    #[must_use]
    pub fn overruled(&self) -> &[DistrustId] {
        &self.overruled
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty() && self.overruled.is_empty()
    }

    /// Adds the ids that another device knows. The result does not depend on the order of merges.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.standing = sorted(self.standing.iter().chain(&other.standing).copied());
        self.overruled = sorted(self.overruled.iter().chain(&other.overruled).copied());
        self.drop_overruled();
    }

    /// Overrules all standing distrusts, after a trust by somebody who knows all of them.
    pub(crate) fn overrule_all(&mut self) {
        self.overruled = sorted(self.overruled.drain(..).chain(self.standing.drain(..)));
    }

    pub(crate) fn contains(&self, id: DistrustId) -> bool {
        self.standing.binary_search(&id).is_ok() || self.overruled.binary_search(&id).is_ok()
    }

    /// The number of ids, standing and overruled.
    pub(crate) fn len(&self) -> usize {
        self.standing.len() + self.overruled.len()
    }

    /// The length of the ids as attributes, in bytes.
    pub(crate) fn written_length(&self) -> usize {
        const ATTRIBUTES: usize = " id=''".len() + " over=''".len();
        if self.is_empty() { 0 } else { ATTRIBUTES + self.len() * "0123456789abcdef ".len() }
    }

    /// The same set with renamed ids.
    pub(crate) fn renamed(&self, new_id: impl Fn(DistrustId) -> DistrustId) -> Self {
        Self::new(self.standing.iter().map(|id| new_id(*id)), self.overruled.iter().map(|id| new_id(*id)))
    }

    fn drop_overruled(&mut self) {
        let overruled = &self.overruled;
        self.standing.retain(|id| overruled.binary_search(id).is_err());
    }
}

fn sorted(ids: impl IntoIterator<Item = DistrustId>) -> Vec<DistrustId> {
    let mut ids: Vec<DistrustId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The ids of distrusts in a trust message, by key. Most messages carry none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DistrustsByKey(Option<Arc<[(KeyId, DistrustIds)]>>);

impl DistrustsByKey {
    /// The ids that the message carries about a key.
    #[must_use]
    pub fn of(&self, key: KeyId) -> Option<&DistrustIds> {
        let all = self.as_slice();
        all.binary_search_by_key(&key, |(key, _)| *key).ok().map(|position| &all[position].1)
    }

    /// All keys with ids, sorted by key, with the ids of each.
    pub fn iter(&self) -> impl Iterator<Item = (KeyId, &DistrustIds)> {
        self.as_slice().iter().map(|(key, ids)| (*key, ids))
    }

    /// Whether the message carries no ids.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn as_slice(&self) -> &[(KeyId, DistrustIds)] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Merges the ids of entries with the same key.
impl FromIterator<(KeyId, DistrustIds)> for DistrustsByKey {
    fn from_iter<I: IntoIterator<Item = (KeyId, DistrustIds)>>(entries: I) -> Self {
        let mut all: Vec<(KeyId, DistrustIds)> =
            entries.into_iter().filter(|(_, ids)| !ids.is_empty()).collect();
        all.sort_by_key(|(key, _)| *key);
        all.dedup_by(|(key, ids), (kept_key, kept)| {
            let is_same = key == kept_key;
            if is_same {
                kept.merge(ids);
            }
            is_same
        });
        Self((!all.is_empty()).then(|| all.into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids() -> impl Strategy<Value = DistrustIds> {
        let some = || prop::collection::vec((0..6_u64).prop_map(DistrustId), 0..4);
        (some(), some()).prop_map(|(standing, overruled)| DistrustIds::new(standing, overruled))
    }

    fn merged<'a>(all: impl IntoIterator<Item = &'a DistrustIds>) -> DistrustIds {
        all.into_iter().fold(DistrustIds::default(), |mut merged, ids| {
            merged.merge(ids);
            merged
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn neither_order_nor_repetition_counts(all in prop::collection::vec(ids(), 0..5)) {
            let once = merged(&all);
            prop_assert_eq!(&merged(all.iter().rev()), &once);
            prop_assert_eq!(&merged(all.iter().chain(&all)), &once);
        }

        #[test]
        fn a_distrust_stands_unless_somebody_overruled_it(all in prop::collection::vec(ids(), 0..5)) {
            let once = merged(&all);
            for id in (0..6).map(DistrustId) {
                let is_overruled = all.iter().any(|ids| ids.overruled().contains(&id));
                let is_said = all.iter().any(|ids| ids.standing().contains(&id));
                prop_assert_eq!(once.overruled().contains(&id), is_overruled);
                prop_assert_eq!(once.standing().contains(&id), is_said && !is_overruled);
            }
        }

        #[test]
        fn an_id_is_read_as_it_is_written(number in any::<u64>()) {
            prop_assert_eq!(DistrustId(number).to_string().parse(), Ok(DistrustId(number)));
        }
    }

    #[test]
    fn an_id_has_one_form() {
        for text in ["", "0", "0123456789ABCDEF", "+123456789abcdef", "0123456789abcdef0", "0123456789abcdeg"]
        {
            assert_eq!(text.parse::<DistrustId>(), Err(NotADistrustId), "{text}");
        }
    }
}
