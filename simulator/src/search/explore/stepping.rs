//! How a search gets from one state to the next.

use super::coding::State;
use super::moves::Move;
use super::search::{Buffers, Search};
use super::times::TICK;
use super::transition_cache::Gathered;
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
        Ok(!gathered.moved && gathered.broken.is_none() && self.buffers.next.past == state.past)
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
                lost.by_hand =
                    matches!(self.world.action(step), Some(Action::Deliver(..) | Action::Chain(..)));
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
        self.coder.decode(state, &mut self.buffers.snapshot);
        self.buffers.snapshot.quiet_for_people = state.past & past::HURRIED == 0;
        self.world.restore(&self.buffers.snapshot);
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            let device = self.device_at(device);
            self.world.endpoint_mut(device).state = *endpoint;
        }
        self.cache.borrow_mut().noticed = Gathered { contested: state.contested, ..Gathered::default() };
    }

    pub(super) fn device_at(&self, position: usize) -> DeviceId {
        self.world.cast().nth_device(position)
    }

    /// Writes down the world as it is now as the state that follows upon another one.
    pub(super) fn write_next(&mut self, before: &State, done: u64, gathered: Gathered, lost: &Losses) {
        let Buffers { snapshot, next, .. } = &mut self.buffers;
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
        self.coder.encode(snapshot, next);
    }

    /// Brings the next state into its canonical form, as bytes: of all permutations of it, the lowest.
    pub(super) fn settle_next(&mut self) {
        let Buffers { next, renamed, bytes, renamed_bytes, .. } = &mut self.buffers;
        next.write(bytes);
        if !self.by_symmetry {
            return;
        }
        for permutation in &self.permutations {
            self.coder.rename(next, permutation, renamed);
            renamed.write(renamed_bytes);
            if renamed_bytes < bytes {
                std::mem::swap(renamed_bytes, bytes);
            }
        }
    }
}

pub(super) struct Unobserved;

impl Observer for Unobserved {
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
