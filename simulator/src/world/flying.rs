use std::collections::{BTreeMap, BTreeSet, VecDeque};

use atm_engine::Stamp;

use super::network::Packet;
use crate::script::LinkIds;

/// The time at which a packet is due, and its number in the order of sending.
type Place = (Stamp, u64);

/// With this number of packets or fewer, a linear search is the fastest way to find those of a link. Keeping an index
/// all the time makes a search of a small world 25 % slower.
const FEW: usize = 64;

/// The packets in transit, by time and by link. No method visits many more packets than it returns.
///
/// Most packets are sent in the order in which they are due. These stand in a queue, in which a removed packet leaves a
/// gap. All others stand in a tree. With all packets in a tree, a population takes 2 % more instructions.
#[derive(Debug, Default)]
pub(super) struct Flying {
    /// The packets in order. The first entry is never a gap.
    queue: VecDeque<(Place, Option<Packet>)>,
    /// The packets that are due before a packet that was sent earlier.
    others: BTreeMap<Place, Packet>,
    /// The number of packets.
    count: usize,
    put: u64,
    /// The places of all packets by link; kept after the first search for a link among many packets.
    by_link: Option<BTreeSet<(LinkIds, Place)>>,
}

impl Flying {
    pub(super) fn clear(&mut self) {
        self.queue.clear();
        self.others.clear();
        self.count = 0;
        self.by_link = None;
    }

    /// Adds a packet. It comes after all others that are due at the same time.
    pub(super) fn put(&mut self, packet: Packet) {
        self.put += 1;
        let place = (packet.due, self.put);
        if let Some(by_link) = &mut self.by_link {
            by_link.insert((packet.link, place));
        }
        self.count += 1;
        if self.queue.back().is_none_or(|(last, _)| *last < place) {
            self.queue.push_back((place, Some(packet)));
        } else {
            self.others.insert(place, packet);
        }
    }

    /// The time and the link of the first packet.
    pub(super) fn first(&self) -> Option<(Stamp, LinkIds)> {
        let ((due, _), packet) = self.first_packet()?;
        Some((due, packet.link))
    }

    fn first_packet(&self) -> Option<(Place, &Packet)> {
        let in_queue = self.queue.front().and_then(|(place, packet)| Some((*place, packet.as_ref()?)));
        if self.others.is_empty() {
            return in_queue;
        }
        let other = self.others.first_key_value().map(|(place, packet)| (*place, packet));
        in_queue.into_iter().chain(other).min_by_key(|(place, _)| *place)
    }

    /// Removes the packet at a position on a link.
    pub(super) fn take(&mut self, link: LinkIds, position: usize) -> Option<Packet> {
        let first = self.first_packet().filter(|(_, packet)| packet.link == link && position == 0);
        let place = match first {
            Some((place, _)) => place,
            None => *self.places_on(link).get(position)?,
        };
        self.remove(link, place)
    }

    /// Removes all packets of a link, in order.
    pub(super) fn take_all(&mut self, link: LinkIds) -> Vec<Packet> {
        let places = self.places_on(link);
        places.into_iter().filter_map(|place| self.remove(link, place)).collect()
    }

    /// Reverses the packets of a link: the last packet takes the place of the first.
    pub(super) fn reverse(&mut self, link: LinkIds) {
        let places = self.places_on(link);
        let packets: Vec<Packet> = places.iter().filter_map(|place| self.at(*place).cloned()).collect();
        for (place, packet) in places.into_iter().zip(packets.into_iter().rev()) {
            let packet = Packet { due: place.0, ..packet };
            match self.queued(place) {
                Some(position) => self.queue[position].1 = Some(packet),
                None => drop(self.others.insert(place, packet)),
            }
        }
    }

    /// The packets of a link, in order.
    pub(super) fn on(&mut self, link: LinkIds) -> Vec<&Packet> {
        let places = self.places_on(link);
        places.iter().filter_map(|place| self.at(*place)).collect()
    }

    /// All packets, in the order in which they are due.
    pub(super) fn by_time(&self) -> impl Iterator<Item = &Packet> {
        self.with_places().map(|(_, packet)| packet)
    }

    fn with_places(&self) -> impl Iterator<Item = (Place, &Packet)> {
        let in_queue = self.queue.iter().filter_map(|(place, packet)| Some((*place, packet.as_ref()?)));
        let (mut in_queue, mut others) = (in_queue.peekable(), self.others.iter().peekable());
        std::iter::from_fn(move || match (in_queue.peek(), others.peek()) {
            (Some((place, _)), Some((other, _))) if *other < place => {
                others.next().map(|(place, packet)| (*place, packet))
            }
            (None, _) => others.next().map(|(place, packet)| (*place, packet)),
            _ => in_queue.next(),
        })
    }

    /// The position of a packet in the queue, if it is there.
    fn queued(&self, place: Place) -> Option<usize> {
        self.queue.binary_search_by_key(&place, |(place, _)| *place).ok()
    }

    fn at(&self, place: Place) -> Option<&Packet> {
        match self.queued(place) {
            Some(position) => self.queue[position].1.as_ref(),
            None => self.others.get(&place),
        }
    }

    fn remove(&mut self, link: LinkIds, place: Place) -> Option<Packet> {
        let packet = match self.queue.front() {
            Some((first, _)) if *first == place => self.queue.pop_front().and_then(|(_, packet)| packet),
            _ => match self.queued(place) {
                Some(position) => self.queue[position].1.take(),
                None => self.others.remove(&place),
            },
        }?;
        while self.queue.front().is_some_and(|(_, packet)| packet.is_none()) {
            self.queue.pop_front();
        }
        self.count -= 1;
        if self.count == 0 {
            self.by_link = None;
        } else if let Some(by_link) = &mut self.by_link {
            by_link.remove(&(link, place));
        }
        Some(packet)
    }

    /// The places of the packets of a link, in order.
    fn places_on(&mut self, link: LinkIds) -> Vec<Place> {
        if self.by_link.is_none() && self.count <= FEW {
            let on_link = self.with_places().filter(|(_, packet)| packet.link == link);
            return on_link.map(|(place, _)| place).collect();
        }
        if self.by_link.is_none() {
            self.by_link = Some(self.with_places().map(|(place, packet)| (packet.link, place)).collect());
        }
        let on_link = self.by_link.iter().flat_map(|by_link| by_link.range((link, (Stamp::MIN, 0))..));
        on_link.take_while(|(other, _)| *other == link).map(|(_, place)| *place).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use atm_engine::{Addressees, DistrustsByKey, Envelope, OutboxId, Outgoing, TrustMessage, Usage};

    use super::*;
    use crate::cast::DeviceId;
    use crate::scenario::{Catalog, Scenario};
    use crate::script::Script;
    use crate::trace::{MessageNumber, Route};
    use crate::world::network::Letter;

    /// Two devices and a letter from the first.
    fn devices_and_letter() -> ([DeviceId; 2], Arc<Letter>) {
        const YAML: &str =
            "{format: 1, title: t, requirements: [a/b], accounts: {alice: {devices: {a: , b: }}}, steps: []}";
        let script = Script::new(&Scenario::parse("t.yaml", YAML, &Catalog::unchecked()).unwrap()).unwrap();
        let devices = ["alice/a", "alice/b"].map(|name| script.cast.device(&name.parse().unwrap()).unwrap());
        let sender = script.cast.member(devices[0]);
        let encryption = script.cast.encryption();
        let message = TrustMessage {
            usage: Usage::Atm,
            encryption,
            decisions: Arc::new([]),
            distrusts: DistrustsByKey::default(),
        };
        let envelope =
            Envelope { padded: true, time: None, from: None, to: None, message: Arc::new(message) };
        let (to, keys) = (sender.account, Addressees::from(sender.key));
        let outgoing = Outgoing { id: OutboxId(0), to, keys, envelope };
        let letter = Letter { number: MessageNumber(1), sender: devices[0], sent_at: Stamp::MIN, outgoing };
        (devices, Arc::new(letter))
    }

    /// The times at which packets are due, in milliseconds.
    fn dues<'a>(packets: impl IntoIterator<Item = &'a Packet>) -> Vec<i64> {
        packets.into_iter().map(|packet| packet.due.as_millis()).collect()
    }

    #[test]
    fn packets_are_found_by_time_and_by_link() {
        // Few packets are searched; many are indexed.
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
