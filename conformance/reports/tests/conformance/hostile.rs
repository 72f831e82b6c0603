//! What implementations and scenarios are called may hold anything.

use atm_reports::conformance::{badge, html, junit, markdown};
use atm_suite::run_file::RunFile;

use crate::played::SILENT;

const HOSTILE: &str = "<script>\0\u{1b}[31m\u{fffe}\u{ffff}|a\\|b` ]]> &\"' [x](javascript:y) \u{202e}\nnext";

/// A run in which all that strangers name has this name.
fn named(name: &str) -> RunFile {
    let mut file = SILENT.clone();
    for implementation in &mut file.run.implementations {
        implementation.implementation = name.to_owned();
        implementation.version = name.to_owned();
        implementation.url = Some(format!("javascript:{name}"));
    }
    // With two of them the badge names each.
    file.run.implementations.push(file.run.implementations[0].clone());
    file.run.implementations[1].name = name.to_owned();
    for case in &mut file.cases {
        case.title = name.to_owned();
        if let Some(error) = &mut case.error {
            error.what = name.to_owned();
            error.likely_mistake = Some(name.to_owned());
        }
        for judgement in &mut case.judgements {
            judgement.reason = judgement.reason.is_some().then(|| name.to_owned());
            let observed = judgement.seen.iter_mut().flat_map(|seen| &mut seen.observed);
            observed.for_each(|line| *line = name.to_owned());
        }
    }
    file
}

fn assert_well_formed(document: &str) {
    let root = document.find("<testsuites").or(document.find("<svg")).expect("a root element");
    for event in rxml::Reader::new(&document.as_bytes()[root..]) {
        assert!(event.is_ok(), "{event:?} in {document}");
    }
}

#[test]
fn junit_and_the_badge_are_well_formed() {
    assert_well_formed(&junit(&named(HOSTILE)));
    assert_well_formed(&badge(&named(HOSTILE)));
}

#[test]
fn the_page_has_the_tags_that_it_has_without_and_no_other_links() {
    let (hostile, harmless) = (html(&[named(HOSTILE)]), html(&[named("name")]));
    let tags = |page: &str| page.matches('<').count();
    assert_eq!(tags(&hostile), tags(&harmless));
    assert!(!hostile.contains(['\0', '\u{1b}', '\u{fffe}', '\u{ffff}']));
    assert!(!hostile.contains("href=\"javascript:"));
}

#[test]
fn tables_in_markdown_keep_their_columns() {
    let (hostile, harmless) = (markdown(&[named(HOSTILE)], &[]), markdown(&[named("name")], &[]));
    let bars = |page: &str| -> Vec<usize> {
        let rows = page.lines().filter(|line| line.starts_with('|'));
        rows.map(|row| row.replace("\\\\", "").replace("\\|", "").matches('|').count()).collect()
    };
    assert_eq!(bars(&hostile), bars(&harmless));
    assert!(!hostile.contains("<script>") && !hostile.contains("](<javascript:"));
    let mut file = named("name");
    file.run.implementations[0].url = Some("https://example.org/?a|b".to_owned());
    let linked = markdown(&[file], &[]);
    assert_eq!(bars(&linked), bars(&harmless));
    assert!(linked.contains("](<https://example.org/?a%7Cb>)"));
}
