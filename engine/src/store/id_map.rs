use crate::names::Id;

/// A map from ids to values, in order of insertion. Entries are never removed, so a position stays valid.
///
/// Most devices know few keys, and there may be millions of devices. Up to [`FEW`](Self::FEW) entries are searched
/// linearly and take no more memory than a list. Ids are issued one after the other and mostly arrive in that order. So
/// a larger map guesses the position of an id as if no id before it were missing, and also searches a few positions
/// before the guess. That works while the ids ascend and only a few are missing. The device's own key is one of them,
/// since the device keeps no record of it. Otherwise a hash table holds the positions.
///
/// With `IndexMap` instead, a discovery takes 2.1 to 2.4 times as long, and a message to a full store 1.9 to 4.3 times
/// (both engines in one run; minimum of three).
#[derive(Clone, Debug)]
pub(crate) struct IdMap<K, V> {
    entries: Vec<(K, V)>,
    /// The hash table of positions, if there are more than a few ids that do not follow each other. An id's position is
    /// at its [`home`](Self::home) slot or in one of the next, before the first [`EMPTY`](Self::EMPTY) one. At most
    /// half of the slots are taken.
    slots: Box<[u32]>,
}

impl<K: Id, V> IdMap<K, V> {
    const FEW: usize = 8;
    const EMPTY: u32 = u32::MAX;

    /// The position of `id`. The frequent case, a correct guess, is inlined.
    #[inline]
    pub(crate) fn position(&self, id: K) -> Option<usize> {
        let guess = self.guess(id)?;
        match self.entries.get(guess) {
            Some((other, _)) if *other == id => Some(guess),
            _ => self.position_elsewhere(id, guess),
        }
    }

    /// Like [`position`](Self::position), optimised for an id that was just issued and so is greater than all others.
    pub(crate) fn position_of_recent(&self, id: K) -> Option<usize> {
        let ascending = self.entries.len() > Self::FEW && self.slots.is_empty();
        if ascending && self.is_behind_all(id) { None } else { self.position(id) }
    }

    /// Whether `id` is greater than the last id, which is the greatest if all ascend.
    fn is_behind_all(&self, id: K) -> bool {
        self.entries.last().is_some_and(|(last, _)| last.number() < id.number())
    }

    /// The position of `id` if no id between it and the first is missing. Meaningless for an id before the first.
    fn guess(&self, id: K) -> Option<usize> {
        Some(id.number().wrapping_sub(self.entries.first()?.0.number()) as usize)
    }

    /// The position of an `id` that is not at the guess.
    #[inline(never)] // the less frequent case stays out of the callers
    fn position_elsewhere(&self, id: K, guess: usize) -> Option<usize> {
        if !self.slots.is_empty() {
            return self.position_by_table(id);
        }
        // One id before it may be missing: mostly that of the device's own key.
        let one_before = guess.wrapping_sub(1);
        match self.entries.get(one_before) {
            Some((other, _)) if *other == id => Some(one_before),
            _ if self.entries.len() <= Self::FEW => self.entries.iter().position(|(other, _)| *other == id),
            // Frequent: new ids are greater than all others.
            _ if self.is_behind_all(id) => None,
            _ => {
                let end = guess.min(self.entries.len());
                let start = guess.saturating_sub(Self::FEW).min(end);
                let found = self.entries[start..end].iter().rposition(|(other, _)| *other == id);
                found.map(|position| start + position)
            }
        }
    }

    fn position_by_table(&self, id: K) -> Option<usize> {
        let mut slot = self.home(id);
        loop {
            let position = self.slots[slot];
            if position == Self::EMPTY {
                return None;
            }
            if self.entries[position as usize].0 == id {
                return Some(position as usize);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds an id that the map does not contain. Returns its position.
    #[inline]
    pub(crate) fn push(&mut self, id: K, value: V) -> usize {
        debug_assert!(self.position(id).is_none(), "an id stands in one place");
        let position = self.entries.len();
        self.entries.push((id, value));
        if position >= Self::FEW && !(self.slots.is_empty() && self.follow_each_other(position)) {
            self.note_in_table(position);
        }
        position
    }

    /// Enters the last id into the table. Creates or enlarges the table if necessary.
    #[inline(never)] // most maps have no table
    fn note_in_table(&mut self, position: usize) {
        if self.entries.len() * 2 > self.slots.len() {
            self.make_table();
        } else {
            self.enter(position);
        }
    }

    /// Whether the ids still ascend with few missing, after one was added at `position`. There must be at least
    /// [`FEW`](Self::FEW) earlier ids and no table.
    fn follow_each_other(&self, position: usize) -> bool {
        let number = |position: usize| self.entries[position].0.number() as usize;
        let ascend = if position == Self::FEW {
            self.entries.is_sorted_by_key(|(id, _)| id.number()) // the first few were not checked yet
        } else {
            number(position - 1) < number(position)
        };
        ascend && number(position) - number(0) <= position + Self::FEW
    }

    fn make_table(&mut self) {
        let slots = (self.entries.len() * 2).next_power_of_two();
        self.slots = vec![Self::EMPTY; slots].into();
        (0..self.entries.len()).for_each(|position| self.enter(position));
    }

    /// Enters a position into the table.
    fn enter(&mut self, position: usize) {
        let mut slot = self.home(self.entries[position].0);
        while self.slots[slot] != Self::EMPTY {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = u32::try_from(position).expect("fewer than 2^32 ids");
    }

    /// The slot at which the search for an id starts. Ids are issued one after the other, so the ids of one account
    /// mostly follow each other and are looked up together. Sixteen of them are adjacent; a multiplication spreads the
    /// groups of sixteen.
    fn home(&self, id: K) -> usize {
        let number = id.number();
        let spread = (number >> 4).wrapping_mul(0x9E37_79B9).rotate_right(16);
        ((spread << 4 | number & 15) as usize) & (self.slots.len() - 1)
    }

    /// The position of `id`, which is added with a default value if it is new.
    pub(crate) fn position_or_default(&mut self, id: K) -> usize
    where
        V: Default,
    {
        self.position(id).unwrap_or_else(|| self.push_default(id))
    }

    #[inline(never)] // most ids are not new
    fn push_default(&mut self, id: K) -> usize
    where
        V: Default,
    {
        self.push(id, V::default())
    }

    /// The value of `id`.
    #[inline]
    pub(crate) fn get(&self, id: K) -> Option<&V> {
        let guess = self.guess(id)?;
        match self.entries.get(guess) {
            Some((other, value)) if *other == id => Some(value),
            _ => self.position_elsewhere(id, guess).map(|position| &self.entries[position].1),
        }
    }

    /// The mutable value of `id`.
    pub(crate) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        let position = self.position(id)?;
        Some(&mut self.entries[position].1)
    }

    /// The id and the value at `position`.
    pub(crate) fn at(&self, position: usize) -> (K, &V) {
        let (id, value) = &self.entries[position];
        (*id, value)
    }

    /// The id and the mutable value at `position`.
    pub(crate) fn at_mut(&mut self, position: usize) -> (K, &mut V) {
        let (id, value) = &mut self.entries[position];
        (*id, value)
    }

    /// The number of ids.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All ids and values, in order of insertion.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.entries.iter()
    }
}

impl<K, V> Default for IdMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new(), slots: Box::default() }
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for IdMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<K: Eq, V: Eq> Eq for IdMap<K, V> {}

impl<K, V> IntoIterator for IdMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Id, V> FromIterator<(K, V)> for IdMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (id, value) in entries {
            if map.position(id).is_none() {
                map.push(id, value);
            }
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use proptest::prelude::*;

    use super::*;
    use crate::names::KeyId;

    /// Numbers that are adjacent, far apart, or differ in few bits only; in any order, or ascending at first.
    fn numbers() -> impl Strategy<Value = Vec<u32>> {
        let number = prop_oneof![0..64_u32, any::<u32>(), (0..64_u32).prop_map(|number| number << 20)];
        let length = prop_oneof![0..12_usize, 0..200_usize]; // below and above the length of a linear search
        let spread = length.prop_flat_map(move |length| prop::collection::vec(number.clone(), length));
        let side_by_side =
            (any::<u32>(), prop::collection::vec(prop_oneof![9 => Just(1_u32), 1 => 2..9_u32], 0..200));
        let side_by_side = side_by_side.prop_map(|(first, steps)| {
            let step = |number: &mut u32, step| {
                *number = number.checked_add(step)?;
                Some(*number)
            };
            steps.into_iter().scan(first, step).collect::<Vec<u32>>()
        });
        let numbers = prop_oneof![spread, side_by_side];
        (numbers, prop_oneof![Just(0), 0..200_usize, Just(200)]).prop_map(|(mut numbers, ascending)| {
            let ascending = ascending.min(numbers.len());
            numbers[..ascending].sort_unstable();
            numbers
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_map_holds_what_an_index_map_holds(numbers in numbers(), others in numbers()) {
            let (mut map, mut known) = (IdMap::<KeyId, u32>::default(), IndexMap::<KeyId, u32>::new());
            for (value, number) in (0..).zip(numbers) {
                let position = map.position_or_default(KeyId(number));
                *map.at_mut(position).1 = value;
                known.insert(KeyId(number), value);
            }
            prop_assert!(map.iter().copied().eq(known.iter().map(|(id, value)| (*id, *value))));
            let beside = known.keys().flat_map(|id| [id.0.wrapping_sub(1), id.0.wrapping_add(1)]);
            let others = beside.chain(others).map(KeyId);
            for id in known.keys().copied().chain(others) {
                prop_assert_eq!(map.position(id), known.get_index_of(&id));
                prop_assert_eq!(map.position_of_recent(id), known.get_index_of(&id));
                prop_assert_eq!(map.get(id), known.get(&id));
            }
        }
    }
}
