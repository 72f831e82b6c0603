//! The report as Markdown.

use atm_reports::conformance::markdown;
use atm_suite::fuzz::FuzzReport;

use crate::played::{ENGINE, FORGETFUL, SILENT};

#[test]
fn several_implementations_stand_side_by_side() {
    insta::assert_snapshot!(markdown(&[ENGINE.clone(), SILENT.clone(), FORGETFUL.clone()], &[]));
}

#[test]
fn one_implementation() {
    insta::assert_snapshot!(markdown(std::slice::from_ref(&ENGINE), &[]));
}

/// The result of a campaign, with characters that have a meaning in Markdown.
const CAMPAIGN: &str = r###"{
  "fuzz-format": 1, "suite": "0.1.0", "subject": "Some_App 1.0", "options": ["--accounts 3", "--devices 2"],
  "tried": [{"first": 0, "end": 500, "parts": ["1/1"], "scenarios": 500,
             "unsupported": [{"what": "scan", "scenarios": 20}]}],
  "rules": [], "refusals": [],
  "suspected": [{"cause": "xep-0450/do-r", "smallest": [{"steps": 4, "seed": 17}, {"steps": 5, "seed": 3}],
                 "unrepeated": [{"steps": 5, "seed": 3}]}],
  "counterexamples": [
    {"cause": "xep-0450/do-r", "seed": 17, "observed": ["alice/phone -> alice/tablet is undecided"],
     "replay": "atm conformance --adapter app", "steps": 1, "form": "",
     "scenario": "format: 1\nsteps:\n- distrust: alice/notebook -> alice/tablet\n"},
    {"cause": "xep-0420/affixes/time", "seed": 8, "observed": ["alice/phone -> bob/phone is authenticated"],
     "replay": "atm conformance --adapter app", "steps": 2, "form": "", "scenario": "format: 1\n"},
    {"cause": "panicked: engine/src/lib.rs:1:1", "seed": 5, "observed": ["it is odd, at engine/src/lib.rs:1:1"],
     "replay": "atm fuzz --adapter app --seeds 5..6", "steps": 0, "form": "a panic", "scenario": ""},
    {"cause": "adapter: ended", "seed": 99, "observed": ["it ended with *code* 1"],
     "replay": "atm conformance --adapter app", "steps": 2, "form": "", "scenario": "format: 1\n"}
  ]
}"###;

#[test]
fn of_what_campaigns_found_advice_is_no_failure() {
    let campaign = FuzzReport::read(CAMPAIGN.as_bytes()).expect("a report");
    let text = markdown(&[], &[campaign]);
    assert!(
        text.contains(". FAIL 3 counterexamples, and 1 as security advice, and 1 that did not come again.\n"),
        "{text}"
    );
    assert!(text.contains("\n- advice: [`xep-0420/affixes/time`]"), "{text}");
    assert!(text.contains("\n- inconclusive: [`xep-0450/do-r`]"), "{text}");
}

#[test]
fn what_campaigns_found_stands_after_the_implementations() {
    let campaign = FuzzReport::read(CAMPAIGN.as_bytes()).expect("a report");
    let text = markdown(std::slice::from_ref(&ENGINE), &[campaign]);
    let start = text.find("## Random scenarios").expect("a section");
    let end = text.find("## All requirements").expect("the next section");
    insta::assert_snapshot!(&text[start..end]);
}
