//! Writes the expectation that the monitor found violated into a scenario.

use atm_engine::{Decision, DecisionKind, KeyId};
use atm_simulator::cast::Cast;
use atm_simulator::scenario::{
    DeviceName, DeviceToKeys, ExpectedLevels, KeyName, Required, RequirementId, Scenario,
    ScenarioExpectations, Step, Told,
};

use crate::monitor::{MonitorFinding, NotTold, Standing, Subject, UnlawfulLevel};

/// Adds the lawful behaviour to the scenario as an expectation, after the step of the finding or at the end.
pub(super) fn expect(scenario: &mut Scenario, found: &MonitorFinding) {
    let Ok(cast) = Cast::new(scenario) else { return };
    let Ok(id) = found.requirement.parse::<RequirementId>() else { return };
    let required: Vec<Required> = match &found.subject {
        Subject::Levels(unlawful) => levels(unlawful, &found.device, &cast).into_iter().collect(),
        Subject::NotTold(not_told) => {
            not_told.iter().filter_map(|not_told| told(*not_told, &found.device, &cast)).collect()
        }
        Subject::WronglyTold | Subject::WrongReader => Vec::new(),
    };
    if required.is_empty() {
        return;
    }
    let mut expectations = ScenarioExpectations::default();
    expectations.required = std::iter::once((id, required)).collect();
    match found.step {
        Some(step) if step + 1 < scenario.steps.len() => {
            scenario.steps.insert(step + 1, Step::Expect(expectations));
        }
        _ => scenario.expect = expectations,
    }
}

fn levels(unlawful: &[UnlawfulLevel], device: &DeviceName, cast: &Cast) -> Option<Required> {
    let mut levels = ExpectedLevels::default();
    for UnlawfulLevel { key, lawful, .. } in unlawful {
        let arrow = DeviceToKeys { device: device.clone(), keys: vec![name(*key, cast)?] };
        match lawful.only() {
            Some(Standing::Authenticated) => levels.authenticated.push(arrow),
            Some(Standing::Distrusted) => levels.distrusted.push(arrow),
            Some(Standing::Open) | None => {
                if !lawful.allows(Standing::Authenticated) {
                    levels.not_authenticated.push(arrow.clone());
                }
                if !lawful.allows(Standing::Distrusted) {
                    levels.not_distrusted.push(arrow);
                }
            }
        }
    }
    (levels != ExpectedLevels::default()).then_some(Required::Levels(levels))
}

fn told(NotTold { reader, decision }: NotTold, by: &DeviceName, cast: &Cast) -> Option<Required> {
    let (_, reader) = cast.devices().find(|(_, member)| member.key == reader && member.name != *by)?;
    let Decision { key, kind } = decision;
    let mut told =
        Told { by: by.clone(), device: reader.name.clone(), trust: Vec::new(), distrust: Vec::new() };
    match kind {
        DecisionKind::Trust => told.trust.push(name(key, cast)?),
        DecisionKind::Distrust => told.distrust.push(name(key, cast)?),
    }
    Some(Required::Told(told))
}

fn name(key: KeyId, cast: &Cast) -> Option<KeyName> {
    cast.key_name(key).parse().ok()
}
