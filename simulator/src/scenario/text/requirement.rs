use std::fmt;
use std::str::FromStr;

use super::form::{BadText, text_form};

const EXPECTED: &str = "the id of a requirement, such as `xep-0450/ac-s/own-endpoints`";

/// The id of a requirement that a scenario tests: `xep-0450/ac-s/own-endpoints`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(Box<str>);

impl RequirementId {
    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequirementId {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(BadText::new(text, EXPECTED));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(RequirementId, expects: EXPECTED, schema: {
    "Requirement",
    pattern: r"^\S+$",
    "The id of a requirement: document, section and the requirement's own name, such as \
     `xep-0450/ac-s/own-endpoints`."
});
