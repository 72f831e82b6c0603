//! How reports say what they all say.

use std::collections::BTreeMap;

use atm_adapter_protocol::OneLine;
use atm_suite::cases::Verdict;
use atm_suite::requirements::{Document, Requirement, Weight};
use atm_suite::run_file::{CaseLine, ErrorLine, ExpectationLine, ImplementationLine, RunLine};

use super::summary::{CaseJudgement, Column, RequirementTally, Row, VerdictCounts, is_about_messages};

/// The command that repeats one case of a run.
pub(super) fn repeating(run: &RunLine, case: &str) -> String {
    format!("{} --case {}", run.command, shell_words::quote(case))
}

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

/// `61 of 64 demanded requirements`: of those that are tested.
pub(super) fn score(column: &Column<'_>) -> String {
    let RequirementTally { kept, demanded, .. } = column.tally();
    format!("{kept} of {}", counted(demanded, "demanded requirement"))
}

/// `of 139 looked at, 4 not tested`: what there is besides those that are demanded.
pub(super) fn scope(column: &Column<'_>) -> String {
    let RequirementTally { tested, untested, .. } = column.tally();
    match untested {
        0 => format!("of {tested} looked at"),
        _ => format!("of {tested} looked at, {untested} not tested"),
    }
}

/// What is not just passed: `2 fail, 1 unsupported`; empty if all is.
pub(super) fn remainder(column: &Column<'_>) -> String {
    let all = VerdictCounts::of(&column.rows);
    // What no implementation can fail by may stay unsupported.
    let demanded = VerdictCounts::of(column.rows.iter().filter(|row| row.is_demanded()));
    let mut parts = Vec::new();
    for verdict in Verdict::ALL.into_iter().rev().filter(|verdict| *verdict != Verdict::Pass) {
        let counts = if verdict == Verdict::Unsupported { &demanded } else { &all };
        let number = counts.get(verdict);
        if number > 0 {
            parts.push(format!("{number} {verdict}{}", causes(column, verdict)));
        }
    }
    parts.join(", ")
}

/// ` (3 causes)` behind the number of failed requirements, if some of these repeat others.
fn causes(column: &Column<'_>, verdict: Verdict) -> String {
    let causes = column.causes(verdict).len();
    let repeats = verdict == Verdict::Fail && causes < column.with(verdict).count();
    if repeats { format!(" ({})", counted(causes, "cause")) } else { String::new() }
}

/// What a document is called where there is little room; `None` is what this version of the suite does not know.
pub(super) fn document(document: Option<Document>) -> &'static str {
    match document {
        Some(Document::TestCases) => "Test cases",
        Some(Document::Readme) => "Readme",
        Some(Document::Design) => "This project",
        Some(document) => document.number().unwrap_or(document.title()),
        None => "Unknown",
    }
}

/// `MUST, security`, or what is known of it. A failure that lets somebody in is about security, whatever requirement it breaks.
pub(super) fn standing(row: &Row<'_>) -> String {
    match row.requirement {
        Some(requirement) if row.is_demanded() && row.lets_in() => {
            format!("{}, {}", requirement.level, Weight::Security)
        }
        Some(requirement) => format!("{}, {}", requirement.level, requirement.weight),
        None => "unknown to this version of the suite".to_owned(),
    }
}

/// Where a requirement can be read, if that is in the web: reports are read far from this project's files.
pub(super) fn link(requirement: Option<&'static Requirement>) -> Option<String> {
    requirement.map(Requirement::url).filter(|url| url.starts_with("https://"))
}

/// In how many of its cases a requirement shows its verdict: `in 2 of 5 cases`.
pub(super) fn share(row: &Row<'_>) -> String {
    let Some(verdict) = row.verdict() else { return "in no case".to_owned() };
    let unsupported = row.unsupported();
    let all = row.counts.values().sum::<usize>() - unsupported;
    let share = format!("in {} of {}", row.counts[&verdict], counted(all, "case"));
    if unsupported == 0 { share } else { format!("{share}, {unsupported} more unsupported") }
}

/// ` (2 cases unsupported)` behind what the other cases come to; nothing if there is none.
pub(super) fn besides(row: &Row<'_>) -> String {
    match row.unsupported() {
        0 => String::new(),
        number => format!(" ({} unsupported)", counted(number, "case")),
    }
}

/// Why no case says anything about a requirement.
pub(super) fn why_untested(column: &Column<'_>, row: &Row<'_>) -> &'static str {
    if !is_about_messages(row.id) {
        "no case that was played judges it"
    } else if column.cases.is_empty() {
        "no case was played"
    } else {
        "no message was sent"
    }
}

/// When something was looked at.
pub(super) fn moment(seen: &ExpectationLine) -> String {
    match seen.step {
        None if seen.in_message => "in a message".to_owned(),
        None => "at the end".to_owned(),
        Some(0) => "before the first step".to_owned(),
        Some(step) => format!("after step {step}"),
    }
}

/// What levels by policy are, if one of these texts names one.
pub(super) fn policy_note<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    texts.any(|text| text.contains("automatically-")).then_some(
        "automatically-trusted and automatically-distrusted are levels that the policy gives to keys on which nobody decided.",
    )
}

/// What contradicts a requirement in a case.
pub(super) fn contradictions<'a>(told: CaseJudgement<'a>) -> impl Iterator<Item = &'a ExpectationLine> {
    told.judgement.seen.iter().filter(|seen| !seen.observed.is_empty())
}

/// What broke cases off, each once with the cases that it cost, the smallest first.
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

/// The features that an implementation says it lacks, and how many cases need each.
pub(super) fn unsupported<'a>(column: &Column<'a>) -> BTreeMap<&'a str, usize> {
    let mut features = BTreeMap::new();
    let errors = column.cases.iter().filter_map(|case| case.error.as_ref());
    for feature in errors.filter_map(|error| error.unsupported.as_deref()) {
        *features.entry(feature).or_default() += 1;
    }
    features
}

/// What a verdict means.
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

/// The shape that stands for a verdict, so that nothing is told by colour alone.
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

/// The shape of what was never tested.
pub(super) const UNTESTED_SHAPE: &str = "○";

/// `1 case`, `2 cases`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Breaks a text into lines of at most `width` characters, unless a single word is longer.
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
