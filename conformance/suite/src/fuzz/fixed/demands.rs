use std::collections::BTreeMap;

use atm_engine::{Decision, DecisionKind, KeyId, Reason};
use atm_simulator::cast::{Cast, DeviceId, Joins, Miscast};
use atm_simulator::run::Options;
use atm_simulator::scenario::{
    DeviceName, DeviceToKeys, ExpectedLevels, KeyName, Required, Scenario, ScenarioExpectations, Step, Told,
};
use atm_simulator::script::{Action, CrashMoment, Script};
use atm_simulator::trace::Event;
use rustc_hash::{FxHashMap, FxHashSet};

use super::alternatives::ALTERNATIVES;
use super::attribution::{DemandAttribution, of_no_account, of_telling};
use super::observation::EngineRun;
use super::room::Room;
use crate::coverage::Exercised;
use crate::monitor::{Standing, Standings};

/// A scenario with everything under `required` that the specifications fix about the devices that are hosted.
#[derive(Clone, Debug)]
pub struct Demanding {
    /// The scenario with its expectations, after the steps and at the end.
    pub scenario: Scenario,
    /// What the reference engine exercised in it.
    pub exercised: Exercised,
    /// The steps of the scenario as it was without expectations in which a stanza arrives that must not count, each with the
    /// requirement that says so.
    pub of_no_account: Vec<(usize, &'static str)>,
}

/// Adds to a scenario what the specifications fix about the hosted devices, in place of all expectations that it has.
///
/// # Errors
///
/// If the scenario cannot be cast.
pub fn with_demands(
    scenario: &Scenario,
    hosted: &[DeviceName],
    options: &Options,
) -> Result<Demanding, Miscast> {
    let mut bare = scenario.clone();
    bare.expect = ScenarioExpectations::default();
    bare.steps.retain(|step| !matches!(step, Step::Expect(_)));
    let script = Script::new(&bare)?;
    let hosted: Result<Vec<DeviceId>, Miscast> = hosted.iter().map(|name| script.cast.device(name)).collect();
    let hosted = hosted?;
    let observe = |alternative| {
        EngineRun::of(&bare, &script, options, &hosted, alternative)
            .expect("the reference engine does not fail")
    };
    let observations: Vec<EngineRun> = ALTERNATIVES.into_iter().map(observe).collect();
    let room = Room::of(&observations, &script, &hosted);
    let usual = &observations[0];
    let exercised = Exercised::in_run(&bare, &usual.cast, usual.trace.records());
    let demands = Demands {
        observations: &observations,
        room: &room,
        script: &script,
        hosted: &hosted,
        attribution: DemandAttribution::default(),
        there: script
            .cast
            .devices()
            .filter(|(_, member)| member.joins == Joins::AtStart)
            .map(|(device, _)| device)
            .collect(),
        about_to_crash: FxHashSet::default(),
        discovered: FxHashSet::default(),
        demanded: FxHashMap::default(),
    };
    // What came from the device itself may be taken for what it says.
    let may_count = |step: usize| {
        usual.records(step).iter().any(|record| match &record.event {
            Event::Refused { refusal, .. } => refusal.reason == Reason::OwnReflection,
            _ => false,
        })
    };
    let of_no_account = of_no_account(&script).into_iter().filter(|(step, _)| !may_count(*step)).collect();
    Ok(Demanding { scenario: demands.write(bare), exercised, of_no_account })
}

/// How a device has to regard a key.
type Demand = (bool, Standings);

struct Demands<'a> {
    observations: &'a [EngineRun],
    room: &'a Room,
    script: &'a Script,
    hosted: &'a [DeviceId],
    attribution: DemandAttribution,
    /// The devices that are there and run.
    there: FxHashSet<DeviceId>,
    /// Those that crash as soon as they send or receive something: when that is depends on what they send.
    about_to_crash: FxHashSet<DeviceId>,
    discovered: FxHashSet<(DeviceId, KeyId)>,
    /// What was demanded last.
    demanded: FxHashMap<(DeviceId, KeyId), Demand>,
}

impl Demands<'_> {
    fn write(mut self, bare: Scenario) -> Scenario {
        let usual = &self.observations[0];
        let before_steps = usual.steps.first().map_or(usual.trace.records().len(), |range| range.start);
        for record in &usual.trace.records()[..before_steps] {
            self.note(&record.event, None);
        }
        let mut scenario = Scenario { steps: Vec::new(), ..bare.clone() };
        let last = bare.steps.len().saturating_sub(1);
        for (step, written) in bare.steps.into_iter().enumerate() {
            scenario.steps.push(written);
            let action = self.script.actions.get(step);
            self.move_devices(action);
            for record in usual.records(step) {
                self.note(&record.event, action);
            }
            let mut expectations = Expected::default();
            self.levels(step, step == last, &mut expectations);
            self.telling(step, &mut expectations);
            if step == last {
                scenario.expect = expectations.into_expectations();
            } else if !expectations.is_empty() {
                scenario.steps.push(Step::Expect(expectations.into_expectations()));
            }
        }
        scenario
    }

    fn note(&mut self, event: &Event, action: Option<&Action>) {
        if let Event::Discovered { device, key } = event {
            self.discovered.insert((*device, *key));
        }
        self.attribution.note(event, action, &self.script.cast);
    }

    fn move_devices(&mut self, action: Option<&Action>) {
        match action {
            Some(Action::Join(device) | Action::Restart(device)) => {
                self.there.insert(*device);
                self.about_to_crash.remove(device);
            }
            Some(Action::Leave(device) | Action::Crash(device, CrashMoment::Now)) => {
                self.there.remove(device);
            }
            Some(Action::Crash(device, CrashMoment::Sending | CrashMoment::Receiving)) => {
                self.there.remove(device);
                self.about_to_crash.insert(*device);
            }
            // A person starts it.
            Some(Action::Decide(device, _) | Action::Scan(device, _) | Action::TrustManually(device, _))
                if !self.about_to_crash.contains(device) =>
            {
                self.there.insert(*device);
            }
            _ => {}
        }
    }

    fn levels(&mut self, step: usize, is_last: bool, expected: &mut Expected) {
        let usual = &self.observations[0];
        for &device in self.hosted.iter().filter(|device| self.there.contains(device)) {
            for &key in usual.keys() {
                let pair = (device, key);
                if self.script.cast.member(device).key == key || !self.discovered.contains(&pair) {
                    continue;
                }
                let mut standings = Standings::default();
                for observation in self.observations {
                    standings.add(observation.after(step, device, key));
                }
                let open = self.room.standings(step, device, key);
                // That something does not count is advice only while nothing else does, or may.
                let advised = self.room.advice(step, device, key);
                let is_advice = standings.only() == Some(Standing::Open) && open == Standings::default();
                let advice = advised.filter(|_| is_advice);
                if advised.is_some() && advice.is_none() {
                    standings = Standings::ALL;
                } else {
                    standings.extend(open);
                }
                let demand = (advice.is_some(), standings);
                let untold = self.demanded.insert(pair, demand).unwrap_or((false, {
                    let mut untouched = Standings::default();
                    untouched.add(Standing::Open);
                    untouched
                }));
                // Also while nothing is to come of what was said: what is wrong is seen at once.
                if demand != untold || is_last || self.attribution.was_spoken_of(device, key) {
                    let id = advice.unwrap_or_else(|| self.attribution.of(device, key));
                    expected.level(id, self.arrow(device, key), standings);
                }
            }
        }
    }

    fn arrow(&self, device: DeviceId, key: KeyId) -> DeviceToKeys {
        let cast = &self.script.cast;
        DeviceToKeys { device: cast.device_name(device).clone(), keys: vec![key_name(cast, key)] }
    }

    fn telling(&self, step: usize, expected: &mut Expected) {
        for &device in self.hosted.iter().filter(|device| self.there.contains(device)) {
            let initial = self.room.initial(step, device);
            if initial.is_empty() || self.room.may_lose(step, device) {
                continue;
            }
            let mut told = said(&self.observations[0], step, device);
            for observation in &self.observations[1..] {
                let said = said(observation, step, device);
                told.retain(|word| said.contains(word));
            }
            for (reader, decision) in told {
                if let Some(id) = self.demands_telling(step, device, reader, decision, initial) {
                    let cast = &self.script.cast;
                    expected.told(
                        id,
                        cast.device_name(device),
                        cast.device_name(reader),
                        key_name(cast, decision.key),
                        decision.kind,
                    );
                }
            }
        }
    }

    /// Under which requirement a device has to tell something to another one; `None` if it need not.
    fn demands_telling(
        &self,
        step: usize,
        device: DeviceId,
        reader: DeviceId,
        decision: Decision,
        initial: &[Decision],
    ) -> Option<&'static str> {
        let cast = &self.script.cast;
        let reader_key = cast.member(reader).key;
        let usual = &self.observations[0];
        let knew = |key| usual.before(step, device, key) == Standing::Authenticated;
        let is_new = initial.contains(&Decision { key: reader_key, kind: DecisionKind::Trust });
        // Of keys that are decided on together none is authenticated already.
        let is_decided = initial.contains(&decision) && knew(reader_key);
        let is_summary = is_new && decision.kind == DecisionKind::Trust && knew(decision.key);
        let is_open = [reader_key, decision.key].iter().any(|key| self.room.is_open(step, device, *key));
        // Nobody need be told about its own key.
        if !is_decided && !is_summary || is_open || decision.key == reader_key {
            return None;
        }
        Some(of_telling(decision, !is_decided, reader_key, cast.member(device).key, cast))
    }
}

/// What a device told others in a step.
fn said(observation: &EngineRun, step: usize, device: DeviceId) -> Vec<(DeviceId, Decision)> {
    let mut said = Vec::new();
    for record in observation.records(step) {
        let Event::Sent { device: by, outgoing, .. } = &record.event else { continue };
        if *by != device {
            continue;
        }
        for (reader, member) in observation.cast.devices() {
            if reader != device && outgoing.keys.contains(&member.key) {
                for decision in outgoing.envelope.message.decisions.iter() {
                    if !said.contains(&(reader, *decision)) {
                        said.push((reader, *decision));
                    }
                }
            }
        }
    }
    said
}

fn key_name(cast: &Cast, key: KeyId) -> KeyName {
    cast.key_name(key).parse().expect("the name of a key in the scenario")
}

/// What is demanded after one step, by requirement.
#[derive(Default)]
struct Expected {
    levels: BTreeMap<&'static str, ExpectedLevels>,
    told: BTreeMap<(&'static str, DeviceName, DeviceName), Told>,
}

impl Expected {
    fn is_empty(&self) -> bool {
        self.levels.is_empty() && self.told.is_empty()
    }

    fn level(&mut self, id: &'static str, arrow: DeviceToKeys, lawful: Standings) {
        if lawful == Standings::ALL {
            return;
        }
        let levels = self.levels.entry(id).or_default();
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
        // Nothing is demanded of what may be open or decided, either way.
        if *levels == ExpectedLevels::default() {
            self.levels.remove(id);
        }
    }

    fn told(
        &mut self,
        id: &'static str,
        by: &DeviceName,
        device: &DeviceName,
        key: KeyName,
        verdict: DecisionKind,
    ) {
        let told = self.told.entry((id, by.clone(), device.clone())).or_insert_with(|| Told {
            by: by.clone(),
            device: device.clone(),
            trust: Vec::new(),
            distrust: Vec::new(),
        });
        match verdict {
            DecisionKind::Trust => told.trust.push(key),
            DecisionKind::Distrust => told.distrust.push(key),
        }
    }

    fn into_expectations(self) -> ScenarioExpectations {
        let mut required: BTreeMap<&'static str, Vec<Required>> = BTreeMap::new();
        for (id, levels) in self.levels {
            required.entry(id).or_default().push(Required::Levels(levels));
        }
        for ((id, ..), told) in self.told {
            required.entry(id).or_default().push(Required::Told(told));
        }
        let required =
            required.into_iter().map(|(id, list)| (id.parse().expect("the id of a requirement"), list));
        let mut expectations = ScenarioExpectations::default();
        expectations.required = required.collect();
        expectations
    }
}
