//! The constant part of a search, and the way in which its threads get from one state to another.

use atm_engine::{AnnouncementRule, ConflictRule, Stamp};

use super::Deliveries;
use super::effect::Decides;
use super::independence::Then;
use super::known::{Known, Missing};
use super::moves::{Agenda, Move};
use super::settling::Scratch;
use super::state::State;
use super::symmetry::Permutation;
use super::times::Times;
use crate::cast::Cast;
use crate::invariants::Invariant;
use crate::options::Options;

/// The constant part of a search.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) cast: std::sync::Arc<Cast>,
    pub(super) start: Stamp,
    pub(super) times: Times,
    pub(super) agenda: Agenda,
    pub(super) deliveries: Deliveries,
    /// The permutations of devices that make no difference.
    pub(super) permutations: Vec<Permutation>,
    /// Whether states that differ by such a permutation are merged.
    pub(super) by_symmetry: bool,
    /// Whether deliveries that are independent of all other moves are made at once.
    pub(super) has_independent_deliveries: bool,
    /// Whether the order of moves at different devices is ignored where it makes no difference.
    pub(super) reduces_orders: bool,
    /// The decisions of messages that devices pass on.
    pub(super) relayed: Relayed,
    /// Whether it matters that all packets had arrived whenever a person decided.
    pub(super) asks_for_quiet: bool,
}

/// The decisions of messages that devices pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relayed {
    Nothing,
    /// The first decision about each key.
    FirstDecisions,
    /// All decisions that were new to them.
    All,
}

impl Relayed {
    pub(super) fn under(options: Options) -> Self {
        match (options.announcement, options.conflict) {
            (AnnouncementRule::Direct | AnnouncementRule::Cascade, _) => Self::Nothing,
            (AnnouncementRule::Relay, ConflictRule::Newest | ConflictRule::Cautious) => Self::FirstDecisions,
            (AnnouncementRule::Relay, ConflictRule::Named) => Self::All,
        }
    }
}

/// The observations during a move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    pub(super) broken: Option<Invariant>,
}

/// A plan with the known parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) plan: &'a Plan,
    pub(super) known: &'a Known,
}

impl Plan {
    /// Whether effects of moves recur. They do not if everything arrives before the next step, or if times are kept.
    pub(super) fn has_effects(&self) -> bool {
        self.deliveries == Deliveries::Every && !self.times.are_exact()
    }

    /// The permutations up to which states are merged.
    pub(super) fn symmetries(&self) -> &[Permutation] {
        if self.by_symmetry { &self.permutations } else { &[] }
    }

    fn decides(&self, step: Move) -> Decides {
        match step {
            Move::Act(step) if self.asks_for_quiet && self.agenda.decides(step) => Decides::AndAsksForQuiet,
            Move::Act(_) | Move::Deliver(_) => Decides::No,
        }
    }
}

impl Reader<'_> {
    /// Lists all possible moves in a state.
    pub(super) fn list_all_moves(self, state: &State, moves: &mut Vec<Move>) {
        moves.clear();
        if self.plan.deliveries == Deliveries::Every {
            let links = state.packets.flying.iter().map(|packet| {
                let sender = self.known.letter(packet.letter()).sender;
                (self.plan.cast.nth_device(sender), self.plan.cast.nth_device(packet.device()))
            });
            moves.extend(links.map(Move::Deliver));
            moves.dedup();
        }
        let present = self.known.around(state.surroundings).present;
        moves.extend(self.plan.agenda.next(state.done, |device| present & 1 << device.index() != 0));
    }

    /// Makes a move and writes the result to the next state in `scratch`. Returns `None` if the effect depends on more
    /// than an `EffectKey` holds.
    pub(super) fn go(
        self,
        state: &State,
        (step, then): (Move, Then),
        scratch: &mut Scratch,
    ) -> Result<Option<Moved>, Missing> {
        if !self.plan.has_effects() {
            return Ok(None);
        }
        let Some(effect) = self.known.effect(step, state, &self.plan.agenda)? else { return Ok(None) };
        self.known.follow(effect, (state, step), self.plan.decides(step), &mut scratch.next);
        self.add_contested(&effect.contested, &mut scratch.next);
        scratch.next.turn = self.turn_after((state, step, then), Some(effect), &scratch.next);
        self.settle(scratch)?;
        Ok(Some(Moved { broken: effect.broken }))
    }

    /// Ranks the times of the next state.
    pub(super) fn settle(self, scratch: &mut Scratch) -> Result<(), Missing> {
        self.known.rank(&self.plan.times, self.plan.start, scratch)
    }

    /// Writes the canonical form of the next state as bytes.
    pub(super) fn canonicalise(self, scratch: &mut Scratch) -> Result<(), Missing> {
        self.known.canonicalise(self.plan.symmetries(), scratch)
    }
}
