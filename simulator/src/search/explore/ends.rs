//! What is looked at where nothing more can happen, and how what is broken is shown.

#[cfg(test)]
use std::collections::BTreeSet;

use atm_engine::Level;

use super::independence::Then;
use super::moves::Move;
use super::search::Search;
use super::state::State;
use super::symmetry::Permutation;
use super::written::{named, release_all_but, tidied, written};
use super::{Counterexample, Criterion, Defect, Unexplorable};
use crate::endpoint::Failure;
use crate::run::{self, Run, run};
use crate::scenario::{Link, Scenario};
use crate::search::shrink::shrink;
use crate::trust_graph::TrustGraph;

impl Search<'_> {
    /// Looks at a state in which nothing more can happen. Returns whether something is broken.
    pub(super) fn end(&mut self, position: u32) -> Result<bool, Unexplorable> {
        self.explored.ends += 1;
        let mut state = State::default();
        state.read(self.visited.get(position));
        self.restore(&state);
        let done = (0..self.links.len()).filter(|step| state.done & 1 << step != 0);
        self.world.link(done.flat_map(|step| self.links[step].iter().copied()));
        let (cast, held) = (self.world.cast(), self.snapshot.held.iter());
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
        if !self.is_of_the_engine() {
            return Ok(false);
        }
        let (way, _) = self.way(position)?;
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
        let broken = match self.broken_invariant(&ran) {
            Some(broken) => broken,
            None if self.settings.demand == Criterion::Complete && !complete => Defect::Incomplete,
            None => return Ok(false),
        };
        self.explored.counterexample = Some(self.example(broken, way.len(), file)?);
        Ok(true)
    }

    /// The levels of all keys on all devices; of all permutations, the one with the lowest list.
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

    /// The first invariant that a run broke and of which the scenario does not say that it breaks it.
    pub(super) fn broken_invariant(&mut self, ran: &Run) -> Option<Defect> {
        let declared = run::breaks_under(&self.scenario.breaks, &self.settings.options);
        let mut broken = ran.violations.iter().map(|violation| violation.invariant);
        self.explored.breaks.extend(broken.clone().filter(|invariant| declared.contains(invariant)));
        broken.find(|invariant| !declared.contains(invariant)).map(Defect::Invariant)
    }

    /// Shows what is broken in a step from a state.
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
        self.explored.counterexample = Some(self.example(broken, way.len(), self.written(&way))?);
        Ok(())
    }

    /// A way that leads to a state, and the state there, which may be that state after a permutation of devices.
    pub(super) fn way(&mut self, position: u32) -> Result<(Vec<Move>, State), Unexplorable> {
        let mut positions = vec![position];
        while let Some(&last) = positions.last()
            && last != 0
        {
            positions.push(self.parents[last as usize]);
        }
        positions.pop();
        let mut way = Vec::new();
        let mut state = State::default();
        state.read(self.visited.get(0));
        for position in positions.into_iter().rev() {
            let (step, reached) = self.step_towards(position, &state)?;
            way.push(step);
            state = reached;
        }
        Ok((way, state))
    }

    /// The move from a state to the one at a position, and the state that it leads to.
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

    /// How many of the states that were found differ by more than a permutation of devices.
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

    /// What is broken on a way, as a scenario that breaks it when it is run, and as a small one.
    pub(super) fn example(
        &self,
        broken: Defect,
        length: usize,
        scenario: Scenario,
    ) -> Result<Counterexample, Unexplorable> {
        if !self.is_of_the_engine() {
            return Ok(Counterexample { broken, length, shrunk: scenario.clone(), scenario });
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
        Ok(Counterexample { broken, length, scenario, shrunk })
    }
}
