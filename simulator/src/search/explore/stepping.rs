//! How a search gets from one state to the next.

use super::coding::State;
use super::memory::Gathered;
use super::moves::Move;
use super::search::{Room, Search};
use super::times::TICK;
use super::{Deliveries, Unexplorable};
use crate::cast::DeviceId;
use crate::endpoint::Failure;
use crate::invariants::Noticed;
use crate::script::Action;
use crate::trace::{Event, Observer};
use crate::world::Choice;

/// What of the past counts, a bit each.
mod past {
    pub(super) const REFUSED: u32 = 1;
    pub(super) const LIMITED: u32 = 2;
    pub(super) const DISTRUSTED: u32 = 4;
    pub(super) const DECIDED_ON_UNKNOWN_KEY: u32 = 8;
    pub(super) const DISTURBED: u32 = 16;
    pub(super) const HURRIED: u32 = 32;
}

impl Search<'_> {
    pub(super) fn list_all_moves(&mut self, state: &State, moves: &mut Vec<Move>) {
        moves.clear();
        self.restore(state);
        let world = &self.world;
        if self.settings.deliveries == Deliveries::Every {
            moves.extend(world.first_of_links().map(Move::Deliver));
        }
        let present: Vec<_> = world.present().collect();
        moves.extend(self.agenda.next(state.done, |device| present.contains(&device)));
    }

    /// Whether a delivery changes nothing but that it is over: then it never will.
    pub(super) fn makes_no_difference(&mut self, state: &State, step: Move) -> Result<bool, Unexplorable> {
        let gathered = self.go(state, step)?;
        Ok(!gathered.moved && gathered.broken.is_none() && self.room.next.past == state.past)
    }

    /// Makes a move, and writes down what follows as the next state.
    pub(super) fn go(&mut self, state: &State, step: Move) -> Result<Gathered, Unexplorable> {
        self.restore(state);
        let mut lost = Losses::default();
        let mut done = state.done;
        match step {
            Move::Act(step) => {
                done |= 1 << step;
                self.world.act_out(step, &mut lost)?;
                let waits = self.world.waits();
                self.world.pass(waits);
                lost.by_hand = matches!(self.world.action(step), Some(Action::Deliver(..)));
                if self.settings.deliveries == Deliveries::Drained {
                    self.drain(&mut lost)?;
                }
            }
            Move::Deliver(link) => {
                self.world.pass(TICK);
                self.world.step(Choice::Deliver(link, 0), &mut lost)?;
            }
        }
        let gathered = self.memory.borrow().noticed;
        self.write_next(state, done, gathered, &lost);
        Ok(gathered)
    }

    /// Lets everything arrive.
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
        self.coder.decode(state, &mut self.room.snapshot);
        self.room.snapshot.quiet_for_people = state.past & past::HURRIED == 0;
        self.world.restore(&self.room.snapshot);
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            let device = self.memory_device(device);
            self.world.endpoint_mut(device).state = *endpoint;
        }
        self.memory.borrow_mut().noticed = Gathered { contested: state.contested, ..Gathered::default() };
    }

    pub(super) fn memory_device(&self, position: usize) -> DeviceId {
        self.world.cast().nth_device(position)
    }

    /// Writes down the world as it is now as the state that follows upon another one.
    pub(super) fn write_next(&mut self, before: &State, done: u64, gathered: Gathered, lost: &Losses) {
        let Room { snapshot, next, .. } = &mut self.room;
        self.world.write_snapshot(snapshot);
        next.done = done;
        next.contested = gathered.contested;
        let Noticed { refused, limited, distrusted, decided_on_unknown_key, changed } = gathered.noticed;
        let bits = [
            (refused && !lost.by_hand, past::REFUSED),
            (limited, past::LIMITED),
            (distrusted, past::DISTRUSTED),
            (decided_on_unknown_key, past::DECIDED_ON_UNKNOWN_KEY),
            (lost.lost || lost.by_hand && changed, past::DISTURBED),
            (self.asks_for_quiet && !snapshot.quiet_for_people, past::HURRIED),
        ];
        next.past = bits.iter().filter(|(is_so, _)| *is_so).fold(before.past, |past, (_, bit)| past | bit);
        next.endpoints.clear();
        let world = &self.world;
        let devices = world.cast().devices();
        next.endpoints.extend(devices.map(|(device, _)| world.endpoint(device).state));
        self.coder.encode(snapshot, next, &mut self.memory.borrow_mut());
    }

    /// Brings the next state into its bytes: of the states in which devices have changed places, the first.
    pub(super) fn settle_next(&mut self) {
        let Room { next, renamed, bytes, renamed_bytes, .. } = &mut self.room;
        next.write(bytes);
        if !self.by_symmetry {
            return;
        }
        for (number, place) in self.places.iter().enumerate() {
            self.coder.rename(next, place, number as u32, &mut self.memory.borrow_mut(), renamed);
            renamed.write(renamed_bytes);
            if renamed_bytes < bytes {
                std::mem::swap(renamed_bytes, bytes);
            }
        }
    }
}

pub(super) struct Nobody;

impl Observer for Nobody {
    fn observe(&mut self, _: atm_engine::Stamp, _: Event) {}
}

/// Sees what the network loses.
#[derive(Default)]
pub(super) struct Losses {
    lost: bool,
    by_hand: bool,
}

impl Observer for Losses {
    fn observe(&mut self, _: atm_engine::Stamp, event: Event) {
        self.lost |= matches!(event, Event::Blocked { .. } | Event::Lost { .. } | Event::Forged { .. });
    }
}
