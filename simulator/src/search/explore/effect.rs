//! The effects of moves that depend on one device and on the surroundings of devices.
//!
//! A delivery, or a person's decision, changes one device and adds packets. It does not depend on other devices or on
//! other packets in transit. So its effect is computed in a world without other packets, and holds in all states with
//! the same [`EffectKey`].

use super::known::{Known, Missing};
use super::moves::{Agenda, Move, Reach};
use super::past;
use super::state::{PacketCode, Packets, State};
use super::transition_cache::ContestedEvent;
use crate::cast::DeviceId;
use crate::invariants::Invariant;

/// Everything that an effect depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct EffectKey {
    /// The packet or the step.
    what: u64,
    /// The state of the device.
    endpoint: u32,
    surroundings: u32,
    links: u32,
    now: u64,
}

/// The effect of a move.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    /// The device that changes, with its new state.
    pub(super) endpoint: Option<(DeviceId, u32)>,
    pub(super) surroundings: u32,
    pub(super) links: u32,
    pub(super) now: u64,
    /// The packets that are added.
    pub(super) packets: Packets,
    /// The bits that it adds to the past.
    pub(super) past: u32,
    /// The events about contested keys.
    pub(super) contested: Vec<ContestedEvent>,
    /// Whether the device changed or sent something.
    pub(super) moved: bool,
    pub(super) broken: Option<Invariant>,
}

/// The position of the first packet on a link.
pub(super) fn first_on_link(state: &State, (from, to): (usize, usize), known: &Known) -> Option<usize> {
    state.packets.flying.iter().position(|packet| link(*packet, known) == (from, to))
}

/// The positions of the sending and the receiving device of a packet.
pub(super) fn link(packet: PacketCode, known: &Known) -> (usize, usize) {
    (known.letter(packet.letter()).sender, packet.device())
}

impl EffectKey {
    /// The key of the effect of a move in a state; `None` if the effect depends on more.
    pub(super) fn of(step: Move, state: &State, agenda: &Agenda, known: &Known) -> Option<Self> {
        let (what, endpoint) = match step {
            Move::Deliver((from, to)) => {
                let first = first_on_link(state, (from.index(), to.index()), known)?;
                (u64::from(state.packets.flying[first].number()), state.endpoints[to.index()])
            }
            Move::Act(step) => {
                let endpoint = match agenda.reach(step) {
                    // A person first starts a device that is down. The device is then connected and receives its
                    // archive.
                    Reach::Endpoint(device)
                        if state.packets.archived.is_empty()
                            && known.around(state.surroundings).down & 1 << device.index() == 0 =>
                    {
                        state.endpoints[device.index()]
                    }
                    Reach::Surroundings => 0,
                    Reach::Endpoint(_) | Reach::World => return None,
                };
                (1 << 32 | step as u64, endpoint)
            }
        };
        let State { surroundings, links, now, .. } = *state;
        Some(Self { what, endpoint, surroundings, links, now })
    }
}

impl Known {
    /// The effect of a move; `None` if it depends on more than an [`EffectKey`] holds.
    pub(super) fn effect(
        &self,
        step: Move,
        state: &State,
        agenda: &Agenda,
    ) -> Result<Option<&Effect>, Missing> {
        let Some(key) = EffectKey::of(step, state, agenda, self) else { return Ok(None) };
        let known = self.effects.get(&key).ok_or(Missing::Effect(key, step))?;
        Ok(Some(known))
    }

    /// Writes the state after a move to `next`. Its times are not ranked yet.
    pub(super) fn follow(
        &self,
        effect: &Effect,
        (state, step): (&State, Move),
        decides: Decides,
        next: &mut State,
    ) {
        next.assign(state);
        next.past |= effect.past;
        (next.surroundings, next.links, next.now) = (effect.surroundings, effect.links, effect.now);
        if let Some((device, endpoint)) = effect.endpoint {
            next.endpoints[device.index()] = endpoint;
        }
        match step {
            Move::Act(step) => {
                next.done |= 1 << step;
                let hurried = !state.packets.flying.is_empty() || !state.packets.held.is_empty();
                if decides == Decides::AndAsksForQuiet && hurried {
                    next.past |= past::HURRIED;
                }
            }
            Move::Deliver((from, to)) => {
                if let Some(first) = first_on_link(state, (from.index(), to.index()), self) {
                    next.packets.flying.remove(first);
                }
            }
        }
        let Packets { flying, held, archived, delivered } = &mut next.packets;
        let by_link = |packet| link(packet, self);
        add(&effect.packets.flying, flying, by_link);
        add(&effect.packets.held, held, by_link);
        add(&effect.packets.archived, archived, |packet| (packet.device(), 0));
        add(&effect.packets.delivered, delivered, by_link);
    }
}

/// Whether a move is a decision of a person, for which it matters whether all packets have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decides {
    No,
    AndAsksForQuiet,
}

/// Adds packets to a sorted list, each after all others at its place.
fn add(packets: &[PacketCode], list: &mut Vec<PacketCode>, place: impl Fn(PacketCode) -> (usize, usize)) {
    for packet in packets {
        let position = list.partition_point(|other| place(*other) <= place(*packet));
        list.insert(position, *packet);
    }
}
