//! The search for a broken end. Only one search runs at a time.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use atm_simulator::search::explore::{self, Explored, Extent, Way, Ways};
use serde_json::json;

use super::http::{Answer, Client};
use super::page::LiveSearch;
use crate::command::explore::Clock;

/// The running search, and the number of the last one.
#[derive(Debug, Default)]
pub(super) struct Searches {
    last: AtomicU64,
    running: Mutex<()>,
}

impl Searches {
    /// Searches for a broken end, and answers with the way to it. A search ends when its client leaves, or when another
    /// one begins.
    pub(super) fn run(&self, search: &LiveSearch<'_>, ways: &Ways<'_>, client: Client<'_>) -> Answer {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let is_last = || self.last.load(Ordering::SeqCst) == number;
        // The previous search ends as soon as it sees that it is not the last one.
        let _turn = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = Clock::start(search.limit);
        let found = explore::explore(search.scenario, search.settings, &mut |_| {
            if is_last() && !client.has_left() { clock.flow() } else { ControlFlow::Break(()) }
        });
        match found {
            Ok(explored) if explored.extent == Extent::Stopped && !is_last() => {
                Answer::json(json!({ "way": null, "result": "Another search has begun" }).to_string())
            }
            Ok(explored) => answer(&explored, ways),
            Err(error) => Answer::refusal(500, &error.to_string()),
        }
    }
}

/// The way to the counterexample, or else to an end that breaks an invariant as the scenario says.
fn answer(explored: &Explored, ways: &Ways<'_>) -> Answer {
    if let Some(broken) = &explored.counterexample {
        return lead(&broken.way, ways, None);
    }
    if let Some((invariant, way)) = &explored.declared_end {
        let result = format!("The scenario says that it breaks {invariant}, as this end does.");
        return lead(way, ways, Some(&result));
    }
    let result = match explored.extent {
        Extent::Exhausted => "No end is broken",
        Extent::Broken | Extent::TooManyStates | Extent::Stopped => "None was found so far",
    };
    Answer::json(json!({ "way": null, "result": result }).to_string())
}

fn lead(found: &Way, ways: &Ways<'_>, result: Option<&str>) -> Answer {
    match ways.along(found) {
        Ok(way) => Answer::json(json!({ "way": way, "result": result }).to_string()),
        Err(error) => Answer::refusal(500, &error.to_string()),
    }
}
