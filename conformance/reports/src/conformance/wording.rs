//! Wording that several reports share.

use std::collections::BTreeMap;

use atm_adapter_protocol::OneLine;
use atm_suite::cases::{Fault, Verdict};
use atm_suite::requirements::{Document, Requirement, Weight};
use atm_suite::run_file::{CaseLine, ErrorLine, ExpectationLine, ImplementationLine};

use super::difference::Difference;
use super::summary::{
    CaseJudgement, Column, FailureGroup, RequirementTally, Row, VerdictCounts, is_about_messages,
};

/// `qxmpp (QXmpp 1.9.2)`, or `QXmpp 1.9.2` if it is called so.
pub(super) fn full_name(implementation: &ImplementationLine) -> String {
    let ImplementationLine { name, implementation, version, .. } = implementation;
    let full = if name == implementation {
        format!("{name} {version}")
    } else {
        format!("{name} ({implementation} {version})")
    };
    OneLine(full).to_string()
}

/// The tested requirements that are kept: `61 of 64 demanded requirements`.
pub(super) fn score(column: &Column<'_>) -> String {
    let RequirementTally { kept, demanded, .. } = column.tally();
    format!("{kept} of {}", counted(demanded, "demanded requirement"))
}

/// All tested requirements, demanded or not: `of 139 looked at, 4 not tested`.
pub(super) fn scope(column: &Column<'_>) -> String {
    let RequirementTally { tested, untested, .. } = column.tally();
    match untested {
        0 => format!("of {tested} looked at"),
        _ => format!("of {tested} looked at, {untested} not tested"),
    }
}

/// The interruption and the verdicts other than a pass: `interrupted before 9 more cases, 2 fail`; empty if everything passed.
pub(super) fn remainder(column: &Column<'_>) -> String {
    let all = VerdictCounts::of(&column.rows);
    // Only demanded requirements count as unsupported. The others may be.
    let demanded = VerdictCounts::of(column.rows.iter().filter(|row| row.is_demanded()));
    let mut parts = Vec::new();
    if column.not_played > 0 {
        parts.push(format!("interrupted before {}", counted(column.not_played, "more case")));
    }
    for verdict in Verdict::ALL.into_iter().rev().filter(|verdict| *verdict != Verdict::Pass) {
        let counts = if verdict == Verdict::Unsupported { &demanded } else { &all };
        let number = counts.get(verdict);
        if number > 0 {
            parts.push(format!("{number} {verdict}{}", causes(column, verdict)));
        }
    }
    parts.join(", ")
}

/// ` (3 causes)` after the number of failures, if some of them repeat others.
fn causes(column: &Column<'_>, verdict: Verdict) -> String {
    let causes = column.causes(verdict).len();
    let is_failure = matches!(verdict, Verdict::Fail | Verdict::ExpectedFail);
    let repeats = is_failure && causes < column.with(verdict).count();
    if repeats { format!(" ({})", counted(causes, "cause")) } else { String::new() }
}

/// The short name of a document; `None` stands for requirements that this version of the suite does not know.
pub(super) fn document(document: Option<Document>) -> &'static str {
    match document {
        Some(Document::TestCases) => "Test cases",
        Some(Document::Readme) => "Readme",
        Some(Document::Design) => "This project",
        Some(document) => document.number().unwrap_or(document.title()),
        None => "Unknown",
    }
}

/// The level and weight of a requirement: `MUST, security`. A failure that shows an intrusion is about security,
/// whatever requirement it breaks.
pub(super) fn standing(row: &Row<'_>) -> String {
    match row.requirement {
        Some(requirement) if row.is_demanded() && row.lets_in() => {
            format!("{}, {}", requirement.level, Weight::Security)
        }
        Some(requirement) => format!("{}, {}", requirement.level, requirement.weight),
        None => "unknown to this version of the suite".to_owned(),
    }
}

/// The URL of a requirement, if it is on the web. Readers of reports do not have the files of this project.
pub(super) fn link(requirement: Option<&'static Requirement>) -> Option<String> {
    requirement.map(Requirement::url).filter(|url| url.starts_with("https://"))
}

/// The share of the cases that show the verdict: `in 2 of 5 cases`.
pub(super) fn share(row: &Row<'_>) -> String {
    let Some(verdict) = row.verdict() else { return "in no case".to_owned() };
    let unsupported = row.unsupported();
    let all = row.counts.values().sum::<usize>() - unsupported;
    let share = format!("in {} of {}", row.counts[&verdict], counted(all, "case"));
    if unsupported == 0 { share } else { format!("{share}, {unsupported} more unsupported") }
}

/// ` (2 cases unsupported)` after the verdict of the other cases; empty if there are none.
pub(super) fn besides(row: &Row<'_>) -> String {
    match row.unsupported() {
        0 => String::new(),
        number => format!(" ({} unsupported)", counted(number, "case")),
    }
}

/// The reason why no case judges a requirement.
pub(super) fn why_untested(column: &Column<'_>, row: &Row<'_>) -> &'static str {
    let follows = |case: &&CaseLine| case.unjudged.iter().any(|id| id == row.id);
    if column.cases.iter().any(follows) {
        "fails only as a consequence of other failures"
    } else if !is_about_messages(row.id) {
        "no case that was played judges it"
    } else if column.cases.is_empty() {
        "no case was played"
    } else {
        "no message was sent"
    }
}

/// The time at which an expectation was checked.
pub(super) fn moment(seen: &ExpectationLine) -> String {
    match seen.step {
        None if seen.in_message => "in a message".to_owned(),
        None => "at the end".to_owned(),
        Some(0) => "before the first step".to_owned(),
        Some(step) if seen.in_message => format!("in a message of step {step}"),
        Some(step) => format!("after step {step}"),
    }
}

/// Explains the levels that a policy sets, if one of these texts names one.
pub(super) fn policy_note<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    texts.any(|text| text.contains("automatically-")).then_some(
        "automatically-trusted and automatically-distrusted are levels that the policy gives to keys on which nobody decided.",
    )
}

/// The contradicted expectations of a requirement in a case.
pub(super) fn contradictions<'a>(told: CaseJudgement<'a>) -> impl Iterator<Item = &'a ExpectationLine> {
    told.judgement.seen.iter().filter(|seen| !seen.observed.is_empty())
}

/// The same with their differences. The messages behind them are named once.
pub(super) fn differences<'a>(told: CaseJudgement<'a>) -> Vec<(&'a ExpectationLine, Difference)> {
    let mut differences: Vec<(&ExpectationLine, Difference)> = Vec::new();
    for seen in contradictions(told) {
        let mut difference = Difference::of(seen);
        difference
            .because
            .retain(|sentence| !differences.iter().any(|(other, _)| other.because.contains(sentence)));
        differences.push((seen, difference));
    }
    differences
}

/// The errors that ended cases early. Each has the cases that it ended, the smallest first.
pub(super) fn errors<'a>(column: &Column<'a>) -> Vec<(&'a ErrorLine, Vec<&'a CaseLine>)> {
    let mut errors: Vec<(&ErrorLine, Vec<&CaseLine>)> = Vec::new();
    let mut cases = column.cases.clone();
    cases.sort_by_key(|case| (case.steps, &case.case));
    for case in cases {
        let broken_off = case.error.as_ref().filter(|error| error.unsupported.is_none());
        let Some(error) = broken_off else { continue };
        match errors.iter_mut().find(|(known, _)| *known == error) {
            Some((_, cases)) => cases.push(case),
            None => errors.push((error, vec![case])),
        }
    }
    errors
}

/// The features that an implementation says it lacks, each with the number of cases that need it.
pub(super) fn unsupported<'a>(column: &Column<'a>) -> BTreeMap<&'a str, usize> {
    let mut features = BTreeMap::new();
    let errors = column.cases.iter().filter_map(|case| case.error.as_ref());
    for feature in errors.filter_map(|error| error.unsupported.as_deref()) {
        *features.entry(feature).or_default() += 1;
    }
    features
}

/// The likely cause of failures of one kind, with the evidence for it: `it does not send what it must (2 requirements)`.
pub(super) fn likely_cause(column: &Column<'_>, group: &FailureGroup<'_, '_>) -> String {
    let cause = match group.fault {
        Some(Fault::NotSent) => "it does not send what it must",
        Some(Fault::WronglySent) => "it sends what it must not",
        Some(Fault::NotFollowed) => "it does not follow what counts",
        Some(Fault::WronglyFollowed) => "it follows what does not count",
        Some(Fault::Recipients) => "it encrypts for other keys than it has to",
        Some(Fault::Policy) => "its policy gives keys other levels",
        Some(Fault::Form) => "its messages have a wrong form",
        Some(Fault::Variation) => "the same message in another form has another effect",
        None if group.verdict == Verdict::Fail => "of other kinds",
        None => meaning(group.verdict),
    };
    let mut evidence = vec![counted(group.failures.len(), "requirement")];
    if group.fault == Some(Fault::NotSent) && column.cases.iter().all(|case| case.messages == 0) {
        evidence.push(format!("no message in {}", counted(column.cases.len(), "case")));
    }
    format!("{cause} ({})", evidence.join(", "))
}

/// The meaning of a verdict, in a few words.
pub(super) fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "kept",
        Verdict::Differs => "done in another way, which the text permits",
        Verdict::Advice => "not a failure, but it can help an attacker",
        Verdict::Unsupported => "the implementation says that it cannot do it",
        Verdict::ExpectedFail => "broken, as its owner expects",
        Verdict::Inconclusive => "broken in one run and not in another",
        Verdict::Error => "did not end",
        Verdict::UnexpectedPass => "kept, although its owner expects it to be broken",
        Verdict::Fail => "broken",
    }
}

/// The shape that stands for a verdict, so that no report depends on colour.
pub(super) fn shape(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✔",
        Verdict::Differs => "≈",
        Verdict::Advice => "▲",
        Verdict::Unsupported => "–",
        Verdict::ExpectedFail => "◇",
        Verdict::Inconclusive => "?",
        Verdict::Error => "!",
        Verdict::UnexpectedPass => "◆",
        Verdict::Fail => "✘",
    }
}

/// The shape for an untested requirement.
pub(super) const UNTESTED_SHAPE: &str = "○";

/// `1 case`, `2 cases`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Wraps a text into lines of at most `width` characters. A longer word gets a line of its own.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
