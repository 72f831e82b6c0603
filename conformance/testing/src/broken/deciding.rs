//! Mistakes in the effects of a decision on the device itself.

use atm_naive_model::Quirk::{DistrustIsForEver, DistrustLeavesNothing};

use super::{BrokenVariant, broken_by};
use crate::variant::decides;

pub(super) const BROKEN: &[BrokenVariant] = &[
    broken_by(
        "distrust-leaves-nothing",
        "to distrust a key just forgets that it was authenticated",
        decides(&[DistrustLeavesNothing]),
        &[
            "xep-0450/glossary/manual-decisions",
            "xep-0450/do-r",
            "xep-0450/dc-r/own-endpoint",
            "xep-0450/dc-r/contact-endpoint",
        ],
    ),
    broken_by(
        "distrust-is-for-ever",
        "a key that was distrusted once can never be authenticated again, not even by a person",
        decides(&[DistrustIsForEver]),
        &["xep-0450/glossary/manual-decisions"],
    ),
];
