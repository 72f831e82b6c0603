//! Requirements that repeat others. One mistake breaks a sentence and whatever repeats it, and is one cause.

use super::{Document, Obligation, Observability, Requirement, find, ids};

/// The requirements that repeat others, each with those.
const RESTATED: &[(&str, &[&str])] = &[
    ("xep-0450/introduction/only-authenticated-endpoints", &[READERS]),
    ("xep-0434/encrypted/signed-written", &["xep-0434/structure/encrypted-written"]),
    ("xep-0434/implementation-notes/encrypted-for-authenticated-written", &[READERS]),
    (
        "test-cases/manual-b1/authenticate",
        &["xep-0450/ac-s/own-endpoints", "xep-0450/ac-s/contact-endpoint", MANUAL_DECISIONS],
    ),
    ("test-cases/manual-b1/distrust", &["xep-0450/dc-s", MANUAL_DECISIONS]),
    (
        "test-cases/manual-a2/authenticate",
        &["xep-0450/ao-s/other-endpoints", "xep-0450/ao-s/new-endpoint", MANUAL_DECISIONS],
    ),
    ("test-cases/manual-a2/distrust", &["xep-0450/do-s", MANUAL_DECISIONS]),
    ("test-cases/b1-for-c1/authenticate", &[OWN_ACCOUNT_ONLY]),
    ("test-cases/b1-for-c1/distrust", &[OWN_ACCOUNT_ONLY]),
    ("test-cases/b1-for-a2/authenticate", &[OWN_ACCOUNT_ONLY]),
    ("test-cases/b1-for-a2/distrust", &[OWN_ACCOUNT_ONLY]),
    ("test-cases/b1-for-b2/sender-authenticated/authenticate", &["xep-0450/ac-r/contact-endpoint", STORING]),
    ("test-cases/b1-for-b2/sender-authenticated/distrust", &["xep-0450/dc-r/contact-endpoint", STORING]),
    ("test-cases/b1-for-b2/sender-not-authenticated/authenticate", &[SECURITY_LEVEL]),
    ("test-cases/b1-for-b2/sender-not-authenticated/distrust", &[SECURITY_LEVEL]),
    ("test-cases/a2-for-a3/sender-authenticated/authenticate", &["xep-0450/ao-r", STORING]),
    ("test-cases/a2-for-a3/sender-authenticated/distrust", &["xep-0450/do-r", STORING]),
    ("test-cases/a2-for-a3/sender-not-authenticated/authenticate", &[SECURITY_LEVEL]),
    ("test-cases/a2-for-a3/sender-not-authenticated/distrust", &[SECURITY_LEVEL]),
    ("test-cases/a2-for-b1/sender-authenticated/authenticate", &["xep-0450/ac-r/own-endpoint", STORING]),
    ("test-cases/a2-for-b1/sender-authenticated/distrust", &["xep-0450/dc-r/own-endpoint", STORING]),
    ("test-cases/a2-for-b1/sender-not-authenticated/authenticate", &[SECURITY_LEVEL]),
    ("test-cases/a2-for-b1/sender-not-authenticated/distrust", &[SECURITY_LEVEL]),
];

/// XEP-0450 demands all recommendations of XEP-0434 in one sentence.
pub const RECOMMENDED: &str = "xep-0450/use-cases/recommended-by-tm";

/// Whether the requirement with this id is a recommendation of XEP-0434 about messages.
#[must_use]
pub fn is_recommended(id: &str) -> bool {
    find(id).is_some_and(|requirement| {
        requirement.document == Document::Xep0434
            && requirement.level == Obligation::Should
            && requirement.coverage == Observability::Messages
    })
}

const READERS: &str = "xep-0434/encrypted/authenticated-endpoints-written";
const MANUAL_DECISIONS: &str = "xep-0450/glossary/manual-decisions";
const OWN_ACCOUNT_ONLY: &str = "xep-0450/introduction/own-account-only";
const SECURITY_LEVEL: &str = "xep-0450/introduction/security-level";
const STORING: &str = "xep-0450/storing/unauthenticated-sender";

impl Requirement {
    /// Whether this requirement repeats the one with the id `other`: an implementation that breaks both has one mistake.
    #[must_use]
    pub fn restates(&self, other: &str) -> bool {
        (self.id == RECOMMENDED && is_recommended(other))
            || RESTATED.iter().any(|(id, restated)| *id == self.id && restated.contains(&other))
    }

    /// The ids of the requirements that this one repeats.
    pub fn restated(&self) -> impl Iterator<Item = &'static str> {
        ids().filter(|id| self.restates(id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    #[test]
    fn requirements_repeat_requirements_that_exist_and_repeat_nothing() {
        for (id, restated) in RESTATED {
            assert!(find(id).is_some(), "{id}");
            for other in *restated {
                let other = find(other).unwrap_or_else(|| panic!("{other}"));
                assert_eq!(other.restated().next(), None, "{id} repeats {}", other.id);
            }
        }
    }

    #[test]
    fn all_rows_of_the_test_cases_repeat_the_use_cases() {
        for id in ids().filter(|id| id.starts_with("test-cases/")) {
            assert!(find(id).is_some_and(|requirement| requirement.restated().next().is_some()), "{id}");
        }
    }
}
