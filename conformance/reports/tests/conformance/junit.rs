//! The report for build servers.

use atm_reports::conformance::junit;
use atm_suite::run_file::{CaseLine, RunFile};

use crate::played::{ENGINE, FORGETFUL, SILENT, UNTESTED};

/// The file with only the cases whose names contain one of these texts.
fn only(file: &RunFile, names: &[&str]) -> RunFile {
    let is_one = |case: &&CaseLine| names.iter().any(|name| case.case.contains(name));
    let mut only = RunFile { cases: file.cases.iter().filter(is_one).cloned().collect(), ..file.clone() };
    let told = |id: &String| {
        only.cases.iter().flat_map(|case| &case.judgements).any(|judgement| judgement.requirement == *id)
    };
    only.run.requirements = file.run.requirements.iter().filter(|id| told(id)).cloned().collect();
    only.run.requirements.push(UNTESTED.to_owned());
    only
}

#[test]
fn every_verdict_has_its_place() {
    let file = only(
        &SILENT,
        &[
            "speaks-first@a",
            "one-key",
            "own-endpoint@a",
            "restated",
            "undiscovered",
            "discovered",
            "toakafa",
            "wrong",
        ],
    );
    insta::assert_snapshot!(junit(&file));
}

#[test]
fn facts_are_passed_and_told() {
    let file = only(&FORGETFUL, &["toakafa-new-keys@alice"]);
    insta::assert_snapshot!(junit(&file));
}

#[test]
fn everything_passes_and_has_no_time() {
    let report = junit(&ENGINE);
    assert!(report.contains(r#"failures="0" errors="0""#), "{report}");
    assert!(!report.contains("time=") && !report.contains("timestamp"), "{report}");
}

#[test]
fn control_characters_of_an_adapter_do_no_harm() {
    let mut file = only(&SILENT, &["speaks-first@alice/notebook"]);
    file.cases[0].error.as_mut().unwrap().what = "it ended: \u{1b}[31m\u{0}<&>]]>".to_owned();
    let report = junit(&file);
    assert!(report.contains("it ended: &lt;&amp;&gt;]]&gt;"), "{report}");
}
