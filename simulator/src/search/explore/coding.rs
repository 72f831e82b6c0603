//! Converts worlds to states and back.

use std::sync::Arc;

use atm_engine::canonical::{ListOrder, renamed_message, write_ids};
use atm_engine::{OutboxId, Stamp};
use rustc_hash::FxHashMap;

use super::canonical_form::{CanonicalForm, MessageNumbers};
use super::state::{MOST_LETTERS, PacketCode, Packets, State};
use super::symmetry::Permutation;
use crate::cast::Cast;
use crate::trace::{MessageNumber, Route};
use crate::world::{Letter, LinkStates, Packet, Snapshot, Surroundings};

/// The first number of known letters, also in events. New letters are counted from 1.
const KNOWN: u64 = 1 << 40;

/// The first number of unranked letters.
pub(super) const UNRANKED: u32 = MOST_LETTERS / 2;

/// Converts worlds to states and back.
#[derive(Debug)]
pub(super) struct Coder {
    start: Stamp,
    cast: Arc<Cast>,
    form: CanonicalForm,
    /// The letters of states in the visited set.
    letters: Letters,
    /// The letters of worlds whose times are not ranked yet.
    unranked: Letters,
    renamings: FxHashMap<(u32, u32), u32>,
    pub(super) surroundings: Table<Vec<Surroundings>>,
    links: Table<LinkStates>,
}

/// A set of letters.
#[derive(Debug, Default)]
struct Letters {
    letters: Vec<Arc<Letter>>,
    by_numbers: FxHashMap<Box<[i64]>, u32>,
}

/// Values, numbered in the order of their first occurrence.
#[derive(Debug)]
pub(super) struct Table<T>(indexmap::IndexSet<T, rustc_hash::FxBuildHasher>);

impl<T: std::hash::Hash + Eq + Clone> Table<T> {
    fn new() -> Self {
        Self(indexmap::IndexSet::default())
    }

    fn number(&mut self, thing: &T) -> u32 {
        let known = self.0.get_index_of(thing);
        let position = known.unwrap_or_else(|| self.0.insert_full(thing.clone()).0);
        u32::try_from(position).expect("fewer than 2^32")
    }

    /// The values from a number on.
    pub(super) fn from(&self, number: usize) -> impl Iterator<Item = &T> {
        self.0.iter().skip(number)
    }
}

impl Coder {
    pub(super) fn new(start: Stamp, cast: Arc<Cast>, form: CanonicalForm) -> Self {
        Self {
            start,
            cast,
            form,
            letters: Letters::default(),
            unranked: Letters::default(),
            renamings: FxHashMap::default(),
            surroundings: Table::new(),
            links: Table::new(),
        }
    }

    /// Writes a world, without its endpoints, to a state. Its times are not ranked yet.
    pub(super) fn encode(&mut self, snapshot: &mut Snapshot, state: &mut State) {
        let now = snapshot.now.unwrap_or(self.start);
        state.now = self.since_start(if self.is_timeless() { self.start } else { now });
        state.surroundings = self.surroundings.number(&snapshot.surroundings);
        state.links = self.links.number(&snapshot.links);
        if !self.form.times.are_exact() {
            packets(snapshot).filter(|packet| !is_known(packet)).for_each(|packet| self.level_out(packet));
        }
        let Packets { flying, held, archived, delivered } = &mut state.packets;
        self.encode_packets(&snapshot.flying, flying);
        self.encode_packets(&snapshot.held, held);
        self.encode_packets(&snapshot.archived, archived);
        self.encode_packets(&snapshot.delivered, delivered);
    }

    /// Writes a state, without its endpoints, to a snapshot of a world.
    pub(super) fn decode(&self, state: &State, snapshot: &mut Snapshot) {
        let now = i64::try_from(state.now).unwrap_or(i64::MAX);
        snapshot.now = Some(self.start.offset(now));
        snapshot.surroundings.clone_from(&self.surroundings.0[state.surroundings as usize]);
        snapshot.links.clone_from(&self.links.0[state.links as usize]);
        let Packets { flying, held, archived, delivered } = &state.packets;
        self.decode_packets(flying, &mut snapshot.flying);
        self.decode_packets(held, &mut snapshot.held);
        self.decode_packets(archived, &mut snapshot.archived);
        self.decode_packets(delivered, &mut snapshot.delivered);
    }

    /// Whether no time matters.
    fn is_timeless(&self) -> bool {
        !self.form.times.are_exact() && !self.form.times.is_contested_anywhere()
    }

    fn since_start(&self, time: Stamp) -> u64 {
        time.as_millis().abs_diff(self.start.as_millis())
    }

    /// Sets the times of a letter that do not matter to the start.
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

    fn encode_packets(&mut self, packets: &[Packet], out: &mut Vec<PacketCode>) {
        out.clear();
        for packet in packets {
            let letter = if is_known(packet) {
                u32::try_from(packet.letter.number.0 - KNOWN).expect("it was a letter's")
            } else if self.form.times.are_ranked() {
                UNRANKED + self.unranked.number(Letter::clone(&packet.letter), &self.form)
            } else {
                self.letters.number(Letter::clone(&packet.letter), &self.form)
            };
            let rest = route_number(packet.route) << 1 | u32::from(packet.carbon);
            out.push(PacketCode::new(letter, packet.link.1.index(), rest));
        }
    }

    fn decode_packets(&self, codes: &[PacketCode], out: &mut Vec<Packet>) {
        out.clear();
        out.extend(codes.iter().map(|code| {
            let letter = self.letters.letters[code.letter() as usize].clone();
            let device = self.cast.nth_device(code.device());
            let (link, due) = ((letter.sender, device), self.start);
            let (route, carbon) = (ROUTES[(code.rest() >> 1) as usize], code.rest() & 1 == 1);
            Packet { due, link, route, carbon, letter }
        }));
    }

    /// The number of a letter that differs from another one only in its time.
    pub(super) fn restamped(&mut self, letter: u32, time: Option<Stamp>) -> u32 {
        let known = match letter.checked_sub(UNRANKED) {
            Some(unranked) => &self.unranked.letters[unranked as usize],
            None => &self.letters.letters[letter as usize],
        };
        let mut restamped = Letter::clone(known);
        restamped.outgoing.envelope.time = time;
        self.letters.number(restamped, &self.form)
    }

    /// The number of a letter after a permutation of the devices.
    pub(super) fn renamed(&mut self, letter: u32, permutation: &Permutation) -> u32 {
        if let Some(known) = self.renamings.get(&(letter, permutation.number)) {
            return *known;
        }
        let Letter { sender, sent_at, outgoing, .. } = &*self.letters.letters[letter as usize];
        let sender = self.cast.nth_device(permutation.device(sender.index()));
        let outgoing = renamed_message(outgoing, &permutation.renaming);
        let renamed = Letter { number: MessageNumber(0), sender, sent_at: *sent_at, outgoing };
        let renamed = self.letters.number(renamed, &self.form);
        self.renamings.insert((letter, permutation.number), renamed);
        renamed
    }

    /// The number of different letters in states of the visited set.
    pub(super) fn letters(&self) -> usize {
        self.letters.letters.len()
    }

    /// The letters of states, from a number on.
    pub(super) fn letters_from(&self, number: usize) -> impl Iterator<Item = &Letter> {
        self.letters.letters[number..].iter().map(|letter| &**letter)
    }

    /// The unranked letters, from a position on.
    pub(super) fn unranked_from(&self, position: usize) -> impl Iterator<Item = &Letter> {
        self.unranked.letters[position..].iter().map(|letter| &**letter)
    }
}

impl Letters {
    fn number(&mut self, mut letter: Letter, form: &CanonicalForm) -> u32 {
        if form.numbers == MessageNumbers::Ignored {
            letter.outgoing.id = OutboxId(0);
        }
        let numbers = numbers(&letter, form.lists);
        if let Some(known) = self.by_numbers.get(&*numbers) {
            return *known;
        }
        let number = u32::try_from(self.letters.len()).expect("fewer than 2^22 letters");
        assert!(number < UNRANKED, "fewer than 2^22 letters");
        letter.number = MessageNumber(KNOWN + u64::from(number));
        self.letters.push(Arc::new(letter));
        self.by_numbers.insert(numbers, number);
        number
    }
}

/// Whether a letter already has a number.
fn is_known(packet: &Packet) -> bool {
    packet.letter.number.0 >= KNOWN
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

/// The content of a letter as numbers. If the order of lists is ignored, they are sorted.
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
    write_ids(&envelope.message.distrusts, &mut numbers);
    numbers.into()
}
