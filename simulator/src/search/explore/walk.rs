//! A path through a world that is chosen move by move.

use std::collections::BTreeSet;

use atm_engine::Device;

use super::moves::{Agenda, Move};
use super::stepping::Unobserved;
use super::times::TICK;
use super::written::written;
use super::{Deliveries, Orders, Unexplorable};
use crate::cast::{DeviceId, Miscast};
use crate::endpoint::Failure;
use crate::run::{self, Options, Run, run_script};
use crate::scenario::{Scenario, Step};
use crate::script::{LinkIds, Script};
use crate::trace::MessageNumber;
use crate::world::{Choice, Snapshot, World};

/// The moves of a path that a search found.
#[derive(Clone, Debug)]
pub struct Way(pub(super) Vec<Move>);

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
    /// The first message on a link arrives.
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
    /// A move of a path that a search found cannot be made.
    #[error("move {0} of the way that was found cannot be made")]
    Impossible(usize),
    /// The path cannot be prepared.
    #[error(transparent)]
    Miscast(#[from] Miscast),
    /// An endpoint failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl<'a> Ways<'a> {
    /// The paths through a world in which people act in these orders.
    ///
    /// # Errors
    ///
    /// If the scenario is too large or cannot be prepared.
    pub fn new(scenario: &'a Scenario, orders: Orders, options: Options) -> Result<Self, Unexplorable> {
        let mut script = Script::new(scenario)?;
        (script.pause, script.latency) = (TICK, Default::default());
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
            let moves = self.moves(&way)?;
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
        let next = self.moves(&way)?.into_iter().map(|(_, next)| next).collect();
        Ok(Place { scenario, withholding, run, next })
    }

    /// The choices along a path that a search of the same world found.
    ///
    /// # Errors
    ///
    /// If a move of the path is not possible.
    pub fn along(&self, found: &Way) -> Result<Vec<usize>, NoWay> {
        let choose = |(position, step): (usize, &Move)| {
            let way = &found.0[..position];
            let moves = self.moves(way)?;
            let chosen = moves.iter().position(|(one, _)| one == step);
            chosen.ok_or(NoWay::Impossible(position + 1))
        };
        found.0.iter().enumerate().map(choose).collect()
    }

    fn run(&self, way: &[Move]) -> Result<(Scenario, Run), Miscast> {
        let scenario = written(self.scenario, &self.script.cast, way, Deliveries::Every);
        let run = run_script(&Script::new(&scenario)?, &self.options);
        Ok((scenario, run))
    }

    /// All possible moves at the end of a path: steps of the scenario, and the first message of each link on which the
    /// faults of the scenario let messages through.
    fn moves(&self, way: &[Move]) -> Result<Vec<(Move, NextMove)>, Failure> {
        let done = way.iter().fold(self.agenda.idle(), |done, step| match step {
            Move::Act(step) => done | 1 << step,
            Move::Deliver(_) => done,
        });
        let world = self.world(way)?;
        let present: BTreeSet<DeviceId> = world.present().collect();
        let acts = self.agenda.next(done, |device| present.contains(&device));
        let acts = acts.filter_map(|step| match step {
            Move::Act(position) => Some((step, NextMove::Step(position))),
            Move::Deliver(_) => None,
        });
        let mut snapshot = Snapshot::default();
        world.write_snapshot(&mut snapshot);
        let mut packets = snapshot.flying;
        packets.dedup_by_key(|packet| packet.link);
        let arrivals = packets.into_iter().map(|packet| {
            let (message, link) = (packet.letter.number, packet.link);
            (Move::Deliver(link), NextMove::Arrival { message, link })
        });
        Ok(acts.chain(arrivals).collect())
    }

    /// The world at the end of a path, in which only the faults of the scenario hold messages up.
    fn world(&self, way: &[Move]) -> Result<World<Device>, Failure> {
        let rules = run::rules(self.scenario, &self.options);
        let mut world = World::of_devices(self.script.clone(), rules, self.options.seed);
        world.begin(&mut Unobserved)?;
        world.hide_steps();
        for step in way {
            match *step {
                Move::Act(step) => {
                    world.act_out(step, &mut Unobserved)?;
                    let waits = world.waits();
                    world.pass(waits);
                }
                Move::Deliver(link) => {
                    world.pass(TICK);
                    world.step(Choice::Deliver(link, 0), &mut Unobserved)?;
                }
            }
        }
        Ok(world)
    }
}
