//! The run file: the complete result of a run of the suite, one JSON object on each line. Every report is written from
//! this file alone.
//!
//! The first line describes the run. Then follow a line for each case, in the order of the cases, the pictures of the
//! most informative cases, and a last line that marks the file as complete. The file has no times and no addresses: the
//! same suite and the same implementation give the same bytes for any number of jobs.

use std::io::{self, BufRead, Write};

use atm_engine::{AnnouncementRule, ConflictRule};
use serde::{Deserialize, Serialize};

use super::conclusion::Conclusion;
use crate::cases::{Fault, Verdict};
use crate::json;
use crate::messages::findings;

/// The version of the format of run files.
pub const RUN_FORMAT: u32 = 1;

/// A line of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line {
    /// The description of the run: the first line.
    Run(RunLine),
    /// The result of a case.
    Case(CaseLine),
    /// The pictures of a case.
    Picture(PictureLine),
    /// The mark of a complete file: the last line.
    End(EndLine),
}

/// The description of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RunLine {
    /// The version of the format of this file.
    pub format: u32,
    /// The version of the suite.
    pub suite: String,
    /// The implementations that were tested.
    pub implementations: Vec<ImplementationLine>,
    /// The announcement rule of the reference engine, which played all other devices.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub announcement: AnnouncementRule,
    /// The conflict rule of the reference engine.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub conflict: ConflictRule,
    /// The seed of all randomness.
    pub seed: u64,
    /// The ids of the selected requirements.
    pub requirements: Vec<String>,
    /// The command that repeats the run, without the selection of cases.
    pub command: String,
    /// The same without the scenarios that were given; absent if none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_without_scenarios: Option<String>,
}

/// An implementation that was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ImplementationLine {
    /// Its name in this run.
    pub name: String,
    /// Its own name for itself.
    pub implementation: String,
    /// Its version.
    pub version: String,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The command that starts its adapter; `None` for the engine of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<String>,
    /// Whether it can ask a person before it follows a trust message.
    #[serde(default)]
    pub asks_before_automatic_decisions: bool,
}

/// The result of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct CaseLine {
    /// The id of the case: `attacks/cache-poisoning@alice/phone`.
    pub case: String,
    /// The path of its scenario.
    pub scenario: String,
    /// The title of its scenario.
    pub title: String,
    /// The devices with their implementations. The reference engine played all others.
    pub hosts: Vec<HostLine>,
    /// The number of steps in the scenario.
    pub steps: usize,
    /// The number of trust messages that the hosted devices sent.
    pub messages: usize,
    /// The error that ended it early.
    #[serde(rename = "trouble", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorLine>,
    /// The judgement of each requirement.
    pub judgements: Vec<JudgementLine>,
    /// The ids of requirements whose failures only follow from other failures. The case does not judge them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<String>,
}

/// A device with its implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostLine {
    /// The device.
    pub device: String,
    /// The implementation's name in the run.
    pub implementation: String,
}

/// The error that ended a case early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ErrorLine {
    /// The error in words.
    pub what: String,
    /// The missing feature that the implementation reported, if that ended the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// The likely mistake behind the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely_mistake: Option<String>,
}

/// The judgement of a requirement in a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct JudgementLine {
    /// The requirement's id.
    pub requirement: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason why the owner of the implementation expects the failure, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The repair in one sentence, if the owner of the implementation, or somebody who read its source, gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<ExpectationLine>,
}

/// One check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ExpectationLine {
    /// The step of the check, or in which the message was sent, counted from 1. `None` at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// Whether a message was checked when it was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_message: bool,
    /// The names of the variations that a failure needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<String>,
    /// The expected observation.
    pub expected: String,
    /// The contradicting observations; empty if the check passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<String>,
    /// Whether it is an intrusion: a key is authenticated without a lawful cause, or a distrust is undone. Reading a
    /// message in a form that is none lets nobody in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lets_in: bool,
    /// The kind of mistake that a contradiction shows, if it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Sentences that say who told the device about a key, and whether it followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// The requirement under which the same behaviour was found, if it is another one. The failure then shows no mistake
    /// of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_under: Option<String>,
}

/// What a case looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PictureLine {
    /// The case.
    pub case: String,
    /// The whole case, as the page of a run shows it. Its form may change with each version.
    pub run: serde_json::Value,
}

/// The end of a run file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct EndLine {
    /// How many cases there are.
    pub cases: usize,
    /// How many selected cases were not played, because the run was interrupted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_played: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A complete run file.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFile {
    /// The description of the run.
    pub run: RunLine,
    /// The results of the cases.
    pub cases: Vec<CaseLine>,
    /// The pictures of the most informative cases.
    pub pictures: Vec<PictureLine>,
    /// How many selected cases were not played, because the run was interrupted.
    pub not_played: usize,
}

/// The reason why a file is no run file.
#[derive(Debug, thiserror::Error)]
pub enum RunFileError {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// A line is invalid.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// The reason.
        reason: String,
    },
    /// The file ends before its last line.
    #[error("it is not whole: the line of the type `end` is missing, so the run was broken off")]
    Cut,
}

/// The JSON Schema of a line of a run file.
pub const SCHEMA: &str = include_str!("../../run-file.schema.json");

/// The JSON Schema of a line of a run file, derived from the types.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Line).to_value()
}

impl RunFile {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// Returns an error if writing to `out` fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut line = |line: &Line| json::write_line(&mut *out, line);
        line(&Line::Run(self.run.clone()))?;
        for case in &self.cases {
            line(&Line::Case(case.clone()))?;
        }
        for picture in &self.pictures {
            line(&Line::Picture(picture.clone()))?;
        }
        line(&Line::End(EndLine { cases: self.cases.len(), not_played: self.not_played }))
    }

    /// The conclusion of the run. It is inconclusive at best if cases were not played.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        Conclusion::of(&self.cases).of_interrupted(self.not_played)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, has another format, or is incomplete.
    pub fn read(input: impl BufRead) -> Result<Self, RunFileError> {
        let (mut run, mut cases, mut pictures) = (None, Vec::new(), Vec::new());
        for (position, text) in input.lines().enumerate() {
            let wrong = |reason: String| RunFileError::Line { line: position + 1, reason };
            let line: Line = serde_json::from_str(&text?).map_err(|error| wrong(error.to_string()))?;
            match (line, &run) {
                (Line::Run(line), None) if line.format == RUN_FORMAT => run = Some(line),
                (Line::Run(line), None) => {
                    return Err(wrong(format!("it is of format {}, not {RUN_FORMAT}", line.format)));
                }
                (Line::Run(_), Some(_)) => return Err(wrong("a second line of the type `run`".to_owned())),
                (_, None) => return Err(wrong("the first line is not of the type `run`".to_owned())),
                (Line::Case(case), Some(_)) => cases.push(case),
                (Line::Picture(picture), Some(_)) => pictures.push(picture),
                (Line::End(end), Some(_)) => {
                    if end.cases != cases.len() {
                        return Err(wrong(format!("{} cases, but {} lines of them", end.cases, cases.len())));
                    }
                    let run = run.expect("it was just looked at");
                    return Ok(Self { run, cases, pictures, not_played: end.not_played });
                }
            }
        }
        Err(RunFileError::Cut)
    }
}

impl RunLine {
    /// The command that repeats one case. It is short: it names the scenario of this case only, and no scenario if the
    /// run had all of the library.
    #[must_use]
    pub fn command_for(&self, case: &CaseLine) -> String {
        let id = shell_words::quote(&case.case);
        match &self.command_without_scenarios {
            None => format!("{} --case {id}", self.command),
            Some(command) => format!("{command} {} --case {id}", shell_words::quote(&case.scenario)),
        }
    }

    /// The command that repeats one case with the variations that a failure in it needs. The next version of the suite
    /// may choose others.
    #[must_use]
    pub fn command_for_failure(&self, case: &CaseLine, judgement: &JudgementLine) -> String {
        let mut failed = judgement.seen.iter().filter(|seen| !seen.observed.is_empty());
        let variations = failed.next().map_or(&[][..], |seen| &seen.variations);
        let is_chosen = self.command.split(' ').any(|word| word.starts_with("--variations"));
        let command = self.command_for(case);
        if variations.is_empty() || is_chosen {
            return command;
        }
        format!("{command} --variations {}", variations.join(","))
    }
}

impl CaseLine {
    /// The worst verdict of the case.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.judgements.iter().map(|judgement| judgement.verdict).max().unwrap_or(Verdict::Inconclusive)
    }

    /// Whether it says something about this requirement: it judges it, or it has a message that was checked for it.
    #[must_use]
    pub fn says_something_about(&self, requirement: &str) -> bool {
        self.judgements.iter().any(|judgement| judgement.requirement == requirement)
            || self.messages > 0 && findings::are_about(requirement)
    }
}
