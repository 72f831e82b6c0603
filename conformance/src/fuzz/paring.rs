//! Takes out of a scenario what it demands beside what shows a cause.

use atm_simulator::scenario::{
    DeviceToKeys, Expectations, Levels, Named, Required, RequirementId, Scenario, Step,
};

use super::sighting::Sighting;

/// The scenario with nothing demanded but what was seen to be otherwise, which stands under the cause.
pub(super) fn pared(demanding: &Scenario, wrong: &Sighting) -> Scenario {
    let mut pared = demanding.clone();
    for_each_expectations(&mut pared, |expectations| {
        expectations.required = otherwise(&expectations.required, wrong);
    });
    pared.steps.retain(|step| !matches!(step, Step::Expect(expectations) if expectations.is_empty()));
    pared
}

/// The scenario with what is demanded beside that, too.
pub(super) fn put_down(demanding: &Scenario, wrong: &Sighting) -> Scenario {
    let mut whole = demanding.clone();
    if wrong.cause == wrong.judged {
        return whole;
    }
    for_each_expectations(&mut whole, |Expectations { required, .. }| {
        let otherwise = otherwise(required, wrong);
        if let Ok(judged) = wrong.judged.0.parse() {
            required.remove(&judged);
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

fn for_each_expectations(scenario: &mut Scenario, mut change: impl FnMut(&mut Expectations)) {
    for step in &mut scenario.steps {
        if let Step::Expect(expectations) = step {
            change(expectations);
        }
    }
    change(&mut scenario.expect);
}

/// What of that which is demanded was seen to be otherwise, under the cause.
fn otherwise(
    required: &Named<Vec<Required>, RequirementId>,
    wrong: &Sighting,
) -> Named<Vec<Required>, RequirementId> {
    let of_it = required.iter().filter(|(id, _)| id.as_str() == wrong.judged.0);
    let otherwise = of_it.map(|(id, list)| {
        let seen = list.iter().filter_map(|required| seen_otherwise(required.clone(), wrong));
        (wrong.cause.0.parse().unwrap_or_else(|_| id.clone()), seen.collect::<Vec<_>>())
    });
    otherwise.filter(|(_, list)| !list.is_empty()).collect()
}

fn seen_otherwise(required: Required, wrong: &Sighting) -> Option<Required> {
    let is_seen = |start: &str| wrong.lines.iter().any(|(_, line)| line.starts_with(start));
    let Required::Levels(mut levels) = required else {
        let told = match &required {
            Required::Told(told) => format!("{} did not tell {} ", told.by, told.device),
            _ => return Some(required),
        };
        return is_seen(&told).then_some(required);
    };
    let was_seen =
        |arrow: &DeviceToKeys| arrow.pairs().any(|(device, key)| is_seen(&format!("{device} -> {key} is ")));
    for arrows in [
        &mut levels.authenticated,
        &mut levels.distrusted,
        &mut levels.not_authenticated,
        &mut levels.not_distrusted,
    ] {
        arrows.retain(was_seen);
    }
    (levels != Levels::default()).then_some(Required::Levels(levels))
}

#[cfg(test)]
mod tests {
    use atm_simulator::run::Options;

    use super::*;
    use crate::fuzz::fixed::with_demands;
    use crate::fuzz::written::{phone, scenario};
    use crate::fuzz::{Cause, Shown};

    #[test]
    fn what_is_wrong_stands_under_its_cause_whatever_stands_beside_it() {
        let steps = ["phone", "tablet"].map(|device| format!("authenticate: alice/phone -> bob/{device}"));
        let demanding =
            with_demands(&scenario(&steps), &phone(), &Options::default()).expect("it can be cast");
        let (cause, judged) = ("xep-0434/structure/signed", "xep-0450/glossary/manual-decisions");
        let wrong = Sighting {
            cause: Cause(cause.to_owned()),
            judged: Cause(judged.to_owned()),
            shown: Shown::ByWhatHappens,
            lines: vec![(2, "alice/phone -> bob/tablet is undecided".to_owned())],
        };
        let stands = |scenario: &Scenario| {
            let headings: Vec<String> = headings(scenario).iter().map(|id| id.as_str().to_owned()).collect();
            [cause, judged].map(|id| headings.iter().any(|heading| heading == id))
        };
        assert_eq!(stands(&demanding.scenario), [false, true]);
        let (pared, whole) = (pared(&demanding.scenario, &wrong), put_down(&demanding.scenario, &wrong));
        assert_eq!([stands(&pared), stands(&whole)], [[true, false]; 2]);
        assert!(headings(&pared).len() < headings(&whole).len());
    }
}
