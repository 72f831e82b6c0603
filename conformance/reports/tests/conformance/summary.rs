//! The summary of a run.

use atm_reports::conformance::{RequirementTally, Row, RunSummary, VerdictCounts};
use atm_suite::cases::Verdict;
use atm_suite::messages::findings;
use atm_suite::requirements;
use atm_suite::run_file::{CaseLine, Conclusion, ErrorLine, ExpectationLine, RunFile};

use crate::played::{ENGINE, SILENT};

/// A run file whose cases have these names, numbers of steps, and verdicts on one requirement.
fn with_cases(requirement: &str, cases: &[(&str, usize, Verdict)]) -> RunFile {
    let template = ENGINE.cases.iter().find(|case| !case.judgements.is_empty()).unwrap();
    let lines = cases.iter().map(|(name, steps, verdict)| {
        let mut line = CaseLine { case: (*name).to_owned(), steps: *steps, messages: 1, ..template.clone() };
        line.judgements.truncate(1);
        line.judgements[0].requirement = requirement.to_owned();
        line.judgements[0].verdict = *verdict;
        line
    });
    let cases = lines.collect();
    let mut run = ENGINE.run.clone();
    run.requirements = vec![requirement.to_owned()];
    RunFile { run, cases, pictures: Vec::new(), not_played: 0 }
}

fn the_row(file: &RunFile) -> Row<'_> {
    let mut summary = RunSummary::of(file);
    let [row] = &summary.columns.pop().unwrap().rows[..] else { panic!("more than one row") };
    row.clone()
}

#[test]
fn the_worst_verdict_counts_and_the_smallest_case_shows_it() {
    let id = "xep-0450/ac-s/own-endpoints";
    let file = with_cases(
        id,
        &[
            ("small@a", 1, Verdict::Pass),
            ("large@a", 9, Verdict::Fail),
            ("middle@b", 4, Verdict::Fail),
            ("middle@a", 4, Verdict::Fail),
            ("tiny@a", 0, Verdict::Error),
        ],
    );
    let row = the_row(&file);
    assert_eq!(row.verdict(), Some(Verdict::Fail));
    assert_eq!(row.smallest().unwrap().case.case, "middle@a");
    assert_eq!(row.counts[&Verdict::Fail], 3);
    assert_eq!(row.counts[&Verdict::Pass], 1);
}

#[test]
fn what_was_selected_and_never_tested_is_no_pass() {
    let mut file = with_cases("xep-0450/ac-s/own-endpoints", &[("a@a", 1, Verdict::Pass)]);
    file.run.requirements.push("xep-0450/do-s".to_owned());
    let summary = RunSummary::of(&file);
    let column = &summary.columns[0];
    assert_eq!(column.demanded(), (1, 2));
    assert_eq!(VerdictCounts::of(&column.rows).untested, 1);
    assert_eq!(column.rows[1].verdict(), None);
}

#[test]
fn what_no_case_can_show_has_no_row() {
    let mut file = with_cases("xep-0450/ac-s/own-endpoints", &[("a@a", 1, Verdict::Pass)]);
    file.run.requirements.push("xep-0450/details/third-party".to_owned());
    assert_eq!(RunSummary::of(&file).columns[0].rows.len(), 1);
}

#[test]
fn a_requirement_of_a_newer_suite_is_counted_and_comes_last() {
    let file = with_cases("xep-0999/new", &[("a@a", 1, Verdict::Fail)]);
    let row = the_row(&file);
    assert_eq!((row.requirement, row.document(), row.verdict()), (None, None, Some(Verdict::Fail)));
    assert!(row.is_demanded());
}

#[test]
fn messages_without_findings_pass_and_no_messages_are_no_pass() {
    let id = requirements::ids().find(|id| findings::are_about(id)).expect("some are checked on messages");
    let mut file =
        with_cases("xep-0450/ac-s/own-endpoints", &[("a@a", 1, Verdict::Pass), ("b@a", 1, Verdict::Pass)]);
    file.run.requirements = vec![id.to_owned()];
    let verdict = |file: &RunFile| {
        let summary = RunSummary::of(file);
        summary.columns[0].rows.iter().find(|row| row.id == id).unwrap().verdict()
    };
    assert_eq!(verdict(&file), Some(Verdict::Pass));
    file.cases[1].judgements[0].requirement = id.to_owned();
    file.cases[1].judgements[0].verdict = Verdict::Fail;
    assert_eq!(verdict(&file), Some(Verdict::Fail));
    file.cases.iter_mut().for_each(|case| (case.messages, case.judgements) = (0, Vec::new()));
    assert_eq!(verdict(&file), None);
}

#[test]
fn verdicts_decide_how_a_run_ends() {
    use Conclusion::{AsExpected, Inconclusive, NotAsExpected};
    for (verdicts, conclusion) in [
        (&[][..], Inconclusive),
        (
            &[Verdict::Pass, Verdict::Differs, Verdict::Advice, Verdict::ExpectedFail, Verdict::Unsupported],
            AsExpected,
        ),
        (&[Verdict::Pass, Verdict::Inconclusive], Inconclusive),
        (&[Verdict::Inconclusive, Verdict::Fail], NotAsExpected),
        (&[Verdict::Pass, Verdict::UnexpectedPass], NotAsExpected),
        (&[Verdict::Pass, Verdict::Error], NotAsExpected),
    ] {
        let cases: Vec<_> = verdicts.iter().map(|verdict| ("a@a", 1, *verdict)).collect();
        let file = with_cases("xep-0450/ac-s/own-endpoints", &cases);
        assert_eq!(Conclusion::of(&file.cases), conclusion, "{verdicts:?}");
    }
}

#[test]
fn trouble_where_nothing_was_to_be_judged_is_not_as_expected() {
    let mut file = with_cases("xep-0450/ac-s/own-endpoints", &[("a@a", 1, Verdict::Pass)]);
    file.cases.push(CaseLine { judgements: Vec::new(), ..file.cases[0].clone() });
    assert_eq!(Conclusion::of(&file.cases), Conclusion::AsExpected);
    let what = "it ended".to_owned();
    file.cases[1].error = Some(ErrorLine { what, unsupported: None, likely_mistake: None });
    assert_eq!(Conclusion::of(&file.cases), Conclusion::NotAsExpected);
}

#[test]
fn the_smallest_case_of_each_verdict_has_a_picture() {
    for file in [&*ENGINE, &*SILENT] {
        let summary = RunSummary::of(file);
        for row in &summary.columns[0].rows {
            let Some(told) = row.smallest() else { continue };
            // A case that did not begin has no picture.
            let begun = row.verdict() != Some(Verdict::Unsupported);
            let drawn = file.pictures.iter().filter(|picture| picture.case == told.case.case).count();
            assert_eq!(drawn, usize::from(begun), "{}", row.id);
        }
    }
}

#[test]
fn rows_stand_in_the_order_of_the_documents() {
    let summary = RunSummary::of(&ENGINE);
    let order: Vec<_> = summary.columns[0].rows.iter().map(|row| row.id).collect();
    let expected: Vec<_> = requirements::ids().filter(|id| order.contains(id)).collect();
    assert_eq!(order, expected);
}

#[test]
fn unsupported_cases_say_nothing_where_others_say_more() {
    let id = "xep-0450/ac-s/own-endpoints";
    let some =
        [("a@a", 1, Verdict::Unsupported), ("b@a", 2, Verdict::Pass), ("c@a", 3, Verdict::Unsupported)];
    let file = with_cases(id, &some);
    let row = the_row(&file);
    assert_eq!((row.verdict(), row.unsupported()), (Some(Verdict::Pass), 2));
    assert_eq!(row.smallest().unwrap().case.case, "b@a");
    assert_eq!(RunSummary::of(&file).columns[0].demanded(), (1, 1));
    let file = with_cases(id, &[("a@a", 1, Verdict::Unsupported)]);
    let row = the_row(&file);
    assert_eq!((row.verdict(), row.unsupported()), (Some(Verdict::Unsupported), 0));
}

#[test]
fn messages_without_findings_pass_beside_unsupported_cases() {
    let id = requirements::ids().find(|id| findings::are_about(id)).expect("some are checked on messages");
    let mut file = with_cases(id, &[("a@a", 1, Verdict::Unsupported), ("b@a", 1, Verdict::Pass)]);
    file.cases[1].judgements.clear();
    let row = the_row(&file);
    assert_eq!((row.verdict(), row.unsupported()), (Some(Verdict::Pass), 1));
    assert!(row.smallest().is_none(), "any message shows it");
}

#[test]
fn what_is_not_tested_is_counted_by_itself() {
    let mut file = with_cases("xep-0450/ac-s/own-endpoints", &[("a@a", 1, Verdict::Pass)]);
    file.run.requirements.extend(["xep-0450/do-s".to_owned(), "readme/eight-and-twelve".to_owned()]);
    let tally = RunSummary::of(&file).columns[0].tally();
    assert_eq!(tally, RequirementTally { kept: 1, demanded: 1, tested: 1, untested: 2 });
}

/// Sets the requirement under which the behaviour that breaks this one was found.
fn found_under(file: &mut RunFile, requirement: &str, other: Option<&str>) {
    let judgements = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    for judgement in judgements.filter(|judgement| judgement.requirement == requirement) {
        let line = ExpectationLine {
            expected: "authenticated: a -> b".to_owned(),
            observed: vec!["a -> b is undecided".to_owned()],
            found_under: other.map(str::to_owned),
            ..ExpectationLine::default()
        };
        judgement.seen = vec![line];
    }
}

#[test]
fn what_was_found_under_another_requirement_is_no_cause_of_its_own() {
    let (storing, receiving) = ("xep-0450/storing/unauthenticated-sender", "xep-0450/ao-r");
    let mut file = with_cases(storing, &[("a@a", 1, Verdict::Fail), ("b@a", 1, Verdict::Fail)]);
    let more = with_cases(receiving, &[("a@a", 1, Verdict::Fail), ("b@a", 1, Verdict::Fail)]);
    for (case, other) in file.cases.iter_mut().zip(more.cases) {
        case.judgements.extend(other.judgements);
    }
    found_under(&mut file, storing, None);
    found_under(&mut file, receiving, Some(storing));
    let causes = |file: &RunFile| {
        let summary = RunSummary::of(file);
        let causes = summary.columns[0].causes(Verdict::Fail);
        let ids = |rows: &[&Row<'_>]| rows.iter().map(|row| row.id.to_owned()).collect::<Vec<_>>();
        causes.iter().map(|(row, repeating)| (row.id.to_owned(), ids(repeating))).collect::<Vec<_>>()
    };
    assert_eq!(causes(&file), [(storing.to_owned(), vec![receiving.to_owned()])]);
    // One failure that shows by itself is enough for a cause.
    file.cases[1].judgements[1].seen[0].found_under = None;
    let both = [(receiving.to_owned(), Vec::new()), (storing.to_owned(), Vec::new())];
    assert_eq!(causes(&file), both);
}
