//! Selects requirements by id, document and level.

use std::fmt;
use std::str::FromStr;

use atm_adapter_protocol::OneLine;
use atm_simulator::scenario::nearest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::glob::{self, Glob};
use crate::requirements::{Document, Obligation, Requirement};

/// A selection of requirements. An empty list excludes nothing, so the default admits all requirements.
///
/// ```
/// use atm_suite::requirements::{self, Document, Obligation};
/// use atm_suite::selection::Selection;
///
/// let selection = Selection {
///     ids: vec!["xep-0450/ac-*".parse().unwrap(), "xep-0434/uri/*".parse().unwrap()],
///     levels: vec![Obligation::Must],
///     ..Selection::default()
/// };
/// let admitted: Vec<_> =
///     requirements::all().filter(|requirement| selection.admits(requirement)).collect();
/// assert!(admitted.iter().any(|requirement| requirement.id == "xep-0450/ac-s/own-endpoints"));
/// assert!(admitted.iter().all(|requirement| requirement.level == Obligation::Must));
/// assert!(admitted.iter().all(|requirement| requirement.document != Document::Xep0420));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Patterns of ids. The id must match one of them.
    pub ids: Vec<IdGlob>,
    /// Documents. The requirement must be in one of them.
    pub documents: Vec<Document>,
    /// Levels. The requirement must have one of them.
    pub levels: Vec<Obligation>,
}

impl Selection {
    /// Whether the selection includes this requirement.
    #[must_use]
    pub fn admits(&self, requirement: &Requirement) -> bool {
        let by_id = self.ids.is_empty() || self.ids.iter().any(|glob| glob.matches(requirement.id));
        let by_document = self.documents.is_empty() || self.documents.contains(&requirement.document);
        let by_level = self.levels.is_empty() || self.levels.contains(&requirement.level);
        by_id && by_document && by_level
    }
}

/// A pattern of requirement ids. `*` matches any text including slashes, `?` one character, `[ab]` one of these
/// characters, and `{one,other}` one of these texts. A backslash escapes the next character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdGlob {
    text: String,
    glob: Glob,
}

impl Serialize for IdGlob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IdGlob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl IdGlob {
    /// The pattern that matches exactly this id.
    ///
    /// # Panics
    ///
    /// Never: an escaped text is a pattern.
    #[must_use]
    pub fn exact(id: &str) -> Self {
        glob::escaped(id).parse().expect("an escaped text is a pattern")
    }

    /// The pattern that matches every id.
    ///
    /// # Panics
    ///
    /// Never: a star is a pattern.
    #[must_use]
    pub fn any() -> Self {
        "*".parse().expect("a star is a pattern")
    }

    /// `did you mean ...?` with the most similar pattern that matches one of these ids, if there is one.
    #[must_use]
    pub fn did_you_mean(&self, ids: &[&str]) -> Option<String> {
        let fits = |text: &str| text.parse::<Self>().is_ok_and(|glob| ids.iter().any(|id| glob.matches(id)));
        let begun = [format!("{}@*", self.text), format!("{}/*", self.text), format!("{}*", self.text)];
        let corrected = || {
            let corrected = self.corrected(ids);
            [corrected.clone(), format!("{corrected}@*"), format!("{corrected}*")]
        };
        let found = begun.into_iter().find(|text| fits(text));
        let found = found.or_else(|| corrected().into_iter().find(|text| fits(text)));
        found.map(|text| format!("did you mean `{text}`?"))
    }

    /// The pattern with unknown parts replaced by the most similar parts of ids. Stops at the first part with special
    /// characters.
    fn corrected(&self, ids: &[&str]) -> String {
        let mut left: Vec<Vec<&str>> = ids.iter().map(|id| id.split(['/', '@']).collect()).collect();
        let mut corrected = String::new();
        let mut rest = &*self.text;
        for position in 0.. {
            let end = rest.find(['/', '@']).unwrap_or(rest.len());
            let (part, behind) = rest.split_at(end);
            let known = || left.iter().filter_map(|parts| parts.get(position)).copied();
            if glob::is_special(part) {
                break;
            }
            let Some(meant) = known().find(|it| *it == part).or_else(|| nearest(part, known())) else {
                break;
            };
            corrected += meant;
            left.retain(|parts| parts.get(position) == Some(&meant));
            rest = behind;
            let Some(separator) = behind.chars().next() else { break };
            corrected.push(separator);
            rest = &behind[separator.len_utf8()..];
        }
        corrected + rest
    }

    /// Whether the pattern matches the whole id.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        self.glob.matches(id)
    }
}

impl FromStr for IdGlob {
    type Err = BadGlob;

    fn from_str(text: &str) -> Result<Self, BadGlob> {
        match Glob::new(text) {
            Ok(glob) => Ok(Self { text: text.to_owned(), glob }),
            Err(reason) => Err(BadGlob { text: text.to_owned(), reason: reason.to_owned() }),
        }
    }
}

impl fmt::Display for IdGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text is no pattern of ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a pattern: {reason}", OneLine(.text))]
pub struct BadGlob {
    /// The text.
    pub text: String,
    /// The reason.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirements;

    fn admitted(selection: &Selection) -> Vec<&'static str> {
        requirements::all()
            .filter(|requirement| selection.admits(requirement))
            .map(|requirement| requirement.id)
            .collect()
    }

    fn globs<const N: usize>(globs: [&str; N]) -> Selection {
        let ids = globs.into_iter().map(|glob| glob.parse().expect("a pattern")).collect();
        Selection { ids, ..Selection::default() }
    }

    #[test]
    fn nothing_given_admits_all() {
        assert_eq!(admitted(&Selection::default()).len(), requirements::all().count());
    }

    #[test]
    fn a_star_goes_across_slashes_but_a_pattern_has_to_match_the_whole_id() {
        assert_eq!(
            admitted(&globs(["xep-0450/ao-*"])),
            ["xep-0450/ao-s/other-endpoints", "xep-0450/ao-s/new-endpoint", "xep-0450/ao-r"]
        );
        assert_eq!(admitted(&globs(["xep-0450/ao-?"])), ["xep-0450/ao-r"]);
        assert_eq!(admitted(&globs(["ao-r"])), [""; 0]);
        assert_eq!(admitted(&globs(["*/d{o,c}-s"])), ["xep-0450/do-s", "xep-0450/dc-s"]);
    }

    #[test]
    fn one_of_each_kind_has_to_fit() {
        let selection = Selection {
            documents: vec![Document::Xep0280, Document::Xep0450],
            levels: vec![Obligation::Recommended, Obligation::Should],
            ..globs(["*/toakafa/*", "*/inbound/*"])
        };
        assert_eq!(
            admitted(&selection),
            ["xep-0450/toakafa/before", "xep-0450/toakafa/latch", "xep-0450/toakafa/new-keys"]
        );
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        let error = "xep-0450/[a".parse::<IdGlob>().unwrap_err();
        assert_eq!(error.text, "xep-0450/[a");
        assert!(error.to_string().contains("character class"), "{error}");
    }
}
