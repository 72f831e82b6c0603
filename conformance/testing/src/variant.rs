//! What a variant is: the naive model, and in what it differs.

use atm_engine::Rules;
use atm_naive_model::Quirk;

use crate::hearing::Mishearing;
use crate::reading::Misreading;
use crate::twist::{Lapse, Twist};
use crate::writing::Slip;

/// In what an implementation differs from the model.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// In how it decides.
    pub(crate) quirks: &'static [Quirk],
    /// In which stanzas it takes for what.
    pub(crate) mishearings: &'static [Mishearing],
    /// In how it reads XML and codes.
    pub(crate) misreadings: &'static [Misreading],
    /// In what it writes.
    pub(crate) slips: &'static [Slip],
    /// In what it changes of what passes through it.
    pub(crate) twists: &'static [Twist],
    /// In what it does with what it is told.
    pub(crate) lapses: &'static [Lapse],
    /// In what may be chosen.
    pub(crate) rules: fn(Rules) -> Rules,
}

/// A variant that is the model itself.
pub(crate) const MODEL: Variant = Variant {
    quirks: &[],
    mishearings: &[],
    misreadings: &[],
    slips: &[],
    twists: &[],
    lapses: &[],
    rules: |rules| rules,
};

pub(crate) const fn decides(quirks: &'static [Quirk]) -> Variant {
    Variant { quirks, ..MODEL }
}

pub(crate) const fn hears(mishearings: &'static [Mishearing]) -> Variant {
    Variant { mishearings, ..MODEL }
}

pub(crate) const fn reads(misreadings: &'static [Misreading]) -> Variant {
    Variant { misreadings, ..MODEL }
}

pub(crate) const fn writes(slips: &'static [Slip]) -> Variant {
    Variant { slips, ..MODEL }
}

pub(crate) const fn twists(twists: &'static [Twist]) -> Variant {
    Variant { twists, ..MODEL }
}

pub(crate) const fn lapses(lapses: &'static [Lapse]) -> Variant {
    Variant { lapses, ..MODEL }
}

pub(crate) const fn chooses(rules: fn(Rules) -> Rules) -> Variant {
    Variant { rules, ..MODEL }
}
