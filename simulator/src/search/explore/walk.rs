//! A path through a world that is chosen move by move.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::moves::{Agenda, Move};
use super::written::{named, written};
use super::{Deliveries, Orders, Unexplorable};
use crate::cast::{DeviceId, Joins, Miscast};
use crate::run::{Options, Run, run_script};
use crate::scenario::{Scenario, Step};
use crate::script::{LinkIds, Script};
use crate::trace::{Event, MessageNumber};

/// The paths through the world of a scenario. Each message arrives when its delivery is chosen.
///
/// A path is a scenario that withholds all stanzas and lets through those that arrive. So a run of it shows all events,
/// and it can be written to a file.
#[derive(Debug)]
pub struct Ways<'a> {
    scenario: &'a Scenario,
    script: Script,
    agenda: Agenda,
    options: Options,
}

/// A possible move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextMove {
    /// A step of the scenario, by its position.
    Step(usize),
    /// The first withheld message on a link arrives.
    Arrival {
        /// The message.
        message: MessageNumber,
        /// The sending and the receiving device.
        link: LinkIds,
    },
}

/// The end of a path, with all possible moves.
#[derive(Debug)]
pub struct Place {
    /// The path as a scenario.
    pub scenario: Scenario,
    /// The number of steps at its beginning that only withhold links.
    pub withholding: usize,
    /// The run of the path.
    pub run: Run,
    /// All possible moves.
    pub next: Vec<NextMove>,
}

/// The reason why a path cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum NoWay {
    /// A chosen move does not exist.
    #[error(
        "move {position} of the way is number {chosen}, but there are {there} to choose from, counted from 0"
    )]
    NoSuchMove {
        /// The number of the move on the path, counted from 1.
        position: usize,
        /// The chosen number, counted from 0.
        chosen: usize,
        /// The number of possible moves.
        there: usize,
    },
    /// The path cannot be prepared.
    #[error(transparent)]
    Miscast(#[from] Miscast),
}

impl<'a> Ways<'a> {
    /// The paths through a world in which people act in these orders.
    ///
    /// # Errors
    ///
    /// If the scenario is too large or cannot be prepared.
    pub fn new(scenario: &'a Scenario, orders: Orders, options: Options) -> Result<Self, Unexplorable> {
        let script = Script::new(scenario)?;
        if script.actions.len() > super::MOST_STEPS {
            return Err(Unexplorable::TooManySteps(script.actions.len()));
        }
        let agenda = Agenda::of(&script, orders);
        Ok(Self { scenario, script, agenda, options })
    }

    /// The end of the path with these moves. Each is chosen by its number among the possible moves.
    ///
    /// # Errors
    ///
    /// If a move does not exist.
    pub fn place(&self, choices: &[usize]) -> Result<Place, NoWay> {
        let mut way = Vec::new();
        for (position, chosen) in choices.iter().enumerate() {
            let moves = self.moves(&way, &self.run(&way)?.1);
            let Some((step, _)) = moves.get(*chosen) else {
                return Err(NoWay::NoSuchMove {
                    position: position + 1,
                    chosen: *chosen,
                    there: moves.len(),
                });
            };
            way.push(*step);
        }
        let (scenario, run) = self.run(&way)?;
        let withholding = scenario.steps.iter().take_while(|step| matches!(step, Step::Hold(_))).count();
        let next = self.moves(&way, &run).into_iter().map(|(_, next)| next).collect();
        Ok(Place { scenario, withholding, run, next })
    }

    /// The choices along a path that a search has written as a scenario.
    ///
    /// # Errors
    ///
    /// If the path cannot be prepared.
    pub fn along(&self, written: &Scenario) -> Result<Vec<usize>, NoWay> {
        let (mut way, mut choices) = (Vec::new(), Vec::new());
        for step in written.steps.iter().filter(|step| !matches!(step, Step::Hold(_) | Step::Release(_))) {
            let moves = self.moves(&way, &self.run(&way)?.1);
            let is_meant = |(one, _): &(Move, NextMove)| match (one, step) {
                (Move::Act(position), _) => self.scenario.steps[*position] == *step,
                (Move::Deliver(link), Step::LetThrough(meant)) => named(&self.script.cast, *link) == *meant,
                (Move::Deliver(_), _) => false,
            };
            // A step that is not a move belongs to the written form of the path and needs no choice.
            if let Some(chosen) = moves.iter().position(is_meant) {
                way.push(moves[chosen].0);
                choices.push(chosen);
            }
        }
        Ok(choices)
    }

    fn run(&self, way: &[Move]) -> Result<(Scenario, Run), Miscast> {
        let scenario = written(self.scenario, &self.script.cast, way, Deliveries::Every);
        let run = run_script(&Script::new(&scenario)?, &self.options);
        Ok((scenario, run))
    }

    /// All possible moves at the end of a path: steps of the scenario, and the first withheld message of each link.
    fn moves(&self, way: &[Move], run: &Run) -> Vec<(Move, NextMove)> {
        let mut waiting: BTreeMap<LinkIds, VecDeque<MessageNumber>> = BTreeMap::new();
        let mut senders: BTreeMap<MessageNumber, DeviceId> = BTreeMap::new();
        for record in run.trace.records() {
            match &record.event {
                Event::Sent { device, message, .. } | Event::Forged { device, message, .. } => {
                    senders.insert(*message, *device);
                }
                Event::Withheld { device, message } => {
                    waiting.entry((senders[message], *device)).or_default().push_back(*message);
                }
                Event::Delivered { device, message: Some(message), .. }
                | Event::Lost { device, message }
                | Event::Blocked { device, message }
                | Event::Archived { device, message } => {
                    if let Some(queue) = waiting.get_mut(&(senders[message], *device)) {
                        queue.retain(|other| other != message);
                    }
                }
                _ => {}
            }
        }
        let done = way.iter().fold(self.agenda.idle(), |done, step| match step {
            Move::Act(step) => done | 1 << step,
            Move::Deliver(_) => done,
        });
        let present = self.present(way);
        let acts = self.agenda.next(done, |device| present.contains(&device));
        let acts = acts.filter_map(|step| match step {
            Move::Act(position) => Some((step, NextMove::Step(position))),
            Move::Deliver(_) => None,
        });
        let arrivals = waiting.into_iter().filter_map(|(link, queue)| {
            Some((Move::Deliver(link), NextMove::Arrival { message: *queue.front()?, link }))
        });
        acts.chain(arrivals).collect()
    }

    /// The devices that are present at the end of a path.
    fn present(&self, way: &[Move]) -> BTreeSet<DeviceId> {
        let cast = &self.script.cast;
        let at_start = cast.devices().filter(|(_, member)| member.joins == Joins::AtStart);
        let mut present: BTreeSet<DeviceId> = at_start.map(|(device, _)| device).collect();
        for step in way {
            let Move::Act(position) = step else { continue };
            let step = &self.scenario.steps[*position];
            let added = step.added_device().and_then(|name| cast.device(&name).ok());
            present.extend(added);
            if let Step::RemoveDevice(name) = step
                && let Ok(removed) = cast.device(name)
            {
                present.remove(&removed);
            }
        }
        present
    }
}
