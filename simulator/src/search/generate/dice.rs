use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The source of everything random.
#[derive(Clone, Debug)]
pub struct Dice {
    /// What decides the first throws, the last of them first.
    given: Vec<u8>,
    /// What decides all others.
    random: ChaCha8Rng,
}

impl Dice {
    /// The dice with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { given: Vec::new(), random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Dice whose throws are given, for searches that choose them: one byte decides each of the first throws, and
    /// when there are no more, the dice with the seed 0 go on.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { given: bytes.iter().rev().copied().collect(), ..Self::new(0) }
    }

    /// A number below `bound`, which is not 0. One byte decides on numbers below 256 only.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = match self.given.pop() {
            Some(byte) => u64::from(byte),
            None => self.random.next_u64(),
        };
        // The bias is far below what any count of runs could show.
        (number % bound as u64) as usize
    }

    /// One of the things, if there is any.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        if things.is_empty() { None } else { things.get(self.below(things.len())) }
    }

    /// True once in `many` times.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// Puts things into a random order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_the_first_throws_and_a_seed_the_others() {
        let mut dice = Dice::from_bytes(&[3, 255, 0]);
        assert_eq!([dice.below(6), dice.below(100), dice.below(7)], [3, 55, 0]);
        let mut seeded = Dice::new(0);
        assert!((0..1_000).all(|_| dice.below(1 << 20) == seeded.below(1 << 20)));
    }
}
