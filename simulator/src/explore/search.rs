use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use atm_engine::{AccountId, AnnouncementRule, Device, Level, Limits, Verdict};

use super::coding::{Coder, State};
use super::explored::{Count, Counterexample, Explored, Extent, MOST_DEVICES, MOST_STEPS, Unexplorable};
use super::interned::Interned;
use super::memory::{Behaviour, Gathered, Memory};
use super::moves::{Agenda, Move, is_plain};
use super::seen::Seen;
use super::symmetry::{Place, places};
use super::times::{TICK, Times};
use super::written::{named, release_all_but, tidied, written};
use super::{Broken, Deliveries, Demand, Settings};
use crate::endpoint::Failure;
use crate::invariants::Noticed;
use crate::run::{self, Run, run};
use crate::scenario::{Link, Scenario};
use crate::script::{Action, Script};
use crate::shrink::shrink;
use crate::trace::{Event, Observer};
use crate::trust_graph::TrustGraph;
use crate::world::{Choice, Snapshot, World};

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// How many states were found.
    pub states: u64,
    /// How many of them were gone on from.
    pub done: u64,
}

/// Goes through all states that the world of `scenario` can come to, until something is broken, the search has come
/// to its end or its limit, or `watch`, which is asked now and then, stops it.
///
/// # Errors
///
/// If the scenario is too large or cannot be made ready, or an endpoint fails.
pub fn explore(
    scenario: &Scenario,
    settings: &Settings,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Explored, Unexplorable> {
    explore_with(scenario, settings, Device::apply, watch)
}

/// As [`explore`], with devices that behave otherwise than the engine: for the tests of the search itself.
///
/// # Errors
///
/// As [`explore`]. What such devices break cannot be shown as a scenario file, and is told without one.
pub fn explore_with(
    scenario: &Scenario,
    settings: &Settings,
    behaviour: Behaviour,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Explored, Unexplorable> {
    let mut search = Search::new(scenario, settings, behaviour)?;
    search.run(watch)?;
    Ok(search.explored)
}

/// What of the past counts, a bit each.
mod past {
    pub(super) const REFUSED: u32 = 1;
    pub(super) const LIMITED: u32 = 2;
    pub(super) const DISTRUSTED: u32 = 4;
    pub(super) const DECIDED_ON_UNKNOWN_KEY: u32 = 8;
    pub(super) const DISTURBED: u32 = 16;
    pub(super) const HURRIED: u32 = 32;
}

pub(super) struct Search<'a> {
    scenario: &'a Scenario,
    settings: &'a Settings,
    is_engine: bool,
    world: World<Interned>,
    memory: Rc<RefCell<Memory>>,
    coder: Coder,
    agenda: Agenda,
    /// The accounts that a step links.
    links: Vec<Vec<(AccountId, AccountId)>>,
    places: Vec<Place>,
    /// Whether states count as one that differ by a change of places.
    by_symmetry: bool,
    /// Whether deliveries that commute with all else are made at once.
    is_plain: bool,
    /// Whether it counts that everything had arrived whenever a person decided.
    asks_for_quiet: bool,
    /// Whether there are faults that must make no difference.
    is_faulty: bool,
    seen: Seen,
    parents: Vec<u32>,
    /// How many orders of steps lead to each state, where that is counted.
    orders: Vec<u128>,
    explored: Explored,
    room: Room,
}

/// What is used again for each state.
#[derive(Default)]
struct Room {
    snapshot: Snapshot,
    next: State,
    renamed: State,
    bytes: Vec<u8>,
    renamed_bytes: Vec<u8>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        settings: &'a Settings,
        behaviour: Behaviour,
    ) -> Result<Self, Unexplorable> {
        let mut script = Script::new(scenario)?;
        if script.actions.len() > MOST_STEPS {
            return Err(Unexplorable::TooManySteps(script.actions.len()));
        }
        if script.cast.devices().len() > MOST_DEVICES {
            return Err(Unexplorable::TooManyDevices(script.cast.devices().len()));
        }
        match settings.deliveries {
            Deliveries::Every => (script.pause, script.latency) = (TICK, Default::default()),
            Deliveries::Drained => script.latency.1 = script.latency.0,
        }
        let Settings { mut reductions, orders, .. } = *settings;
        // Where room is short, what comes first gets it.
        reductions.lists &= script.limits == Limits::default();
        let times = Times::of(&script, reductions.times);
        let keeps_numbers = script.actions.iter().any(|action| matches!(action, Action::Deliver(..)));
        let cast = script.cast.clone();
        let memory = Memory::new(
            cast.clone(),
            script.policy,
            reductions,
            times.clone(),
            keeps_numbers || !reductions.merging,
            behaviour,
        );
        let memory = Rc::new(RefCell::new(memory));
        let agenda = Agenda::of(&script, orders);
        let links = script.actions.iter().map(|action| links(action, &script)).collect();
        let places = places(&script, orders);
        let by_symmetry = reductions.symmetry && reductions.lists;
        let rules = run::rules(scenario, &settings.options);
        let plain = is_plain(&script, settings.deliveries);
        let faulty = script.without_faults().is_some();
        let symmetries = if by_symmetry { places.len() as u64 + 1 } else { 1 };
        let start = script.start;
        let world = World::new(script, settings.options.seed, |cast, device| {
            let member = cast.member(device);
            let endpoint = Device::new(member.endpoint, member.key, member.sharing, rules, cast.directory());
            let state = memory.borrow_mut().intern(endpoint);
            Interned { device, state, memory: memory.clone() }
        });
        Ok(Self {
            scenario,
            settings,
            is_engine: std::ptr::fn_addr_eq(behaviour, Device::apply as Behaviour),
            world,
            memory,
            coder: Coder::new(start, times, cast, keeps_numbers, reductions.lists),
            agenda,
            links,
            places,
            by_symmetry,
            is_plain: plain
                && reductions.commuting
                && reductions.tellers
                && reductions.lists
                && reductions.times,
            asks_for_quiet: settings.options.announcement == AnnouncementRule::Cascade || faulty,
            is_faulty: faulty,
            seen: Seen::default(),
            parents: Vec::new(),
            orders: Vec::new(),
            explored: Explored {
                states: 0,
                transitions: 0,
                ends: 0,
                complete_ends: 0,
                outcomes: BTreeSet::new(),
                breaks: BTreeSet::new(),
                orders: None,
                extent: Extent::Exhausted,
                counterexample: None,
                device_states: 0,
                messages: 0,
                symmetries,
            },
            room: Room::default(),
        })
    }

    pub(super) fn run(
        &mut self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), Unexplorable> {
        let extent = self.search(watch)?;
        self.explored.extent = extent;
        self.explored.states = self.seen.len() as u64;
        self.explored.device_states = self.memory.borrow().len() as u64;
        self.explored.messages = self.coder.letters() as u64;
        if extent != Extent::Exhausted {
            self.explored.orders = None;
        }
        Ok(())
    }

    fn search(&mut self, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Extent, Unexplorable> {
        let counts = self.settings.deliveries == Deliveries::Drained;
        self.explored.orders = counts.then(Count::default);
        if let Some(broken) = self.begin()? {
            return Ok(broken);
        }
        let (mut state, mut moves) = (State::default(), Vec::new());
        for position in 0.. {
            if position as usize >= self.seen.len() {
                return Ok(Extent::Exhausted);
            }
            if position % 1024 == 0 {
                let progress = Progress { states: self.seen.len() as u64, done: u64::from(position) };
                if watch(progress).is_break() {
                    return Ok(Extent::Stopped);
                }
            }
            state.read(self.seen.get(position));
            self.list_moves(&state, &mut moves)?;
            if moves.is_empty() {
                if self.end(position, &state)? {
                    return Ok(Extent::Broken);
                }
                continue;
            }
            for step in &moves {
                let gathered = self.go(&state, *step)?;
                self.explored.transitions += 1;
                if let Some((_, invariant)) = gathered.broken {
                    self.break_on_the_way(position, Broken::Promise(invariant))?;
                    return Ok(Extent::Broken);
                }
                self.add(position);
                if self.settings.max_states.is_some_and(|most| self.seen.len() as u64 > most) {
                    return Ok(Extent::TooManyStates);
                }
            }
        }
        Ok(Extent::Exhausted)
    }

    /// Lets the devices join that are there from the start.
    fn begin(&mut self) -> Result<Option<Extent>, Unexplorable> {
        self.memory.borrow_mut().noticed = Gathered::default();
        self.world.begin(&mut Nobody)?;
        let mut lost = Losses::default();
        self.drain(&mut lost)?;
        let gathered = self.memory.borrow().noticed;
        let mut start = State::default();
        start.done = self.agenda.idle();
        self.write_next(&start, start.done, gathered, &lost);
        if let Some((_, invariant)) = gathered.broken {
            self.explored.counterexample =
                Some(self.example(Broken::Promise(invariant), 0, self.written(&[]))?);
            return Ok(Some(Extent::Broken));
        }
        self.settle_next();
        let _ = self.seen.insert(&self.room.bytes);
        self.parents.push(0);
        self.orders.push(1);
        Ok(None)
    }

    /// What can happen in a state: all of it, or something that commutes with all the rest.
    fn list_moves(&mut self, state: &State, moves: &mut Vec<Move>) -> Result<(), Unexplorable> {
        self.list_all_moves(state, moves);
        if !self.is_plain {
            return Ok(());
        }
        let relays = self.settings.options.announcement == AnnouncementRule::Relay;
        for &step in moves.iter() {
            let Move::Deliver((_, device)) = step else { continue };
            // What arrives at a device that says nothing more itself, and does not relay, changes that device alone;
            // and it comes to the same in whatever order things arrive there.
            let is_last_word = !relays && !self.agenda.has_yet_to_act(device, state.done);
            if is_last_word || self.makes_no_difference(state, step)? {
                *moves = vec![step];
                return Ok(());
            }
        }
        Ok(())
    }

    fn list_all_moves(&mut self, state: &State, moves: &mut Vec<Move>) {
        moves.clear();
        self.restore(state);
        let world = &self.world;
        if self.settings.deliveries == Deliveries::Every {
            moves.extend(world.first_of_links().map(Move::Deliver));
        }
        let present: Vec<_> = world.present().collect();
        moves.extend(self.agenda.next(state.done, |device| present.contains(&device)));
    }

    /// Whether a delivery changes nothing but that it is over: then it never will.
    fn makes_no_difference(&mut self, state: &State, step: Move) -> Result<bool, Unexplorable> {
        let gathered = self.go(state, step)?;
        Ok(!gathered.moved && gathered.broken.is_none() && self.room.next.past == state.past)
    }

    /// Makes a move, and writes down what follows as the next state.
    fn go(&mut self, state: &State, step: Move) -> Result<Gathered, Unexplorable> {
        self.restore(state);
        let mut lost = Losses::default();
        let mut done = state.done;
        match step {
            Move::Act(step) => {
                done |= 1 << step;
                self.world.act_out(step, &mut lost)?;
                let waits = self.world.waits();
                self.world.pass(waits);
                lost.by_hand = matches!(self.world.action(step), Some(Action::Deliver(..)));
                if self.settings.deliveries == Deliveries::Drained {
                    self.drain(&mut lost)?;
                }
            }
            Move::Deliver(link) => {
                self.world.pass(TICK);
                self.world.step(Choice::Deliver(link, 0), &mut lost)?;
            }
        }
        let gathered = self.memory.borrow().noticed;
        self.write_next(state, done, gathered, &lost);
        Ok(gathered)
    }

    /// Lets everything arrive.
    fn drain(&mut self, lost: &mut Losses) -> Result<(), Failure> {
        self.world.hide_steps();
        while self.settings.deliveries == Deliveries::Drained
            && let Some(choice) = self.world.next()
        {
            self.world.step(choice, lost)?;
        }
        Ok(())
    }

    fn restore(&mut self, state: &State) {
        self.coder.decode(state, &mut self.room.snapshot);
        self.room.snapshot.quiet_for_people = state.past & past::HURRIED == 0;
        self.world.restore(&self.room.snapshot);
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            let device = self.memory_device(device);
            self.world.endpoint_mut(device).state = *endpoint;
        }
        self.memory.borrow_mut().noticed = Gathered { contested: state.contested, ..Gathered::default() };
    }

    fn memory_device(&self, position: usize) -> crate::cast::DeviceId {
        self.world.cast().nth_device(position)
    }

    /// Writes down the world as it is now as the state that follows upon another one.
    fn write_next(&mut self, before: &State, done: u64, gathered: Gathered, lost: &Losses) {
        let Room { snapshot, next, .. } = &mut self.room;
        self.world.write_snapshot(snapshot);
        next.done = done;
        next.contested = gathered.contested;
        let Noticed { refused, limited, distrusted, decided_on_unknown_key, changed } = gathered.noticed;
        let bits = [
            (refused && !lost.by_hand, past::REFUSED),
            (limited, past::LIMITED),
            (distrusted, past::DISTRUSTED),
            (decided_on_unknown_key, past::DECIDED_ON_UNKNOWN_KEY),
            (lost.lost || lost.by_hand && changed, past::DISTURBED),
            (self.asks_for_quiet && !snapshot.quiet_for_people, past::HURRIED),
        ];
        next.past = bits.iter().filter(|(is_so, _)| *is_so).fold(before.past, |past, (_, bit)| past | bit);
        next.endpoints.clear();
        let world = &self.world;
        let devices = world.cast().devices();
        next.endpoints.extend(devices.map(|(device, _)| world.endpoint(device).state));
        self.coder.encode(snapshot, next, &mut self.memory.borrow_mut());
    }

    /// Brings the next state into its bytes: of the states in which devices have changed places, the first.
    fn settle_next(&mut self) {
        let Room { next, renamed, bytes, renamed_bytes, .. } = &mut self.room;
        next.write(bytes);
        if !self.by_symmetry {
            return;
        }
        for (number, place) in self.places.iter().enumerate() {
            self.coder.rename(next, place, number as u32, &mut self.memory.borrow_mut(), renamed);
            renamed.write(renamed_bytes);
            if renamed_bytes < bytes {
                std::mem::swap(renamed_bytes, bytes);
            }
        }
    }

    /// Adds the next state, unless it is known.
    fn add(&mut self, from: u32) {
        self.settle_next();
        let found = if self.settings.reductions.merging {
            self.seen.insert(&self.room.bytes)
        } else {
            Err(self.seen.push(&self.room.bytes))
        };
        if found.is_err() {
            self.parents.push(from);
        }
        if self.explored.orders.is_some() {
            let (Ok(to) | Err(to)) = found;
            let to = to as usize;
            self.orders.resize(self.seen.len(), 0);
            self.orders[to] = self.orders[to].saturating_add(self.orders[from as usize]);
        }
    }

    /// Looks at a state in which nothing more can happen. Returns whether something is broken.
    fn end(&mut self, position: u32, state: &State) -> Result<bool, Unexplorable> {
        self.explored.ends += 1;
        self.restore(state);
        let done = (0..self.links.len()).filter(|step| state.done & 1 << step != 0);
        self.world.link(done.flat_map(|step| self.links[step].iter().copied()));
        let (cast, held) = (self.world.cast(), self.room.snapshot.held.iter());
        let held: Vec<Link> = held.map(|packet| named(cast, packet.link)).collect();
        let missing = TrustGraph::of(&self.world)?.missing();
        let complete = missing.is_empty();
        self.explored.complete_ends += u64::from(complete);
        let outcome = self.outcome()?;
        self.explored.outcomes.insert(outcome);
        if let Some(count) = &mut self.explored.orders {
            let orders = self.orders[position as usize];
            count.all = count.all.saturating_add(orders);
            count.complete = count.complete.saturating_add(if complete { orders } else { 0 });
        }
        if !self.is_engine {
            return Ok(false);
        }
        let way = self.way(position)?;
        let mut file = self.written(&way);
        if self.is_faulty {
            // What the faults delay arrives after all in the run without them.
            release_all_but(&held, &mut file);
        }
        let ran = run(&file, &self.settings.options)?;
        if let Some(failure) = ran.failure {
            return Err(failure.into());
        }
        if ran.missing.len() != missing.len() {
            let what = format!("{} authentications lack, not {}", ran.missing.len(), missing.len());
            return Err(Unexplorable::Unfaithful(what));
        }
        let broken = match self.broken_promise(&ran) {
            Some(broken) => broken,
            None if self.settings.demand == Demand::Complete && !complete => Broken::Incomplete,
            None => return Ok(false),
        };
        self.explored.counterexample = Some(self.example(broken, way.len(), file)?);
        Ok(true)
    }

    /// The levels of all keys on all devices; of all changes of places, by which that comes first.
    fn outcome(&self) -> Result<Vec<Level>, Failure> {
        let devices: Vec<_> =
            self.world.cast().devices().map(|(device, member)| (device, member.key)).collect();
        let levels = |place: Option<&Place>| -> Result<Vec<Level>, Failure> {
            let at = |position: usize| devices[place.map_or(position, |place| place.device(position))];
            let pairs = (0..devices.len()).flat_map(|one| (0..devices.len()).map(move |other| (one, other)));
            pairs.map(|(one, other)| self.world.level(at(one).0, at(other).1)).collect()
        };
        let mut first = levels(None)?;
        for place in &self.places {
            first = first.min(levels(Some(place))?);
        }
        Ok(first)
    }

    /// The first promise that a run did not keep and of which the scenario does not say that it breaks it.
    fn broken_promise(&mut self, ran: &Run) -> Option<Broken> {
        let declared = run::breaks_under(&self.scenario.breaks, &self.settings.options);
        let mut broken = ran.violations.iter().map(|violation| violation.invariant);
        self.explored.breaks.extend(broken.clone().filter(|invariant| declared.contains(invariant)));
        broken.find(|invariant| !declared.contains(invariant)).map(Broken::Promise)
    }

    /// Shows what is broken in a step from a state.
    fn break_on_the_way(&mut self, position: u32, broken: Broken) -> Result<(), Unexplorable> {
        let mut way = self.way(position)?;
        let state = self.walk(&way)?;
        let mut moves = Vec::new();
        self.list_all_moves(&state, &mut moves);
        for step in moves {
            let found = self.go(&state, step)?.broken.map(|(_, invariant)| Broken::Promise(invariant));
            if found.as_ref() == Some(&broken) {
                way.push(step);
                break;
            }
        }
        self.explored.counterexample = Some(self.example(broken, way.len(), self.written(&way))?);
        Ok(())
    }

    /// A way that leads to a state.
    fn way(&mut self, position: u32) -> Result<Vec<Move>, Unexplorable> {
        let mut positions = vec![position];
        while let Some(&last) = positions.last()
            && last != 0
        {
            positions.push(self.parents[last as usize]);
        }
        positions.pop();
        let mut way = Vec::new();
        let mut state = State::default();
        let mut moves = Vec::new();
        state.read(self.seen.get(0));
        for position in positions.into_iter().rev() {
            self.list_all_moves(&state, &mut moves);
            let mut next = None;
            for step in &moves {
                self.go(&state, *step)?;
                let reached = self.room.next.clone();
                self.settle_next();
                if self.room.bytes == self.seen.get(position) {
                    next = Some((*step, reached));
                    break;
                }
            }
            let (step, reached) = next.expect("a state has a way to each that was reached from it");
            way.push(step);
            state = reached;
        }
        Ok(way)
    }

    /// How many of the states that were found differ by more than a change of places.
    #[cfg(test)]
    pub(super) fn states_up_to_symmetry(&mut self) -> usize {
        self.by_symmetry = true;
        let mut firsts = BTreeSet::new();
        for position in 0..self.seen.len() {
            self.room.next.read(self.seen.get(position as u32));
            self.settle_next();
            firsts.insert(self.room.bytes.clone());
        }
        firsts.len()
    }

    /// The state to which a way leads.
    fn walk(&mut self, way: &[Move]) -> Result<State, Unexplorable> {
        let mut state = State::default();
        state.read(self.seen.get(0));
        for step in way {
            self.go(&state, *step)?;
            state = self.room.next.clone();
        }
        Ok(state)
    }

    fn written(&self, way: &[Move]) -> Scenario {
        written(self.scenario, self.world.cast(), way, self.settings.deliveries)
    }

    /// What is broken on a way, as a scenario that breaks it when it is run, and as a small one.
    fn example(
        &self,
        broken: Broken,
        length: usize,
        scenario: Scenario,
    ) -> Result<Counterexample, Unexplorable> {
        if !self.is_engine {
            return Ok(Counterexample { broken, length, shrunk: scenario.clone(), scenario });
        }
        let options = self.settings.options;
        let missing = run(&scenario, &options)?.missing;
        let breaks = |candidate: &Scenario| match run(candidate, &options) {
            Ok(ran) => match &broken {
                Broken::Promise(promise) => {
                    ran.violations.iter().any(|violation| violation.invariant == *promise)
                }
                Broken::Incomplete => ran.missing == missing,
            },
            Err(_) => false,
        };
        if !breaks(&scenario) {
            return Err(Unexplorable::Unfaithful(format!("it does not show that {broken:?}")));
        }
        let tidy = tidied(&scenario, breaks);
        let shrunk = match &broken {
            Broken::Promise(_) => shrink(&tidy, breaks),
            Broken::Incomplete => tidy,
        };
        Ok(Counterexample { broken, length, scenario, shrunk })
    }
}

/// The accounts that a step links.
fn links(action: &Action, script: &Script) -> Vec<(AccountId, AccountId)> {
    let Some((device, decision)) = action.decision() else { return Vec::new() };
    let own = script.cast.member(device).account;
    let trusts = decision.decisions().iter().filter(|decision| decision.verdict == Verdict::Trust);
    let owners = trusts.map(|decision| script.cast.directory().owner(decision.key));
    owners.filter(|owner| *owner != own).map(|owner| (own, owner)).collect()
}

struct Nobody;

impl Observer for Nobody {
    fn observe(&mut self, _: atm_engine::Stamp, _: Event) {}
}

/// Sees what the network loses.
#[derive(Default)]
struct Losses {
    lost: bool,
    by_hand: bool,
}

impl Observer for Losses {
    fn observe(&mut self, _: atm_engine::Stamp, event: Event) {
        self.lost |= matches!(event, Event::Blocked { .. } | Event::Lost { .. } | Event::Forged { .. });
    }
}
