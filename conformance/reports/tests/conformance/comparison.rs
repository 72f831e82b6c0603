//! The changes from one run to a later one, and the results of several.

use atm_reports::conformance::{
    ChangeKind, Comparison, Trend, html_comparison, html_trend, markdown_comparison, markdown_trend,
    write_comparison, write_trend,
};
use atm_suite::cases::Verdict;
use atm_suite::run_file::{ErrorLine, ExpectationLine, JudgementLine, RunFile};

use crate::played::{ENGINE, SILENT};

/// The run of the engine under another name and version, changed in this way.
fn run(version: &str, change: impl FnOnce(&mut RunFile)) -> RunFile {
    let mut file = RunFile { pictures: Vec::new(), ..ENGINE.clone() };
    version.clone_into(&mut file.run.implementations[0].version);
    change(&mut file);
    file
}

/// Sets what a case says about a requirement. Without a verdict, it says nothing.
fn set(file: &mut RunFile, case: &str, requirement: &str, verdict: Option<(Verdict, &str)>) {
    let case = file.cases.iter_mut().find(|line| line.case == case).expect("the case");
    case.judgements.retain(|line| line.requirement != requirement);
    let Some((verdict, observed)) = verdict else { return };
    let seen = ExpectationLine {
        step: Some(2),
        expected: "alice/phone tells alice/notebook to trust bob/phone".to_owned(),
        observed: vec![observed.to_owned()],
        ..ExpectationLine::default()
    };
    let requirement = requirement.to_owned();
    case.judgements.push(JudgementLine { requirement, verdict, reason: None, fix: None, seen: vec![seen] });
}

const OWN: (&str, &str) =
    ("xep-0450/authenticate-contact-tells-own-endpoints@alice/phone", "xep-0450/ac-s/own-endpoints");
const ALL: &str = "xep-0450/distrust-own-tells-all-others@all";

/// A run with a failure and a fact, and a later one in which everything changed in one way or the other.
fn pair() -> (RunFile, RunFile) {
    let told = "alice/phone did not tell alice/notebook to trust bob/phone";
    let old = run("1.0", |file| {
        set(file, "test-cases/a2-for-b1-distrust@alice/a1", "xep-0450/dc-s", Some((Verdict::Fail, told)));
        set(file, ALL, "xep-0450/do-s", Some((Verdict::Differs, "it is done in one way")));
    });
    let new = run("1.1", |file| {
        set(file, OWN.0, OWN.1, Some((Verdict::Fail, told)));
        set(file, ALL, "xep-0450/do-s", Some((Verdict::Differs, "it is done in another way")));
        let case = file.cases.iter_mut().find(|case| case.case == "xep-0450/toakafa-new-keys@all");
        let case = case.expect("the case");
        case.judgements.clear();
        case.error = Some(ErrorLine {
            what: "it ended with exit code 1".to_owned(),
            unsupported: None,
            likely_mistake: None,
        });
        file.cases.iter_mut().find(|case| case.case == "attacks/wrong-usage@all").unwrap().case =
            "attacks/a-new-one@all".to_owned();
    });
    (old, new)
}

fn terminal(comparison: &Comparison<'_>) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    write_comparison(&mut out, comparison).expect("memory can be written");
    String::from_utf8(out.into_inner()).expect("UTF-8")
}

#[test]
fn every_kind_of_change_is_told() {
    let (old, new) = pair();
    let comparison = Comparison::of(&old, &new);
    assert!(comparison.is_regression());
    insta::assert_snapshot!(terminal(&comparison));
    insta::assert_snapshot!(markdown_comparison(&comparison));
    let page = html_comparison(&comparison);
    let start = page.find("<section class=\"changes\"").expect("the changes");
    let end = start + page[start..].find("</section>").expect("their end");
    insta::assert_snapshot!(page[start..end].replace("><", ">\n<"));
    assert!(page.contains("<option value=\"differs\" selected>"), "the table shows what differs");
}

#[test]
fn equal_runs_have_no_changes() {
    let comparison = Comparison::of(&SILENT, &SILENT);
    assert!(!comparison.is_regression() && comparison.changes[0].is_empty());
    assert!(terminal(&comparison).contains("NO REGRESSION silent: 0 newly failing, 0 newly passing"));
}

/// The verdicts of one case before and after, and the kind of change.
#[test]
fn verdicts_decide_what_is_a_regression() {
    use ChangeKind::{NewlyFailing, NewlyPassing, Other};
    use Verdict::{
        Advice, Differs, Error, ExpectedFail, Fail, Inconclusive, Pass, UnexpectedPass, Unsupported,
    };
    for (before, after, kind) in [
        (Some(Pass), Some(Fail), Some(NewlyFailing)),
        (Some(Pass), Some(Error), Some(NewlyFailing)),
        (None, Some(Fail), Some(NewlyFailing)),
        (Some(Unsupported), Some(Fail), Some(NewlyFailing)),
        (Some(Advice), Some(Fail), Some(NewlyFailing)),
        (Some(Fail), Some(Pass), Some(NewlyPassing)),
        (Some(Fail), None, Some(NewlyPassing)),
        (Some(Error), Some(Advice), Some(NewlyPassing)),
        (Some(ExpectedFail), Some(UnexpectedPass), Some(NewlyPassing)),
        (Some(Fail), Some(Error), Some(Other)),
        (Some(ExpectedFail), Some(Fail), Some(Other)),
        (Some(Fail), Some(Unsupported), Some(Other)),
        (Some(Fail), Some(Inconclusive), Some(Other)),
        (Some(Pass), Some(Differs), Some(Other)),
        (Some(Pass), Some(Advice), Some(Other)),
        (None, Some(Pass), None),
        (Some(Pass), None, None),
        (Some(Fail), Some(Fail), None),
    ] {
        let with = |verdict: Option<Verdict>| {
            run("1.0", |file| set(file, OWN.0, OWN.1, verdict.map(|verdict| (verdict, "the same"))))
        };
        let (old, new) = (with(before), with(after));
        let comparison = Comparison::of(&old, &new);
        let found: Vec<ChangeKind> = comparison.changes[0].requirements.keys().copied().collect();
        assert_eq!(found, kind.into_iter().collect::<Vec<_>>(), "{before:?} → {after:?}");
        assert_eq!(comparison.is_regression(), kind == Some(NewlyFailing), "{before:?} → {after:?}");
    }
}

#[test]
fn a_case_that_ends_early_does_not_pass() {
    let old = run("1.0", |file| set(file, OWN.0, OWN.1, Some((Verdict::Fail, "nothing"))));
    let new = run("1.0", |file| {
        set(file, OWN.0, OWN.1, None);
        let case = file.cases.iter_mut().find(|case| case.case == OWN.0).expect("the case");
        let what = "it ended".to_owned();
        case.error = Some(ErrorLine { what, unsupported: None, likely_mistake: None });
    });
    let comparison = Comparison::of(&old, &new);
    assert_eq!(comparison.changes[0].count(ChangeKind::NewlyPassing), 0);
    assert_eq!(comparison.changes[0].count(ChangeKind::Other), 1);
}

#[test]
fn implementations_are_compared_by_name_unless_there_is_one_each() {
    let renamed = run("1.0", |file| {
        let name = "renamed".to_owned();
        file.run.implementations[0].name.clone_from(&name);
        file.cases.iter_mut().flat_map(|case| &mut case.hosts).for_each(|host| {
            host.implementation.clone_from(&name);
        });
    });
    assert!(Comparison::of(&ENGINE, &renamed).changes[0].is_empty());
    let mut both = renamed.clone();
    both.run.implementations.extend(ENGINE.run.implementations.clone());
    let comparison = Comparison::of(&both, &renamed);
    assert_eq!(comparison.changes.len(), 1);
    assert_eq!(comparison.unpaired, ["engine"]);
}

#[test]
fn a_trend_has_a_line_for_each_run() {
    let (old, new) = pair();
    let files = [("first.jsonl", old.clone()), ("second.jsonl", new), ("third.jsonl", old)]
        .map(|(name, file)| (name.to_owned(), file));
    let trend = Trend::of(&files);
    let mut out = anstream::StripStream::new(Vec::new());
    write_trend(&mut out, &trend).expect("memory can be written");
    insta::assert_snapshot!(String::from_utf8(out.into_inner()).expect("UTF-8"));
    insta::assert_snapshot!(markdown_trend(&trend));
    assert_eq!(html_trend(&trend).matches("<tr>").count(), 4);
    assert!(trend.ends_with_regression(), "the failure of the first run came back");
    assert!(Trend::of(&files[..2]).ends_with_regression());
    assert!(!Trend::of(&files[..1]).ends_with_regression());
}
