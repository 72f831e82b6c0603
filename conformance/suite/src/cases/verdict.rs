use serde::{Deserialize, Serialize};

use crate::requirements::Weight;

/// What a case says about a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is kept.
    Pass,
    /// The text leaves it open, and the implementation does it another way.
    Differs,
    /// No MUST is broken, but an adversary can use what the implementation does.
    Advice,
    /// The implementation says that it cannot do what the case needs.
    Unsupported,
    /// It is broken, as the owner of the implementation expects.
    ExpectedFail,
    /// It was broken in one run and not in another, so nothing can be said.
    Inconclusive,
    /// The case could not be played to its end.
    Error,
    /// It is kept, although the owner of the implementation expects it to be broken.
    UnexpectedPass,
    /// It is broken.
    Fail,
}

impl Verdict {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 9] = [
        Self::Pass,
        Self::Differs,
        Self::Advice,
        Self::Unsupported,
        Self::ExpectedFail,
        Self::Inconclusive,
        Self::Error,
        Self::UnexpectedPass,
        Self::Fail,
    ];

    /// The verdict for a violated requirement of this weight.
    #[must_use]
    pub fn of_broken(weight: Weight) -> Self {
        match weight {
            Weight::Security | Weight::Demanded => Self::Fail,
            Weight::Advice => Self::Advice,
            Weight::Informational => Self::Differs,
        }
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Differs => "differs",
            Self::Advice => "advice",
            Self::Unsupported => "unsupported",
            Self::ExpectedFail => "xfail",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
            Self::UnexpectedPass => "xpass",
            Self::Fail => "fail",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
