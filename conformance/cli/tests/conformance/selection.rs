use crate::atm::{atm, served};

#[test]
fn nothing_selected_is_no_pass() {
    let done = atm(&["conformance", "--case", "readme/20-to-8@all", "--id", "xep-0450/use-cases/uris"]);
    assert_eq!(done.code, Some(2));
    assert!(done.err.contains("no case is selected"), "{}", done.err);
}

#[test]
fn a_pattern_that_matches_nothing_is_a_mistake_beside_good_ones_too() {
    let good = ["--case", "readme/20-to-8@all"];
    for (command, wrong, named) in [
        ("conformance", ["--case", "no-such-case*"], "no case has an id like `no-such-case*`"),
        ("conformance", ["--id", "xep-0450/no-*"], "no requirement has an id like `xep-0450/no-*`"),
        ("requirements", ["--id", "xep-0450/no-*"], "no requirement has an id like `xep-0450/no-*`"),
    ] {
        let good = if command == "requirements" { ["--id", "xep-0450/ao-r"] } else { good };
        let done = atm(&[&[command][..], &good, &wrong].concat());
        assert_eq!((done.code, &*done.out), (Some(64), ""), "{}", done.err);
        assert!(done.err.contains(named), "{}", done.err);
    }
}

#[test]
fn cases_are_selected_by_their_ids() {
    let done = atm(&["conformance", "--case", "test-cases/manual-a2-authenticate@*"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("6 cases") || done.out.contains("cases"), "{}", done.out);
}

#[test]
fn requirements_are_selected_by_document_and_level() {
    let done = atm(&["conformance", "--document", "xep-0420", "--level", "must"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("XEP-0420"), "{}", done.out);
    assert!(!done.out.contains("XEP-0450 "), "{}", done.out);
}

#[test]
fn a_run_of_chosen_cases_is_about_what_they_judge() {
    let case = ["conformance", "--case", "test-cases/manual-a2-authenticate@alice/a1"];
    let done = atm(&case);
    assert!(!done.out.contains("ntested") && !done.out.contains("ot tested"), "{}", done.out);
    // Chosen requirements stay chosen.
    let done = atm(&[&case[..], &["--id", "xep-0434/structure/*"]].concat());
    assert!(done.out.contains("Not tested\n"), "{}", done.out);
}

#[test]
fn own_scenarios_can_be_played() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/readme");
    let done = atm(&["conformance", path, "--quiet"]);
    assert_eq!(done.code, Some(0), "{}", done.out);
}

#[test]
fn a_mistake_in_a_pattern_is_one_of_usage() {
    assert_eq!(atm(&["conformance", "--case", "[x"]).code, Some(64));
}

/// The scenario expects nothing of the notebook, so only a broken requirement would be judged. A maintainer who repeats
/// the case after a repair has to see a pass.
#[test]
fn a_case_without_expectations_shows_what_it_exercised() {
    let case = [
        "conformance",
        "--variations",
        "none",
        "--case",
        "open-questions/distrust-after-backup@alice/notebook",
    ];
    let done = atm(&[&case[..], &["--adapter", &served("")]].concat());
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("AS EXPECTED"), "{}", done.out);
}
