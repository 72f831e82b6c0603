//! The report for build servers: JUnit, with a test case for each requirement and case.

use atm_suite::cases::Verdict;
use atm_suite::run_file::{CaseLine, ErrorLine, RunFile, RunLine};

use super::difference::Difference;
use super::junit_file::{self, Problem, TestCase, TestStatus, TestSuite};
use super::summary::{CaseJudgement, Column, Row, RunSummary};
use super::wording;

/// What stands for all cases where one speaks for all of them.
const ALL: &str = "all cases";

/// Writes a run as JUnit. It has no times, so that equal runs are equal files.
#[must_use]
pub fn junit(file: &RunFile) -> String {
    let summary = RunSummary::of(file);
    let suites: Vec<_> = summary.columns.iter().flat_map(|column| suites(&file.run, column)).collect();
    junit_file::write("ATM conformance", &suites)
}

fn suites(run: &RunLine, column: &Column<'_>) -> Vec<TestSuite> {
    let suite = |name: &str, cases| TestSuite {
        name: format!("{} {name}", wording::full_name(column.implementation)),
        cases,
    };
    let mut suites = Vec::new();
    for (document, rows) in column.by_document() {
        let of_row = |row: &&Row<'_>| -> Vec<TestCase> {
            row.told.iter().map(|told| case(run, row, *told)).chain(summarized(row)).collect()
        };
        suites.push(suite(wording::document(document), rows.iter().flat_map(of_row).collect()));
    }
    let broken_off = column.cases.iter().filter(|case| case.judgements.is_empty());
    let of_case = |case: &&CaseLine| {
        Some(TestCase {
            name: case.case.clone(),
            class: "case".to_owned(),
            status: of_error(run, case, case.error.as_ref()?),
            output: None,
        })
    };
    let cases: Vec<_> = broken_off.filter_map(of_case).collect();
    if !cases.is_empty() {
        suites.push(suite("cases without requirements", cases));
    }
    suites
}

fn case(run: &RunLine, row: &Row<'_>, told: CaseJudgement<'_>) -> TestCase {
    let (status, said) = match told.judgement.verdict {
        Verdict::Pass => (TestStatus::Success, None),
        Verdict::Differs | Verdict::Advice => (TestStatus::Success, Some(account(run, row, told))),
        Verdict::ExpectedFail => {
            let reason = told.judgement.reason.as_deref().unwrap_or("no reason is given");
            (skipped(&format!("expected to fail: {reason}")), Some(account(run, row, told)))
        }
        Verdict::Unsupported | Verdict::Error => {
            let status = match &told.case.error {
                Some(error) => of_error(run, told.case, error),
                None => TestStatus::Error(Problem::default()),
            };
            (status, None)
        }
        Verdict::Inconclusive => {
            (TestStatus::Error(problem(run, row, told, "broken in one run and not in another")), None)
        }
        Verdict::UnexpectedPass => {
            let message = "kept, although it is expected to be broken: take it out of the expectations file";
            (TestStatus::Failure(problem(run, row, told, message)), None)
        }
        Verdict::Fail => (TestStatus::Failure(problem(run, row, told, &first_contradiction(told))), None),
    };
    TestCase {
        name: told.case.case.clone(),
        class: row.id.to_owned(),
        status,
        output: said.map(|said| format!("{}\n{said}", told.judgement.verdict)),
    }
}

/// What no case by itself says: that nothing was found in any message, or that nothing was tested.
fn summarized(row: &Row<'_>) -> Option<TestCase> {
    let status = match row.verdict() {
        None => skipped("untested: no case says anything about it"),
        // What is not supported is no word about messages.
        Some(Verdict::Pass) if row.smallest().is_none() => TestStatus::Success,
        Some(_) => return None,
    };
    Some(TestCase { name: ALL.to_owned(), class: row.id.to_owned(), status, output: None })
}

fn skipped(message: &str) -> TestStatus {
    TestStatus::Skipped { message: message.to_owned() }
}

fn problem(run: &RunLine, row: &Row<'_>, told: CaseJudgement<'_>, message: &str) -> Problem {
    Problem {
        message: Some(message.to_owned()),
        kind: Some(told.judgement.verdict.name()),
        description: Some(account(run, row, told)),
    }
}

fn of_error(run: &RunLine, case: &CaseLine, error: &ErrorLine) -> TestStatus {
    if error.unsupported.is_some() {
        return skipped(&error.what);
    }
    let mut text = error.what.clone();
    if let Some(mistake) = &error.likely_mistake {
        text.push_str(&format!("\nlikely mistake: {mistake}"));
    }
    text.push_str(&format!("\nrepeat: {}", wording::repeating(run, &case.case)));
    TestStatus::Error(Problem {
        message: error.what.lines().next().map(str::to_owned).or(Some(String::new())),
        kind: Some(Verdict::Error.name()),
        description: Some(text),
    })
}

/// What there is to know about a case in which a requirement is not kept.
fn account(run: &RunLine, row: &Row<'_>, told: CaseJudgement<'_>) -> String {
    let mut lines = Vec::new();
    if let Some(requirement) = row.requirement {
        lines.push(format!("{} ({})", requirement.summary, wording::standing(row)));
    }
    lines.extend(wording::link(row.requirement));
    for seen in wording::contradictions(told) {
        lines.push(format!("{}, expected: {}", wording::moment(seen), seen.expected));
        for (name, items) in Difference::of(seen).parts() {
            lines.extend(items.iter().map(|item| format!("  {name}: {item}")));
        }
    }
    lines.push(format!("repeat: {}", wording::repeating(run, &told.case.case)));
    lines.join("\n")
}

fn first_contradiction(told: CaseJudgement<'_>) -> String {
    let first = wording::contradictions(told).next().map(Difference::of);
    let first = first.as_ref().and_then(|difference| difference.parts().next());
    first.map_or_else(String::new, |(name, items)| format!("{name}: {}", items.join("; ")))
}
