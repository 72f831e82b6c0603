//! States as bytes: what a search keeps of each.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use atm_engine::canonical::{ListOrder, renamed_message};
use atm_engine::{OutboxId, Stamp};
use rustc_hash::FxHashMap;

use super::canonical_form::{CanonicalForm, MessageNumbers};
use super::symmetry::Permutation;
use super::transition_cache::{Contested, TransitionCache};
use crate::cast::Cast;
use crate::trace::{MessageNumber, Route};
use crate::world::{Letter, LinkStates, Packet, Snapshot, Surroundings};

/// A state of a search: everything in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Which steps were done, a bit each.
    pub(super) done: u64,
    /// What of the past counts, a bit each.
    pub(super) past: u32,
    /// What happened about keys that somebody can distrust.
    pub(super) contested: Contested,
    /// Milliseconds since the start.
    pub(super) now: u64,
    /// The state of each endpoint.
    pub(super) endpoints: Vec<u32>,
    surroundings: u32,
    links: u32,
    flying: Vec<u32>,
    held: Vec<u32>,
    archived: Vec<u32>,
    delivered: Vec<u32>,
}

impl State {
    /// The state as bytes: small numbers take one.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let Contested { decided, happened } = self.contested;
        for number in [self.done, u64::from(self.past), decided, happened, self.now] {
            write_number(number, out);
        }
        write_number(u64::from(self.surroundings), out);
        write_number(u64::from(self.links), out);
        for list in [&self.endpoints, &self.flying, &self.held, &self.archived, &self.delivered] {
            write_number(list.len() as u64, out);
            list.iter().for_each(|number| write_number(u64::from(*number), out));
        }
    }

    /// The state that these bytes are.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        let bytes = &mut bytes;
        self.done = read_number(bytes);
        self.past = read_small(bytes);
        self.contested = Contested { decided: read_number(bytes), happened: read_number(bytes) };
        self.now = read_number(bytes);
        self.surroundings = read_small(bytes);
        self.links = read_small(bytes);
        let lists =
            [&mut self.endpoints, &mut self.flying, &mut self.held, &mut self.archived, &mut self.delivered];
        for list in lists {
            let length = read_number(bytes);
            list.clear();
            list.extend((0..length).map(|_| read_small(bytes)));
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

/// Letters that are known have numbers from here on, in events as well; new ones are counted from 1.
const KNOWN: u64 = 1 << 40;

/// Turns worlds into states and back.
#[derive(Debug)]
pub(super) struct Coder {
    start: Stamp,
    cast: Arc<Cast>,
    form: CanonicalForm,
    /// The endpoints, which change with the times and the names in a world.
    cache: Rc<RefCell<TransitionCache>>,
    letters: Vec<Arc<Letter>>,
    by_numbers: FxHashMap<Box<[i64]>, u32>,
    renamings: FxHashMap<(u32, u32), u32>,
    surroundings: Table<Vec<Surroundings>>,
    links: Table<LinkStates>,
}

/// Things by the order in which they came up.
#[derive(Debug)]
struct Table<T>(indexmap::IndexSet<T, rustc_hash::FxBuildHasher>);

impl<T: std::hash::Hash + Eq + Clone> Table<T> {
    fn new() -> Self {
        Self(indexmap::IndexSet::default())
    }

    fn number(&mut self, thing: &T) -> u32 {
        let known = self.0.get_index_of(thing);
        let position = known.unwrap_or_else(|| self.0.insert_full(thing.clone()).0);
        u32::try_from(position).expect("fewer than 2^32")
    }
}

impl Coder {
    pub(super) fn new(
        start: Stamp,
        cast: Arc<Cast>,
        form: CanonicalForm,
        cache: Rc<RefCell<TransitionCache>>,
    ) -> Self {
        Self {
            start,
            cast,
            form,
            cache,
            letters: Vec::new(),
            by_numbers: FxHashMap::default(),
            renamings: FxHashMap::default(),
            surroundings: Table::new(),
            links: Table::new(),
        }
    }

    /// Writes a world down: `endpoints` stand in `state` already.
    pub(super) fn encode(&mut self, snapshot: &mut Snapshot, state: &mut State) {
        let now = snapshot.now.unwrap_or(self.start);
        let now = self.rank(now, snapshot, state);
        state.now = now.as_millis().abs_diff(self.start.as_millis());
        state.surroundings = self.surroundings.number(&snapshot.surroundings);
        state.links = self.links.number(&snapshot.links);
        self.encode_packets(&snapshot.flying, &mut state.flying);
        self.encode_packets(&snapshot.held, &mut state.held);
        self.encode_packets(&snapshot.archived, &mut state.archived);
        self.encode_packets(&snapshot.delivered, &mut state.delivered);
    }

    /// Turns a state into a world, but for its endpoints.
    pub(super) fn decode(&self, state: &State, snapshot: &mut Snapshot) {
        let now = i64::try_from(state.now).unwrap_or(i64::MAX);
        snapshot.now = Some(self.start.offset(now));
        snapshot.surroundings.clone_from(&self.surroundings.0[state.surroundings as usize]);
        snapshot.links.clone_from(&self.links.0[state.links as usize]);
        self.decode_packets(&state.flying, &mut snapshot.flying);
        self.decode_packets(&state.held, &mut snapshot.held);
        self.decode_packets(&state.archived, &mut snapshot.archived);
        self.decode_packets(&state.delivered, &mut snapshot.delivered);
    }

    /// Brings all times down to their order, and returns the present one.
    fn rank(&self, now: Stamp, snapshot: &mut Snapshot, state: &mut State) -> Stamp {
        if self.form.times.are_exact() {
            return now;
        }
        if !self.form.times.is_contested_anywhere() {
            for packet in packets(snapshot) {
                if packet.letter.number.0 < KNOWN {
                    self.level_out(packet);
                }
            }
            return self.start;
        }
        let mut times = vec![now];
        for packet in packets(snapshot) {
            self.level_out(packet);
            times.extend(packet.letter.outgoing.envelope.time.filter(|time| self.form.times.counts(*time)));
        }
        let mut cache = self.cache.borrow_mut();
        for endpoint in &state.endpoints {
            times.extend(cache.times(*endpoint));
        }
        times.sort_unstable();
        times.dedup();
        let ranks = self.form.times.rank(&times);
        let rank = |time: Stamp| times.binary_search(&time).map_or(time, |position| ranks[position]);
        for packet in packets(snapshot) {
            let time = packet.letter.outgoing.envelope.time;
            let ranked = time.map(rank);
            if ranked != time {
                let mut letter = Letter::clone(&packet.letter);
                letter.number = MessageNumber(0);
                letter.outgoing.envelope.time = ranked;
                packet.letter = Arc::new(letter);
            }
        }
        for endpoint in &mut state.endpoints {
            let ranked: Vec<Stamp> = cache.times(*endpoint).iter().map(|time| rank(*time)).collect();
            *endpoint = cache.restamp(*endpoint, &ranked);
        }
        rank(now)
    }

    /// Makes the times of a letter that do not count one.
    fn level_out(&self, packet: &mut Packet) {
        let Letter { sender, sent_at, outgoing, .. } = &*packet.letter;
        let said = outgoing.envelope.message.decisions.iter().map(|decision| decision.key);
        let about: Vec<_> = said.chain([self.cast.member(*sender).key]).collect();
        let mut time = outgoing.envelope.time;
        if let Some(time) = &mut time {
            self.form.times.level_out(time, &about);
        }
        if time != outgoing.envelope.time || *sent_at != self.start {
            let mut letter = Letter::clone(&packet.letter);
            (letter.number, letter.sent_at) = (MessageNumber(0), self.start);
            letter.outgoing.envelope.time = time;
            packet.letter = Arc::new(letter);
        }
    }

    fn encode_packets(&mut self, packets: &[Packet], out: &mut Vec<u32>) {
        out.clear();
        for packet in packets {
            let letter = self.letter(&packet.letter);
            let device = u32::try_from(packet.link.1.index()).expect("few devices");
            out.push(letter << 9 | device << 4 | route_number(packet.route) << 1 | u32::from(packet.carbon));
        }
    }

    fn decode_packets(&self, numbers: &[u32], out: &mut Vec<Packet>) {
        out.clear();
        out.extend(numbers.iter().map(|number| {
            let letter = self.letters[(number >> 9) as usize].clone();
            let device = self.cast.nth_device((number >> 4 & 0x1f) as usize);
            let (link, due) = ((letter.sender, device), self.start);
            let (route, carbon) = (ROUTES[(number >> 1 & 7) as usize], number & 1 == 1);
            Packet { due, link, route, carbon, letter }
        }));
    }

    fn letter(&mut self, letter: &Arc<Letter>) -> u32 {
        if let Some(known) = letter.number.0.checked_sub(KNOWN) {
            return u32::try_from(known).expect("fewer than 2^23 letters");
        }
        let mut letter = Letter::clone(letter);
        if self.form.numbers == MessageNumbers::Ignored {
            letter.outgoing.id = OutboxId(0);
        }
        let numbers = numbers(&letter, self.form.lists);
        if let Some(known) = self.by_numbers.get(&*numbers) {
            return *known;
        }
        let number = u32::try_from(self.letters.len()).expect("fewer than 2^23 letters");
        assert!(number < 1 << 23, "fewer than 2^23 letters");
        letter.number = MessageNumber(KNOWN + u64::from(number));
        self.letters.push(Arc::new(letter));
        self.by_numbers.insert(numbers, number);
        number
    }

    /// The state after a permutation of the devices.
    pub(super) fn rename(&mut self, state: &State, permutation: &Permutation, out: &mut State) {
        out.done = permutation.steps(state.done);
        (out.past, out.contested, out.now) = (state.past, state.contested, state.now);
        (out.surroundings, out.links) = (state.surroundings, state.links);
        out.endpoints.clear();
        out.endpoints.resize(state.endpoints.len(), 0);
        let mut cache = self.cache.borrow_mut();
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            out.endpoints[permutation.device(device)] = cache.rename(*endpoint, permutation);
        }
        drop(cache);
        let lists = [
            (&state.flying, &mut out.flying),
            (&state.held, &mut out.held),
            (&state.archived, &mut out.archived),
            (&state.delivered, &mut out.delivered),
        ];
        for (from, to) in lists {
            to.clear();
            to.extend(from.iter().map(|packet| {
                let letter = self.rename_letter(packet >> 9, permutation);
                let device = permutation.device((packet >> 4 & 0x1f) as usize) as u32;
                letter << 9 | device << 4 | packet & 0xf
            }));
            to.sort_by_key(|packet| {
                let sender = self.letters[(packet >> 9) as usize].sender;
                (sender, packet >> 4 & 0x1f)
            });
        }
    }

    fn rename_letter(&mut self, letter: u32, permutation: &Permutation) -> u32 {
        if let Some(known) = self.renamings.get(&(letter, permutation.number)) {
            return *known;
        }
        let Letter { sender, sent_at, outgoing, .. } = &*self.letters[letter as usize];
        let sender = self.cast.nth_device(permutation.device(sender.index()));
        let outgoing = renamed_message(outgoing, &permutation.renaming);
        let renamed = Letter { number: MessageNumber(0), sender, sent_at: *sent_at, outgoing };
        let renamed = self.letter(&Arc::new(renamed));
        self.renamings.insert((letter, permutation.number), renamed);
        renamed
    }

    /// How many different letters there are.
    pub(super) fn letters(&self) -> usize {
        self.letters.len()
    }
}

fn packets(snapshot: &mut Snapshot) -> impl Iterator<Item = &mut Packet> {
    let Snapshot { flying, held, archived, delivered, .. } = snapshot;
    flying.iter_mut().chain(held).chain(archived).chain(delivered)
}

const ROUTES: [Route; 6] =
    [Route::Direct, Route::Archive, Route::Carbon, Route::Duplicate, Route::Replay, Route::ByHand];

fn route_number(route: Route) -> u32 {
    ROUTES.iter().position(|other| *other == route).expect("all routes are there") as u32
}

/// All that a letter says; without the order in which it says it, if that is ignored.
fn numbers(letter: &Letter, lists: ListOrder) -> Box<[i64]> {
    let Letter { sender, sent_at, outgoing, .. } = letter;
    let envelope = &outgoing.envelope;
    let id = i64::try_from(outgoing.id.0).unwrap_or(i64::MAX);
    let time = envelope.time.unwrap_or(Stamp::MIN).as_millis();
    let mut numbers = vec![sender.index() as i64, sent_at.as_millis(), id, outgoing.to.index() as i64, time];
    let affix = |account: Option<atm_engine::AccountId>| account.map_or(-1, |account| account.index() as i64);
    numbers.extend([affix(envelope.from), affix(envelope.to), outgoing.keys.len() as i64]);
    let mut keys: Vec<i64> = outgoing.keys.iter().map(|key| key.index() as i64).collect();
    if lists == ListOrder::Ignored {
        keys.sort_unstable();
    }
    numbers.extend(keys);
    let decisions = envelope.message.decisions.iter();
    let mut said: Vec<i64> =
        decisions.map(|decision| decision.key.index() as i64 * 2 + decision.kind as i64).collect();
    if lists == ListOrder::Ignored {
        said.sort_unstable();
    }
    numbers.extend(said);
    numbers.into()
}
