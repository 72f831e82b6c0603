//! A small scenario for each mistake that the suite does not find yet. The engine passes it and the variant fails it,
//! which shows that the variant is broken.

mod parts;
mod scenarios;

use std::sync::Arc;

use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, Scenario};
use atm_suite::cases::{Case, Engine, Implementation, LoadedScenario, Verdict, cases, play};
use atm_testing::{VariantImplementation, broken, lawful_variants};

use self::parts::Demonstration;
pub(crate) use self::scenarios::demonstrations;
use crate::standings::{NOT_FOUND, standings};

fn case(demonstration: &Demonstration) -> Case {
    let text = demonstration.scenario();
    let scenario = Scenario::parse("demonstration.yaml", &text, &Catalog::unchecked())
        .unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
    let path = "demonstration.yaml".to_owned();
    let loaded = Arc::new(LoadedScenario { id: "demonstration".to_owned(), path, scenario });
    let is_of_phone = |case: &Case| case.id.ends_with("@alice/phone");
    cases(&[loaded]).into_iter().find(is_of_phone).expect("Alice has a phone")
}

fn verdict(case: &Case, id: &str, implementation: Box<dyn Implementation>) -> Verdict {
    let result = play(case, &mut [implementation], Options::default(), false);
    let judged = result.judgements.iter().find(|judgement| judgement.requirement.id == id);
    judged.map_or(Verdict::Pass, |judgement| judgement.verdict)
}

#[test]
fn each_mistake_that_is_not_found_shows_in_a_scenario() {
    let mut unseen = Vec::new();
    for demonstration in demonstrations() {
        let (case, id) = (case(&demonstration), demonstration.requirement);
        let model = lawful_variants().find(|lawful| lawful.name == "model").expect("a variant").variant;
        let right: [Box<dyn Implementation>; 2] =
            [Box::new(Engine), Box::new(VariantImplementation::new(model))];
        for implementation in right {
            let verdict = verdict(&case, id, implementation);
            assert_eq!(verdict, Verdict::Pass, "what is right, by {id}:\n{}", demonstration.scenario());
        }
        let is_missed = |name: &&&str| standings()[**name].suite == NOT_FOUND;
        for name in demonstration.shows.iter().filter(is_missed) {
            let broken = broken().find(|broken| broken.name == *name).unwrap_or_else(|| panic!("no {name}"));
            assert!(broken.fails.contains(&id), "{name} does not break {id}");
            let shown = verdict(&case, id, Box::new(VariantImplementation::new(broken.variant)));
            if !matches!(shown, Verdict::Fail | Verdict::Advice) {
                unseen.push(format!("{name}: {shown} by {id}"));
            }
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

#[test]
fn each_mistake_that_is_not_found_has_a_demonstration() {
    let all = demonstrations();
    let is_shown = |name: &str| all.iter().any(|demonstration| demonstration.shows.contains(&name));
    for (name, standing) in standings() {
        if standing.suite == NOT_FOUND {
            assert!(is_shown(&name), "{name}");
        }
    }
}
