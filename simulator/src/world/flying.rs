use std::collections::{BTreeMap, BTreeSet};

use atm_engine::Stamp;

use super::network::Packet;
use crate::script::LinkIds;

/// When a packet is due, and the how-manieth it was that was put on its way.
type Place = (Stamp, u64);

/// Among so few packets those of a link are found soonest by looking at all. An index that is always kept makes a search
/// of a small world 25 % slower.
const FEW: usize = 64;

/// What flies, by time and by link. Nothing here looks at many more packets than it is asked for.
#[derive(Debug, Default)]
pub(super) struct Flying {
    packets: BTreeMap<Place, Packet>,
    put: u64,
    /// The places of all packets by link, since there were many of which some of one link were asked for.
    by_link: Option<BTreeSet<(LinkIds, Place)>>,
}

impl Flying {
    pub(super) fn clear(&mut self) {
        self.packets.clear();
        self.by_link = None;
    }

    /// Lets a packet fly. Of those that are due at the same time it is the last.
    pub(super) fn put(&mut self, packet: Packet) {
        self.put += 1;
        let place = (packet.due, self.put);
        if let Some(by_link) = &mut self.by_link {
            by_link.insert((packet.link, place));
        }
        self.packets.insert(place, packet);
    }

    /// What is due first, and on which link it is.
    pub(super) fn first(&self) -> Option<(Stamp, LinkIds)> {
        self.packets.first_key_value().map(|((due, _), packet)| (*due, packet.link))
    }

    /// Takes the packet that is n-th in line on a link.
    pub(super) fn take(&mut self, link: LinkIds, position: usize) -> Option<Packet> {
        let first = self.packets.first_key_value().filter(|(_, packet)| packet.link == link && position == 0);
        let place = match first {
            Some((place, _)) => *place,
            None => *self.places_on(link).get(position)?,
        };
        self.remove(link, place)
    }

    /// Takes all packets on a link, in their order.
    pub(super) fn take_all(&mut self, link: LinkIds) -> Vec<Packet> {
        let places = self.places_on(link);
        places.into_iter().filter_map(|place| self.remove(link, place)).collect()
    }

    /// Turns round the packets on a link: the last takes the place of the first.
    pub(super) fn reverse(&mut self, link: LinkIds) {
        let places = self.places_on(link);
        let packets: Vec<Packet> = places.iter().filter_map(|place| self.packets.remove(place)).collect();
        for (place, packet) in places.into_iter().zip(packets.into_iter().rev()) {
            self.packets.insert(place, Packet { due: place.0, ..packet });
        }
    }

    /// The packets on a link, in their order.
    pub(super) fn on(&mut self, link: LinkIds) -> Vec<&Packet> {
        let places = self.places_on(link);
        places.iter().map(|place| &self.packets[place]).collect()
    }

    /// All packets in the order in which they are due.
    pub(super) fn by_time(&self) -> impl Iterator<Item = &Packet> {
        self.packets.values()
    }

    fn remove(&mut self, link: LinkIds, place: Place) -> Option<Packet> {
        let packet = self.packets.remove(&place);
        if self.packets.is_empty() {
            self.by_link = None;
        } else if let Some(by_link) = &mut self.by_link {
            by_link.remove(&(link, place));
        }
        packet
    }

    /// Where the packets on a link are, in their order.
    fn places_on(&mut self, link: LinkIds) -> Vec<Place> {
        if self.by_link.is_none() && self.packets.len() <= FEW {
            let on_link = self.packets.iter().filter(|(_, packet)| packet.link == link);
            return on_link.map(|(place, _)| *place).collect();
        }
        let places = self.packets.iter().map(|(place, packet)| (packet.link, *place));
        let by_link = self.by_link.get_or_insert_with(|| places.collect());
        let on_link = by_link.range((link, (Stamp::MIN, 0))..).take_while(|(other, _)| *other == link);
        on_link.map(|(_, place)| *place).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use atm_engine::{Addressees, Envelope, OutboxId, Outgoing, TrustMessage, Usage};

    use super::*;
    use crate::cast::DeviceId;
    use crate::scenario::{Catalog, Scenario};
    use crate::script::Script;
    use crate::trace::{MessageNumber, Route};
    use crate::world::network::Letter;

    /// Two devices, and a letter of the first one.
    fn devices_and_letter() -> ([DeviceId; 2], Arc<Letter>) {
        const YAML: &str =
            "{format: 1, title: t, requirements: [a/b], accounts: {alice: {devices: {a: , b: }}}, steps: []}";
        let script = Script::new(&Scenario::parse("t.yaml", YAML, &Catalog::unchecked()).unwrap()).unwrap();
        let devices = ["alice/a", "alice/b"].map(|name| script.cast.device(&name.parse().unwrap()).unwrap());
        let sender = script.cast.member(devices[0]);
        let encryption = script.cast.encryption();
        let message = TrustMessage { usage: Usage::Atm, encryption, decisions: Arc::new([]) };
        let envelope =
            Envelope { padded: true, time: None, from: None, to: None, message: Arc::new(message) };
        let (to, keys) = (sender.account, Addressees::from(sender.key));
        let outgoing = Outgoing { id: OutboxId(0), to, keys, envelope };
        let letter = Letter { number: MessageNumber(1), sender: devices[0], sent_at: Stamp::MIN, outgoing };
        (devices, Arc::new(letter))
    }

    /// When packets are due.
    fn dues<'a>(packets: impl IntoIterator<Item = &'a Packet>) -> Vec<i64> {
        packets.into_iter().map(|packet| packet.due.as_millis()).collect()
    }

    #[test]
    fn packets_are_found_by_time_and_by_link() {
        // Few packets are looked through, and many have an index.
        for more in [0, 2 * FEW] {
            let ([a, b], letter) = devices_and_letter();
            let mut flying = Flying::default();
            let put = |flying: &mut Flying, link, due| {
                let (due, route) = (Stamp::from_millis(due), Route::Direct);
                flying.put(Packet { due, link, route, carbon: false, letter: letter.clone() });
            };
            (0..more).for_each(|_| put(&mut flying, (b, b), 15));
            for (link, due) in [((a, b), 30), ((b, a), 20), ((a, b), 10), ((b, a), 5)] {
                put(&mut flying, link, due);
            }
            assert_eq!(dues(flying.on((a, b))), [10, 30]);
            put(&mut flying, (a, b), 40);
            assert_eq!(flying.first(), Some((Stamp::from_millis(5), (b, a))));
            assert_eq!(dues(flying.on((a, b))), [10, 30, 40]);
            assert_eq!(dues(&flying.take((a, b), 1)), [30]);
            assert!(flying.take((a, b), 2).is_none());
            assert_eq!(dues(&flying.take((b, a), 0)), [5]);
            assert_eq!(dues(&flying.take_all((b, a))), [20]);
            assert_eq!(flying.take_all((b, b)).len(), more);
            assert_eq!((dues(flying.by_time()), dues(flying.on((a, b)))), (vec![10, 40], vec![10, 40]));
        }
    }

    #[test]
    fn who_is_turned_round_takes_the_time_of_the_other() {
        let ([a, b], letter) = devices_and_letter();
        let mut flying = Flying::default();
        for (due, route) in [(10, Route::Direct), (20, Route::Archive), (30, Route::Replay)] {
            let due = Stamp::from_millis(due);
            flying.put(Packet { due, link: (a, b), route, carbon: false, letter: letter.clone() });
        }
        flying.reverse((a, b));
        let turned: Vec<_> =
            flying.on((a, b)).into_iter().map(|packet| (packet.due.as_millis(), packet.route)).collect();
        assert_eq!(turned, [(10, Route::Replay), (20, Route::Archive), (30, Route::Direct)]);
    }
}
