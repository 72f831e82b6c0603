use crate::names::Id;

/// What is held under ids, in the order in which the ids came. Nothing is ever taken out, so a position stays
/// that of its id.
///
/// Most devices know few keys, and there may be millions of devices: up to [`FEW`](Self::FEW) entries are looked
/// through, and take no more memory than a list. Ids are given out one after the other, and mostly come in that order:
/// more entries are looked for where an id would stand if none before it was left out, and a few places before that, as
/// long as they ascend and only a few are left out. A device's own key is one, of which it keeps no record. Otherwise a
/// table says where an id stands.
///
/// With `IndexMap` in its place a discovery takes 2.1 to 2.4 times as long, and a message to a full store 1.9 to 4.3 times
/// (both engines in one run; least of three).
#[derive(Clone, Debug)]
pub(crate) struct IdMap<K, V> {
    entries: Vec<(K, V)>,
    /// Where each id stands, if there are more than a few that do not follow each other: at its [`home`](Self::home) or
    /// in one of the next slots, before the first [`EMPTY`](Self::EMPTY) one. At most half of the slots are taken.
    slots: Box<[u32]>,
}

impl<K: Id, V> IdMap<K, V> {
    const FEW: usize = 8;
    const EMPTY: u32 = u32::MAX;

    /// Where `id` stands. What is mostly asked, whether it stands at the guess, is part of whatever asks.
    #[inline]
    pub(crate) fn position(&self, id: K) -> Option<usize> {
        let guess = self.guess(id)?;
        match self.entries.get(guess) {
            Some((other, _)) if *other == id => Some(guess),
            _ => self.position_elsewhere(id, guess),
        }
    }

    /// As [`position`](Self::position), of an id that has mostly just been given out: then it comes behind all others.
    pub(crate) fn position_of_recent(&self, id: K) -> Option<usize> {
        let ascending = self.entries.len() > Self::FEW && self.slots.is_empty();
        if ascending && self.is_behind_all(id) { None } else { self.position(id) }
    }

    /// Whether `id` comes behind the last one, if all ascend.
    fn is_behind_all(&self, id: K) -> bool {
        self.entries.last().is_some_and(|(last, _)| last.number() < id.number())
    }

    /// How far behind the first `id` stands if all ids between them do. For an id before the first this means nothing.
    fn guess(&self, id: K) -> Option<usize> {
        Some(id.number().wrapping_sub(self.entries.first()?.0.number()) as usize)
    }

    /// Where `id` stands, which does not stand at the guess.
    #[inline(never)] // what is asked less often stays out of whatever asks
    fn position_elsewhere(&self, id: K, guess: usize) -> Option<usize> {
        if !self.slots.is_empty() {
            return self.position_by_table(id);
        }
        // One id before it may be left out: mostly that of the device's own key.
        let one_before = guess.wrapping_sub(1);
        match self.entries.get(one_before) {
            Some((other, _)) if *other == id => Some(one_before),
            _ if self.entries.len() <= Self::FEW => self.entries.iter().position(|(other, _)| *other == id),
            // New ids mostly are.
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

    /// Adds an id that does not stand anywhere, and says where it stands now.
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

    /// Notes where the last id stands, and makes the table larger or a first one if need be.
    #[inline(never)] // mostly there is no table
    fn note_in_table(&mut self, position: usize) {
        if self.entries.len() * 2 > self.slots.len() {
            self.make_table();
        } else {
            self.enter(position);
        }
    }

    /// Whether the ids still ascend with few left out after one was added at `position`, behind at least
    /// [`FEW`](Self::FEW) others that had no table.
    fn follow_each_other(&self, position: usize) -> bool {
        let number = |position: usize| self.entries[position].0.number() as usize;
        let ascend = if position == Self::FEW {
            self.entries.is_sorted_by_key(|(id, _)| id.number()) // of a few, nothing is known yet
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

    /// Notes in the table what stands at a position.
    fn enter(&mut self, position: usize) {
        let mut slot = self.home(self.entries[position].0);
        while self.slots[slot] != Self::EMPTY {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = u32::try_from(position).expect("fewer than 2^32 ids");
    }

    /// The slot from which on an id is looked for. Ids are given out one after the other, so those of one account
    /// mostly follow each other, and are looked for together: sixteen of them lie side by side. The sixteens are
    /// spread by a multiplication.
    fn home(&self, id: K) -> usize {
        let number = id.number();
        let spread = (number >> 4).wrapping_mul(0x9E37_79B9).rotate_right(16);
        ((spread << 4 | number & 15) as usize) & (self.slots.len() - 1)
    }

    /// Where `id` stands, with a value of its own if it is new.
    pub(crate) fn position_or_default(&mut self, id: K) -> usize
    where
        V: Default,
    {
        self.position(id).unwrap_or_else(|| self.push_default(id))
    }

    #[inline(never)] // mostly it is not new
    fn push_default(&mut self, id: K) -> usize
    where
        V: Default,
    {
        self.push(id, V::default())
    }

    /// What is held under `id`.
    #[inline]
    pub(crate) fn get(&self, id: K) -> Option<&V> {
        let guess = self.guess(id)?;
        match self.entries.get(guess) {
            Some((other, value)) if *other == id => Some(value),
            _ => self.position_elsewhere(id, guess).map(|position| &self.entries[position].1),
        }
    }

    /// What is held under `id`, to be changed.
    pub(crate) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        let position = self.position(id)?;
        Some(&mut self.entries[position].1)
    }

    /// The id that stands at `position`, with what is held under it.
    pub(crate) fn at(&self, position: usize) -> (K, &V) {
        let (id, value) = &self.entries[position];
        (*id, value)
    }

    /// The same, to be changed.
    pub(crate) fn at_mut(&mut self, position: usize) -> (K, &mut V) {
        let (id, value) = &mut self.entries[position];
        (*id, value)
    }

    /// How many ids there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All ids with what is held under them, in order.
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

    /// Numbers side by side, far apart, and such that differ in few bits only; in any order, or first for a while in
    /// ascending order.
    fn numbers() -> impl Strategy<Value = Vec<u32>> {
        let number = prop_oneof![0..64_u32, any::<u32>(), (0..64_u32).prop_map(|number| number << 20)];
        let length = prop_oneof![0..12_usize, 0..200_usize]; // what is looked through, and what is not
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
