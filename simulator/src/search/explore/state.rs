//! A state of a search and its encoding as bytes.

use super::transition_cache::Contested;

/// A state of a search, as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The completed steps, as a bit set.
    pub(super) done: u64,
    /// The relevant facts about the past, as a bit set.
    pub(super) past: u32,
    /// The events about contested keys.
    pub(super) contested: Contested,
    /// The milliseconds since the start.
    pub(super) now: u64,
    /// The position of the device whose turn it is, if it is a single one's.
    pub(super) turn: Option<u32>,
    /// The number of the surroundings of all endpoints.
    pub(super) surroundings: u32,
    /// The number of the states of links.
    pub(super) links: u32,
    /// The state of each endpoint.
    pub(super) endpoints: Vec<u32>,
    pub(super) packets: Packets,
}

/// The sent packets. Links are in order, and each link has its packets in the order of sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packets {
    /// The packets in transit, by link.
    pub(super) flying: Vec<PacketCode>,
    /// The withheld packets, by link.
    pub(super) held: Vec<PacketCode>,
    /// The archived packets, by device.
    pub(super) archived: Vec<PacketCode>,
    /// The delivered packets that may be replayed, by link.
    pub(super) delivered: Vec<PacketCode>,
}

/// A copy of a letter for one device, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PacketCode(u32);

/// The greatest number of letters.
pub(super) const MOST_LETTERS: u32 = 1 << 23;

impl PacketCode {
    /// A copy for the device at a position; `rest` must be less than 16.
    pub(super) fn new(letter: u32, device: usize, rest: u32) -> Self {
        debug_assert!(letter < MOST_LETTERS && device < 32 && rest < 16);
        Self(letter << 9 | (device as u32) << 4 | rest)
    }

    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn letter(self) -> u32 {
        self.0 >> 9
    }

    /// The position of the device.
    pub(super) fn device(self) -> usize {
        (self.0 >> 4 & 0x1f) as usize
    }

    pub(super) fn rest(self) -> u32 {
        self.0 & 0xf
    }

    /// The same copy for another device.
    pub(super) fn to_device(self, device: usize) -> Self {
        Self(self.0 & !0x1f0 | (device as u32) << 4)
    }

    /// The same copy of another letter.
    pub(super) fn with_letter(self, letter: u32) -> Self {
        Self(letter << 9 | self.0 & 0x1ff)
    }
}

impl Packets {
    pub(super) fn lists(&self) -> [&Vec<PacketCode>; 4] {
        [&self.flying, &self.held, &self.archived, &self.delivered]
    }

    pub(super) fn lists_mut(&mut self) -> [&mut Vec<PacketCode>; 4] {
        [&mut self.flying, &mut self.held, &mut self.archived, &mut self.delivered]
    }
}

impl State {
    /// Copies another state and reuses the memory.
    pub(super) fn assign(&mut self, other: &Self) {
        (self.done, self.past, self.contested, self.now) =
            (other.done, other.past, other.contested, other.now);
        (self.turn, self.surroundings, self.links) = (other.turn, other.surroundings, other.links);
        self.endpoints.clone_from(&other.endpoints);
        for (to, from) in self.packets.lists_mut().into_iter().zip(other.packets.lists()) {
            to.clone_from(from);
        }
    }

    /// Writes the state as bytes. Small numbers take one byte.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let Contested { decided, happened } = self.contested;
        for number in [self.done, u64::from(self.past), decided, happened, self.now] {
            write_number(number, out);
        }
        write_number(self.turn.map_or(0, |turn| u64::from(turn) + 1), out);
        write_number(u64::from(self.surroundings), out);
        write_number(u64::from(self.links), out);
        write_number(self.endpoints.len() as u64, out);
        self.endpoints.iter().for_each(|number| write_number(u64::from(*number), out));
        for list in self.packets.lists() {
            write_number(list.len() as u64, out);
            list.iter().for_each(|packet| write_number(u64::from(packet.0), out));
        }
    }

    /// Reads a state from bytes.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        let bytes = &mut bytes;
        self.done = read_number(bytes);
        self.past = read_small(bytes);
        self.contested = Contested { decided: read_number(bytes), happened: read_number(bytes) };
        self.now = read_number(bytes);
        self.turn = read_small(bytes).checked_sub(1);
        self.surroundings = read_small(bytes);
        self.links = read_small(bytes);
        let length = read_number(bytes);
        self.endpoints.clear();
        self.endpoints.extend((0..length).map(|_| read_small(bytes)));
        for list in self.packets.lists_mut() {
            let length = read_number(bytes);
            list.clear();
            list.extend((0..length).map(|_| PacketCode(read_small(bytes))));
        }
    }
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((first, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if first & 0x80 == 0 {
            break;
        }
    }
    number
}

fn read_small(bytes: &mut &[u8]) -> u32 {
    u32::try_from(read_number(bytes)).expect("it was written as one")
}
