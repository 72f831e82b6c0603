//! Variants with one mistake each, as an implementer of ATM could make it.

mod admitting;
mod announcing;
mod authority;
mod codes;
mod deciding;
mod envelopes;
mod forms;
mod hearing;
mod intruders;
mod keeping;
mod life;
mod persons;
mod reading;
mod recipients;
mod stanzas;
mod starting;
mod undiscovered;
mod waiting;
mod writing;

use atm_suite::requirements::{Weight, find};

use crate::variant::Variant;

/// A variant with one mistake.
#[derive(Clone, Copy, Debug)]
pub struct BrokenVariant {
    /// The name.
    pub name: &'static str,
    /// The mistake.
    pub wrong: &'static str,
    /// The deviations from the model.
    pub variant: Variant,
    /// The ids of the requirements that it breaks. It may fail others as a consequence.
    pub fails: &'static [&'static str],
    /// The change of form that reveals the mistake, if it needs one.
    pub shows_with: Option<&'static str>,
    anchor: Option<&'static str>,
    weight: Option<Weight>,
}

const fn broken_by(
    name: &'static str,
    wrong: &'static str,
    variant: Variant,
    fails: &'static [&'static str],
) -> BrokenVariant {
    BrokenVariant { name, wrong, variant, fails, shows_with: None, anchor: None, weight: None }
}

impl BrokenVariant {
    /// Sets the address of the broken sentence, if it is not that of the requirement.
    const fn at(self, anchor: &'static str) -> Self {
        Self { anchor: Some(anchor), ..self }
    }

    /// Sets the change of form that reveals the mistake.
    const fn shows_with(self, change: &'static str) -> Self {
        Self { shows_with: Some(change), ..self }
    }

    /// Marks a mistake that gives an adversary trust or secrets, whatever the requirement is about.
    const fn security(self) -> Self {
        Self { weight: Some(Weight::Security), ..self }
    }

    /// The address of the sentence that it breaks.
    #[must_use]
    pub fn anchor(&self) -> String {
        let of_requirement = || find(self.fails[0]).map_or_else(String::new, |found| found.url());
        self.anchor.map_or_else(of_requirement, str::to_owned)
    }

    /// The weight of the mistake.
    #[must_use]
    pub fn weight(&self) -> Weight {
        let of_requirement = || find(self.fails[0]).map_or(Weight::Demanded, |found| found.weight);
        self.weight.unwrap_or_else(of_requirement)
    }
}

/// All broken variants.
pub fn broken() -> impl Iterator<Item = BrokenVariant> {
    [
        deciding::BROKEN,
        hearing::BROKEN,
        keeping::BROKEN,
        announcing::BROKEN,
        reading::BROKEN,
        writing::BROKEN,
        admitting::BROKEN,
        authority::BROKEN,
        envelopes::BROKEN,
        codes::BROKEN,
        waiting::BROKEN,
        undiscovered::BROKEN,
        persons::BROKEN,
        starting::BROKEN,
        recipients::BROKEN,
        stanzas::BROKEN,
        forms::BROKEN,
        life::BROKEN,
        intruders::BROKEN,
    ]
    .into_iter()
    .flatten()
    .copied()
}
