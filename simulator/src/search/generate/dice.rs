use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The source of all randomness.
#[derive(Clone, Debug)]
pub struct Dice {
    /// The bytes of the first throws, in reverse order.
    given: Vec<u8>,
    /// The generator of all other throws.
    random: ChaCha8Rng,
}

impl Dice {
    /// Dice with a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { given: Vec::new(), random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Dice with given throws, for searches that choose them. Each byte decides one throw. When the bytes are used up,
    /// the dice go on with seed 0.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { given: bytes.iter().rev().copied().collect(), ..Self::new(0) }
    }

    /// A number below `bound`, which must not be 0. A given byte decides a number below 256.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = match self.given.pop() {
            Some(byte) => u64::from(byte),
            None => self.random.next_u64(),
        };
        // The bias is far below anything that a number of runs could show.
        (number % bound as u64) as usize
    }

    /// A random element; `None` if there is none.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        if things.is_empty() { None } else { things.get(self.below(things.len())) }
    }

    /// True once in `many` times.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// Shuffles a slice.
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
