//! Paths as scenario files, which take the same moves when they are run.

use std::collections::BTreeSet;

use super::Deliveries;
use super::moves::Move;
use crate::cast::{Cast, DeviceId, Joins};
use crate::scenario::{Delivery, Latency, Link, Scenario, ScenarioExpectations, Step, TimeSpan};
use crate::script::LinkIds;

/// The number of steps with the usual pause after which devices find messages too old.
const UNHURRIED: usize = 50;

/// A scenario whose run takes the moves of `way`. Where stanzas may arrive at any time, all links are withheld, and
/// each arriving stanza is let through.
pub(super) fn written(scenario: &Scenario, cast: &Cast, way: &[Move], deliveries: Deliveries) -> Scenario {
    let mut written = scenario.clone();
    written.expect = ScenarioExpectations::default();
    written.breaks.clear();
    written.steps.clear();
    let mut there: BTreeSet<DeviceId> = BTreeSet::new();
    if deliveries == Deliveries::Every {
        written.network.delivery = Delivery::Drained;
        written.network.latency = Latency::default();
        for (device, _) in cast.devices().filter(|(_, member)| member.joins == Joins::AtStart) {
            withhold(cast, &mut there, device, &mut written.steps);
        }
    }
    for step in way {
        match *step {
            Move::Act(step) => {
                let step = &scenario.steps[step];
                if deliveries == Deliveries::Drained || !is_about_links(step) {
                    written.steps.push(step.clone());
                }
                if let (Deliveries::Every, Some(name)) = (deliveries, step.added_device())
                    && let Ok(device) = cast.device(&name)
                {
                    withhold(cast, &mut there, device, &mut written.steps);
                }
            }
            Move::Deliver(link) => written.steps.push(Step::LetThrough(named(cast, link))),
        }
    }
    if deliveries == Deliveries::Every && written.steps.len() > UNHURRIED {
        written.network.pause = TimeSpan::from_millis(100);
    }
    written
}

/// Marks a device as present, and withholds the links between it and all other present devices.
fn withhold(cast: &Cast, there: &mut BTreeSet<DeviceId>, device: DeviceId, steps: &mut Vec<Step>) {
    for other in there.iter() {
        steps.extend([(*other, device), (device, *other)].map(|link| Step::Hold(named(cast, link))));
    }
    there.insert(device);
}

pub(super) fn named(cast: &Cast, (from, to): LinkIds) -> Link {
    Link { from: cast.device_name(from).clone(), to: cast.device_name(to).clone() }
}

/// Whether a step is about the time of deliveries, which the written path expresses by letting stanzas through.
fn is_about_links(step: &Step) -> bool {
    matches!(
        step,
        Step::Hold(_)
            | Step::Release(_)
            | Step::LetThrough(_)
            | Step::SlowDown(_)
            | Step::Partition(_)
            | Step::Heal(_)
            | Step::Expect(_)
    )
}

/// Delivers all withheld stanzas at the end, except those on the links in `held`.
pub(super) fn release_all_but(held: &[Link], scenario: &mut Scenario) {
    let withheld = scenario.steps.iter().filter_map(|step| match step {
        Step::Hold(link) if !held.contains(link) => Some(Step::Release(link.clone())),
        _ => None,
    });
    let released: Vec<Step> = withheld.collect();
    scenario.steps.extend(released);
}

/// The scenario without unnecessary steps about deliveries, as long as `holds` is true: links that need not be
/// withheld, and links that can be released at once.
pub(super) fn tidied(scenario: &Scenario, mut holds: impl FnMut(&Scenario) -> bool) -> Scenario {
    let mut tidy = scenario.clone();
    let links: Vec<Link> = tidy
        .steps
        .iter()
        .filter_map(|step| if let Step::Hold(link) = step { Some(link.clone()) } else { None })
        .collect();
    for link in links {
        let mut candidate = tidy.clone();
        candidate.steps.retain(|step| !matches!(step, Step::Hold(on) | Step::LetThrough(on) if *on == link));
        if holds(&candidate) {
            tidy = candidate;
        }
    }
    for position in (0..tidy.steps.len()).rev() {
        let Some(Step::LetThrough(_)) = tidy.steps.get(position) else { continue };
        let mut candidate = tidy.clone();
        candidate.steps.remove(position);
        if holds(&candidate) {
            tidy = candidate;
        }
    }
    tidy
}
