//! Names of implementations and scenarios may contain anything.

use atm_reports::conformance::{
    Comparison, Trend, badge, html, html_comparison, html_trend, issues, junit, markdown,
    markdown_comparison, markdown_trend, write_comparison, write_trend,
};
use atm_reports::escape::Terminal;
use atm_suite::cases::Verdict;
use atm_suite::run_file::RunFile;

use crate::played::SILENT;

const HOSTILE: &str = "<script>\0\u{1b}[31m\u{fffe}\u{ffff}|a\\|b` ]]> &\"' [x](javascript:y) \u{202e}\nnext";

/// A run in which every untrusted name is `name`.
fn named(name: &str) -> RunFile {
    let mut file = SILENT.clone();
    for implementation in &mut file.run.implementations {
        implementation.implementation = name.to_owned();
        implementation.version = name.to_owned();
        implementation.url = Some(format!("javascript:{name}"));
    }
    // With two implementations, the badge contains their names.
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
            judgement.fix = judgement.reason.clone();
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

#[test]
fn an_issue_keeps_its_sections() {
    let texts = |name: &str| -> Vec<String> {
        let file = named(name);
        let texts: Vec<String> = issues(&file).iter().map(|issue| issue.markdown(None)).collect();
        assert!(!texts.is_empty());
        texts
    };
    let sections = |text: &String| text.lines().filter(|line| line.starts_with('#')).count();
    let (hostile, harmless) = (texts(HOSTILE), texts("name"));
    assert_eq!(
        hostile.iter().map(sections).collect::<Vec<_>>(),
        harmless.iter().map(sections).collect::<Vec<_>>()
    );
    for text in hostile {
        assert!(!text.contains(['\0', '\u{1b}', '\u{fffe}', '\u{ffff}', '\u{202e}']), "{text}");
        let text = text.replace("\\]", ""); // an escaped bracket ends no link
        assert!(!text.contains("](javascript:") && !text.contains("](<javascript:"), "{text}");
    }
}

/// The run before, in which nothing failed.
fn before(name: &str) -> RunFile {
    let mut file = named(name);
    for case in &mut file.cases {
        case.error = None;
        for judgement in &mut case.judgements {
            judgement.verdict = Verdict::Pass;
            judgement.seen.clear();
        }
    }
    file
}

#[test]
fn changes_between_runs_stay_text() {
    let [hostile, harmless] = [HOSTILE, "name"].map(|name| [before(name), named(name)]);
    let compare = |[old, new]: &[RunFile; 2], write: &dyn Fn(&Comparison<'_>) -> String| {
        write(&Comparison::of(old, new))
    };
    let tags = |page: &str| page.matches('<').count();
    let pages = [&hostile, &harmless].map(|runs| compare(runs, &|changes| html_comparison(changes)));
    assert_eq!(tags(&pages[0]), tags(&pages[1]));
    let text = compare(&hostile, &|changes| markdown_comparison(changes));
    assert!(text.contains("### Newly failing") && !text.contains("<script>"), "{text}");
    let terminal = compare(&hostile, &|changes| {
        let mut out = anstream::StripStream::new(Vec::new());
        write_comparison(&mut Terminal::new(&mut out), changes).expect("memory can be written");
        String::from_utf8(out.into_inner()).expect("UTF-8")
    });
    assert!(terminal.contains("Newly failing"), "{terminal}");
    assert!(!terminal.contains(['\0', '\u{1b}', '\u{202e}']), "{terminal}");
}

#[test]
fn the_table_of_runs_keeps_its_columns() {
    let [hostile, harmless] = [HOSTILE, "name"].map(|name| [(name.to_owned(), named(name))]);
    let trends = [&hostile, &harmless].map(|files| Trend::of(files));
    let bars = |page: &str| page.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let [text, plain] = trends.each_ref().map(markdown_trend);
    assert_eq!(bars(&text), bars(&plain), "{text}");
    assert_eq!(text.lines().count(), plain.lines().count());
    let [page, plain] = trends.each_ref().map(html_trend);
    assert_eq!(page.matches('<').count(), plain.matches('<').count());
    let mut out = Vec::new();
    write_trend(&mut Terminal::new(&mut out), &trends[0]).expect("memory can be written");
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 3, "a heading and two implementations");
}
