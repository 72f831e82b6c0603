//! A failure as a text for maintainers.

use atm_reports::conformance::{Issue, IssueError, issues};
use atm_suite::cases::{Fault, Verdict};
use atm_suite::requirements::{Weight, find};
use atm_suite::run_file::ExpectationLine;

use crate::played::{ENGINE, FORGETFUL, SILENT};

const OWN: &str = "xep-0450/ac-s/own-endpoints";

#[test]
fn a_failure_is_told_from_its_effect_to_its_repair() {
    let mut file = SILENT.clone();
    file.pictures.clear();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    for judgement in told.filter(|judgement| judgement.requirement == OWN) {
        judgement.reason = Some("Announcer::decided returns early".to_owned());
        judgement.fix = Some("call Announcer::send there.".to_owned());
    }
    let issue = Issue::of(&file, OWN, None).expect("it announces nothing");
    assert!(!issue.is_private());
    insta::assert_snapshot!(issue.markdown(Some("format: 1\n")));
}

#[test]
fn failures_that_help_an_adversary_are_private_and_come_first() {
    for file in [&*SILENT, &*FORGETFUL] {
        let all = issues(file);
        assert!(!all.is_empty());
        assert!(all.is_sorted_by_key(|issue| !issue.is_private()));
        for issue in &all {
            let text = issue.markdown(None);
            assert_eq!(text.contains("keep this private"), issue.is_private(), "{text}");
        }
    }
    let mut file = SILENT.clone();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    for judgement in told.filter(|judgement| judgement.requirement == OWN) {
        judgement.seen.iter_mut().for_each(|seen| seen.lets_in = true);
    }
    assert!(Issue::of(&file, OWN, None).expect("a failure").is_private(), "an intrusion");
}

/// One repair can mend several requirements, so the maintainers get to know of the others.
#[test]
fn failures_with_one_reason_name_each_other() {
    let mut file = FORGETFUL.clone();
    let lines: Vec<String> = issues(&file).iter().map(Issue::line).collect();
    let ids: Vec<&str> = lines.iter().filter_map(|line| line.split_whitespace().nth(1)).collect();
    let [one, other, third, ..] = &*ids else { panic!("three failures, not {ids:?}") };
    for judgement in file.cases.iter_mut().flat_map(|case| &mut case.judgements) {
        if [*one, *other].contains(&&*judgement.requirement) {
            judgement.reason = Some("nothing is stored".to_owned());
        }
    }
    let text = Issue::of(&file, one, None).expect("a failure").markdown(None);
    assert!(text.contains(&format!("Other failures have the same reason: `{other}`.")), "{text}");
    let text = Issue::of(&file, third, None).expect("a failure").markdown(None);
    assert!(!text.contains("the same reason"), "{text}");
}

/// A message for the wrong reader, or a decision that is ignored, authenticates nothing.
#[test]
fn the_effect_of_an_intrusion_depends_on_the_kind_of_mistake() {
    for (fault, effect) in [
        (Fault::WronglySent, "learns whom the user trusts"),
        (Fault::Recipients, "learns whom the user trusts"),
        (Fault::NotFollowed, "has no effect"),
        (Fault::WronglyFollowed, "A key is authenticated, or a distrust is undone"),
    ] {
        let mut file = SILENT.clone();
        let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
        for seen in told.filter(|told| told.requirement == OWN).flat_map(|told| &mut told.seen) {
            (seen.lets_in, seen.fault) = (true, Some(fault));
        }
        let text = Issue::of(&file, OWN, None).expect("a failure").markdown(None);
        assert!(text.contains(effect), "{fault:?}: {text}");
    }
}

/// Each cause has a text of its own. The requirements that repeat it are named there.
#[test]
fn every_failed_requirement_has_its_text() {
    let file = &*FORGETFUL;
    let failed = file.cases.iter().flat_map(|case| &case.judgements);
    let failed = failed.filter(|judgement| judgement.verdict == Verdict::Fail);
    for id in failed.map(|judgement| &*judgement.requirement) {
        match Issue::of(file, id, None) {
            Ok(issue) => assert!(issue.markdown(None).contains(id)),
            Err(IssueError::Repeats { cause, .. }) => {
                let cause = Issue::of(file, &cause, None).expect("a cause");
                assert!(cause.markdown(None).contains(id), "{id}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_requirement_without_a_failure_is_refused() {
    let missing = Issue::of(&ENGINE, OWN, None).expect_err("the engine keeps it");
    assert_eq!(missing.to_string(), "no implementation of this run fails `xep-0450/ac-s/own-endpoints`");
    let other = Issue::of(&SILENT, OWN, Some("nobody")).expect_err("there is no such implementation");
    assert_eq!(other, IssueError::NoFailure(OWN.to_owned()));
}

/// With two implementations that fail it, one has to be chosen.
#[test]
fn one_of_several_implementations_is_chosen() {
    let mut file = SILENT.clone();
    let other = "loud".to_owned();
    let mut implementation = file.run.implementations[0].clone();
    implementation.name.clone_from(&other);
    file.run.implementations.push(implementation);
    let mut cases = file.cases.clone();
    cases.iter_mut().flat_map(|case| &mut case.hosts).for_each(|host| host.implementation.clone_from(&other));
    file.cases.extend(cases);
    let several = Issue::of(&file, OWN, None).expect_err("two fail it");
    assert_eq!(several.to_string(), format!("silent and loud fail `{OWN}`"));
    let issue = Issue::of(&file, OWN, Some(&other)).expect("one of them");
    assert_eq!(issue.implementation_name(), other);
}

/// Advice is no failure, and the text says so. It is private all the same.
#[test]
fn advice_is_told_as_advice() {
    let advice = "xep-0434/structure/carrying-encryption";
    assert_eq!(find(advice).map(|found| found.weight), Some(Weight::Advice));
    let mut file = SILENT.clone();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    for judgement in told.filter(|judgement| judgement.requirement == OWN) {
        advice.clone_into(&mut judgement.requirement);
        judgement.verdict = Verdict::Advice;
    }
    let issue = Issue::of(&file, advice, None).expect("advice");
    assert!(issue.is_private() && issue.markdown(None).contains("it is advice and no failure"));
}

/// A requirement that fails as expected in one case may pass or end with an error in another one. Its failure has a text.
#[test]
fn other_verdicts_about_a_requirement_do_not_hide_its_failure() {
    for hiding in [Verdict::UnexpectedPass, Verdict::Error] {
        let mut file = SILENT.clone();
        let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
        let told = told.filter(|told| told.requirement == OWN && told.verdict == Verdict::Fail);
        let (mut hides, mut failed) = (true, 0);
        for judgement in told {
            judgement.verdict = if std::mem::take(&mut hides) { hiding } else { Verdict::ExpectedFail };
            failed += usize::from(judgement.verdict == Verdict::ExpectedFail);
        }
        assert!(failed > 0, "a second case fails it");
        let issue = Issue::of(&file, OWN, None).unwrap_or_else(|error| panic!("{hiding:?}: {error}"));
        let share = format!("in {failed} of ");
        assert!(issue.markdown(None).contains(&share), "{hiding:?}: {}", issue.markdown(None));
    }
}

/// An observation alone does not say what is wrong with it: a variation may have made the message void.
#[test]
fn an_observation_stands_beside_what_was_expected() {
    let mut file = SILENT.clone();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    let expected = "alice/phone -> bob/tablet is not decided on, if envelopes are of another namespace \
                    (--variations other-envelope)";
    for seen in told.filter(|told| told.requirement == OWN).flat_map(|told| &mut told.seen) {
        expected.clone_into(&mut seen.expected);
        seen.observed = vec!["alice/phone -> bob/tablet is authenticated".to_owned()];
    }
    let text = Issue::of(&file, OWN, None).expect("a failure").markdown(None);
    let (before, after) = text.split_once(", observed: ").expect("an observation");
    assert!(after.starts_with("alice/phone -> bob/tablet is authenticated"), "{text}");
    assert!(before.contains(&format!(", expected: {expected}")), "{text}");
}

/// The failures of one requirement after a change.
fn changed(change: impl Fn(&mut ExpectationLine)) -> String {
    let mut file = SILENT.clone();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    told.filter(|told| told.requirement == OWN).flat_map(|told| &mut told.seen).for_each(change);
    Issue::of(&file, OWN, None).expect("a failure").markdown(Some("title: A scenario\n"))
}

/// A form does not depend on the scenario.
#[test]
fn a_wrong_form_needs_no_scenario() {
    let text = changed(|seen| (seen.fault, seen.in_message, seen.step) = (Some(Fault::Form), true, Some(3)));
    assert!(!text.contains("```yaml"), "{text}");
    assert!(text.contains("in a message of step 3"), "{text}");
    assert!(changed(|seen| seen.fault = Some(Fault::NotSent)).contains("```yaml\ntitle: A scenario"));
}

/// Another version of the suite may choose other variations.
#[test]
fn the_command_names_the_variations_that_a_failure_needs() {
    let text = changed(|seen| seen.variations = vec!["prefixes".to_owned(), "restarts".to_owned()]);
    assert!(text.contains(" --variations prefixes,restarts\n"), "{text}");
    assert!(!changed(|_| ()).contains("--variations"));
}

/// The command takes the option once.
#[test]
fn the_command_of_a_run_with_chosen_variations_keeps_them() {
    let mut file = SILENT.clone();
    file.run.command.push_str(" --variations all");
    let case = &file.cases[0];
    let mut judgement = case.judgements[0].clone();
    judgement.seen = vec![ExpectationLine {
        variations: vec!["prefixes".to_owned()],
        observed: vec!["something else".to_owned()],
        ..ExpectationLine::default()
    }];
    let command = file.run.command_for_failure(case, &judgement);
    assert_eq!(command.matches("--variations").count(), 1, "{command}");
}

/// A maintainer who repairs the first reason must not wonder about the rest of the failures.
#[test]
fn each_reason_of_a_requirement_is_told_with_its_cases() {
    let mut file = SILENT.clone();
    let told = file.cases.iter_mut().flat_map(|case| &mut case.judgements);
    let failed = told.filter(|told| told.requirement == OWN && told.verdict == Verdict::Fail);
    let mut number = 0;
    for judgement in failed {
        let (reason, fix) =
            if number == 0 { ("`first` ends", "go on.") } else { ("`second` forgets", "store it.") };
        (judgement.reason, judgement.fix) = (Some(reason.to_owned()), Some(fix.to_owned()));
        number += 1;
    }
    assert!(number > 1, "several cases fail");
    let text = Issue::of(&file, OWN, None).expect("a failure").markdown(None);
    for (cases, reason, fix) in [(1, "`first` ends", "go on."), (number - 1, "`second` forgets", "store it.")]
    {
        let told = format!("**{cases} of {number} failing cases.**\n\n{reason}\n\nRepair: {fix}\n");
        assert!(text.contains(&told), "{told}{text}");
    }
}
