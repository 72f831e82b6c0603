//! The report for build servers: JUnit XML, with a test case for each requirement and case.

use atm_suite::cases::Verdict;
use atm_suite::run_file::{CaseLine, ErrorLine, RunFile, RunLine};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::difference::Difference;
use super::summary::{CaseJudgement, Column, Row, RunSummary};
use super::wording;
use crate::escape::{OneLine, permitted};

/// The name of a test case that stands for all cases of a requirement.
const ALL: &str = "all cases";

/// Writes a run as JUnit XML. It contains no times, so equal runs give equal files.
///
/// # Panics
///
/// Never: writing to a buffer in memory does not fail.
#[must_use]
pub fn junit(file: &RunFile) -> String {
    let mut report = Report::new("ATM conformance");
    let summary = RunSummary::of(file);
    for column in &summary.columns {
        report.add_test_suites(suites(&file.run, column));
    }
    permitted(&report.to_string().expect("memory can be written"))
}

fn suites(run: &RunLine, column: &Column<'_>) -> Vec<TestSuite> {
    let named = |name: &str| TestSuite::new(format!("{} {name}", wording::full_name(column.implementation)));
    let mut suites = Vec::new();
    for (document, rows) in column.by_document() {
        let mut suite = named(wording::document(document));
        for row in rows {
            suite.add_test_cases(row.told.iter().map(|told| case(run, row, *told)));
            suite.add_test_cases(summarized(row));
        }
        suites.push(suite);
    }
    let broken_off = column.cases.iter().filter(|case| case.judgements.is_empty());
    let mut suite = named("cases without requirements");
    for (case, error) in broken_off.filter_map(|case| Some((case, case.error.as_ref()?))) {
        let mut test = TestCase::new(line(&case.case), of_error(run, case, error));
        test.set_classname("case");
        suite.add_test_case(test);
    }
    if suite.tests > 0 {
        suites.push(suite);
    }
    suites
}

fn case(run: &RunLine, row: &Row<'_>, told: CaseJudgement<'_>) -> TestCase {
    let (status, said) = match told.judgement.verdict {
        Verdict::Pass => (TestCaseStatus::success(), None),
        Verdict::Differs | Verdict::Advice => (TestCaseStatus::success(), Some(account(run, row, told))),
        Verdict::ExpectedFail => {
            let reason = told.judgement.reason.as_deref().unwrap_or("no reason is given");
            (skipped(&format!("expected to fail: {reason}")), Some(account(run, row, told)))
        }
        Verdict::Unsupported | Verdict::Error => {
            let status = match &told.case.error {
                Some(error) => of_error(run, told.case, error),
                None => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            (status, None)
        }
        Verdict::Inconclusive => {
            (failure(run, row, told, NonSuccessKind::Error, "broken in one run and not in another"), None)
        }
        Verdict::UnexpectedPass => {
            let message = "kept, although it is expected to be broken: take it out of the expectations file";
            (failure(run, row, told, NonSuccessKind::Failure, message), None)
        }
        Verdict::Fail => (failure(run, row, told, NonSuccessKind::Failure, &first_contradiction(told)), None),
    };
    let mut test = TestCase::new(line(&told.case.case), status);
    test.set_classname(line(row.id));
    if let Some(said) = said {
        test.set_system_out(format!("{}\n{said}", told.judgement.verdict));
    }
    test
}

/// A text for an attribute, where a line break would be read as a space.
fn line(text: &str) -> String {
    OneLine(text).to_string()
}

/// A result that no single case shows: no message violated the requirement, or nothing tested it.
fn summarized(row: &Row<'_>) -> Option<TestCase> {
    let status = match row.verdict() {
        None => skipped("untested: no case says anything about it"),
        // An unsupported requirement says nothing about messages.
        Some(Verdict::Pass) if row.smallest().is_none() => TestCaseStatus::success(),
        Some(_) => return None,
    };
    let mut test = TestCase::new(ALL, status);
    test.set_classname(line(row.id));
    Some(test)
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(line(message));
    status
}

fn failure(
    run: &RunLine,
    row: &Row<'_>,
    told: CaseJudgement<'_>,
    kind: NonSuccessKind,
    message: &str,
) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_message(line(message))
        .set_type(told.judgement.verdict.name())
        .set_description(account(run, row, told));
    status
}

fn of_error(run: &RunLine, case: &CaseLine, error: &ErrorLine) -> TestCaseStatus {
    if error.unsupported.is_some() {
        return skipped(&error.what);
    }
    let mut text = error.what.clone();
    if let Some(mistake) = &error.likely_mistake {
        text.push_str(&format!("\nlikely mistake: {mistake}"));
    }
    text.push_str(&format!("\nrepeat: {}", run.command_for(case)));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let message = error.what.lines().next().unwrap_or_default();
    status.set_message(line(message)).set_type(Verdict::Error.name()).set_description(text);
    status
}

/// The full account of a case that breaks a requirement.
fn account(run: &RunLine, row: &Row<'_>, told: CaseJudgement<'_>) -> String {
    let mut lines = Vec::new();
    if let Some(requirement) = row.requirement {
        lines.push(format!("{} ({})", requirement.summary, wording::standing(row)));
    }
    lines.extend(wording::link(row.requirement));
    for (seen, difference) in wording::differences(told) {
        lines.push(format!("{}, expected: {}", wording::moment(seen), seen.expected));
        for (name, items) in difference.parts() {
            lines.extend(items.iter().map(|item| format!("  {name}: {item}")));
        }
    }
    lines.push(format!("repeat: {}", run.command_for_failure(told.case, told.judgement)));
    lines.join("\n")
}

fn first_contradiction(told: CaseJudgement<'_>) -> String {
    let first = wording::contradictions(told).next().map(Difference::of);
    let first = first.as_ref().and_then(|difference| difference.parts().next());
    first.map_or_else(String::new, |(name, items)| format!("{name}: {}", items.join("; ")))
}
