use std::fmt;

use super::Document;

/// One statement of a document that an implementation can keep or break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its stable name: the document's prefix, then path-like kebab-case parts.
    pub id: &'static str,
    /// Where it stands.
    pub document: Document,
    /// The anchor of the section that it stands in, without the `#`.
    pub anchor: &'static str,
    /// How strongly the document asks for it.
    pub level: Obligation,
    /// What is asked for, in our own words.
    pub summary: &'static str,
    /// What breaking it means.
    pub weight: Weight,
    /// What tests it.
    pub coverage: Observability,
}

impl Requirement {
    /// Where the statement can be read.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}#{}", self.document.url(), self.anchor)
    }
}

/// How strongly a document asks for something: the words of RFC 2119, or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// MUST or MUST NOT.
    Must,
    /// SHOULD or SHOULD NOT.
    Should,
    /// RECOMMENDED, as strong as SHOULD.
    Recommended,
    /// MAY.
    May,
    /// Stated as a fact, or following from other statements, without one of those words.
    Derived,
    /// Not asked for by any specification: what this project chose. Nobody else fails by it.
    Ours,
}

impl Obligation {
    /// All levels, the strongest first.
    pub const ALL: [Self; 6] =
        [Self::Must, Self::Should, Self::Recommended, Self::May, Self::Derived, Self::Ours];

    /// Its name in small letters, as options are given it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Recommended => "recommended",
            Self::May => "may",
            Self::Derived => "derived",
            Self::Ours => "ours",
        }
    }
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Recommended => "RECOMMENDED",
            Self::May => "MAY",
            Self::Derived => "derived",
            Self::Ours => "ours",
        })
    }
}

/// What it means for an implementation to break a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It fails, and lets an adversary in.
    Security,
    /// It fails.
    Demanded,
    /// It lets an adversary in without doing what it must not do: advice about security, never a failure.
    Advice,
    /// It does what it may do, since the text leaves that open or only recommends otherwise, or since the
    /// requirement is this project's own: a fact about it, never a failure.
    Informational,
}

impl Weight {
    /// Whether an implementation that breaks such a requirement has failed.
    #[must_use]
    pub const fn fails(self) -> bool {
        match self {
            Self::Security | Self::Demanded => true,
            Self::Advice | Self::Informational => false,
        }
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Security => "security",
            Self::Demanded => "demanded",
            Self::Advice => "advice",
            Self::Informational => "informational",
        })
    }
}

/// What tests a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observability {
    /// At least one scenario must name it.
    Scenarios,
    /// It is checked on every message that an implementation sends in any scenario, so none names it.
    Messages,
    /// It is checked by playing all scenarios with variations, so none names it.
    Variations,
    /// No run can show whether it is kept; the reason says why.
    Unobservable(&'static str),
}
