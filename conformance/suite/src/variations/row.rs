use atm_simulator::search::generate::{Dice, Mixture};

use super::variation::{Axis, Variation};

/// Which variations cases and random scenarios are played with, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VariationChoice {
    /// None.
    None,
    /// For each case a few of them together, one that is open or an attack alone, and all attacks, one for each message: over all
    /// cases, each variation is there beside each other one.
    #[default]
    Pairs,
    /// Each of them alone, too.
    All,
    /// These, together.
    These(Vec<Variation>),
}

impl VariationChoice {
    /// The row with which a random scenario is played. If nothing else is asked for, it is none for half of them, or for a quarter
    /// where few kinds are drawn.
    ///
    /// Forms that the specifications leave open are not drawn. `atm conformance` asks for them, and more scenarios would give
    /// the same answers.
    pub fn draw(&self, mixture: Mixture, dice: &mut Dice) -> Vec<Variation> {
        match self {
            Self::None => Vec::new(),
            Self::Pairs => match (mixture, dice.below(8)) {
                (Mixture::All, 0..=3) | (Mixture::Few, 0..=1) => Vec::new(),
                (Mixture::All, 4 | 5) | (Mixture::Few, 2..=4) => row(dice),
                _ => vec![one_of(Axis::Attack, dice)],
            },
            Self::All => {
                let all: Vec<Variation> = Variation::all().collect();
                vec![all[dice.below(all.len())]]
            }
            Self::These(variations) => variations.clone(),
        }
    }
}

/// The rows with which a case is played: a row is what is varied at the same time.
#[must_use]
pub fn rows(choice: &VariationChoice, case: &str) -> Vec<Vec<Variation>> {
    match choice {
        VariationChoice::None => Vec::new(),
        VariationChoice::Pairs => {
            let mut dice = dice(case);
            let alone = if dice.one_in(2) { Axis::Open } else { Axis::Attack };
            vec![row(&mut dice), vec![one_of(alone, &mut dice)], Axis::Attack.variations().collect()]
        }
        VariationChoice::All => {
            let alone = Variation::all().map(|variation| vec![variation]);
            let together = [row(&mut dice(case)), Axis::Attack.variations().collect()];
            together.into_iter().chain(alone).collect()
        }
        VariationChoice::These(variations) => vec![variations.clone()],
    }
}

/// A variation of each axis, or of some axes none.
pub fn row(dice: &mut Dice) -> Vec<Variation> {
    let mut row = Vec::new();
    for axis in Axis::COMBINED {
        let variations: Vec<Variation> = axis.variations().collect();
        let drawn = dice.below(variations.len() + 1);
        row.extend(variations.get(drawn));
    }
    row
}

fn one_of(axis: Axis, dice: &mut Dice) -> Variation {
    let variations: Vec<Variation> = axis.variations().collect();
    variations[dice.below(variations.len())]
}

/// The dice of a case, or of something else with a name: the same at any time, for any number of cases (FNV-1a of the name is
/// the seed).
pub(super) fn dice(name: &str) -> Dice {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    Dice::new(name.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}
