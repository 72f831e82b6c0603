use atm_simulator::search::generate::{Dice, Mixture};

use super::variation::{Axis, Variation};

/// The variations with which cases and random scenarios are also played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VariationChoice {
    /// No variations.
    None,
    /// For each case three rows: a variation of several axes together; one open variation or one attack alone; and all
    /// attacks, one for each message. Over all cases, any two variations of different combined axes occur together.
    #[default]
    Pairs,
    /// Each variation alone, in addition to the combined rows.
    All,
    /// Exactly these, together.
    These(Vec<Variation>),
}

impl VariationChoice {
    /// Draws the row of a random scenario. By default, half of the scenarios have none, or a quarter if few kinds of
    /// steps are drawn.
    ///
    /// Forms that the specifications leave open are not drawn. `atm conformance` asks for them, and more scenarios
    /// would give the same answers.
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

/// The rows with which a case is played. The variations of a row apply together.
#[must_use]
pub fn rows(choice: &VariationChoice, case: &str) -> Vec<Vec<Variation>> {
    match choice {
        VariationChoice::None => Vec::new(),
        VariationChoice::Pairs => {
            let mut dice = dice(case);
            let alone = if dice.one_in(2) { Axis::Open } else { Axis::Attack };
            let (names, others): (Vec<Axis>, Vec<Axis>) =
                Axis::COMBINED.into_iter().partition(|axis| *axis == Axis::Names);
            let mut together = of_axes(&others, &mut dice);
            let alone = vec![one_of(alone, &mut dice)];
            // An axis that was added later is drawn last, so that a case keeps the variations that it had.
            together.extend(of_axes(&names, &mut dice));
            vec![together, alone, Axis::Attack.variations().collect()]
        }
        VariationChoice::All => {
            let alone = Variation::all().map(|variation| vec![variation]);
            let together = [row(&mut dice(case)), Axis::Attack.variations().collect()];
            together.into_iter().chain(alone).collect()
        }
        VariationChoice::These(variations) => vec![variations.clone()],
    }
}

/// Draws at most one variation of each combined axis.
pub fn row(dice: &mut Dice) -> Vec<Variation> {
    of_axes(&Axis::COMBINED, dice)
}

fn of_axes(axes: &[Axis], dice: &mut Dice) -> Vec<Variation> {
    let mut row = Vec::new();
    for axis in axes {
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

/// The dice of a case or of another name. The seed is the FNV-1a hash of the name, so the dice never depend on other
/// cases.
pub(super) fn dice(name: &str) -> Dice {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    Dice::new(name.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}
