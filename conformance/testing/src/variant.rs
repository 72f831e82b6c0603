//! A variant: the naive model and its deviations.

use atm_engine::Rules;
use atm_naive_model::Quirk;

use crate::hearing::Mishearing;
use crate::reading::Misreading;
use crate::twist::{Lapse, Twist};
use crate::writing::Slip;

/// The deviations of an implementation from the model.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Deviations in deciding.
    pub(crate) quirks: &'static [Quirk],
    /// Deviations in the interpretation of stanzas.
    pub(crate) mishearings: &'static [Mishearing],
    /// Deviations in parsing XML and codes.
    pub(crate) misreadings: &'static [Misreading],
    /// Deviations in writing.
    pub(crate) slips: &'static [Slip],
    /// Changes of values that pass through the variant.
    pub(crate) twists: &'static [Twist],
    /// Deviations in handling inputs and queries.
    pub(crate) lapses: &'static [Lapse],
    /// The change of the rules.
    pub(crate) rules: fn(Rules) -> Rules,
}

/// The model without deviations.
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
