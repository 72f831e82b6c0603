//! The checks of ends, and counterexamples for what they find.

use std::collections::{BTreeSet, VecDeque};

use atm_engine::{AccountId, Level};

use super::expanding::each_in_threads;
use super::independence::Then;
use super::moves::Move;
use super::plan::Reader;
use super::search::Search;
use super::settling::Scratch;
use super::state::State;
use super::symmetry::Permutation;
use super::visited_set::VisitedSet;
use super::walk::Way;
use super::written::{named, release_all_but, tidied, written};
use super::{Counterexample, Criterion, Defect, Unexplorable};
use crate::cast::Cast;
use crate::endpoint::Failure;
use crate::invariants::{Hazard, Invariant, Violation};
use crate::run::{Run, run};
use crate::scenario::{Link, Scenario};
use crate::search::shrink::shrink;
use crate::trust_graph::{Disagreement, TrustGraph};

/// The number of ends that each thread examines before they are judged.
const ENDS_OF_A_THREAD: usize = 16;

/// The ends of a block of states, in order. Several are examined in parallel and then judged one after the other.
#[derive(Debug)]
pub(super) struct Ends {
    /// The positions of the ends that are not examined yet.
    positions: VecDeque<u32>,
    looked_at: VecDeque<Result<End, Unexplorable>>,
}

/// The observations at an end.
#[derive(Debug)]
struct End {
    position: u32,
    /// The number of missing authentications.
    missing: usize,
    /// Whether devices contradict each other.
    contradicts: bool,
    outcome: Vec<Level>,
    /// The path to it; `None` if the devices do not behave like the engine, so that no file can show the path.
    path: Option<Path>,
}

/// The moves of a path, and a scenario that takes it.
type WrittenWay = (Vec<Move>, Scenario);

/// A path as a scenario that takes it, and the result of a run of that scenario.
#[derive(Debug)]
struct Path {
    way: Vec<Move>,
    file: Scenario,
    missing: usize,
    violations: Vec<Broken>,
}

/// An invariant that is broken at an end.
#[derive(Debug)]
struct Broken {
    invariant: Invariant,
    hazard: Option<Hazard>,
    what: String,
}

impl Broken {
    fn of(violation: &Violation, cast: &Cast) -> Self {
        let Violation { invariant, hazard, .. } = *violation;
        Self { invariant, hazard, what: violation.describe(cast) }
    }
}

impl Ends {
    pub(super) fn at(positions: VecDeque<u32>) -> Self {
        Self { positions, looked_at: VecDeque::new() }
    }
}

impl Search<'_> {
    /// Judges the next end. Returns whether something is broken there.
    pub(super) fn end(&mut self, ends: &mut Ends) -> Result<bool, Unexplorable> {
        if ends.looked_at.is_empty() {
            self.look_at(ends);
        }
        let end = ends.looked_at.pop_front().expect("each end is judged once")?;
        let complete = end.missing == 0;
        self.explored.ends += 1;
        self.explored.complete_ends += u64::from(complete);
        self.explored.contradicting_ends += u64::from(end.contradicts);
        self.explored.outcomes.insert(end.outcome);
        if let Some(count) = &mut self.explored.orders {
            let orders = self.orders[end.position as usize];
            count.all = count.all.saturating_add(orders);
            count.complete = count.complete.saturating_add(if complete { orders } else { 0 });
        }
        let Some(Path { way, file, missing, violations }) = end.path else { return Ok(false) };
        if missing != end.missing {
            let what = format!("{missing} authentications lack, not {}", end.missing);
            return Err(Unexplorable::Unfaithful(what));
        }
        if let (None, Some(declared)) = (&self.explored.declared_end, self.first_declared(&violations)) {
            self.explored.declared_end = Some((declared, Way(way.clone())));
        }
        let broken = match self.broken_invariant(&violations) {
            Some(broken) => broken,
            None if self.settings.demand == Criterion::Complete && !complete => Defect::Incomplete,
            None => return Ok(false),
        };
        self.explored.counterexample = Some(self.example(broken, way, file)?);
        Ok(true)
    }

    /// Examines the next ends. Threads find the paths to them, as far as the known parts allow, and play them.
    fn look_at(&mut self, ends: &mut Ends) {
        let threads = self.settings.threads.get();
        let many = if threads > 1 { threads * ENDS_OF_A_THREAD } else { 1 };
        let positions: Vec<u32> = ends.positions.drain(..many.min(ends.positions.len())).collect();
        let (reader, visited, parents) = (self.reader(), &self.visited, &self.parents[..]);
        let ways = match threads {
            1 => vec![None; positions.len()],
            _ => each_in_threads(&positions, threads, |position| reader.way(visited, parents, *position)),
        };
        let seen: Vec<_> =
            positions.into_iter().zip(ways).map(|(position, way)| self.see(position, way)).collect();
        let options = &self.settings.options;
        let played = each_in_threads(&seen, threads, |seen| {
            seen.as_ref().ok().and_then(|(_, way)| way.as_ref()).map(|(_, file)| run(file, options))
        });
        ends.looked_at.extend(seen.into_iter().zip(played).map(|(seen, ran)| {
            let (mut end, way) = seen?;
            if let (Some((way, file)), Some(ran)) = (way, ran) {
                let Run { failure, missing, violations, cast, .. } = ran?;
                if let Some(failure) = failure {
                    return Err(failure.into());
                }
                let violations = violations.iter().map(|violation| Broken::of(violation, &cast)).collect();
                end.path = Some(Path { way, file, missing: missing.len(), violations });
            }
            Ok(end)
        }));
    }

    /// Examines an end. Returns its observations, and the path to it with its file.
    fn see(
        &mut self,
        position: u32,
        way: Option<Vec<Move>>,
    ) -> Result<(End, Option<WrittenWay>), Unexplorable> {
        let mut state = State::default();
        state.read(self.visited.get(position));
        self.restore(&state);
        let done = (0..self.links.len()).filter(|step| state.done & 1 << step != 0);
        self.world.link(done.flat_map(|step| self.links[step].iter().copied()));
        let (cast, held) = (self.world.cast(), self.snapshot.held.iter());
        let held: Vec<Link> = held.map(|packet| named(cast, packet.link)).collect();
        let graph = TrustGraph::of(&self.world)?;
        let missing = graph.missing().len();
        let contradicts =
            self.can_contradict() && graph.disagreements(cast).iter().any(|found| self.is_unwanted(found));
        let end = End { position, missing, contradicts, outcome: self.outcome()?, path: None };
        if !self.is_of_the_engine() {
            return Ok((end, None));
        }
        let way = match way {
            Some(way) => way,
            None => self.way(position)?.0,
        };
        let mut file = self.written(&way);
        if self.is_faulty {
            // In the run without faults, delayed messages do arrive.
            release_all_but(&held, &mut file);
        }
        Ok((end, Some((way, file))))
    }

    /// The levels of all keys on all devices, as the least list of all permutations.
    pub(super) fn outcome(&self) -> Result<Vec<Level>, Failure> {
        let devices: Vec<_> =
            self.world.cast().devices().map(|(device, member)| (device, member.key)).collect();
        let levels = |permutation: Option<&Permutation>| -> Result<Vec<Level>, Failure> {
            let at = |position: usize| {
                devices[permutation.map_or(position, |permutation| permutation.device(position))]
            };
            let pairs = (0..devices.len()).flat_map(|one| (0..devices.len()).map(move |other| (one, other)));
            pairs.map(|(one, other)| self.world.level(at(one).0, at(other).1)).collect()
        };
        let mut first = levels(None)?;
        for permutation in &self.plan.permutations {
            first = first.min(levels(Some(permutation))?);
        }
        Ok(first)
    }

    /// The first invariant that a run broke and of which the scenario says that it breaks it.
    fn first_declared(&self, broken: &[Broken]) -> Option<Invariant> {
        let mut invariants = broken.iter().map(|broken| broken.invariant);
        invariants.find(|invariant| self.explored.declared.contains(invariant))
    }

    /// The first invariant that a run broke and of which the scenario does not say that it breaks it.
    fn broken_invariant(&mut self, broken: &[Broken]) -> Option<Defect> {
        let declared = &self.explored.declared;
        let is_declared = |broken: &&Broken| declared.contains(&broken.invariant);
        let mut counted = BTreeSet::new();
        for Broken { invariant, hazard, what } in broken.iter().filter(is_declared) {
            self.explored.breaks.insert(*invariant);
            if counted.insert((*invariant, *hazard)) {
                let ends = self.explored.broken_ends.entry((*invariant, *hazard)).or_default();
                ends.ends += 1;
                if ends.ends == 1 {
                    ends.first.clone_from(what);
                }
            }
        }
        let other = broken.iter().find(|broken| !is_declared(broken))?;
        Some(Defect::Invariant(other.invariant))
    }

    /// Whether a contradiction between two devices counts: they belong to one account, or no person of the two accounts
    /// decides on the key as a contact of its owner. The devices of a contact would not announce that decision outside
    /// their account.
    fn is_unwanted(&self, disagreement: &Disagreement) -> bool {
        let Disagreement { trusting, distrusting, key } = *disagreement;
        let cast = self.world.cast();
        let accounts = [trusting, distrusting].map(|device| cast.member(device).account);
        let owner = cast.directory().owner(key);
        let is_decided = |account: &AccountId| *account != owner && self.deciders.contains(&(key, *account));
        accounts[0] == accounts[1] || !accounts.iter().any(is_decided)
    }

    /// Whether devices can contradict each other: somebody distrusts a key.
    fn can_contradict(&self) -> bool {
        self.plan.times.is_contested_anywhere()
    }

    /// Shows what a step from a state breaks.
    pub(super) fn break_on_the_way(&mut self, position: u32, broken: Defect) -> Result<(), Unexplorable> {
        let (mut way, state) = self.way(position)?;
        let mut moves = Vec::new();
        self.reader().list_all_moves(&state, &mut moves);
        for step in moves {
            let found = self.go(&state, (step, Then::Mover))?.broken.map(Defect::Invariant);
            if found.as_ref() == Some(&broken) {
                way.push(step);
                break;
            }
        }
        let file = self.written(&way);
        self.explored.counterexample = Some(self.example(broken, way, file)?);
        Ok(())
    }

    /// A path to a state, and the state at its end, which may be a permutation of that state.
    pub(super) fn way(&mut self, position: u32) -> Result<(Vec<Move>, State), Unexplorable> {
        let mut way = Vec::new();
        let mut state = State::default();
        state.read(self.visited.get(0));
        for position in positions_on_the_way(&self.parents, position) {
            let (step, reached) = self.step_towards(position, &state)?;
            way.push(step);
            state = reached;
        }
        Ok((way, state))
    }

    /// The move from a state to the one at a position, and the resulting state.
    fn step_towards(&mut self, position: u32, from: &State) -> Result<(Move, State), Unexplorable> {
        let mut moves = Vec::new();
        self.reader().list_all_moves(from, &mut moves);
        for then in [Then::Mover, Then::Same] {
            for step in &moves {
                self.go(from, (*step, then))?;
                let reached = self.scratch.next.clone();
                self.canonicalise_next();
                if self.scratch.bytes == self.visited.get(position) {
                    return Ok((*step, reached));
                }
            }
        }
        unreachable!("a state has a way to each that was reached from it")
    }

    /// The number of visited states up to permutations of devices.
    #[cfg(test)]
    pub(super) fn states_up_to_symmetry(&mut self) -> usize {
        self.plan.by_symmetry = true;
        let mut firsts = BTreeSet::new();
        for position in 0..self.visited.len() {
            self.scratch.next.read(self.visited.get(position as u32));
            self.canonicalise_next();
            firsts.insert(self.scratch.bytes.clone());
        }
        firsts.len()
    }

    pub(super) fn written(&self, way: &[Move]) -> Scenario {
        written(self.scenario, self.world.cast(), way, self.settings.deliveries)
    }

    /// The counterexample of a path: a scenario that breaks the same when it is run, and a small one.
    pub(super) fn example(
        &self,
        broken: Defect,
        way: Vec<Move>,
        scenario: Scenario,
    ) -> Result<Counterexample, Unexplorable> {
        let (length, way) = (way.len(), Way(way));
        if !self.is_of_the_engine() {
            return Ok(Counterexample { broken, length, way, shrunk: scenario.clone(), scenario });
        }
        let options = self.settings.options;
        let missing = run(&scenario, &options)?.missing;
        let breaks = |candidate: &Scenario| match run(candidate, &options) {
            Ok(ran) => match &broken {
                Defect::Invariant(invariant) => {
                    ran.violations.iter().any(|violation| violation.invariant == *invariant)
                }
                Defect::Incomplete => ran.missing == missing,
            },
            Err(_) => false,
        };
        if !breaks(&scenario) {
            return Err(Unexplorable::Unfaithful(format!("it does not show that {broken:?}")));
        }
        let tidy = tidied(&scenario, breaks);
        let shrunk = match &broken {
            Defect::Invariant(_) => shrink(&tidy, breaks),
            Defect::Incomplete => tidy,
        };
        Ok(Counterexample { broken, length, way, scenario, shrunk })
    }
}

impl Reader<'_> {
    /// The moves of a path to a state, the same as those of [`Search::way`]; `None` if a part is missing.
    fn way(self, visited: &VisitedSet, parents: &[u32], position: u32) -> Option<Vec<Move>> {
        let (mut state, mut scratch, mut moves) = (State::default(), Scratch::default(), Vec::new());
        state.read(visited.get(0));
        let mut step_towards = |position: u32| {
            self.list_all_moves(&state, &mut moves);
            for then in [Then::Mover, Then::Same] {
                for step in &moves {
                    self.go(&state, (*step, then), &mut scratch).ok()??;
                    let reached = scratch.next.clone();
                    self.canonicalise(&mut scratch).ok()?;
                    if scratch.bytes == visited.get(position) {
                        state = reached;
                        return Some(*step);
                    }
                }
            }
            None
        };
        positions_on_the_way(parents, position).into_iter().map(&mut step_towards).collect()
    }
}

/// The positions of the states on the path to one, without the initial state.
fn positions_on_the_way(parents: &[u32], position: u32) -> Vec<u32> {
    let parent = |position: &u32| Some(parents[*position as usize]);
    let mut positions: Vec<u32> =
        std::iter::successors(Some(position), parent).take_while(|position| *position != 0).collect();
    positions.reverse();
    positions
}
