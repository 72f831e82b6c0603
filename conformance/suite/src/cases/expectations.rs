//! The known failures of an implementation: the broken requirements, the cases, and the reasons, as its owner lists
//! them.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use atm_simulator::scenario::{check_depth, did_you_mean};
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::judge::{CaseResult, Judgement};
use super::verdict::Verdict;
use crate::requirements;
use crate::selection::IdGlob;

/// The version of the format of expectations files.
pub const EXPECTATIONS_FORMAT: u32 = 1;

/// The reason of a new entry until its owner gives one.
pub const UNEXPLAINED: &str = "not explained yet";

/// An expectations file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// The version of the format: 1.
    pub format: u32,
    /// The known failures.
    pub expectations: Vec<Expectation>,
}

/// A known failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The id of the requirement.
    pub requirement: String,
    /// The cases in which it fails. `*` stands for any text and `?` for any character.
    pub cases: Vec<IdGlob>,
    /// Whether the requirement is broken there, or the case cannot be played to its end.
    #[serde(default, skip_serializing_if = "ExpectedOutcome::is_fail")]
    pub outcome: ExpectedOutcome,
    /// The reason.
    pub reason: String,
    /// The repair in one sentence, for the report to the maintainers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// A link to the issue that tracks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The part of the suite that was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayedExtent {
    /// All cases, and all requirements were judged.
    Whole,
    /// A selection of cases or requirements.
    Part,
}

/// The expected result of a case.
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

/// An expectations file is invalid. Lists all mistakes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .mistakes.join("\n"))]
pub struct BadExpectations {
    mistakes: Vec<String>,
}

impl BadExpectations {
    /// The mistakes, each with the path of the file.
    pub fn mistakes(&self) -> impl Iterator<Item = &str> {
        self.mistakes.iter().map(String::as_str)
    }

    fn in_file(path: &Path, mistakes: &[String]) -> Self {
        let mistakes = mistakes.iter().map(|mistake| format!("{}: {mistake}", path.display())).collect();
        Self { mistakes }
    }
}

/// An expectations file, before its entries are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map with `format: 1` and `expectations`")]
struct Unread {
    format: u32,
    expectations: Vec<serde_yaml::Value>,
}

impl Expectations {
    /// Parses the text of a file.
    ///
    /// # Errors
    ///
    /// Returns all mistakes if the file is invalid.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, BadExpectations> {
        let bad = |mistakes: &[String]| BadExpectations::in_file(path, mistakes);
        std::str::from_utf8(text).map_or(Ok(()), check_depth).map_err(|mistake| bad(&[mistake]))?;
        let Unread { format, expectations: entries } = serde_yaml::from_slice(text).map_err(|error| {
            bad(&[format!("this is no expectations file, such as `--write-expectations` begins: {error}")])
        })?;
        if format != EXPECTATIONS_FORMAT {
            return Err(bad(&[format!("format {format} is not {EXPECTATIONS_FORMAT}")]));
        }
        let (mut expectations, mut mistakes) = (Vec::new(), Vec::new());
        for (position, entry) in entries.into_iter().enumerate() {
            match serde_yaml::from_value::<Expectation>(entry) {
                Ok(expectation) => {
                    mistakes.extend(expectation.mistakes());
                    expectations.push(expectation);
                }
                Err(error) => mistakes.push(format!("entry {}: {error}", position + 1)),
            }
        }
        if mistakes.is_empty() { Ok(Self { format, expectations }) } else { Err(bad(&mistakes)) }
    }

    /// Refuses entries that match nothing. `demanded` says whether a case has expectations under a requirement.
    ///
    /// # Errors
    ///
    /// Returns all entries that match nothing.
    pub fn check(
        &self,
        path: &Path,
        cases: &[Case],
        demanded: impl Fn(&Case, &str) -> bool,
    ) -> Result<(), BadExpectations> {
        let mut mistakes = Vec::new();
        for expectation in &self.expectations {
            let is_about = |case: &&Case| demanded(case, &expectation.requirement);
            for glob in &expectation.cases {
                if cases.iter().filter(|case| glob.matches(&case.id)).any(|case| is_about(&case)) {
                    continue;
                }
                let ids: Vec<&str> = cases.iter().filter(is_about).map(|case| &*case.id).collect();
                let meant = glob.did_you_mean(&ids).map_or_else(String::new, |meant| format!(": {meant}"));
                let wrong = format!("`{glob}` matches no case that is about this requirement{meant}");
                mistakes.push(format!("{}: {wrong}", expectation.describe()));
            }
        }
        if mistakes.is_empty() { Ok(()) } else { Err(BadExpectations::in_file(path, &mistakes)) }
    }

    /// Adds a pass for each entry whose requirement no matched case breaks, if a matched case exercised the
    /// requirement. Without this, the results would not mention the requirement. A partial run shows this only for
    /// patterns that name a single case.
    pub fn note_kept(&self, extent: PlayedExtent, cases: &[Case], results: &mut [CaseResult]) {
        for Expectation { requirement, cases: globs, .. } in &self.expectations {
            for glob in globs {
                let matched = || (0..cases.len()).filter(|position| glob.matches(&cases[*position].id));
                let is_known = extent == PlayedExtent::Whole
                    || matched().any(|position| IdGlob::exact(&cases[position].id) == *glob);
                let is_judged = |position: usize| {
                    let mut judgements = results[position].judgements.iter();
                    judgements.any(|judgement| judgement.requirement.id == requirement)
                };
                if !is_known || matched().any(is_judged) {
                    continue;
                }
                let kept = matched().find_map(|position| {
                    let mut kept = results[position].kept.iter();
                    Some((position, *kept.find(|kept| kept.id == requirement)?))
                });
                if let Some((position, kept)) = kept {
                    results[position].add(Judgement::kept(kept));
                }
            }
        }
    }

    /// Turns known failures into expected ones and passes of expected failures into unexpected passes. Returns each
    /// entry that was used, with the position of its judgement.
    pub fn apply(&self, case: &Case, result: &mut CaseResult) -> Vec<(usize, &Expectation)> {
        let mut used = Vec::new();
        for (position, judgement) in result.judgements.iter_mut().enumerate() {
            let entries = || self.entries(judgement.requirement.id, &case.id);
            let fitting = entries().find(|known| known.outcome.verdict() == judgement.verdict);
            let Some(known) = fitting.or_else(|| entries().next()) else { continue };
            judgement.verdict = match judgement.verdict {
                verdict if verdict == known.outcome.verdict() => Verdict::ExpectedFail,
                Verdict::Pass => Verdict::UnexpectedPass,
                other => other,
            };
            used.push((position, known));
        }
        used
    }

    /// The requirements that are broken in some case. A random scenario is not among the cases of the entries, so in it
    /// each of these requirements counts as known to be broken.
    #[must_use]
    pub fn broken(&self) -> BTreeSet<&str> {
        let broken = self.expectations.iter().filter(|known| known.outcome == ExpectedOutcome::Fail);
        broken.map(|known| &*known.requirement).collect()
    }

    fn entries<'a>(&'a self, requirement: &str, case: &str) -> impl Iterator<Item = &'a Expectation> {
        self.expectations.iter().filter(move |known| {
            known.requirement == requirement && known.cases.iter().any(|glob| glob.matches(case))
        })
    }

    /// The expectations that match these results exactly, with the reasons of `known` where it has them. Pass the
    /// results from before [`apply`](Self::apply).
    #[must_use]
    pub fn of(known: Option<&Self>, extent: PlayedExtent, cases: &[Case], results: &[CaseResult]) -> Self {
        // A partial run says nothing about entries for other cases, so all entries stay.
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
                let (fix, link) =
                    entry.map(|entry| (entry.fix.clone(), entry.link.clone())).unwrap_or_default();
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
                        fix,
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
    /// Returns an error if writing to `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_yaml::to_writer(out, self).map_err(io::Error::other)
    }
}

/// Whether every case that could be judged under the requirement has the expected result, and there are at least three.
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
    /// The mistakes in the entry that do not depend on the cases.
    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if requirements::find(&self.requirement).is_none() {
            let meant = did_you_mean(&self.requirement, requirements::ids());
            let help = meant.unwrap_or_else(|| "`atm requirements` lists them".to_owned());
            mistakes.push(format!("there is no such requirement: {help}"));
        }
        if self.cases.is_empty() {
            mistakes.push("it names no case".to_owned());
        }
        if self.reason.trim().is_empty() {
            mistakes.push("it gives no reason".to_owned());
        }
        mistakes.iter().map(|mistake| format!("{}: {mistake}", self.describe())).collect()
    }

    fn describe(&self) -> String {
        let cases: Vec<String> = self.cases.iter().map(IdGlob::to_string).collect();
        let of = if cases.is_empty() { String::new() } else { format!(" in {}", cases.join(", ")) };
        format!("the entry for {}{of}", self.requirement)
    }
}
