//! Partial-order reduction: of the paths that differ only in the order of independent moves, few are explored.
//!
//! Moves at different devices are independent: a device receives the first packet on a link to it, and adds packets to
//! links from it. This allows two reductions, apart from the one for deliveries that make no difference at all.
//!
//! **Mute devices come last.** A device is mute if it can never send anything again: no more steps occur there, and it
//! has nothing to relay. Other devices do not depend on its moves. So it waits until only mute devices can move, and
//! then each moves in its turn. Its decisions are not compared with times at other devices, since it never announces
//! them.
//!
//! **Unnoticed moves come together.** Other devices notice a move if it sends something, if it changes the surroundings
//! of devices or the states of links, or if it is a step whose order is that of the file. Any other move can come
//! later, as long as moves at its own device keep their order. So each path is equal to one on which the unnoticed
//! moves at a device come immediately before its next noticed move, or at the end. On that path, a device has the
//! *turn* from the first of these moves on. Where times are compared, nearly every move is noticed, and no device gets
//! the turn.
//!
//! Both reductions apply only where only steps of people are left, since other steps depend on everything, and only
//! once it no longer matters whether all packets had arrived when a person decided. Equal paths end in the same state.

use super::known::{Known, Missing};
use super::moves::{Move, Reach};
use super::past;
use super::plan::{Reader, Relayed};
use super::state::State;
use super::transition_cache::ContestedEvent;
use super::{Orders, effect::Effect};
use crate::cast::DeviceId;

/// The moves to explore in a state: all moves, or enough to represent them.
#[derive(Debug, Default)]
pub(super) struct Moves {
    pub(super) steps: Vec<Move>,
    pub(super) then: Then,
}

/// The device whose turn it is after a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Then {
    /// The device that moved, unless others notice the move.
    #[default]
    Mover,
    /// The same device as before, because the move is independent of all later ones.
    Same,
}

impl Reader<'_> {
    /// Lists the moves to explore in a state: all moves, or enough to represent them.
    pub(super) fn list_moves(self, state: &State, moves: &mut Moves) -> Result<(), Missing> {
        self.list_all_moves(state, &mut moves.steps);
        moves.then = Then::Mover;
        if let Some(step) = self.lone_move(state, &moves.steps)? {
            *moves = Moves { steps: vec![step], then: Then::Same };
        } else if self.is_reduced(state) {
            let turn = state.turn.or_else(|| self.first_turn(state, &moves.steps));
            match turn {
                Some(turn) => moves.steps.retain(|step| self.mover(*step) == Some(turn)),
                None => moves.steps.retain(|step| !self.is_mute(state, *step)),
            }
        }
        Ok(())
    }

    /// A delivery that is independent of all later moves, where people only authenticate.
    fn lone_move(self, state: &State, moves: &[Move]) -> Result<Option<Move>, Missing> {
        if !self.plan.has_independent_deliveries {
            return Ok(None);
        }
        for &step in moves {
            let Move::Deliver((_, device)) = step else { continue };
            // A device that will send nothing more, and does not relay, is the only one that such a delivery changes.
            // The order of deliveries there makes no difference.
            let is_last_word =
                self.plan.relayed == Relayed::Nothing && !self.plan.agenda.has_yet_to_act(device, state.done);
            if is_last_word || self.makes_no_difference(state, step)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// Whether a delivery changes nothing except that it is done. Then it will never change anything else.
    fn makes_no_difference(self, state: &State, step: Move) -> Result<bool, Missing> {
        let effect = self.known.effect(step, state, &self.plan.agenda)?;
        Ok(effect.is_some_and(|effect| {
            !effect.moved && effect.broken.is_none() && state.past | effect.past == state.past
        }))
    }

    /// Whether moves at different devices are independent from this state on.
    fn is_reduced(self, state: &State) -> bool {
        self.plan.reduces_orders
            && (!self.plan.asks_for_quiet || state.past & past::HURRIED != 0)
            && self.plan.agenda.is_left_to_people(state.done)
    }

    /// The first mute device that can move, if only mute devices can.
    fn first_turn(self, state: &State, moves: &[Move]) -> Option<u32> {
        if moves.iter().all(|step| self.is_mute(state, *step)) {
            moves.iter().filter_map(|step| self.mover(*step)).min()
        } else {
            None
        }
    }

    /// Whether a move is a delivery to a mute device.
    fn is_mute(self, state: &State, step: Move) -> bool {
        let Move::Deliver((_, device)) = step else { return false };
        !self.speaks_later(state, device)
            && self.known.around(state.surroundings).crashing & 1 << device.index() == 0
    }

    /// Whether a device can still send something.
    fn speaks_later(self, state: &State, device: DeviceId) -> bool {
        self.plan.agenda.has_yet_to_act(device, state.done)
            || match self.plan.relayed {
                Relayed::Nothing => false,
                Relayed::FirstDecisions => !self.known.has_decided_on_all(state.endpoints[device.index()]),
                Relayed::All => true,
            }
    }

    /// Adds the events about contested keys to the next state. The time of a decision is compared with other times only
    /// if its device announces the decision later.
    pub(super) fn add_contested(self, events: &[ContestedEvent], next: &mut State) {
        for event in events {
            let has_order = event.said || event.decided && self.speaks_later(next, event.device);
            next.contested.add(*event, has_order);
        }
    }

    /// The position of the device that makes a move.
    fn mover(self, step: Move) -> Option<u32> {
        match step {
            Move::Deliver((_, device)) => Some(device.index() as u32),
            Move::Act(step) => match self.plan.agenda.reach(step) {
                Reach::Endpoint(device) => Some(device.index() as u32),
                Reach::Surroundings | Reach::World => None,
            },
        }
    }

    /// The device whose turn it is in the next state.
    pub(super) fn turn_after(
        self,
        (state, step, then): (&State, Move, Then),
        effect: Option<&Effect>,
        next: &State,
    ) -> Option<u32> {
        let turn = match then {
            Then::Same => state.turn,
            Then::Mover if self.is_reduced(state) && !self.plan.times.are_ranked() => {
                self.mover(step).filter(|_| !effect.is_none_or(|effect| self.is_noticed(step, effect, state)))
            }
            Then::Mover => None,
        };
        turn.filter(|turn| self.can_move(next, *turn))
    }

    /// Whether other devices notice a move.
    fn is_noticed(self, step: Move, effect: &Effect, state: &State) -> bool {
        let is_in_order = self.plan.agenda.orders() == Orders::Steps;
        matches!(step, Move::Act(_)) && is_in_order
            || !effect.packets.flying.is_empty()
            || !effect.packets.held.is_empty()
            || (effect.surroundings, effect.links) != (state.surroundings, state.links)
    }

    /// Whether a device can move.
    fn can_move(self, state: &State, device: u32) -> bool {
        let present = self.known.around(state.surroundings).present;
        let mut acts = self.plan.agenda.next(state.done, |device| present & 1 << device.index() != 0);
        state.packets.flying.iter().any(|packet| packet.device() as u32 == device)
            || acts.any(|step| self.mover(step) == Some(device))
    }
}

impl Known {
    /// Whether a device has decisions on all keys, so that it can learn nothing to relay.
    fn has_decided_on_all(&self, endpoint: u32) -> bool {
        self.endpoint(endpoint).has_decided_on_all
    }
}
