//! What the owner of an implementation knows of it: which requirements it breaks, in which cases, and why.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::judge::{CaseResult, Judgement};
use super::verdict::Verdict;
use crate::requirements;
use crate::selection::IdGlob;

/// The version of the format of expectations files.
pub const EXPECTATIONS_FORMAT: u32 = 1;

/// What a new entry says until its owner says why.
pub const UNEXPLAINED: &str = "not explained yet";

/// An expectations file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// The version of the format: 1.
    pub format: u32,
    /// What is known.
    pub expectations: Vec<Expectation>,
}

/// A known failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The requirement, by its id.
    pub requirement: String,
    /// The cases in which it fails; `*` and `?` stand for any text and any character.
    pub cases: Vec<IdGlob>,
    /// Whether the requirement is broken there, or the case cannot be played to its end.
    #[serde(default, skip_serializing_if = "ExpectedOutcome::is_fail")]
    pub outcome: ExpectedOutcome,
    /// Why.
    pub reason: String,
    /// Where that is tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// How much was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayedExtent {
    /// All cases, and all requirements were judged.
    Whole,
    /// A selection.
    Part,
}

/// What is expected of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOutcome {
    /// The requirement is broken.
    #[default]
    Fail,
    /// The case cannot be played to its end.
    Error,
}

impl ExpectedOutcome {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    fn is_fail(&self) -> bool {
        *self == Self::Fail
    }

    fn verdict(self) -> Verdict {
        match self {
            Self::Fail => Verdict::Fail,
            Self::Error => Verdict::Error,
        }
    }
}

/// Why an expectations file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BadExpectations {
    /// It is not as it should be.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An entry matches nothing.
    #[error("{path}: {entry}: {reason}")]
    Entry {
        /// The file.
        path: String,
        /// The entry, by its requirement and cases.
        entry: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Expectations {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// If it is not as it should be.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, BadExpectations> {
        let shown = path.display().to_string();
        let malformed = |reason: String| BadExpectations::Malformed { path: shown.clone(), reason };
        let read: Self = serde_yaml::from_slice(text).map_err(|error| malformed(error.to_string()))?;
        if read.format != EXPECTATIONS_FORMAT {
            return Err(malformed(format!("format {} is not {EXPECTATIONS_FORMAT}", read.format)));
        }
        for expectation in &read.expectations {
            let wrong = |reason: &str| BadExpectations::Entry {
                path: shown.clone(),
                entry: expectation.describe(),
                reason: reason.to_owned(),
            };
            if requirements::find(&expectation.requirement).is_none() {
                return Err(wrong("there is no such requirement: `atm requirements` lists them"));
            }
            if expectation.cases.is_empty() {
                return Err(wrong("it names no case"));
            }
            if expectation.reason.trim().is_empty() {
                return Err(wrong("it gives no reason"));
            }
        }
        Ok(read)
    }

    /// Refuses entries that can match nothing. `demanded` says under which requirements a case has expectations.
    ///
    /// # Errors
    ///
    /// If there is one.
    pub fn check(
        &self,
        path: &Path,
        cases: &[Case],
        demanded: impl Fn(&Case, &str) -> bool,
    ) -> Result<(), BadExpectations> {
        for expectation in &self.expectations {
            for glob in &expectation.cases {
                let matches = cases
                    .iter()
                    .any(|case| glob.matches(&case.id) && demanded(case, &expectation.requirement));
                if !matches {
                    return Err(BadExpectations::Entry {
                        path: path.display().to_string(),
                        entry: expectation.describe(),
                        reason: format!("`{glob}` matches no case that is about this requirement"),
                    });
                }
            }
        }
        Ok(())
    }

    /// Turns known failures into expected ones, and what passes although it should not into unexpected passes. The
    /// reason of each entry that was used is given back, by the position of the judgement.
    pub fn apply(&self, case: &Case, result: &mut CaseResult) -> Vec<(usize, String)> {
        let mut reasons = Vec::new();
        for (position, judgement) in result.judgements.iter_mut().enumerate() {
            let entries = || self.entries(judgement.requirement.id, &case.id);
            let fitting = entries().find(|known| known.outcome.verdict() == judgement.verdict);
            let Some(known) = fitting.or_else(|| entries().next()) else { continue };
            judgement.verdict = match judgement.verdict {
                verdict if verdict == known.outcome.verdict() => Verdict::ExpectedFail,
                Verdict::Pass => Verdict::UnexpectedPass,
                other => other,
            };
            reasons.push((position, known.reason.trim().to_owned()));
        }
        reasons
    }

    fn entries<'a>(
        &'a self,
        requirement: &'a str,
        case: &'a str,
    ) -> impl Iterator<Item = &'a Expectation> + 'a {
        self.expectations.iter().filter(move |known| {
            known.requirement == requirement && known.cases.iter().any(|glob| glob.matches(case))
        })
    }

    /// The file that expects just what came out, with the reasons of this one where it has them. The results are
    /// those before [`apply`](Self::apply).
    #[must_use]
    pub fn of(known: Option<&Self>, extent: PlayedExtent, cases: &[Case], results: &[CaseResult]) -> Self {
        // A run of some cases says nothing about the entries for others, so they all stay as they are.
        let kept =
            if extent == PlayedExtent::Part { known.map(|known| known.expectations.clone()) } else { None };
        let mut expectations: Vec<Expectation> = kept.unwrap_or_default();
        for (case, result) in cases.iter().zip(results) {
            for judgement in &result.judgements {
                let outcome = match judgement.verdict {
                    Verdict::Fail => ExpectedOutcome::Fail,
                    Verdict::Error => ExpectedOutcome::Error,
                    _ => continue,
                };
                let requirement = judgement.requirement.id;
                let mut entries = known.into_iter().flat_map(|known| known.entries(requirement, &case.id));
                let entry = entries.find(|entry| entry.outcome == outcome);
                if extent == PlayedExtent::Part && entry.is_some() {
                    continue;
                }
                let reason = entry.map_or(UNEXPLAINED, |entry| entry.reason.trim());
                let link = entry.and_then(|entry| entry.link.clone());
                let same = expectations.iter_mut().find(|other| {
                    other.requirement == requirement && other.outcome == outcome && other.reason == reason
                });
                match same {
                    Some(same) => same.cases.push(IdGlob::exact(&case.id)),
                    None => expectations.push(Expectation {
                        requirement: requirement.to_owned(),
                        cases: vec![IdGlob::exact(&case.id)],
                        outcome,
                        reason: reason.to_owned(),
                        link,
                    }),
                }
            }
        }
        for expectation in &mut expectations {
            if extent == PlayedExtent::Whole && is_without_exception(expectation, cases, results) {
                expectation.cases = vec![IdGlob::any()];
            }
        }
        expectations.sort_by(|one, other| one.requirement.cmp(&other.requirement));
        Self { format: EXPECTATIONS_FORMAT, expectations }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// If `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_yaml::to_writer(out, self).map_err(io::Error::other)
    }
}

/// Whether every case that could be judged by a requirement came out as an expectation says, and there are several.
fn is_without_exception(expectation: &Expectation, cases: &[Case], results: &[CaseResult]) -> bool {
    let verdicts = cases.iter().zip(results).flat_map(|(case, result)| {
        let about = |judgement: &&Judgement| judgement.requirement.id == expectation.requirement;
        result.judgements.iter().filter(about).map(move |judgement| (case, judgement.verdict))
    });
    let judged = verdicts.filter(|(_, verdict)| *verdict != Verdict::Unsupported);
    let mut as_expected = 0;
    for (case, _) in judged {
        if !expectation.cases.iter().any(|glob| glob.matches(&case.id)) {
            return false;
        }
        as_expected += 1;
    }
    as_expected > 2
}

impl Expectation {
    fn describe(&self) -> String {
        let cases: Vec<String> = self.cases.iter().map(IdGlob::to_string).collect();
        format!("the entry for {} in {}", self.requirement, cases.join(", "))
    }
}
