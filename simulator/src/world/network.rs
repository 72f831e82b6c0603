//! The packets in transit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use atm_engine::{AccountId, CarbonFrom, Outgoing, Payload, Protection, Received, Stamp};
use rustc_hash::FxHashMap;

use super::Choice;
use super::flying::Flying;
use super::snapshot::{LinkStates, Snapshot};
use crate::cast::{Cast, DeviceId};
use crate::script::LinkIds;
use crate::trace::{MessageNumber, Route};

/// A trust message as its sender handed it to the server. All copies share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Letter {
    pub(crate) number: MessageNumber,
    pub(crate) sender: DeviceId,
    pub(crate) sent_at: Stamp,
    pub(crate) outgoing: Outgoing,
}

/// A copy of a message in transit to one device.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) due: Stamp,
    pub(crate) link: LinkIds,
    pub(crate) route: Route,
    /// Whether it copies a message of another device of the same account.
    pub(crate) carbon: bool,
    pub(crate) letter: Arc<Letter>,
}

impl Packet {
    /// The message as the device's encryption layer and server describe it. A replaying server presents it as delayed.
    pub(super) fn received(&self, cast: &Cast) -> Received {
        let Letter { sender, sent_at, outgoing, .. } = &*self.letter;
        let sender = cast.member(*sender);
        let key = sender.key;
        let delayed = matches!(self.route, Route::Archive | Route::Replay);
        Received {
            from: sender.endpoint,
            to: outgoing.to,
            id: Some(outgoing.sent_by(sender.endpoint)),
            carbon_from: self.carbon.then_some(CarbonFrom::Account(sender.account)),
            protection: Protection::Encrypted { with: cast.directory().encryption_of(key), by: Some(key) },
            delayed_since: delayed.then_some(*sent_at),
            payload: Payload::Parsed(outgoing.envelope.clone()),
        }
    }
}

/// The fate of a packet that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Flies,
    IsHeld,
    IsBlocked,
}

/// The packets that are in transit or withheld.
#[derive(Debug, Default)]
pub(super) struct Network {
    flying: Flying,
    /// The withheld packets by link. No list is empty.
    held: BTreeMap<LinkIds, Vec<Packet>>,
    links: LinkStates,
    last_due: FxHashMap<LinkIds, Stamp>,
    /// The delivered packets by link, if the scenario replays any link.
    delivered: Option<BTreeMap<LinkIds, Vec<Packet>>>,
}

impl Network {
    /// A network that remembers delivered packets if `replays` is set.
    pub(super) fn new(replays: bool) -> Self {
        Self { delivered: replays.then(BTreeMap::new), ..Self::default() }
    }

    /// Writes the current state of the network to `out`.
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

    /// Restores the state of a snapshot. All packets in transit are due `now`.
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

    /// Sends a packet, subject to the state of its link.
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

    /// Whether no packet is in transit or withheld.
    pub(super) fn is_empty(&self) -> bool {
        self.flying.first().is_none() && self.held.is_empty()
    }

    /// Whether no packet that was sent until now can still arrive.
    pub(super) fn is_silent(&self) -> bool {
        self.is_empty() && self.delivered.is_none()
    }

    /// The time and the link of the first packet.
    pub(super) fn first(&self) -> Option<(Stamp, LinkIds)> {
        self.flying.first()
    }

    /// Every packet as a choice, in the order in which the packets are due.
    pub(super) fn deliverable(&self) -> impl Iterator<Item = Choice> {
        let mut positions: FxHashMap<LinkIds, usize> = FxHashMap::default();
        self.flying.by_time().map(move |packet| {
            let position = positions.entry(packet.link).or_default();
            *position += 1;
            Choice::Deliver(packet.link, *position - 1)
        })
    }

    /// Removes the packet at a position on a link.
    pub(super) fn take(&mut self, link: LinkIds, position: usize) -> Option<Packet> {
        let packet = self.flying.take(link, position)?;
        // No later packet is due earlier.
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

    /// Withholds the packets of a link from now on.
    pub(super) fn hold(&mut self, link: LinkIds) {
        self.links.holds.insert(link);
        self.withhold(link);
    }

    /// Withholds the packets that are on a link now.
    fn withhold(&mut self, link: LinkIds) {
        let flying = self.flying.take_all(link);
        if !flying.is_empty() {
            self.held.entry(link).or_default().extend(flying);
        }
    }

    /// Sends the withheld packets of a link again, in order.
    pub(super) fn release(&mut self, link: LinkIds, now: Stamp, cast: &Cast) {
        self.links.holds.remove(&link);
        self.let_go(link, now, cast);
    }

    /// Sends the first withheld packet of a link again.
    pub(super) fn let_through(&mut self, link: LinkIds, now: Stamp) {
        let Some(held) = self.held.get_mut(&link) else { return };
        let mut packet = held.remove(0);
        if held.is_empty() {
            self.held.remove(&link);
        }
        packet.due = packet.due.max(now);
        self.flying.put(packet);
    }

    /// Withholds the packets between two accounts' servers from now on.
    pub(super) fn partition(&mut self, one: AccountId, other: AccountId, cast: &Cast) {
        self.links.partitions.insert(pair(one, other));
        for link in links_between(one, other, cast) {
            self.withhold(link);
        }
    }

    /// Sends the packets again that were withheld between two accounts' servers.
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

    /// Reverses the packets on a link.
    pub(super) fn reorder(&mut self, link: LinkIds) {
        if let Some(held) = self.held.get_mut(&link) {
            held.reverse();
        }
        self.flying.reverse(link);
    }

    /// Duplicates the packets of a link from now on.
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

    /// Drops the packets of a link from now on. Returns those that are dropped at once.
    pub(super) fn block(&mut self, link: LinkIds) -> Vec<Packet> {
        self.links.blocks.insert(link);
        let mut dropped = self.flying.take_all(link);
        dropped.extend(self.held.remove(&link).unwrap_or_default());
        dropped
    }

    pub(super) fn unblock(&mut self, link: LinkIds) {
        self.links.blocks.remove(&link);
    }

    /// Sends all packets again that were delivered over a link.
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

    /// The latency of a link, if it has its own.
    pub(super) fn latency_of(&self, link: LinkIds) -> Option<Duration> {
        self.links.latencies.get(&link).copied()
    }

    /// The arrival time of a packet that would arrive at `due` on an empty link. A link keeps its order.
    pub(super) fn in_order(&mut self, link: LinkIds, due: Stamp) -> Stamp {
        let last = self.last_due.entry(link).or_insert(due);
        *last = due.max(*last);
        *last
    }
}

fn duplicate(packet: &Packet) -> Packet {
    Packet { route: Route::Duplicate, ..packet.clone() }
}

/// All links between the devices of two accounts, in order.
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
