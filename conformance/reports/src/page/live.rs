use atm_simulator::cast::Cast;
use atm_simulator::run::Options;
use atm_simulator::scenario::Scenario;
use atm_simulator::search::explore::{NextMove, Place};
use atm_simulator::trace::{Event, MessageNumber};
use serde::Serialize;

use super::document::live_document;
use super::recorded::{RecordedRun, shown};
use crate::runs::{PlayedScenario, describe_step, said};

/// A place in a live search: the run that leads there, and the possible moves.
#[derive(Debug, Serialize)]
pub struct LivePlace {
    run: RecordedRun,
    /// The possible moves, in words.
    next: Vec<String>,
}

impl LivePlace {
    /// A place in the world of a scenario. `path` is the file of the scenario.
    #[must_use]
    pub fn of(place: &Place, (path, scenario): (&str, &Scenario), options: &Options) -> Self {
        let Place { scenario: way, withholding, run, next } = place;
        let played = PlayedScenario { path, scenario: way, options, run };
        let describe = |next: &NextMove| shown(&describe(next, scenario, place));
        Self {
            run: RecordedRun::of(&played).without_first_steps(*withholding),
            next: next.iter().map(describe).collect(),
        }
    }

    /// The place as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string(self).expect("a place has no keys but texts");
        atm_suite::json::escaped(&json)
    }
}

/// The page of a live search. It requests places from its server.
#[must_use]
pub fn live_page(scenario: &Scenario) -> String {
    live_document(&shown(&scenario.title))
}

fn describe(next: &NextMove, scenario: &Scenario, place: &Place) -> String {
    match next {
        NextMove::Step(position) => describe_step(&scenario.steps[*position]),
        NextMove::Arrival { message, link: (from, to) } => {
            let cast = &*place.run.cast;
            let (from, to) = (cast.device_name(*from), cast.device_name(*to));
            let content = content(*message, place, cast);
            format!("message {} of {from} reaches {to}: {content}", message.0)
        }
    }
}

/// The decisions of a message, in words; empty if the message was not recorded.
fn content(message: MessageNumber, place: &Place, cast: &Cast) -> String {
    let sent = place.run.trace.records().iter().find_map(|record| match &record.event {
        Event::Sent { message: number, outgoing, .. } | Event::Forged { message: number, outgoing, .. } => {
            (*number == message).then_some(outgoing)
        }
        _ => None,
    });
    sent.map_or_else(String::new, |outgoing| said(&outgoing.envelope.message.decisions, cast))
}
