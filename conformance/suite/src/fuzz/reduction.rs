//! Takes out of a scenario what it demands beside what shows a cause.

use atm_simulator::scenario::{
    DeviceToKeys, ExpectedLevels, Named, Required, RequirementId, Scenario, ScenarioExpectations, Step,
};

use super::case_finding::CaseFinding;

/// The scenario with nothing demanded but what was seen to be otherwise, which stands under the cause.
pub(super) fn reduced_demands(demanding: &Scenario, wrong: &CaseFinding) -> Scenario {
    let mut reduced_demands = demanding.clone();
    for_each_expectations(&mut reduced_demands, |expectations| {
        expectations.required = under_the_cause(&expectations.required, wrong);
    });
    reduced_demands
        .steps
        .retain(|step| !matches!(step, Step::Expect(expectations) if expectations.is_empty()));
    reduced_demands
}

/// The scenario with what is demanded beside that, too.
pub(super) fn attributed(demanding: &Scenario, wrong: &CaseFinding) -> Scenario {
    let mut whole = demanding.clone();
    if wrong.cause == wrong.judged {
        return whole;
    }
    for_each_expectations(&mut whole, |ScenarioExpectations { required, .. }| {
        let otherwise = under_the_cause(required, wrong);
        if let Ok(judged) = wrong.judged.0.parse::<RequirementId>()
            && let Some(list) = required.remove(&judged)
        {
            let met: Vec<Required> =
                list.into_iter().filter_map(|required| part(required, wrong, false)).collect();
            if !met.is_empty() {
                required.insert(judged, met);
            }
        }
        for (cause, list) in otherwise {
            let list = required.get(&cause).into_iter().flatten().cloned().chain(list).collect();
            required.insert(cause, list);
        }
    });
    whole
}

/// The ids under which something is demanded, each once.
pub(super) fn headings(scenario: &Scenario) -> Vec<RequirementId> {
    let on_the_way = scenario.steps.iter().filter_map(|step| match step {
        Step::Expect(expectations) => Some(expectations),
        _ => None,
    });
    let mut ids: Vec<RequirementId> = Vec::new();
    for id in on_the_way.chain([&scenario.expect]).flat_map(|expectations| expectations.required.names()) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

fn for_each_expectations(scenario: &mut Scenario, mut change: impl FnMut(&mut ScenarioExpectations)) {
    for step in &mut scenario.steps {
        if let Step::Expect(expectations) = step {
            change(expectations);
        }
    }
    change(&mut scenario.expect);
}

/// What of that which is demanded was seen to be otherwise, under the cause.
fn under_the_cause(
    required: &Named<Vec<Required>, RequirementId>,
    wrong: &CaseFinding,
) -> Named<Vec<Required>, RequirementId> {
    let of_it = required.iter().filter(|(id, _)| id.as_str() == wrong.judged.0);
    let otherwise = of_it.map(|(id, list)| {
        let seen = list.iter().filter_map(|required| part(required.clone(), wrong, true));
        (wrong.cause.0.parse().unwrap_or_else(|_| id.clone()), seen.collect::<Vec<_>>())
    });
    otherwise.filter(|(_, list)| !list.is_empty()).collect()
}

/// The part of what is required that was seen to be otherwise, or the part that was not.
fn part(required: Required, wrong: &CaseFinding, is_otherwise: bool) -> Option<Required> {
    let is_seen = |start: &str| wrong.lines.iter().any(|(_, line)| line.starts_with(start));
    let Required::Levels(mut levels) = required else {
        let told = match &required {
            Required::Told(told) => format!("{} did not tell {} ", told.by, told.device),
            _ => return is_otherwise.then_some(required),
        };
        return (is_seen(&told) == is_otherwise).then_some(required);
    };
    let was_seen =
        |arrow: &DeviceToKeys| arrow.pairs().any(|(device, key)| is_seen(&format!("{device} -> {key} is ")));
    for arrows in [
        &mut levels.authenticated,
        &mut levels.distrusted,
        &mut levels.not_authenticated,
        &mut levels.not_distrusted,
    ] {
        arrows.retain(|arrow| was_seen(arrow) == is_otherwise);
    }
    (levels != ExpectedLevels::default()).then_some(Required::Levels(levels))
}

#[cfg(test)]
mod tests {
    use atm_simulator::run::Options;

    use super::*;
    use crate::fuzz::fixed::with_demands;
    use crate::fuzz::written::{phone, scenario};
    use crate::fuzz::{Attribution, Shown};

    #[test]
    fn what_is_wrong_stands_under_its_cause_whatever_stands_beside_it() {
        let steps = ["phone", "tablet"].map(|device| format!("authenticate: alice/phone -> bob/{device}"));
        let demanding =
            with_demands(&scenario(&steps), &phone(), &Options::default()).expect("it can be cast");
        let (cause, judged) = ("xep-0434/structure/signed", "xep-0450/glossary/manual-decisions");
        let wrong = CaseFinding {
            cause: Attribution(cause.to_owned()),
            judged: Attribution(judged.to_owned()),
            shown: Shown::ByWhatHappens,
            lines: vec![(2, "alice/phone -> bob/tablet is undecided".to_owned())],
        };
        let stands = |scenario: &Scenario| {
            let headings: Vec<String> = headings(scenario).iter().map(|id| id.as_str().to_owned()).collect();
            [cause, judged].map(|id| headings.iter().any(|heading| heading == id))
        };
        assert_eq!(stands(&demanding.scenario), [false, true]);
        let (reduced_demands, whole) =
            (reduced_demands(&demanding.scenario, &wrong), attributed(&demanding.scenario, &wrong));
        assert_eq!([stands(&reduced_demands), stands(&whole)], [[true, false], [true, true]]);
        let demanded = |scenario: &Scenario| {
            let levels = scenario.expect.required.iter().flat_map(|(id, list)| {
                list.iter().filter_map(move |required| match required {
                    Required::Levels(levels) => Some((id, &levels.authenticated)),
                    _ => None,
                })
            });
            let keys = |arrow: &DeviceToKeys| arrow.keys.iter().map(ToString::to_string).collect::<Vec<_>>();
            let mut demanded: Vec<(String, String)> = levels
                .flat_map(|(id, arrows)| {
                    let keys = arrows.iter().flat_map(keys);
                    keys.map(move |key| (id.as_str().to_owned(), key))
                })
                .collect();
            demanded.sort();
            demanded
        };
        let [cause, judged] = [cause, judged].map(str::to_owned);
        let under = |id: &String, key: &str| (id.clone(), key.to_owned());
        assert_eq!(demanded(&whole), [under(&cause, "bob/tablet"), under(&judged, "bob/phone")]);
        assert!(headings(&reduced_demands).len() < headings(&whole).len());
    }
}
