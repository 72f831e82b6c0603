//! Variants that are wrong in one way each, as somebody who implements ATM could be.

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

/// A variant that is wrong in one way.
#[derive(Clone, Copy, Debug)]
pub struct BrokenVariant {
    /// What it is called.
    pub name: &'static str,
    /// What a developer got wrong.
    pub wrong: &'static str,
    /// In what it differs from the model.
    pub variant: Variant,
    /// The requirements that it breaks. It may fail others that follow from them.
    pub fails: &'static [&'static str],
    /// The change of form without which it does not show, if it needs one.
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
    /// The sentence that it breaks stands elsewhere than its requirement says.
    const fn at(self, anchor: &'static str) -> Self {
        Self { anchor: Some(anchor), ..self }
    }

    /// It does not show without this change of form.
    const fn shows_with(self, change: &'static str) -> Self {
        Self { shows_with: Some(change), ..self }
    }

    /// It is a mistake by which an adversary gets trust or secrets, whatever else its requirement is about.
    const fn security(self) -> Self {
        Self { weight: Some(Weight::Security), ..self }
    }

    /// Where the sentence stands that it breaks.
    #[must_use]
    pub fn anchor(&self) -> String {
        let of_requirement = || find(self.fails[0]).map_or_else(String::new, |found| found.url());
        self.anchor.map_or_else(of_requirement, str::to_owned)
    }

    /// What kind of mistake it is.
    #[must_use]
    pub fn weight(&self) -> Weight {
        let of_requirement = || find(self.fails[0]).map_or(Weight::Demanded, |found| found.weight);
        self.weight.unwrap_or_else(of_requirement)
    }
}

/// All of them.
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
