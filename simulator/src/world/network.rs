//! What is on its way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use atm_engine::{AccountId, Outgoing, Payload, Protection, Received, Stamp};
use rustc_hash::FxHashMap;

use super::Choice;
use super::flying::Flying;
use super::snapshot::{LinkStates, Snapshot};
use crate::cast::{Cast, DeviceId};
use crate::script::LinkIds;
use crate::trace::{MessageNumber, Route};

/// A trust message as its sender handed it to the server: all copies share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Letter {
    pub(crate) number: MessageNumber,
    pub(crate) sender: DeviceId,
    pub(crate) sent_at: Stamp,
    pub(crate) outgoing: Outgoing,
}

/// A copy of a message on its way to one device.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) due: Stamp,
    pub(crate) link: LinkIds,
    pub(crate) route: Route,
    /// Whether it is the copy of what another device of the account sent.
    pub(crate) carbon: bool,
    pub(crate) letter: Arc<Letter>,
}

impl Packet {
    /// What the device gets, as its encryption layer and its server describe it. A replaying server lies
    /// about the time.
    pub(super) fn received(&self, cast: &Cast) -> Received {
        let Letter { sender, sent_at, outgoing, .. } = &*self.letter;
        let sender = cast.member(*sender);
        let key = sender.key;
        let delayed = matches!(self.route, Route::Archive | Route::Replay);
        Received {
            from: sender.endpoint,
            to: outgoing.to,
            id: Some(outgoing.sent_by(sender.endpoint)),
            carbon_from: self.carbon.then_some(sender.account),
            protection: Protection::Encrypted { with: cast.directory().encryption_of(key), by: Some(key) },
            delayed_since: delayed.then_some(*sent_at),
            payload: Payload::Parsed(outgoing.envelope.clone()),
        }
    }
}

/// What became of a packet that was put on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Flies,
    IsHeld,
    IsBlocked,
}

/// What is on its way, and what is withheld.
#[derive(Debug, Default)]
pub(super) struct Network {
    flying: Flying,
    /// By link; no list is empty.
    held: BTreeMap<LinkIds, Vec<Packet>>,
    links: LinkStates,
    last_due: FxHashMap<LinkIds, Stamp>,
    /// What was delivered over each link, where that is going to be replayed.
    delivered: Option<BTreeMap<LinkIds, Vec<Packet>>>,
}

impl Network {
    /// A network that remembers what it delivered if `replays`.
    pub(super) fn new(replays: bool) -> Self {
        Self { delivered: replays.then(BTreeMap::new), ..Self::default() }
    }

    /// Writes down what the network is like now.
    pub(super) fn write_snapshot(&self, out: &mut Snapshot) {
        out.links.clone_from(&self.links);
        out.flying.clear();
        out.flying.extend(self.flying.by_time().cloned());
        out.flying.sort_by_key(|packet| packet.link);
        out.held.clear();
        out.held.extend(self.held.values().flatten().cloned());
        out.delivered.clear();
        out.delivered.extend(self.delivered.iter().flat_map(BTreeMap::values).flatten().cloned());
    }

    /// Becomes what a snapshot says. All that flies is due `now`.
    pub(super) fn restore(&mut self, snapshot: &Snapshot, now: Stamp) {
        self.links.clone_from(&snapshot.links);
        self.last_due.clear();
        self.flying.clear();
        for packet in &snapshot.flying {
            self.flying.put(Packet { due: now, ..packet.clone() });
        }
        self.held.clear();
        for packet in &snapshot.held {
            self.held.entry(packet.link).or_default().push(Packet { due: now, ..packet.clone() });
        }
        if let Some(delivered) = &mut self.delivered {
            delivered.clear();
            for packet in &snapshot.delivered {
                delivered.entry(packet.link).or_default().push(packet.clone());
            }
        }
    }

    /// Puts a packet on its way, as the state of its link demands.
    pub(super) fn put(&mut self, packet: Packet, cast: &Cast) -> Put {
        if self.links.blocks.contains(&packet.link) {
            return Put::IsBlocked;
        }
        let copy = self.links.duplicates.contains(&packet.link).then(|| duplicate(&packet));
        let put = self.put_one(packet, cast);
        if let Some(copy) = copy {
            self.put_one(copy, cast);
        }
        put
    }

    fn put_one(&mut self, packet: Packet, cast: &Cast) -> Put {
        if self.is_held(packet.link, cast) {
            self.held.entry(packet.link).or_default().push(packet);
            return Put::IsHeld;
        }
        self.flying.put(packet);
        Put::Flies
    }

    fn is_held(&self, link: LinkIds, cast: &Cast) -> bool {
        self.links.holds.contains(&link)
            || !self.links.partitions.is_empty() && self.links.partitions.contains(&sides(link, cast))
    }

    /// Whether nothing is on its way or withheld.
    pub(super) fn is_empty(&self) -> bool {
        self.flying.first().is_none() && self.held.is_empty()
    }

    /// Whether nothing that was put on its way until now can still arrive.
    pub(super) fn is_silent(&self) -> bool {
        self.is_empty() && self.delivered.is_none()
    }

    /// What is due first, and on which link it is.
    pub(super) fn first(&self) -> Option<(Stamp, LinkIds)> {
        self.flying.first()
    }

    /// Every packet as something that can happen, in the order in which they are due.
    pub(super) fn deliverable(&self) -> impl Iterator<Item = Choice> {
        let mut positions: FxHashMap<LinkIds, usize> = FxHashMap::default();
        self.flying.by_time().map(move |packet| {
            let position = positions.entry(packet.link).or_default();
            *position += 1;
            Choice::Deliver(packet.link, *position - 1)
        })
    }

    /// Takes the packet that is n-th in line on a link.
    pub(super) fn take(&mut self, link: LinkIds, position: usize) -> Option<Packet> {
        let packet = self.flying.take(link, position)?;
        // Nothing that is sent from now on is due earlier.
        if self.last_due.get(&link).is_some_and(|last| *last <= packet.due) {
            self.last_due.remove(&link);
        }
        Some(packet)
    }

    /// Notes that a packet reached its device.
    pub(super) fn note_delivery(&mut self, packet: &Packet) {
        if let Some(delivered) = &mut self.delivered
            && packet.route != Route::Replay
        {
            delivered.entry(packet.link).or_default().push(packet.clone());
        }
    }

    /// Withholds what is on a link, and what will be.
    pub(super) fn hold(&mut self, link: LinkIds) {
        self.links.holds.insert(link);
        self.withhold(link);
    }

    /// Withholds what is on a link.
    fn withhold(&mut self, link: LinkIds) {
        let flying = self.flying.take_all(link);
        if !flying.is_empty() {
            self.held.entry(link).or_default().extend(flying);
        }
    }

    /// Lets go on what was withheld on a link, in its order.
    pub(super) fn release(&mut self, link: LinkIds, now: Stamp, cast: &Cast) {
        self.links.holds.remove(&link);
        self.let_go(link, now, cast);
    }

    /// Lets go on the first of what was withheld on a link.
    pub(super) fn let_through(&mut self, link: LinkIds, now: Stamp) {
        let Some(held) = self.held.get_mut(&link) else { return };
        let mut packet = held.remove(0);
        if held.is_empty() {
            self.held.remove(&link);
        }
        packet.due = packet.due.max(now);
        self.flying.put(packet);
    }

    /// Keeps what two accounts' servers have for each other.
    pub(super) fn partition(&mut self, one: AccountId, other: AccountId, cast: &Cast) {
        self.links.partitions.insert(pair(one, other));
        for link in links_between(one, other, cast) {
            self.withhold(link);
        }
    }

    /// Lets go on what two accounts' servers kept for each other.
    pub(super) fn heal(&mut self, one: AccountId, other: AccountId, now: Stamp, cast: &Cast) {
        self.links.partitions.remove(&pair(one, other));
        for link in links_between(one, other, cast) {
            self.let_go(link, now, cast);
        }
    }

    fn let_go(&mut self, link: LinkIds, now: Stamp, cast: &Cast) {
        for mut packet in self.held.remove(&link).unwrap_or_default() {
            packet.due = packet.due.max(now);
            self.put_one(packet, cast);
        }
    }

    /// Turns round what is on a link.
    pub(super) fn reorder(&mut self, link: LinkIds) {
        if let Some(held) = self.held.get_mut(&link) {
            held.reverse();
        }
        self.flying.reverse(link);
    }

    /// Doubles what is on a link, and what will be.
    pub(super) fn duplicate(&mut self, link: LinkIds) {
        if !self.links.duplicates.insert(link) {
            return;
        }
        let copies: Vec<Packet> = self.flying.on(link).into_iter().map(duplicate).collect();
        for packet in copies {
            self.flying.put(packet);
        }
        if let Some(held) = self.held.get_mut(&link) {
            *held = held.iter().flat_map(|packet| [packet.clone(), duplicate(packet)]).collect();
        }
    }

    /// Drops what is on a link, and what will be. Returns what is dropped now.
    pub(super) fn block(&mut self, link: LinkIds) -> Vec<Packet> {
        self.links.blocks.insert(link);
        let mut dropped = self.flying.take_all(link);
        dropped.extend(self.held.remove(&link).unwrap_or_default());
        dropped
    }

    pub(super) fn unblock(&mut self, link: LinkIds) {
        self.links.blocks.remove(&link);
    }

    /// Puts everything on its way again that was delivered over a link.
    pub(super) fn replay(&mut self, link: LinkIds, now: Stamp, cast: &Cast) {
        let delivered = self.delivered.as_ref().and_then(|delivered| delivered.get(&link)).cloned();
        for mut packet in delivered.unwrap_or_default() {
            (packet.due, packet.route) = (now, Route::Replay);
            self.put_one(packet, cast);
        }
    }

    pub(super) fn slow_down(&mut self, link: LinkIds, latency: Duration) {
        self.links.latencies.insert(link, latency);
    }

    /// How long a stanza takes on a link that has a latency of its own.
    pub(super) fn latency_of(&self, link: LinkIds) -> Option<Duration> {
        self.links.latencies.get(&link).copied()
    }

    /// The time at which a packet arrives that would take until `due`: a link keeps its order.
    pub(super) fn in_order(&mut self, link: LinkIds, due: Stamp) -> Stamp {
        let last = self.last_due.entry(link).or_insert(due);
        *last = due.max(*last);
        *last
    }
}

fn duplicate(packet: &Packet) -> Packet {
    Packet { route: Route::Duplicate, ..packet.clone() }
}

/// All links between devices of two accounts, in order.
fn links_between(one: AccountId, other: AccountId, cast: &Cast) -> impl Iterator<Item = LinkIds> {
    let devices = [one, other].map(|account| cast.devices_of(account));
    let links = |from: usize, to: usize| {
        devices[from].iter().flat_map(move |from| devices[to].iter().map(move |to| (*from, *to)))
    };
    let mut links: Vec<LinkIds> = links(0, 1).chain(links(1, 0)).collect();
    links.sort_unstable();
    links.into_iter()
}

fn sides((from, to): LinkIds, cast: &Cast) -> (AccountId, AccountId) {
    pair(cast.member(from).account, cast.member(to).account)
}

fn pair(one: AccountId, other: AccountId) -> (AccountId, AccountId) {
    (one.min(other), one.max(other))
}
