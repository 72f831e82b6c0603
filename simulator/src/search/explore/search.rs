use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use atm_engine::{AccountId, AnnouncementRule, DecisionKind, KeyId, Limits};

use super::cached_device::CachedDevice;
use super::canonical_form::CanonicalForm;
use super::coding::Coder;
use super::ends::Ends;
use super::expanding::{self, BLOCK, Expanded, Expansion, Follower};
use super::explored::{Explored, Extent, MOST_DEVICES, MOST_STEPS, OrderCount, Unexplorable};
use super::independence::Moves;
use super::known::Known;
use super::moves::{Agenda, has_independent_deliveries};
use super::plan::{Plan, Relayed};
use super::settling::Scratch;
use super::state::State;
use super::stepping::{Losses, Unobserved};
use super::symmetry::permutations;
use super::times::TICK;
use super::transition_cache::{Gathered, TransitionCache};
use super::visited_set::{VisitedSet, hash};
use super::{Behaviour, Criterion, Defect, Deliveries, Settings};
use crate::invariants::Invariant;
use crate::run;
use crate::scenario::Scenario;
use crate::script::{Action, Script};
use crate::world::{Snapshot, World};

/// The progress of a search.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The number of visited states.
    pub states: u64,
    /// The number of expanded states.
    pub done: u64,
}

/// Visits all states that the world of `scenario` can reach, until something is broken, all states are visited, the
/// limit is reached, or `watch`, which is called now and then, stops the search.
///
/// # Errors
///
/// If the scenario is too large or cannot be prepared, or an endpoint fails.
pub fn explore(
    scenario: &Scenario,
    settings: &Settings,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Explored, Unexplorable> {
    explore_with(scenario, settings, Behaviour::Engine, watch)
}

/// Explores like [`explore`], with devices that do not behave like the engine, for the tests of the search itself.
///
/// # Errors
///
/// As [`explore`]. A counterexample with such devices cannot be shown as a scenario file.
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
    pub(super) plan: Plan,
    pub(super) known: Known,
    /// The accounts that each step links.
    pub(super) links: Vec<Vec<(AccountId, AccountId)>>,
    /// The accounts whose people decide on a key, by key.
    pub(super) deciders: BTreeSet<(KeyId, AccountId)>,
    /// Whether there are faults that must make no difference.
    pub(super) is_faulty: bool,
    pub(super) visited: VisitedSet,
    pub(super) parents: Vec<u32>,
    /// The number of orders of steps that lead to each state, if they are counted.
    pub(super) orders: Vec<u128>,
    pub(super) explored: Explored,
    pub(super) snapshot: Snapshot,
    pub(super) scratch: Scratch,
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
        let Settings { mut reductions, orders, deliveries, .. } = *settings;
        // Where `Limits` bound the space, the first decisions get it, so their order matters.
        reductions.lists &= script.limits == Limits::default();
        let form = CanonicalForm::of_devices(&script, reductions);
        let cache = TransitionCache::new(script.cast.clone(), script.policy, form, behaviour);
        let cache = Rc::new(RefCell::new(cache));
        let form = CanonicalForm::of_letters(&script, reductions);
        let faulty = script.without_faults().is_some();
        let announcement = settings.options.announcement;
        let plan = Plan {
            cast: script.cast.clone(),
            start: script.start,
            times: form.times.clone(),
            agenda: Agenda::of(&script, orders),
            deliveries,
            permutations: permutations(&script, orders),
            by_symmetry: reductions.symmetry && reductions.lists,
            reduces_orders: reductions.independence
                && deliveries == Deliveries::Every
                && !form.times.are_exact(),
            has_independent_deliveries: has_independent_deliveries(&script, deliveries)
                && reductions.independence
                && reductions.origins
                && reductions.lists
                && reductions.times,
            relayed: Relayed::under(settings.options),
            asks_for_quiet: announcement == AnnouncementRule::Cascade || faulty,
        };
        let coder = Coder::new(script.start, script.cast.clone(), form);
        let links = script.actions.iter().map(|action| links(action, &script)).collect();
        let deciders = script.actions.iter().flat_map(|action| deciders(action, &script)).collect();
        let rules = run::rules(scenario, &settings.options);
        let symmetries = plan.symmetries().len() as u64 + 1;
        let known = Known::new(plan.permutations.len());
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
            plan,
            known,
            links,
            deciders,
            is_faulty: faulty,
            visited: VisitedSet::default(),
            parents: Vec::new(),
            orders: Vec::new(),
            explored: Explored {
                states: 0,
                transitions: 0,
                ends: 0,
                complete_ends: 0,
                contradicting_ends: 0,
                outcomes: BTreeSet::new(),
                declared: match settings.demand {
                    Criterion::Nothing => Invariant::ALL.to_vec(),
                    _ => run::breaks_under(&scenario.breaks, &settings.options),
                },
                breaks: BTreeSet::new(),
                broken_ends: BTreeMap::new(),
                declared_end: None,
                orders: None,
                extent: Extent::Exhausted,
                counterexample: None,
                device_states: 0,
                messages: 0,
                symmetries,
            },
            snapshot: Snapshot::default(),
            scratch: Scratch::default(),
        })
    }

    /// Whether the devices behave like the engine, so that a scenario file can show what the search found.
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
        let mut next = 0;
        while next < self.visited.len() {
            let progress = Progress { states: self.visited.len() as u64, done: next as u64 };
            if watch(progress).is_break() {
                return Ok(Extent::Stopped);
            }
            let block = next..(next + BLOCK).min(self.visited.len());
            next = block.end;
            if let Some(extent) = self.go_on_from(block)? {
                return Ok(extent);
            }
        }
        Ok(Extent::Exhausted)
    }

    /// Adds the devices that belong to their accounts from the start.
    fn begin(&mut self) -> Result<Option<Extent>, Unexplorable> {
        self.cache.borrow_mut().noticed = Gathered::default();
        self.world.begin(&mut Unobserved)?;
        let mut lost = Losses::default();
        self.drain(&mut lost)?;
        let gathered = self.cache.borrow().noticed;
        let start = State { done: self.plan.agenda.idle(), ..State::default() };
        self.write_next(&start, start.done, gathered, &lost);
        if let Some((_, invariant)) = gathered.broken {
            self.explored.counterexample =
                Some(self.example(Defect::Invariant(invariant), Vec::new(), self.written(&[]))?);
            return Ok(Some(Extent::Broken));
        }
        self.settle_next();
        self.canonicalise_next();
        let hash = hash(&self.scratch.bytes);
        let position = self.visited.push(&self.scratch.bytes);
        expanding::index(&[(hash, position)], &mut self.visited, 1);
        self.parents.push(0);
        self.orders.push(1);
        Ok(None)
    }

    /// Expands the states at these positions, in order. The result does not depend on the number of threads or on the
    /// size of the block.
    fn go_on_from(&mut self, block: Range<usize>) -> Result<Option<Extent>, Unexplorable> {
        let threads = self.settings.threads.get();
        let mut expansions = expanding::expand(self.reader(), &self.visited, block, threads);
        for expansion in &mut expansions {
            self.find_out(expansion)?;
        }
        let copies = match self.settings.reductions.merging {
            true => expanding::copies(&expansions, threads),
            false => Vec::new(),
        };
        let mut added = Vec::new();
        let extent = self.add(&expansions, &copies, &mut added)?;
        if self.settings.reductions.merging {
            expanding::index(&added, &mut self.visited, threads);
        }
        Ok(extent)
    }

    /// Computes the missing parts and continues where they were needed.
    fn find_out(&mut self, expansion: &mut Expansion) -> Result<(), Unexplorable> {
        let (mut state, mut moves) = (State::default(), Moves::default());
        for number in 0..expansion.states.len() {
            let Expanded { position, followers: (from, to), then } = expansion.states[number];
            let followers = &expansion.followers[from as usize..to as usize];
            if then.is_some() && !followers.iter().any(|follower| matches!(follower, Follower::Open(_))) {
                continue;
            }
            state.read(self.visited.get(position));
            if then.is_none() {
                self.list_moves(&state, &mut moves)?;
                let from = expansion.followers.len();
                expansion.followers.extend(moves.steps.iter().map(|step| Follower::Open(*step)));
                expansion.states[number].followers = (from as u32, expansion.followers.len() as u32);
            }
            let then = then.unwrap_or(moves.then);
            let (from, to) = expansion.states[number].followers;
            for follower in from as usize..to as usize {
                let Follower::Open(step) = expansion.followers[follower] else { continue };
                expansion.followers[follower] = match self.go(&state, (step, then))?.broken {
                    Some(invariant) => Follower::Broken(invariant),
                    None => {
                        self.canonicalise_next();
                        expansion.found(&self.scratch.bytes, &self.visited)
                    }
                };
            }
        }
        Ok(())
    }

    /// Adds the successors to the visited set, in order, and judges ends, until something is broken. New states are
    /// appended to `added`, for the index.
    fn add(
        &mut self,
        expansions: &[Expansion],
        copies: &[u32],
        added: &mut Vec<(u64, u32)>,
    ) -> Result<Option<Extent>, Unexplorable> {
        let mut positions: Vec<u32> = Vec::with_capacity(copies.len());
        let all = expansions.iter().flat_map(|expansion| &expansion.states);
        let ends = all.filter(|state| state.followers.0 == state.followers.1).map(|state| state.position);
        let mut ends = Ends::at(ends.collect());
        for expansion in expansions {
            for Expanded { position: from, followers, .. } in &expansion.states {
                let followers = &expansion.followers[followers.0 as usize..followers.1 as usize];
                if followers.is_empty() && self.end(&mut ends)? {
                    return Ok(Some(Extent::Broken));
                }
                for follower in followers {
                    self.explored.transitions += 1;
                    let found = match follower {
                        Follower::Found(found) => *found,
                        Follower::Broken(invariant) => {
                            self.break_on_the_way(*from, Defect::Invariant(*invariant))?;
                            return Ok(Some(Extent::Broken));
                        }
                        Follower::Open(_) => unreachable!("all that was open was found out"),
                    };
                    let first = copies.get(positions.len()).map_or(positions.len(), |first| *first as usize);
                    let known = match self.settings.reductions.merging {
                        true => found.position.or_else(|| positions.get(first).copied()),
                        false => None,
                    };
                    let to = known.unwrap_or_else(|| {
                        let to = self.visited.push(expansion.bytes(found));
                        added.push((found.hash, to));
                        self.parents.push(*from);
                        to
                    });
                    positions.push(to);
                    if self.explored.orders.is_some() {
                        self.orders.resize(self.visited.len(), 0);
                        self.orders[to as usize] =
                            self.orders[to as usize].saturating_add(self.orders[*from as usize]);
                    }
                    if self.settings.max_states.is_some_and(|most| self.visited.len() as u64 > most) {
                        return Ok(Some(Extent::TooManyStates));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// The keys on which a person decides in a step, with the account of that person.
fn deciders(action: &Action, script: &Script) -> Vec<(KeyId, AccountId)> {
    let Some((device, decision)) = action.decision() else { return Vec::new() };
    let account = script.cast.member(device).account;
    decision.decisions().iter().map(|decision| (decision.key, account)).collect()
}

/// The accounts that a step links.
fn links(action: &Action, script: &Script) -> Vec<(AccountId, AccountId)> {
    let Some((device, decision)) = action.decision() else { return Vec::new() };
    let own = script.cast.member(device).account;
    let trusts = decision.decisions().iter().filter(|decision| decision.kind == DecisionKind::Trust);
    let owners = trusts.map(|decision| script.cast.directory().owner(decision.key));
    owners.filter(|owner| *owner != own).map(|owner| (own, owner)).collect()
}
