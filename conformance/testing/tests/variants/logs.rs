//! The log of a lawful device is explained as a whole. The log of a broken one is explained up to its first mistake.

use std::collections::BTreeSet;

use atm_adapter_protocol::RecordedCase;
use atm_simulator::run::Options;
use atm_simulator::scenario::Step;
use atm_suite::cases::{Case, CaseResult, Engine, Implementation, play};
use atm_suite::logs::{CheckedDevice, End, Recorded, check, devices, hello, read_log};
use atm_suite::monitor::{MonitorFinding, Subject};
use atm_suite::requirements::find;
use atm_testing::{BrokenVariant, VariantImplementation, broken};

use crate::standings::sample;
use crate::suite::all_cases;

/// One of this many variants and cases is tried if `ATM_SEEDS` is not set.
const SAMPLE: usize = 12;

/// The number of cases with a mistake in which a variant is tried.
const MISTAKES: usize = 2;

/// The cases with one device under test, except those with more messages than a log may have steps.
fn cases() -> Vec<Case> {
    let is_long = |case: &Case| {
        let steps = &case.scenario.scenario.steps;
        steps.iter().any(|step| matches!(step, Step::Chain(_) | Step::Flood(_)))
    };
    let cases = all_cases().into_iter().filter(|case| case.line_up.len() == 1 && !is_long(case));
    sample(cases, SAMPLE)
}

/// Plays a case and judges the recording of its device. `None` if the case could not be played to its end.
fn recorded(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
) -> Option<(CaseResult, CheckedDevice)> {
    let mut result = play(case, implementations, Options::default(), true);
    if result.error.is_some() {
        return None;
    }
    let (_, exchanges) = result.exchanges.pop().expect("the case was recorded");
    let recorded =
        RecordedCase { adapter: "it".to_owned(), case: case.id.clone(), hello: hello(), exchanges };
    let line = serde_json::to_string(&recorded).expect("a recording can be written");
    let conversations = read_log(line.as_bytes()).unwrap_or_else(|bad| panic!("{}: {bad}", case.id));
    let devices = devices(&conversations[0]).unwrap_or_else(|bad| panic!("{}: {bad}", case.id));
    // A device to which nothing happens is never created.
    Some((result, check(devices.first()?)))
}

fn assert_explained(mut implementations: [Box<dyn Implementation>; 1]) {
    let (mut whole, mut unreadable) = (0, BTreeSet::new());
    for case in cases() {
        let Some((_, checked)) = recorded(&case, &mut implementations) else { continue };
        match checked.end {
            End::Whole => whole += 1,
            End::Lost(_, reason) if reason.contains("the stanza cannot be read") => {
                unreadable.insert(case.scenario.id.clone());
            }
            other => panic!("{}: {other:?}", case.id),
        }
    }
    assert!(whole > 40, "{whole}");
    assert!(unreadable.len() < 5, "{unreadable:?}");
}

#[test]
fn the_engines_logs_are_explained_as_a_whole() {
    assert_explained([Box::new(Recorded::new(Engine, None))]);
}

#[test]
fn the_log_of_a_broken_variant_is_explained_up_to_its_first_mistake() {
    let mut surprises = Vec::new();
    let (cases, mut with_mistake) = (cases(), 0);
    for BrokenVariant { name, variant, .. } in sample(broken(), SAMPLE) {
        let mut implementations: [Box<dyn Implementation>; 1] =
            [Box::new(VariantImplementation::recorded(variant))];
        let mut mistakes = 0;
        for case in &cases {
            let Some((result, checked)) = recorded(case, &mut implementations) else { continue };
            if let Err(surprise) = compare(&result, &checked) {
                surprises.push(format!("{name}, {}: {surprise}", case.id));
            }
            mistakes += usize::from(matches!(checked.end, End::Unexplained(_)));
            if mistakes == MISTAKES {
                break;
            }
        }
        with_mistake += usize::from(mistakes > 0);
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    assert!(with_mistake > 5, "{with_mistake}");
}

/// Compares the end of the explained part with the findings of the suite in the same run.
fn compare(result: &CaseResult, checked: &CheckedDevice) -> Result<(), String> {
    let fails = |id: &str| find(id).is_some_and(|requirement| requirement.weight.fails());
    // A log does not name the siblings of a shared key, so a device need not tell them anything there.
    let is_untold_sibling = |found: &MonitorFinding| {
        found.requirement == "xep-0450/ook" && matches!(found.subject, Subject::NotTold(_))
    };
    let judged = result.monitored.iter().filter(|found| !is_untold_sibling(found));
    let monitored: Vec<&str> = judged.map(|found| found.requirement).filter(|id| fails(id)).collect();
    let in_messages = result.judgements.iter().filter(|judgement| {
        judgement.requirement.weight.fails()
            && judgement.seen.iter().any(|seen| seen.in_message && !seen.observed.is_empty())
    });
    let in_messages: Vec<&str> = in_messages.map(|judgement| judgement.requirement.id).collect();
    match &checked.end {
        End::Whole if monitored.is_empty() && in_messages.is_empty() => Ok(()),
        End::Whole => Err(format!("it is explained, but the suite finds {monitored:?} and {in_messages:?}")),
        End::Unexplained(found) => {
            let id = found.requirement.id;
            let is_found = match found.monitored {
                Some(_) => monitored.first() == Some(&id),
                None => in_messages.contains(&id),
            };
            let suite = format!("the suite finds {monitored:?} and {in_messages:?}");
            if is_found { Ok(()) } else { Err(format!("it ends with {id}, but {suite}")) }
        }
        End::Lost(..) => Ok(()),
    }
}
