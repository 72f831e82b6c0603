use std::fmt;

use super::Document;

/// A statement of a document that an implementation can meet or break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The stable id: the document's prefix, then path-like kebab-case parts.
    pub id: &'static str,
    /// The document with the statement.
    pub document: Document,
    /// The anchor of its section, without the `#`.
    pub anchor: &'static str,
    /// The strength of the demand.
    pub level: Obligation,
    /// The statement in our own words.
    pub summary: &'static str,
    /// The consequence of breaking it.
    pub weight: Weight,
    /// The means by which it is tested.
    pub coverage: Observability,
}

impl Requirement {
    /// Whether breaking the requirement only means to read a form that is none. The sender of such a message is known,
    /// and could have written it in the right form, so no adversary gains by that.
    #[must_use]
    pub fn is_about_form(&self) -> bool {
        const OF_FORM: [&str; 3] =
            ["xep-0420/rules/namespaces", "xep-0420/rules/envelope-namespace", "xep-0420/rules/invalid-xml"];
        OF_FORM.contains(&self.id)
    }

    /// The address of the section with the statement.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}#{}", self.document.url(), self.anchor)
    }
}

/// The strength of a demand: a keyword of RFC 2119, or less.
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
    /// A fact, or a consequence of other statements, without one of those keywords.
    Derived,
    /// A choice of this project that no specification demands. No other implementation fails because of it.
    Ours,
}

impl Obligation {
    /// All levels, the strongest first.
    pub const ALL: [Self; 6] =
        [Self::Must, Self::Should, Self::Recommended, Self::May, Self::Derived, Self::Ours];

    /// The name in lower case, for options.
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

/// The consequence of breaking a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// The implementation fails and lets an adversary in.
    Security,
    /// The implementation fails.
    Demanded,
    /// The implementation lets an adversary in without breaking a demand. This is security advice, never a failure.
    Advice,
    /// The implementation makes a permitted choice: the text leaves it open or only recommends otherwise, or the
    /// requirement is this project's own. This is a fact, never a failure.
    Informational,
}

impl Weight {
    /// Whether an implementation that breaks such a requirement fails.
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

/// The means by which a requirement is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observability {
    /// Scenarios test it. At least one must name it.
    Scenarios,
    /// Scenarios test it in implementations that learn which of their messages were sent. One behind an adapter does not:
    /// `atm` keeps what a device without a connection sends.
    Confirmations,
    /// Every message that an implementation sends in any scenario is checked for it. No scenario names it.
    Messages,
    /// All scenarios are played with variations that test it. No scenario names it.
    Variations,
    /// No run can show whether it is met, for this reason.
    Unobservable(&'static str),
}

impl Observability {
    /// Whether scenarios test it, in all implementations or in some.
    #[must_use]
    pub const fn is_of_scenarios(self) -> bool {
        matches!(self, Self::Scenarios | Self::Confirmations)
    }
}
