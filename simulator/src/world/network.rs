//! The server and what is on its way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use atm_engine::{Outgoing, Payload, Protection, Received, Stamp};
use rand_chacha::rand_core::Rng;

use super::{Choice, World};
use crate::cast::{Cast, DeviceId};
use crate::endpoint::Endpoint;
use crate::script::Link;
use crate::trace::{Event, MessageNumber, Observer, Route};

/// A trust message as its sender handed it to the server: all copies share it.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) number: MessageNumber,
    pub(super) sender: DeviceId,
    pub(super) sent_at: Stamp,
    pub(super) outgoing: Outgoing,
}

/// A copy of a message on its way to one device.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) due: Stamp,
    pub(super) link: Link,
    pub(super) route: Route,
    /// Whether it is the copy of what another device of the account sent.
    pub(super) carbon: bool,
    pub(super) letter: Arc<Letter>,
}

impl Packet {
    /// What the device gets, as its encryption layer and its server describe it.
    pub(super) fn received(&self, cast: &Cast) -> Received {
        let Letter { sender, sent_at, outgoing, .. } = &*self.letter;
        let sender = cast.member(*sender);
        let key = sender.key;
        Received {
            from: sender.endpoint,
            to: outgoing.to,
            id: Some(outgoing.message_id(sender.endpoint)),
            carbon_from: self.carbon.then_some(sender.account),
            protection: Protection::Encrypted { with: cast.directory().encryption_of(key), by: Some(key) },
            delayed_since: (self.route == Route::Archive).then_some(*sent_at),
            payload: Payload::Parsed(outgoing.envelope.clone()),
        }
    }
}

/// What is on its way, by the time at which it is due, and what is withheld, by link.
#[derive(Debug, Default)]
pub(super) struct Network {
    flying: BTreeMap<(Stamp, u64), Packet>,
    held: BTreeMap<Link, Vec<Packet>>,
    last_due: BTreeMap<Link, Stamp>,
    put: u64,
}

impl Network {
    pub(super) fn put(&mut self, packet: Packet) {
        match self.held.get_mut(&packet.link) {
            Some(held) => held.push(packet),
            None => {
                self.put += 1;
                self.flying.insert((packet.due, self.put), packet);
            }
        }
    }

    /// What is due first, and on which link it is.
    pub(super) fn first(&self) -> Option<(Stamp, Link)> {
        self.flying.first_key_value().map(|((due, _), packet)| (*due, packet.link))
    }

    /// Every packet as something that can happen, in the order in which they are due.
    pub(super) fn deliverable(&self) -> impl Iterator<Item = Choice> {
        let mut positions: BTreeMap<Link, usize> = BTreeMap::new();
        self.flying.values().map(move |packet| {
            let position = positions.entry(packet.link).or_default();
            *position += 1;
            Choice::Deliver(packet.link, *position - 1)
        })
    }

    /// Takes the packet that is n-th in line on a link.
    pub(super) fn take(&mut self, link: Link, position: usize) -> Option<Packet> {
        let mut on_link = self.flying.iter().filter(|(_, packet)| packet.link == link);
        let place = on_link.nth(position).map(|(place, _)| *place)?;
        self.flying.remove(&place)
    }

    /// Withholds what is on a link, and what will be.
    pub(super) fn hold(&mut self, link: Link) {
        let held = self.held.entry(link).or_default();
        held.extend(self.flying.extract_if(.., |_, packet| packet.link == link).map(|(_, packet)| packet));
    }

    /// Lets go on what was withheld on a link, in its order.
    pub(super) fn release(&mut self, link: Link, now: Stamp) {
        for mut packet in self.held.remove(&link).unwrap_or_default() {
            packet.due = packet.due.max(now);
            self.put(packet);
        }
    }

    pub(super) fn is_held(&self, link: Link) -> bool {
        self.held.contains_key(&link)
    }

    /// The time at which a packet arrives that would take until `due`: a link keeps its order.
    fn in_order(&mut self, link: Link, due: Stamp) -> Stamp {
        let last = self.last_due.entry(link).or_insert(due);
        *last = due.max(*last);
        *last
    }
}

impl<E: Endpoint> World<E> {
    /// The server fans a message out to the devices of the addressed account, and copies it to the sender's
    /// other devices that have carbons on. A copy that a device cannot decrypt is none.
    pub(super) fn send(
        &mut self,
        sender: DeviceId,
        number: MessageNumber,
        outgoing: Outgoing,
        observer: &mut impl Observer,
    ) {
        let letter = Arc::new(Letter { number, sender, sent_at: self.now, outgoing });
        let own_account = self.script.cast.member(sender).account;
        let to = letter.outgoing.to;
        for device in self.script.cast.devices_of(to).to_vec() {
            self.copy_to(device, &letter, Route::Direct, observer);
        }
        if to != own_account {
            for device in self.script.cast.devices_of(own_account).to_vec() {
                if self.script.cast.member(device).carbons {
                    self.copy_to(device, &letter, Route::Carbon, observer);
                }
            }
        }
    }

    /// Sends a copy to a device that can decrypt it.
    fn copy_to(
        &mut self,
        device: DeviceId,
        letter: &Arc<Letter>,
        route: Route,
        observer: &mut impl Observer,
    ) {
        let readable = letter.outgoing.keys.contains(&self.script.cast.member(device).key);
        if device == letter.sender || !readable || !self.hosts[device.index()].joined {
            return;
        }
        let link = (letter.sender, device);
        let due = self.now + self.latency();
        let due = self.network.in_order(link, due);
        if self.network.is_held(link) {
            observer.observe(self.now, Event::Withheld { device, message: letter.number });
        }
        let carbon = route == Route::Carbon;
        self.network.put(Packet { due, link, route, carbon, letter: letter.clone() });
    }

    fn latency(&mut self) -> Duration {
        let (from, to) = self.script.latency;
        let spread = u64::try_from((to - from).as_millis()).unwrap_or(u64::MAX);
        if spread == 0 { from } else { from + Duration::from_millis(self.rng.next_u64() % (spread + 1)) }
    }
}
