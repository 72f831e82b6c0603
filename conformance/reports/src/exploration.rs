//! The results of `atm explore`, for people and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use atm_adapter_protocol::OneLine;
use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::invariants::{Hazard, Invariant};
use atm_simulator::scenario::{Reference, Scenario};
use atm_simulator::search::explore::{
    BrokenEnds, Criterion, Defect, Deliveries, Explored, Extent, OrderCount, Orders, Settings,
};
use atm_suite::rule_name;
use serde::Serialize;

use crate::numbers::{counted, grouped};

/// A search with its result.
#[derive(Debug)]
pub struct ExploredWorld<'a> {
    /// The scenario file, or the edges of a tree.
    pub path: &'a str,
    /// The number of trees that are equal to this one up to names, itself included; `None` for a scenario.
    pub alike: Option<u64>,
    /// The scenario, or the tree as a scenario.
    pub scenario: &'a Scenario,
    /// The settings of the search.
    pub settings: &'a Settings,
    /// The result.
    pub explored: Explored,
}

/// The result of a search: an object of `--format json`.
#[derive(Debug, Serialize)]
pub struct ExplorationReport<'a> {
    /// The scenario file, or the edges of a tree.
    scenario: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alike: Option<u64>,
    announcement: AnnouncementRule,
    conflict: ConflictRule,
    orders: &'static str,
    deliveries: &'static str,
    verdict: &'static str,
    exhausted: bool,
    states: u64,
    transitions: u64,
    symmetries: u64,
    ends: u64,
    complete_ends: u64,
    /// The number of ends at which devices that authenticated each other contradict each other about a key.
    contradicting_ends: u64,
    /// The invariants that the scenario says it breaks under these rules.
    breaks: &'a [Invariant],
    /// The declared invariants that are broken at an end.
    broke: &'a BTreeSet<Invariant>,
    /// The number of ends at which each invariant is broken, by hazard.
    broken_ends: Vec<BrokenEndsReport<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all_orders: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete_orders: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    /// The number of steps and deliveries that lead to the defect.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    /// The smallest scenario that was found to show the defect.
    #[serde(skip_serializing_if = "Option::is_none")]
    counterexample: Option<String>,
}

/// The ends at which an invariant is broken.
#[derive(Debug, Serialize)]
pub struct BrokenEndsReport<'a> {
    promise: Invariant,
    #[serde(skip_serializing_if = "Option::is_none")]
    hazard: Option<Hazard>,
    ends: u64,
    /// The device and the event of the first such end.
    first: &'a str,
}

impl<'a> ExploredWorld<'a> {
    /// The result for programs.
    #[must_use]
    pub fn report(&'a self) -> ExplorationReport<'a> {
        let Explored {
            states, transitions, symmetries, ends, complete_ends, contradicting_ends, orders, ..
        } = self.explored;
        let options = &self.settings.options;
        let example = self.explored.counterexample.as_ref();
        ExplorationReport {
            scenario: self.path,
            alike: self.alike,
            announcement: options.announcement,
            conflict: options.conflict,
            orders: orders_name(self.settings.orders),
            deliveries: deliveries_name(self.settings.deliveries),
            verdict: match self.explored.extent {
                Extent::Exhausted => "holds",
                Extent::Broken => "broken",
                Extent::TooManyStates | Extent::Stopped => "inconclusive",
            },
            exhausted: self.explored.extent == Extent::Exhausted,
            states,
            transitions,
            symmetries,
            ends,
            complete_ends,
            contradicting_ends,
            breaks: match self.settings.demand {
                Criterion::Nothing => &[],
                Criterion::Invariants | Criterion::Complete => &self.explored.declared,
            },
            broke: &self.explored.breaks,
            broken_ends: self.broken_ends().collect(),
            all_orders: orders.map(|count| count.all),
            complete_orders: orders.map(|count| count.complete),
            broken: example.map(|example| broken_name(&example.broken)),
            length: example.map(|example| example.length),
            counterexample: counterexample(self),
        }
    }

    fn broken_ends(&self) -> impl Iterator<Item = BrokenEndsReport<'_>> {
        let all = self.explored.broken_ends.iter();
        all.map(|((promise, hazard), BrokenEnds { ends, first })| BrokenEndsReport {
            promise: *promise,
            hazard: *hazard,
            ends: *ends,
            first,
        })
    }
}

/// Writes the results for scenarios.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_searches(out: &mut dyn Write, searches: &[ExploredWorld<'_>]) -> io::Result<()> {
    for (position, search) in searches.iter().enumerate() {
        if position > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", OneLine(&search.scenario.title))?;
        writeln!(out, "{}, {}", OneLine(search.path), told(search.settings))?;
        writeln!(out)?;
        let Explored { states, transitions, symmetries, ends, complete_ends, contradicting_ends, .. } =
            search.explored;
        writeln!(out, "  {} states, {} transitions", grouped(states), grouped(transitions))?;
        if symmetries > 1 {
            writeln!(out, "  devices change places without a difference in {} ways", grouped(symmetries))?;
        }
        writeln!(out, "  {}, {} of them complete", counted(ends, "end"), grouped(complete_ends))?;
        if contradicting_ends > 0 {
            writeln!(out, "  at {}, devices contradict each other", counted(contradicting_ends, "end"))?;
        }
        if let Some(count) = search.explored.orders {
            writeln!(out, "  {}", orders(count))?;
        }
        writeln!(out)?;
        write_verdict(out, search)?;
    }
    Ok(())
}

fn write_verdict(out: &mut dyn Write, search: &ExploredWorld<'_>) -> io::Result<()> {
    match (search.explored.extent, &search.explored.counterexample) {
        (_, None) if search.settings.demand == Criterion::Nothing => write_counts(out, search),
        (Extent::Exhausted, _) if search.explored.declared.is_empty() => {
            writeln!(out, "HOLDS in all states")
        }
        (Extent::Exhausted, _) => {
            writeln!(out, "HOLDS in all states, but for what the scenario says it breaks")?;
            write_declared(out, search)
        }
        (Extent::TooManyStates | Extent::Stopped, _) => {
            let states = grouped(search.explored.states);
            let else_ = if search.explored.declared.is_empty() { "" } else { "else " };
            writeln!(
                out,
                "INCONCLUSIVE {states} states found, not exhausted; nothing {else_}is broken so far"
            )?;
            write_declared(out, search)
        }
        (Extent::Broken, None) => writeln!(out, "BROKEN"),
        (Extent::Broken, Some(example)) => {
            let (broken, length) = (broken_name(&example.broken), example.length);
            writeln!(out, "BROKEN {broken}, after {length} steps and deliveries; this scenario shows it:\n")?;
            write!(out, "{}", counterexample(search).unwrap_or_default())
        }
    }
}

/// Writes for each invariant that the scenario says it breaks whether an end breaks it.
fn write_declared(out: &mut dyn Write, search: &ExploredWorld<'_>) -> io::Result<()> {
    let Explored { declared, breaks, extent, .. } = &search.explored;
    for promise in declared {
        let found = match (breaks.contains(promise), *extent) {
            (true, _) => "broken at an end, as the scenario says",
            (false, Extent::Exhausted) => "kept at every end, though the scenario says that it breaks it",
            (false, _) => "kept at every end so far, though the scenario says that it breaks it",
        };
        writeln!(out, "  promise {promise}: {found}")?;
    }
    write_broken_ends(out, search)
}

/// Writes the number of ends that break each invariant, for a search that only counts.
fn write_counts(out: &mut dyn Write, search: &ExploredWorld<'_>) -> io::Result<()> {
    let how = match (search.explored.extent, search.explored.broken_ends.is_empty()) {
        (Extent::Exhausted, true) => "HOLDS in all states",
        (Extent::Exhausted, false) => "COUNTED in all states",
        (_, true) => "INCONCLUSIVE not exhausted; nothing is broken so far",
        (_, false) => "INCONCLUSIVE not exhausted; so far:",
    };
    writeln!(out, "{how}")?;
    write_broken_ends(out, search)
}

fn write_broken_ends(out: &mut dyn Write, search: &ExploredWorld<'_>) -> io::Result<()> {
    for BrokenEndsReport { promise, hazard, ends, first } in search.broken_ends() {
        let by = hazard.map(|hazard| format!(" by {hazard}")).unwrap_or_default();
        let (ends, all) = (grouped(ends), grouped(search.explored.ends));
        writeln!(out, "  {promise} is broken{by} at {ends} of {all} ends, the first time so:")?;
        writeln!(out, "    {}", OneLine(first))?;
    }
    Ok(())
}

/// Writes the results for trees, one table for each rule.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write_trees(out: &mut dyn Write, searches: &[ExploredWorld<'_>]) -> io::Result<()> {
    let mut first = true;
    for rule in searches.chunk_by(|one, other| one.settings.options == other.settings.options) {
        if !std::mem::take(&mut first) {
            writeln!(out)?;
        }
        writeln!(out, "{}", told(rule[0].settings))?;
        writeln!(out)?;
        let (mut trees, mut complete, mut sum) = (0, 0, OrderCount::default());
        let (mut states, mut contradicting) = (0, 0);
        let mut broken: BTreeMap<(Invariant, Option<Hazard>), (u64, &str)> = BTreeMap::new();
        for search in rule {
            let Explored { transitions, ends, complete_ends, orders, .. } = search.explored;
            let alike = search.alike.unwrap_or(1);
            trees += alike;
            states += search.explored.states;
            contradicting += if search.explored.contradicting_ends > 0 { alike } else { 0 };
            for BrokenEndsReport { promise, hazard, first, .. } in search.broken_ends() {
                broken.entry((promise, hazard)).or_insert((0, first)).0 += alike;
            }
            complete += if ends == complete_ends { alike } else { 0 };
            writeln!(out, "  {} (as {} trees)", search.path, grouped(alike))?;
            writeln!(
                out,
                "    {} states, {} transitions, {}, {} of them complete",
                grouped(search.explored.states),
                grouped(transitions),
                counted(ends, "end"),
                grouped(complete_ends)
            )?;
            if let Some(count) = orders {
                writeln!(out, "    {}", self::orders(count))?;
                sum.all += count.all * u128::from(alike);
                sum.complete += count.complete * u128::from(alike);
            }
            if search.explored.extent != Extent::Exhausted {
                write!(out, "    ")?;
                write_verdict(out, search)?;
            }
        }
        writeln!(out)?;
        if sum.all > 0 {
            writeln!(out, "  {} in all", self::orders(sum))?;
        }
        let extents = rule.iter().map(|search| search.explored.extent);
        let verdict = match extents.clone().find(|extent| *extent != Extent::Exhausted) {
            None if !broken.is_empty() => "COUNTED",
            None => "HOLDS in all states;",
            Some(_) if extents.clone().any(|extent| extent == Extent::Broken) => "BROKEN",
            Some(_) => "INCONCLUSIVE",
        };
        writeln!(
            out,
            "{verdict} {} of {} trees are complete at every end",
            grouped(complete),
            grouped(trees)
        )?;
        if contradicting > 0 {
            writeln!(
                out,
                "  in {} of {} trees devices contradict each other at an end",
                grouped(contradicting),
                grouped(trees)
            )?;
        }
        for ((promise, hazard), (broken, first)) in broken {
            let by = hazard.map(|hazard| format!(" by {hazard}")).unwrap_or_default();
            let (broken, trees) = (grouped(broken), grouped(trees));
            writeln!(
                out,
                "  {promise} is broken{by} at an end of {broken} of {trees} trees, the first time so:"
            )?;
            writeln!(out, "    {}", OneLine(first))?;
        }
        writeln!(out, "  {} states in all", grouped(states))?;
    }
    Ok(())
}

/// The smallest scenario that was found to show the defect, as the text of a file.
#[must_use]
pub fn counterexample(search: &ExploredWorld<'_>) -> Option<String> {
    let example = search.explored.counterexample.as_ref()?;
    let mut shown = example.shrunk.clone();
    let broken = broken_name(&example.broken);
    shown.title = format!("{}: {broken}", OneLine(&search.scenario.title));
    shown.about = None;
    if example.broken == Defect::Incomplete {
        let accounts = shown.accounts.names().cloned().collect();
        shown.expect.reference.push(Reference::Complete(accounts));
    }
    let rules = format!(
        "--announcement {} --conflict {}",
        rule_name(&search.settings.options.announcement),
        rule_name(&search.settings.options.conflict)
    );
    Some(format!(
        "# Found by `atm explore` after {} steps and deliveries, and made smaller: {broken}.\n\
         # `atm run {rules}` shows it.\n{}",
        example.length,
        shown.to_yaml()
    ))
}

fn told(settings: &Settings) -> String {
    format!(
        "announcement {}, conflict {}, orders {}, deliveries {}",
        rule_name(&settings.options.announcement),
        rule_name(&settings.options.conflict),
        orders_name(settings.orders),
        deliveries_name(settings.deliveries)
    )
}

fn orders(OrderCount { all, complete }: OrderCount) -> String {
    let share = 100.0 * complete as f64 / all.max(1) as f64;
    format!("{}, {} of them end complete ({share:.1} %)", counted(all, "order"), grouped(complete))
}

fn broken_name(broken: &Defect) -> String {
    match broken {
        Defect::Invariant(promise) => promise.name().to_owned(),
        Defect::Incomplete => "incomplete".to_owned(),
    }
}

fn orders_name(orders: Orders) -> &'static str {
    match orders {
        Orders::Steps => "steps",
        Orders::Free => "free",
    }
}

fn deliveries_name(deliveries: Deliveries) -> &'static str {
    match deliveries {
        Deliveries::Drained => "drained",
        Deliveries::Every => "every",
    }
}
