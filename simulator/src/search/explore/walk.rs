//! A way through a world that somebody chooses move by move.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::moves::{Agenda, Move};
use super::written::{named, written};
use super::{Deliveries, Orders, Unexplorable};
use crate::cast::{DeviceId, Joins, Miscast};
use crate::run::{Options, Run, run_script};
use crate::scenario::{Scenario, Step};
use crate::script::{LinkIds, Script};
use crate::trace::{Event, MessageNumber};

/// The ways through the world of a scenario. Each message arrives when that is chosen.
///
/// A way is a scenario itself, which withholds everything and lets through what arrives. So a run of it shows all that
/// happened, and it can be written to a file.
#[derive(Debug)]
pub struct Ways<'a> {
    scenario: &'a Scenario,
    script: Script,
    agenda: Agenda,
    options: Options,
}

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextMove {
    /// A step of the scenario, by its position.
    Step(usize),
    /// The first message that waits on a link arrives.
    Arrival {
        /// The message.
        message: MessageNumber,
        /// The device that sent it, and the one that gets it.
        link: LinkIds,
    },
}

/// The end of a way, and everything that can happen next.
#[derive(Debug)]
pub struct Place {
    /// The way as a scenario.
    pub scenario: Scenario,
    /// How many steps at its beginning only withhold what devices send.
    pub withholding: usize,
    /// The run of the way.
    pub run: Run,
    /// Everything that can happen next.
    pub next: Vec<NextMove>,
}

/// Why a way cannot be gone.
#[derive(Debug, thiserror::Error)]
pub enum NoWay {
    /// A move was chosen that is not there.
    #[error(
        "move {position} of the way is number {chosen}, but there are {there} to choose from, counted from 0"
    )]
    NoSuchMove {
        /// Which move of the way it is, counted from 1.
        position: usize,
        /// The number that was chosen, counted from 0.
        chosen: usize,
        /// How many moves there are to choose from.
        there: usize,
    },
    /// The way cannot be made ready.
    #[error(transparent)]
    Miscast(#[from] Miscast),
}

impl<'a> Ways<'a> {
    /// The ways through a world, in which people act in these orders.
    ///
    /// # Errors
    ///
    /// If the scenario is too large or cannot be made ready.
    pub fn new(scenario: &'a Scenario, orders: Orders, options: Options) -> Result<Self, Unexplorable> {
        let script = Script::new(scenario)?;
        if script.actions.len() > super::MOST_STEPS {
            return Err(Unexplorable::TooManySteps(script.actions.len()));
        }
        let agenda = Agenda::of(&script, orders);
        Ok(Self { scenario, script, agenda, options })
    }

    /// The end of the way on which these moves are chosen, each by its number among those that could be made.
    ///
    /// # Errors
    ///
    /// If there is no such move.
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

    /// The choices that lead along a way which a search has written as a scenario.
    ///
    /// # Errors
    ///
    /// If the way cannot be made ready.
    pub fn along(&self, written: &Scenario) -> Result<Vec<usize>, NoWay> {
        let (mut way, mut choices) = (Vec::new(), Vec::new());
        for step in written.steps.iter().filter(|step| !matches!(step, Step::Hold(_) | Step::Release(_))) {
            let moves = self.moves(&way, &self.run(&way)?.1);
            let is_meant = |(one, _): &(Move, NextMove)| match (one, step) {
                (Move::Act(position), _) => self.scenario.steps[*position] == *step,
                (Move::Deliver(link), Step::LetThrough(meant)) => named(&self.script.cast, *link) == *meant,
                (Move::Deliver(_), _) => false,
            };
            // A step that is no move only shows how the search wrote the way, and happens by itself.
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

    /// Everything that can happen at the end of a way: steps of the scenario, and on each link the first message that waits.
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

    /// The devices that are there at the end of a way.
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
