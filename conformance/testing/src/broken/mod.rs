//! Variants that are wrong in one way each, as somebody who implements ATM could be.

mod announcing;
mod deciding;
mod hearing;
mod keeping;
mod reading;
mod writing;

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
}

const fn broken_by(
    name: &'static str,
    wrong: &'static str,
    variant: Variant,
    fails: &'static [&'static str],
) -> BrokenVariant {
    BrokenVariant { name, wrong, variant, fails }
}

/// All of them.
pub fn broken() -> impl Iterator<Item = BrokenVariant> {
    [deciding::BROKEN, hearing::BROKEN, keeping::BROKEN, announcing::BROKEN, reading::BROKEN, writing::BROKEN]
        .into_iter()
        .flatten()
        .copied()
}
