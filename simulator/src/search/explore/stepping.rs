//! The steps of a search from one state to the next.

use super::effect::{Effect, first_on_link};
use super::independence::{Moves, Then};
use super::known::Missing;
use super::moves::{Move, Reach};
use super::plan::{Moved, Reader};
use super::search::Search;
use super::settling::Scratch;
use super::state::{Packets, State};
use super::times::TICK;
use super::transition_cache::{Contested, Gathered};
use super::{Deliveries, Unexplorable, past};
use crate::cast::DeviceId;
use crate::endpoint::Failure;
use crate::invariants::Noticed;
use crate::script::Action;
use crate::trace::{Event, Observer};
use crate::world::Choice;

impl Search<'_> {
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { plan: &self.plan, known: &self.known }
    }

    /// Lists the possible moves in a state: all of them, or some that are independent of all others.
    pub(super) fn list_moves(&mut self, state: &State, moves: &mut Moves) -> Result<(), Unexplorable> {
        while let Err(missing) = self.reader().list_moves(state, moves) {
            self.learn(missing, state)?;
        }
        Ok(())
    }

    /// Makes a move and writes the result to the next state.
    pub(super) fn go(&mut self, state: &State, (step, then): (Move, Then)) -> Result<Moved, Unexplorable> {
        loop {
            let mut scratch = std::mem::take(&mut self.scratch);
            let gone = self.reader().go(state, (step, then), &mut scratch);
            self.scratch = scratch;
            match gone {
                Ok(Some(moved)) => return Ok(moved),
                Ok(None) => break,
                Err(missing) => self.learn(missing, state)?,
            }
        }
        let gathered = self.go_in_world(state, step)?;
        let mut next = std::mem::take(&mut self.scratch.next);
        self.reader().add_contested(&self.cache.borrow().contested, &mut next);
        self.scratch.next = next;
        self.scratch.next.turn = self.reader().turn_after((state, step, then), None, &self.scratch.next);
        self.settle_next();
        Ok(Moved { broken: gathered.broken.map(|(_, invariant)| invariant) })
    }

    /// Ranks the times of the next state.
    pub(super) fn settle_next(&mut self) {
        self.until_known(|reader, scratch| reader.settle(scratch));
    }

    /// Writes the canonical form of the next state as bytes.
    pub(super) fn canonicalise_next(&mut self) {
        self.until_known(|reader, scratch| reader.canonicalise(scratch));
    }

    /// Applies `act` to the next state, which is restored until everything that `act` needs is known.
    fn until_known(&mut self, act: impl Fn(Reader<'_>, &mut Scratch) -> Result<(), Missing>) {
        let before = self.scratch.next.clone();
        loop {
            let mut scratch = std::mem::take(&mut self.scratch);
            let done = act(self.reader(), &mut scratch);
            self.scratch = scratch;
            let Err(missing) = done else { return };
            self.learn_part(missing);
            self.scratch.next.assign(&before);
        }
    }

    fn learn(&mut self, missing: Missing, state: &State) -> Result<(), Unexplorable> {
        match missing {
            Missing::Effect(key, step) => {
                let effect = self.find_effect(state, step)?;
                self.known.effects.insert(key, Box::new(effect));
            }
            missing => self.learn_part(missing),
        }
        Ok(())
    }

    fn learn_part(&mut self, missing: Missing) {
        let mut cache = self.cache.borrow_mut();
        self.known.learn(missing, &self.plan.permutations, (&mut cache, &mut self.coder));
    }

    /// Computes the effect of a move in a world in which only the delivered packet is in transit.
    fn find_effect(&mut self, state: &State, step: Move) -> Result<Effect, Unexplorable> {
        let mut alone = State { past: 0, contested: Contested::default(), turn: None, ..state.clone() };
        alone.packets = Packets::default();
        let device = match step {
            Move::Deliver((from, to)) => {
                let first = first_on_link(state, (from.index(), to.index()), &self.known);
                alone.packets.flying.extend(first.map(|first| state.packets.flying[first]));
                Some(to)
            }
            Move::Act(step) => match self.plan.agenda.reach(step) {
                Reach::Endpoint(device) => Some(device),
                Reach::Surroundings | Reach::World => None,
            },
        };
        let gathered = self.go_in_world(&alone, step)?;
        let State { surroundings, links, now, past, endpoints, packets, .. } = &self.scratch.next;
        Ok(Effect {
            endpoint: device.map(|device| (device, endpoints[device.index()])),
            surroundings: *surroundings,
            links: *links,
            now: *now,
            packets: packets.clone(),
            past: *past,
            contested: std::mem::take(&mut self.cache.borrow_mut().contested),
            moved: gathered.moved,
            broken: gathered.broken.map(|(_, invariant)| invariant),
        })
    }

    /// Makes a move in a world and writes the result to the next state. Its times are not ranked yet.
    fn go_in_world(&mut self, state: &State, step: Move) -> Result<Gathered, Unexplorable> {
        self.restore(state);
        let mut lost = Losses::default();
        let mut done = state.done;
        match step {
            Move::Act(step) => {
                done |= 1 << step;
                self.world.act_out(step, &mut lost)?;
                let waits = self.world.waits();
                self.world.pass(waits);
                lost.by_hand =
                    matches!(self.world.action(step), Some(Action::Deliver(..) | Action::Bombard(..)));
                if self.settings.deliveries == Deliveries::Drained {
                    self.drain(&mut lost)?;
                }
            }
            Move::Deliver(link) => {
                self.world.pass(TICK);
                self.world.step(Choice::Deliver(link, 0), &mut lost)?;
            }
        }
        let gathered = self.cache.borrow().noticed;
        self.write_next(state, done, gathered, &lost);
        Ok(gathered)
    }

    /// Delivers all packets.
    pub(super) fn drain(&mut self, lost: &mut Losses) -> Result<(), Failure> {
        self.world.hide_steps();
        while self.settings.deliveries == Deliveries::Drained
            && let Some(choice) = self.world.next()
        {
            self.world.step(choice, lost)?;
        }
        Ok(())
    }

    pub(super) fn restore(&mut self, state: &State) {
        self.coder.decode(state, &mut self.snapshot);
        self.snapshot.quiet_for_people = state.past & past::HURRIED == 0;
        self.world.restore(&self.snapshot);
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            let device = self.device_at(device);
            self.world.endpoint_mut(device).state = *endpoint;
        }
        let mut cache = self.cache.borrow_mut();
        cache.noticed = Gathered::default();
        cache.contested.clear();
    }

    pub(super) fn device_at(&self, position: usize) -> DeviceId {
        self.world.cast().nth_device(position)
    }

    /// Writes the current world as the successor of a state.
    pub(super) fn write_next(&mut self, before: &State, done: u64, gathered: Gathered, lost: &Losses) {
        let (snapshot, next) = (&mut self.snapshot, &mut self.scratch.next);
        self.world.write_snapshot(snapshot);
        next.done = done;
        next.contested = before.contested;
        let Noticed { refused, limited, distrusted, decided_on_unknown_key, changed } = gathered.noticed;
        let bits = [
            (refused && !lost.by_hand, past::REFUSED),
            (limited, past::LIMITED),
            (distrusted, past::DISTRUSTED),
            (decided_on_unknown_key, past::DECIDED_ON_UNKNOWN_KEY),
            (lost.lost || lost.by_hand && changed, past::DISTURBED),
            (self.plan.asks_for_quiet && !snapshot.quiet_for_people, past::HURRIED),
        ];
        next.past = bits.iter().filter(|(is_so, _)| *is_so).fold(before.past, |past, (_, bit)| past | bit);
        next.endpoints.clear();
        let world = &self.world;
        let devices = world.cast().devices();
        next.endpoints.extend(devices.map(|(device, _)| world.endpoint(device).state));
        self.coder.encode(snapshot, next);
        self.known.catch_up(&self.cache.borrow(), &self.coder);
    }
}

pub(super) struct Unobserved;

impl Observer for Unobserved {
    fn observe(&mut self, _: atm_engine::Stamp, _: &Event) {}
}

/// Notes the losses of the network.
#[derive(Default)]
pub(super) struct Losses {
    lost: bool,
    by_hand: bool,
}

impl Observer for Losses {
    fn observe(&mut self, _: atm_engine::Stamp, event: &Event) {
        self.lost |= matches!(event, Event::Blocked { .. } | Event::Lost { .. } | Event::Forged { .. });
    }
}
