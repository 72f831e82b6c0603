use super::Weight::{Demanded, Security};
use super::{Coverage, Document, Level, Requirement, Weight};

/// The statements of XEP-0420 0.5.0 that say what an endpoint must not believe, in the order of its text.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    must(
        "xep-0420/affixes/time",
        Demanded,
        AFFIXES,
        "An envelope whose time is further than a margin from the sending time is rejected, or the person alerted.",
    ),
    must(
        "xep-0420/affixes/to",
        Security,
        AFFIXES,
        "An envelope that names another recipient than the stanza is rejected, or the person alerted.",
    ),
    must(
        "xep-0420/affixes/from",
        Security,
        AFFIXES,
        "An envelope that names another sender than the stanza is rejected, or the person alerted.",
    ),
    must(
        "xep-0420/rules/unencrypted-envelope",
        Security,
        RULES,
        "An envelope that was not encrypted is dropped.",
    ),
    must("xep-0420/rules/invalid-xml", Demanded, RULES, "An envelope that is not valid XML is rejected."),
    must(
        "xep-0420/rules/plaintext-ignored",
        Security,
        RULES,
        "What belongs into the envelope is ignored where it stands in the clear, beside the envelope as well.",
    ),
];

const AFFIXES: &str = "affix_elements";
const RULES: &str = "rules";

const fn must(id: &'static str, weight: Weight, anchor: &'static str, summary: &'static str) -> Requirement {
    Requirement {
        id,
        document: Document::Xep0420,
        anchor,
        level: Level::Must,
        summary,
        weight,
        coverage: Coverage::Scenarios,
    }
}
