use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use atm_engine::{AccountId, AnnouncementRule, DecisionKind, Limits};

use super::cached_device::CachedDevice;
use super::canonical_form::CanonicalForm;
use super::coding::{Coder, State};
use super::explored::{Explored, Extent, MOST_DEVICES, MOST_STEPS, OrderCount, Unexplorable};
use super::moves::{Agenda, Move, has_independent_deliveries};
use super::stepping::{Losses, Unobserved};
use super::symmetry::{Permutation, permutations};
use super::times::TICK;
use super::transition_cache::{Gathered, TransitionCache};
use super::visited_set::VisitedSet;
use super::{Behaviour, Defect, Deliveries, Settings};
use crate::run;
use crate::scenario::Scenario;
use crate::script::{Action, Script};
use crate::world::{Snapshot, World};

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
    explore_with(scenario, settings, Behaviour::Engine, watch)
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

pub(super) struct Search<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) settings: &'a Settings,
    behaviour: Behaviour,
    pub(super) world: World<CachedDevice>,
    pub(super) cache: Rc<RefCell<TransitionCache>>,
    pub(super) coder: Coder,
    pub(super) agenda: Agenda,
    /// The accounts that a step links.
    pub(super) links: Vec<Vec<(AccountId, AccountId)>>,
    pub(super) permutations: Vec<Permutation>,
    /// Whether states count as one that differ by a permutation of devices.
    pub(super) by_symmetry: bool,
    /// Whether deliveries that are independent of all else are made at once.
    pub(super) has_independent_deliveries: bool,
    /// Whether it counts that everything had arrived whenever a person decided.
    pub(super) asks_for_quiet: bool,
    /// Whether there are faults that must make no difference.
    pub(super) is_faulty: bool,
    pub(super) visited: VisitedSet,
    pub(super) parents: Vec<u32>,
    /// How many orders of steps lead to each state, where that is counted.
    pub(super) orders: Vec<u128>,
    pub(super) explored: Explored,
    pub(super) buffers: Buffers,
}

/// What is used again for each state.
#[derive(Default)]
pub(super) struct Buffers {
    pub(super) snapshot: Snapshot,
    pub(super) next: State,
    pub(super) renamed: State,
    pub(super) bytes: Vec<u8>,
    pub(super) renamed_bytes: Vec<u8>,
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
        let is_about_backup = |action: &Action| matches!(action, Action::BackUp(_) | Action::Restore(_));
        if let Some(step) = script.actions.iter().position(is_about_backup) {
            return Err(Unexplorable::Backup(step + 1));
        }
        match settings.deliveries {
            Deliveries::Every => (script.pause, script.latency) = (TICK, Default::default()),
            Deliveries::Drained => script.latency.1 = script.latency.0,
        }
        let Settings { mut reductions, orders, .. } = *settings;
        // Where room is short, what comes first gets it.
        reductions.lists &= script.limits == Limits::default();
        let form = CanonicalForm::of_devices(&script, reductions);
        let cache = TransitionCache::new(script.cast.clone(), script.policy, form, behaviour);
        let cache = Rc::new(RefCell::new(cache));
        let form = CanonicalForm::of_letters(&script, reductions);
        let coder = Coder::new(script.start, script.cast.clone(), form, cache.clone());
        let agenda = Agenda::of(&script, orders);
        let links = script.actions.iter().map(|action| links(action, &script)).collect();
        let permutations = permutations(&script, orders);
        let by_symmetry = reductions.symmetry && reductions.lists;
        let rules = run::rules(scenario, &settings.options);
        let plain = has_independent_deliveries(&script, settings.deliveries);
        let faulty = script.without_faults().is_some();
        let symmetries = if by_symmetry { permutations.len() as u64 + 1 } else { 1 };
        let world = World::new(script, settings.options.seed, |cast, device| {
            let endpoint = cast.engine(device, rules);
            let state = cache.borrow_mut().intern(endpoint);
            CachedDevice { device, state, cache: cache.clone() }
        });
        Ok(Self {
            scenario,
            settings,
            behaviour,
            world,
            cache,
            coder,
            agenda,
            links,
            permutations,
            by_symmetry,
            has_independent_deliveries: plain
                && reductions.independence
                && reductions.origins
                && reductions.lists
                && reductions.times,
            asks_for_quiet: settings.options.announcement == AnnouncementRule::Cascade || faulty,
            is_faulty: faulty,
            visited: VisitedSet::default(),
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
            buffers: Buffers::default(),
        })
    }

    /// Whether the devices are the engine's own, so that a scenario file shows what the search found.
    pub(super) fn is_of_the_engine(&self) -> bool {
        match self.behaviour {
            Behaviour::Engine => true,
            Behaviour::Faulty(_) => false,
        }
    }

    pub(super) fn run(
        &mut self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), Unexplorable> {
        let extent = self.search(watch)?;
        self.explored.extent = extent;
        self.explored.states = self.visited.len() as u64;
        self.explored.device_states = self.cache.borrow().len() as u64;
        self.explored.messages = self.coder.letters() as u64;
        if extent != Extent::Exhausted {
            self.explored.orders = None;
        }
        Ok(())
    }

    fn search(&mut self, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<Extent, Unexplorable> {
        let counts = self.settings.deliveries == Deliveries::Drained;
        self.explored.orders = counts.then(OrderCount::default);
        if let Some(broken) = self.begin()? {
            return Ok(broken);
        }
        let (mut state, mut moves) = (State::default(), Vec::new());
        for position in 0.. {
            if position as usize >= self.visited.len() {
                return Ok(Extent::Exhausted);
            }
            if position % 1024 == 0 {
                let progress = Progress { states: self.visited.len() as u64, done: u64::from(position) };
                if watch(progress).is_break() {
                    return Ok(Extent::Stopped);
                }
            }
            state.read(self.visited.get(position));
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
                    self.break_on_the_way(position, Defect::Invariant(invariant))?;
                    return Ok(Extent::Broken);
                }
                self.add(position);
                if self.settings.max_states.is_some_and(|most| self.visited.len() as u64 > most) {
                    return Ok(Extent::TooManyStates);
                }
            }
        }
        Ok(Extent::Exhausted)
    }

    /// Lets the devices join that are there from the start.
    fn begin(&mut self) -> Result<Option<Extent>, Unexplorable> {
        self.cache.borrow_mut().noticed = Gathered::default();
        self.world.begin(&mut Unobserved)?;
        let mut lost = Losses::default();
        self.drain(&mut lost)?;
        let gathered = self.cache.borrow().noticed;
        let mut start = State::default();
        start.done = self.agenda.idle();
        self.write_next(&start, start.done, gathered, &lost);
        if let Some((_, invariant)) = gathered.broken {
            self.explored.counterexample =
                Some(self.example(Defect::Invariant(invariant), 0, self.written(&[]))?);
            return Ok(Some(Extent::Broken));
        }
        self.settle_next();
        let _ = self.visited.insert(&self.buffers.bytes);
        self.parents.push(0);
        self.orders.push(1);
        Ok(None)
    }

    /// What can happen in a state: all of it, or something that is independent of all the rest.
    fn list_moves(&mut self, state: &State, moves: &mut Vec<Move>) -> Result<(), Unexplorable> {
        self.list_all_moves(state, moves);
        if !self.has_independent_deliveries {
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

    /// Adds the next state, unless it is known.
    fn add(&mut self, from: u32) {
        self.settle_next();
        let found = if self.settings.reductions.merging {
            self.visited.insert(&self.buffers.bytes)
        } else {
            Err(self.visited.push(&self.buffers.bytes))
        };
        if found.is_err() {
            self.parents.push(from);
        }
        if self.explored.orders.is_some() {
            let (Ok(to) | Err(to)) = found;
            let to = to as usize;
            self.orders.resize(self.visited.len(), 0);
            self.orders[to] = self.orders[to].saturating_add(self.orders[from as usize]);
        }
    }
}

/// The accounts that a step links.
fn links(action: &Action, script: &Script) -> Vec<(AccountId, AccountId)> {
    let Some((device, decision)) = action.decision() else { return Vec::new() };
    let own = script.cast.member(device).account;
    let trusts = decision.decisions().iter().filter(|decision| decision.kind == DecisionKind::Trust);
    let owners = trusts.map(|decision| script.cast.directory().owner(decision.key));
    owners.filter(|owner| *owner != own).map(|owner| (own, owner)).collect()
}
