//! The report for people at a terminal.

use atm_reports::conformance::{Detail, html, markdown, write_terminal};
use atm_suite::cases::Verdict;
use atm_suite::messages::findings;
use atm_suite::run_file::{Conclusion, RunFile};

use crate::played::{ENGINE, FORGETFUL, SILENT};

fn told(file: &RunFile, detail: Detail) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    write_terminal(&mut out, file, detail).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

#[test]
fn an_implementation_that_keeps_everything() {
    insta::assert_snapshot!(told(&ENGINE, Detail::Full));
}

#[test]
fn an_implementation_that_announces_nothing() {
    insta::assert_snapshot!(told(&SILENT, Detail::Full));
}

#[test]
fn an_implementation_that_forgets_decisions() {
    insta::assert_snapshot!(told(&FORGETFUL, Detail::Full));
}

#[test]
fn a_quiet_report_is_one_line() {
    let lines = [&*ENGINE, &*SILENT, &*FORGETFUL].map(|file| told(file, Detail::Summary));
    insta::assert_snapshot!(lines.concat());
}

#[test]
fn nothing_played_is_said() {
    let file = RunFile { cases: Vec::new(), pictures: Vec::new(), ..ENGINE.clone() };
    insta::assert_snapshot!(told(&file, Detail::Summary));
}

#[test]
fn lines_fit_on_a_terminal_unless_they_hold_a_command_or_a_name() {
    for file in [&*ENGINE, &*SILENT, &*FORGETFUL] {
        for line in told(file, Detail::Full).lines() {
            let whole = ["repeat:", "smallest:", "https:", "EXPECTED ", "; in "]
                .iter()
                .any(|mark| line.contains(mark));
            assert!(whole || line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn where_something_was_seen_is_told() {
    let id = findings::requirements().next().expect("there is one").id;
    let mut file = FORGETFUL.clone();
    let case = file.cases.iter_mut().find(|case| case.verdict() == Verdict::Fail).expect("one fails");
    case.judgements.retain(|judgement| judgement.verdict == Verdict::Fail);
    let judgement = &mut case.judgements[0];
    judgement.requirement = id.to_owned();
    for seen in &mut judgement.seen {
        (seen.step, seen.in_message, seen.observed) = (None, false, vec!["nothing".to_owned()]);
    }
    case.judgements.truncate(1);
    file.cases = vec![case.clone()];
    let report = told(&file, Detail::Full);
    assert!(report.contains("    at the end\n") && !report.contains("in a message"), "{report}");
    file.cases[0].judgements[0].seen[0].in_message = true;
    assert!(told(&file, Detail::Full).contains("    in a message\n"));
}

/// The test cases repeat the requirement that a contact decides only about its own keys.
#[test]
fn a_requirement_that_repeats_another_broken_one_is_no_cause_of_its_own() {
    let mut file = FORGETFUL.clone();
    let case = file.cases.iter_mut().find(|case| case.verdict() == Verdict::Fail).expect("one fails");
    case.judgements.retain(|judgement| judgement.verdict == Verdict::Fail);
    let broken = case.judgements[0].clone();
    let breaks = |id: &str| {
        let mut judgement = broken.clone();
        judgement.requirement = id.to_owned();
        judgement
    };
    let (repeated, repeating) =
        ("xep-0450/introduction/own-account-only", "test-cases/b1-for-c1/authenticate");
    case.judgements = vec![breaks(repeating), breaks(repeated)];
    file.cases = vec![case.clone()];
    let report = told(&file, Detail::Full);
    assert!(report.contains(&format!("  fail {repeated} ")), "{report}");
    assert!(report.contains(&format!("    repeated by {repeating}\n")), "{report}");
    assert!(!report.contains(&format!("  fail {repeating} ")), "{report}");
    assert!(report.contains("2 fail (1 cause)"), "{report}");

    file.cases[0].judgements.pop();
    let report = told(&file, Detail::Full);
    assert!(report.contains(&format!("  fail {repeating} ")), "{report}");
    assert!(report.contains("1 fail") && !report.contains("cause)"), "{report}");
}

#[test]
fn what_is_not_tested_is_named_with_the_reason() {
    let report = told(&ENGINE, Detail::Full);
    assert!(report.contains("Not tested\n"), "{report}");
    assert!(
        report.contains("XEP-0434: xep-0434/structure/signed (no case that was played judges it)"),
        "{report}"
    );
    assert!(!told(&ENGINE, Detail::Summary).contains("Not tested"));
}

/// An interrupted run is no pass, in every report.
#[test]
fn an_interrupted_run_says_how_many_cases_are_missing() {
    let mut file = RunFile { pictures: Vec::new(), ..ENGINE.clone() };
    file.not_played = 2;
    let report = told(&file, Detail::Summary);
    assert!(report.starts_with("INCONCLUSIVE engine "), "{report}");
    assert!(report.contains("; interrupted before 2 more cases"), "{report}");
    assert!(markdown(std::slice::from_ref(&file), &[]).contains("| inconclusive |"));
    assert!(
        html(std::slice::from_ref(&file)).contains(">inconclusive</span> interrupted before 2 more cases")
    );
    // The run file keeps it.
    let mut text = Vec::new();
    file.write(&mut text).unwrap();
    assert_eq!(RunFile::read(&text[..]).unwrap(), file);
    assert_eq!(file.conclusion(), Conclusion::Inconclusive);
    file.not_played = 0;
    assert_eq!(file.conclusion(), Conclusion::AsExpected);
}

#[test]
fn how_to_see_more_is_said_once() {
    for (file, times) in [(&*SILENT, 1), (&*FORGETFUL, 1), (&*ENGINE, 0)] {
        assert_eq!(told(file, Detail::Full).matches("see it:").count(), times);
    }
}
