//! The report as a page, opened in a real browser.

use atm_reports::conformance::{Row, RunSummary, html};
use atm_suite::cases::Verdict;
use atm_suite::run_file::RunFile;

use crate::browser::{Browser, folder, with_reader};
use crate::played::{ENGINE, FORGETFUL, SILENT};

/// The reader of this page. It acts like a person, and records defects.
const READER: &str = include_str!("reader.html");

fn files() -> Vec<RunFile> {
    vec![ENGINE.clone(), SILENT.clone(), FORGETFUL.clone()]
}

/// The page without the recorded runs, which have tests of their own.
fn without_pictures(files: &[RunFile]) -> String {
    let files = files.iter().map(|file| RunFile { pictures: Vec::new(), ..file.clone() });
    html(&files.collect::<Vec<_>>())
}

#[test]
fn the_markup_of_a_detail() {
    let page = without_pictures(std::slice::from_ref(&SILENT));
    let article = |id: &str| {
        let id = page.find(&format!(" id=\"silent/{id}\"")).unwrap();
        let start = page[..id].rfind("<article").unwrap();
        page[start..][..page[start..].find("</article>").unwrap()].replace("><", ">\n<")
    };
    insta::assert_snapshot!(article("xep-0450/do-s"));
    insta::assert_snapshot!(article("xep-0450/storing/unknown-key"));
    insta::assert_snapshot!(article(crate::played::UNTESTED));
}

#[test]
fn it_explains_the_words_for_the_strength_of_requirements() {
    let page = without_pictures(&files());
    let (_, words) = page.split_once("Words on this page").expect("the list of words");
    let (words, _) = words.split_once("</dl>").expect("its end");
    let told: Vec<&str> = words.split("<dt>").skip(1).filter_map(|word| word.split("</dt>").next()).collect();
    let is_told = |word: &str| told.iter().flat_map(|words| words.split(", ")).any(|other| other == word);
    for requirement in atm_suite::requirements::all() {
        for word in [requirement.level.to_string(), requirement.weight.to_string()] {
            assert!(is_told(&word), "{word}");
        }
    }
}

#[test]
fn it_holds_everything_and_is_small() {
    let page = html(&files());
    for outside in ["src=\"http", "<link", "@import", "url(", "srcset"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.len() < 600_000, "{} bytes", page.len());
    assert_eq!(page, html(&files()), "twice the same");
}

#[test]
fn it_names_the_failures_to_begin_with() {
    let page = html(std::slice::from_ref(&FORGETFUL));
    let list = page.split("<ul class=\"first\">").nth(1).unwrap().split("</ul>").next().unwrap();
    let summary = RunSummary::of(&FORGETFUL);
    let row = |id: &str| summary.columns[0].rows.iter().find(|row| row.id == id).unwrap();
    let steps = |row: &Row<'_>| row.smallest().unwrap().case.steps;
    let causes = summary.columns[0].causes(Verdict::Fail);
    let fewest = causes.iter().map(|(row, _)| steps(row)).min().unwrap();
    let links = list.split("<a href=\"#forgetful/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let ids: Vec<&str> = links.collect();
    assert_eq!(ids.len(), causes.len(), "each is there once");
    assert_eq!(steps(row(ids[0])), fewest);
    assert!(list.contains("it does not follow what counts ("), "{list}");
    assert!(ids.iter().all(|id| row(id).verdict() == Some(Verdict::Fail)));
    assert!(list.contains(&format!("A run of {fewest} step")) && list.contains("expected <em>"), "{list}");
    assert!(!html(std::slice::from_ref(&ENGINE)).contains("Begin here"));
}

/// Readers who do not know the word take a level by policy for a decision.
#[test]
fn it_explains_levels_by_policy_where_it_names_them() {
    let note = "<p class=\"aside\">automatically-trusted and automatically-distrusted are levels that the policy gives";
    let mut file = FORGETFUL.clone();
    assert!(!html(std::slice::from_ref(&file)).contains(note));
    let seen =
        file.cases.iter_mut().flat_map(|case| &mut case.judgements).flat_map(|judgement| &mut judgement.seen);
    for seen in seen.filter(|seen| !seen.observed.is_empty()) {
        seen.observed = vec!["alice/phone -> bob/phone is automatically-distrusted".to_owned()];
    }
    let page = html(&[file]);
    assert!(
        page.split("<ul class=\"first\">").nth(1).unwrap().split_once("</ul>").unwrap().1.starts_with(note)
    );
    assert!(
        page.split("<dl class=\"broken\">").skip(1).all(|rest| rest
            .split_once("</dl>")
            .unwrap()
            .1
            .starts_with(note))
    );
}

#[test]
fn what_an_implementation_says_stays_text() {
    let mut file = SILENT.clone();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    file.run.implementations[0].version = evil.to_owned();
    file.run.implementations[0].url = Some("javascript:alert(1)".to_owned());
    file.run.command = evil.to_owned();
    for case in &mut file.cases {
        case.title = evil.to_owned();
        case.error.iter_mut().for_each(|error| error.what = evil.to_owned());
        let seen = case.judgements.iter_mut().flat_map(|judgement| &mut judgement.seen);
        seen.for_each(|seen| seen.observed = vec![evil.to_owned()]);
    }
    let page = html(&[file]);
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("javascript:"));
}

#[test]
fn a_reader_finds_everything_on_a_wide_window() {
    read("wide", "1280,900");
}

#[test]
fn a_reader_finds_everything_on_a_phone() {
    read("phone", "390,840");
}

#[test]
fn a_deep_link_opens_its_detail() {
    let Some(browser) = Browser::find() else { return };
    let folder = folder("deep-link");
    let page = folder.join("page.html");
    std::fs::write(&page, html(&files())).expect("a file can be written");
    let dom = browser.dump(&folder, &format!("file://{}#silent/xep-0450/do-s", page.display()));
    let dialog = dom.find("<dialog").unwrap();
    let open = &dom[dialog..][..dom[dialog..].find('>').unwrap()];
    assert!(open.contains(" open"), "{open}");
    assert!(dom[dialog..].contains(" id=\"silent/xep-0450/do-s\""));
}

#[test]
fn without_scripts_everything_but_pictures_and_filter_is_there() {
    let page = html(&files());
    let document = &page[..page.find("<script").unwrap()];
    assert!(document.contains("href=\"#silent/xep-0450/do-s\""));
    assert!(document.contains(" id=\"silent/xep-0450/do-s\""));
}

/// Opens the page with its reader in a window of this size.
fn read(name: &str, window: &str) {
    let Some(browser) = Browser::find() else { return };
    let page = html(&files());
    let page = with_reader(&page, READER);
    assert_eq!(browser.listen(&folder(name), &page, window).as_deref(), Some("all is well"));
}
