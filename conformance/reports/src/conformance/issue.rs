//! One failure of one implementation as a text for its maintainers.

use std::fmt::Write;

use atm_suite::cases::{Fault, Verdict};
use atm_suite::run_file::RunFile;

use super::summary::{Column, Explanation, Row, RunSummary};
use super::wording;
use crate::escape::{OneLine, block, code, escape, prose};

/// The verdicts about which a maintainer should know, the gravest first.
const VERDICTS: [Verdict; 3] = [Verdict::Fail, Verdict::ExpectedFail, Verdict::Advice];

/// A failure of one implementation, and the requirements that the same mistake breaks because they repeat the first.
#[derive(Clone, Debug)]
pub struct Issue<'a> {
    file: &'a RunFile,
    column: Column<'a>,
    row: Row<'a>,
    repeated_by: Vec<&'a str>,
}

/// There is no single failure to write about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// No implementation of the run fails the requirement.
    #[error("no implementation of this run fails `{0}`")]
    NoFailure(String),
    /// The failure shows no mistake of its own beside that of another requirement.
    #[error("in this run, `{requirement}` shows the same mistake as `{cause}`")]
    Repeats {
        /// The requirement.
        requirement: String,
        /// The requirement under which the mistake is told.
        cause: String,
    },
    /// Several implementations of the run fail the requirement.
    #[error("{} fail `{requirement}`", .implementations.join(" and "))]
    Several {
        /// The requirement.
        requirement: String,
        /// The names of the implementations.
        implementations: Vec<String>,
    },
}

/// All failures of a run: by implementation, private ones first.
#[must_use]
pub fn issues(file: &RunFile) -> Vec<Issue<'_>> {
    let mut issues = Vec::new();
    for mut column in RunSummary::of(file).columns {
        column.rows.iter_mut().for_each(Row::show_failures);
        let mut failures: Vec<Issue<'_>> = Vec::new();
        for (row, repeating) in VERDICTS.into_iter().flat_map(|verdict| column.causes(verdict)) {
            let repeated_by = repeating.iter().map(|row| row.id).collect();
            failures.push(Issue { file, column: column.clone(), row: row.clone(), repeated_by });
        }
        failures.sort_by_key(|failure| !failure.is_private());
        issues.extend(failures);
    }
    issues
}

impl<'a> Issue<'a> {
    /// The failure of a requirement, by one implementation or by the only one that fails it.
    ///
    /// # Errors
    ///
    /// Returns an error if no implementation fails it, if several do, or if the requirement only repeats another.
    pub fn of(
        file: &'a RunFile,
        requirement: &str,
        implementation: Option<&str>,
    ) -> Result<Self, IssueError> {
        let is_meant =
            |issue: &Issue<'_>| implementation.is_none_or(|name| issue.implementation_name() == name);
        let all: Vec<Self> = issues(file).into_iter().filter(is_meant).collect();
        let mut failures: Vec<Self> =
            all.iter().filter(|issue| issue.row.id == requirement).cloned().collect();
        let requirement = requirement.to_owned();
        if failures.len() > 1 {
            let implementations =
                failures.iter().map(|issue| issue.implementation_name().to_owned()).collect();
            return Err(IssueError::Several { requirement, implementations });
        }
        let repeated = all.iter().find(|issue| issue.repeated_by.contains(&&*requirement));
        match (failures.pop(), repeated) {
            (Some(failure), _) => Ok(failure),
            (None, Some(cause)) => Err(IssueError::Repeats { requirement, cause: cause.row.id.to_owned() }),
            (None, None) => Err(IssueError::NoFailure(requirement)),
        }
    }

    /// The name of the implementation in the run.
    #[must_use]
    pub fn implementation_name(&self) -> &'a str {
        &self.column.implementation.name
    }

    /// The path of the scenario of the smallest case.
    #[must_use]
    pub fn scenario(&self) -> Option<&'a str> {
        self.row.smallest().map(|told| &*told.case.scenario)
    }

    /// Whether the failure is a hole that an adversary can use. Its details are for the maintainers first.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.row.is_private()
    }

    /// The failure in one line: `private  xep-0450/do-s  does not send a trust message that it must send (MUST, demanded)`.
    #[must_use]
    pub fn line(&self) -> String {
        let place = if self.is_private() { "private" } else { "public " };
        format!("{place}  {}  {} ({})", OneLine(self.row.id), self.act(), wording::standing(&self.row))
    }

    /// The text for the maintainers. `scenario` is the text of the scenario file of the smallest case.
    #[must_use]
    pub fn markdown(&self, scenario: Option<&str>) -> String {
        let mut out = String::new();
        // Writing to memory cannot fail.
        let _ = self.write(&mut out, scenario);
        out
    }

    fn write(&self, out: &mut String, scenario: Option<&str>) -> std::fmt::Result {
        let Self { file, column, row, repeated_by } = self;
        let implementation = column.implementation;
        let name = escape(&OneLine(&implementation.implementation).to_string());
        writeln!(out, "# {name} {} ({})\n", self.act(), code(row.id))?;
        if self.is_private() {
            writeln!(
                out,
                "**Please keep this private.** An adversary can use it. This text is for the security contact of the project, \
                 not for a public tracker, until a release repairs it.\n"
            )?;
        }
        if row.verdict() == Some(Verdict::Advice) {
            writeln!(out, "No text forbids this, so it is advice and no failure.\n")?;
        }
        writeln!(out, "- Version: {name} {}", escape(&implementation.version))?;
        writeln!(out, "- Found by: atm {}, {}\n", escape(&file.run.suite), wording::share(row))?;

        writeln!(out, "## What happens\n\n{}\n", self.effect())?;
        if let Some(told) = row.smallest() {
            writeln!(out, "In the scenario “{}”:\n", escape(&told.case.title))?;
            for (seen, difference) in wording::differences(told) {
                if !difference.repeats(&seen.expected) {
                    writeln!(out, "- {}, expected: {}", wording::moment(seen), escape(&seen.expected))?;
                }
                for (kind, items) in difference.parts() {
                    for item in items {
                        writeln!(out, "- {}, {kind}: {}", wording::moment(seen), escape(item))?;
                    }
                }
            }
            writeln!(out)?;
        }

        writeln!(out, "## What has to happen\n")?;
        match row.requirement {
            Some(requirement) => {
                writeln!(out, "{}\n", escape(requirement.summary))?;
                let place = escape(&requirement.document.to_string());
                match wording::link(Some(requirement)) {
                    Some(link) => writeln!(out, "Source: [{place}]({link}), {}\n", requirement.level)?,
                    None => writeln!(out, "Source: {place}, {}\n", requirement.level)?,
                }
            }
            None => writeln!(out, "This version of the suite does not know the requirement.\n")?,
        }
        if !repeated_by.is_empty() {
            let ids: Vec<String> = repeated_by.iter().map(|id| code(id)).collect();
            writeln!(out, "The same mistake also breaks: {}.\n", ids.join(", "))?;
        }

        writeln!(out, "## Where and how to repair it\n")?;
        let explanations = row.explanations();
        if explanations.len() > 1 {
            writeln!(out, "The failures have several reasons. Each stays until its own repair is made.\n")?;
        }
        let all: usize = explanations.iter().map(|explanation| explanation.cases).sum();
        for Explanation { reason, fix, cases } in &explanations {
            if explanations.len() > 1 {
                writeln!(out, "**{cases} of {all} failing cases.**\n")?;
            }
            match reason {
                Some(reason) => writeln!(out, "{}\n", prose(reason))?,
                None => writeln!(out, "Nobody has looked for the place in the source yet.\n")?,
            }
            let also: Vec<String> = self.also_explained_by(*reason).map(code).collect();
            if !also.is_empty() {
                writeln!(out, "Other failures have the same reason: {}.\n", also.join(", "))?;
            }
            writeln!(out, "Repair: {}\n", fix.map_or_else(|| self.repair().to_owned(), prose))?;
        }

        if let Some(told) = row.smallest() {
            writeln!(out, "## How to repeat it\n")?;
            writeln!(out, "{}\n", block(&file.run.command_for_failure(told.case, told.judgement), "sh", ""))?;
            match scenario {
                _ if row.fault() == Some(Fault::Form) => {
                    writeln!(out, "Every case in which such a message is sent shows it.")?;
                }
                Some(text) => {
                    writeln!(out, "The scenario, {}:\n", code(&told.case.scenario))?;
                    writeln!(out, "{}", block(text, "yaml", ""))?;
                }
                None => writeln!(out, "The scenario is in {}.", code(&told.case.scenario))?,
            }
        }
        Ok(())
    }

    /// The other requirements that fail for this reason, without those that repeat this failure.
    fn also_explained_by(&self, reason: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let others = self.column.rows.iter().filter(move |other| {
            other.id != self.row.id
                && !self.repeated_by.contains(&other.id)
                && reason.is_some_and(|reason| other.reasons().any(|of_other| of_other == reason))
        });
        others.map(|other| other.id)
    }

    /// The mistake, as the end of a sentence that begins with the name of the implementation.
    fn act(&self) -> &'static str {
        match self.row.fault() {
            Some(Fault::NotSent) => "does not send a trust message that it must send",
            Some(Fault::WronglySent) => "sends a trust message that it must not send",
            Some(Fault::NotFollowed) => "does not follow a decision that counts",
            Some(Fault::WronglyFollowed) => "follows a decision that does not count",
            Some(Fault::Recipients) => "encrypts a trust message for the wrong keys",
            Some(Fault::Policy) => "gives a key another level than its policy has to",
            Some(Fault::Form) => "writes a message in a wrong form",
            Some(Fault::Variation) => "treats another form of a message differently",
            None => "breaks a requirement",
        }
    }

    /// The consequence for users.
    fn effect(&self) -> &'static str {
        match self.row.fault() {
            Some(Fault::NotSent) => {
                "Other devices do not hear of a decision. Their users have to compare fingerprints by hand, or go on \
                 writing to a key that is distrusted elsewhere."
            }
            Some(Fault::NotFollowed) => {
                "A decision of an authenticated device has no effect. The user has to decide again by hand, or goes on \
                 writing to a key that is distrusted elsewhere."
            }
            Some(Fault::WronglySent | Fault::Recipients) if self.row.lets_in() => {
                "Another device is told something that it must not be told. An adversary may hold its key, and learns whom \
                 the user trusts, or makes others trust a key that nobody authenticated."
            }
            _ if self.row.lets_in() => {
                "A key is authenticated, or a distrust is undone, although nobody with the right to do so decided it. \
                 Messages are then encrypted for the holder of that key, who may be an adversary."
            }
            Some(Fault::WronglySent) => "Other devices are told a decision that they must not be told.",
            Some(Fault::WronglyFollowed) => "A decision changes a key, although it must not count.",
            Some(Fault::Recipients) => "A trust message reaches other devices than it has to.",
            Some(Fault::Policy) => "A key is used, or refused, although the policy says otherwise.",
            Some(Fault::Form) => {
                "Other clients and servers may not handle the message as a trust message needs it."
            }
            Some(Fault::Variation) => {
                "The same message in another form has another effect, so clients that write it so cannot be understood."
            }
            None => "The observations below contradict the specification.",
        }
    }

    /// A repair for a kind of mistake, if nobody proposes a better one.
    fn repair(&self) -> &'static str {
        match self.row.fault() {
            Some(Fault::NotSent) => "send the missing message at the moment that is named above.",
            Some(Fault::WronglySent) => "do not send the message that is named above.",
            Some(Fault::NotFollowed) => "follow the decision at the moment that is named above.",
            Some(Fault::WronglyFollowed) => "ignore the decision that is named above.",
            Some(Fault::Recipients) => {
                "encrypt the message for the keys that are named above, and for no others."
            }
            Some(Fault::Policy) => "give the key the level that is named above.",
            Some(Fault::Form) => "write the message in the form that is named above.",
            Some(Fault::Variation) => "read both forms of the message in the same way.",
            None => "see the sentence of the specification.",
        }
    }
}
