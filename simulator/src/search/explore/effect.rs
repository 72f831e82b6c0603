//! The effects of moves that depend on one device and on what surrounds the devices.
//!
//! A delivery, or a person's decision, changes one device and adds to what was sent. It does not depend on the other
//! devices or on what else is on its way. So its effect is found out in a world in which nothing else is on its way, and
//! holds in all states that agree in what is named in an [`EffectKey`].

use super::known::{Known, Missing};
use super::moves::{Agenda, Move, Reach};
use super::past;
use super::state::{PacketCode, Packets, State};
use super::transition_cache::ContestedEvent;
use crate::cast::DeviceId;
use crate::invariants::Invariant;

/// What an effect depends on.
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
    /// The device that changes, and the state that it gets.
    pub(super) endpoint: Option<(DeviceId, u32)>,
    pub(super) surroundings: u32,
    pub(super) links: u32,
    pub(super) now: u64,
    /// What is added to what was sent.
    pub(super) packets: Packets,
    /// What counts of it later.
    pub(super) past: u32,
    /// What happened about keys that somebody can distrust.
    pub(super) contested: Vec<ContestedEvent>,
    /// Whether the device changed, or sent something.
    pub(super) moved: bool,
    pub(super) broken: Option<Invariant>,
}

/// The packet that is first on a link.
pub(super) fn first_on_link(state: &State, (from, to): (usize, usize), known: &Known) -> Option<usize> {
    state.packets.flying.iter().position(|packet| link(*packet, known) == (from, to))
}

/// The positions of the two devices of a packet.
pub(super) fn link(packet: PacketCode, known: &Known) -> (usize, usize) {
    (known.letter(packet.letter()).sender, packet.device())
}

impl EffectKey {
    /// On what the effect of a move in a state depends; `None` if that is more than can be named.
    pub(super) fn of(step: Move, state: &State, agenda: &Agenda, known: &Known) -> Option<Self> {
        let (what, endpoint) = match step {
            Move::Deliver((from, to)) => {
                let first = first_on_link(state, (from.index(), to.index()), known)?;
                (u64::from(state.packets.flying[first].number()), state.endpoints[to.index()])
            }
            Move::Act(step) => {
                let endpoint = match agenda.reach(step) {
                    // A person first starts a device that is down. It is connected then, and gets what the server kept.
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
    /// The effect of a move; `None` if it depends on more than can be named.
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

    /// The state that follows when a move has its effect; its times are not ranked yet.
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

/// Whether a move is a person's decision for which it counts whether everything had arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decides {
    No,
    AndAsksForQuiet,
}

/// Adds packets to a list that is in order, each as the last of its place.
fn add(packets: &[PacketCode], list: &mut Vec<PacketCode>, place: impl Fn(PacketCode) -> (usize, usize)) {
    for packet in packets {
        let position = list.partition_point(|other| place(*other) <= place(*packet));
        list.insert(position, *packet);
    }
}
