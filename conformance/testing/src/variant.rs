//! What a variant is: the naive model, and in what it differs.

use atm_engine::Rules;
use atm_naive_model::Quirk;

use crate::hearing::Mishearing;
use crate::reading::Misreading;
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
    /// In what may be chosen.
    pub(crate) rules: fn(Rules) -> Rules,
}

/// A variant that is the model itself.
pub(crate) const MODEL: Variant =
    Variant { quirks: &[], mishearings: &[], misreadings: &[], slips: &[], rules: |rules| rules };

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

pub(crate) const fn chooses(rules: fn(Rules) -> Rules) -> Variant {
    Variant { rules, ..MODEL }
}
