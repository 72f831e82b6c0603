//! The badge.

use atm_reports::conformance::{badge, badge_json};
use atm_suite::cases::Verdict;
use atm_suite::run_file::RunFile;

use crate::played::{ENGINE, SILENT};

fn with(verdict: Verdict) -> RunFile {
    let mut file = ENGINE.clone();
    let mut judgements = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    judgements.next().expect("something is judged").verdict = verdict;
    file
}

#[test]
fn it_says_how_many_requirements_are_kept() {
    insta::assert_snapshot!(badge(&SILENT));
}

#[test]
fn it_is_an_endpoint_for_shields_io() {
    insta::assert_snapshot!(badge_json(&SILENT));
}

#[test]
fn its_colour_is_that_of_the_outcome() {
    let color = |file: &RunFile| {
        let badge: serde_json::Value = serde_json::from_str(&badge_json(file)).unwrap();
        badge["color"].as_str().unwrap().to_owned()
    };
    let mut complete = ENGINE.clone();
    complete.run.requirements.clear();
    assert_eq!(color(&complete), "brightgreen");
    assert_eq!(color(&ENGINE), "yellow", "some requirements are untested");
    assert_eq!(color(&with(Verdict::ExpectedFail)), "yellow");
    assert_eq!(color(&with(Verdict::Inconclusive)), "lightgrey");
    assert_eq!(color(&with(Verdict::Fail)), "red");
}

#[test]
fn several_implementations_are_named_and_their_names_do_no_harm() {
    let mut file = ENGINE.clone();
    file.run.implementations[0].name = "<a & \"b\">".to_owned();
    file.run.implementations.push(SILENT.run.implementations[0].clone());
    assert!(badge_json(&file).contains(r#""message": "<a & \"b\"> 0 of"#), "{}", badge_json(&file));
    let badge = badge(&file);
    assert!(badge.contains("&lt;a &amp; &quot;b&quot;&gt; 0 of"), "{badge}");
}
