//! The changes from one run of the suite to a later one.

use std::collections::{BTreeMap, BTreeSet};

use atm_suite::cases::Verdict;
use atm_suite::requirements::{self, Requirement};
use atm_suite::run_file::{CaseLine, JudgementLine, RunFile};

use super::summary::{CaseJudgement, Column, RunSummary};

/// The changes from one run to a later one.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The earlier run.
    pub old: &'a RunFile,
    /// The later run.
    pub new: &'a RunFile,
    /// The implementations that both runs tested.
    pub changes: Vec<Changes<'a>>,
    /// The names of implementations that only one run tested.
    pub unpaired: Vec<&'a str>,
}

/// The changes of one implementation.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    /// The results of the earlier run.
    pub old: Column<'a>,
    /// The results of the later run.
    pub new: Column<'a>,
    /// The requirements with changed verdicts, by the kind of change. The smallest case comes first.
    pub requirements: BTreeMap<ChangeKind, Vec<Change<'a>>>,
    /// The cases that only the later run has.
    pub added: Vec<&'a CaseLine>,
    /// The cases that only the earlier run has.
    pub removed: Vec<&'a CaseLine>,
}

/// A kind of change, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A requirement fails in a case in which it did not fail before.
    NewlyFailing,
    /// A requirement does not fail any more.
    NewlyPassing,
    /// Another change of the verdict, or a fact about which another behaviour was observed.
    Other,
}

/// The changes of one kind under one requirement.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The id of the requirement; `None` if cases ended early that judge none.
    pub id: Option<&'a str>,
    /// The requirement, if this version of the suite knows it.
    pub requirement: Option<&'static Requirement>,
    /// The cases, the smallest first.
    pub cases: Vec<CaseChange<'a>>,
}

/// The change of a verdict in one case.
#[derive(Clone, Copy, Debug)]
pub struct CaseChange<'a> {
    /// The case in the later run.
    pub case: &'a CaseLine,
    /// The earlier verdict; `None` if the case ended before it judged the requirement.
    pub before: Option<Verdict>,
    /// The later verdict.
    pub after: Option<Verdict>,
    /// The later judgement, if there is one.
    pub judgement: Option<&'a JudgementLine>,
}

impl<'a> Comparison<'a> {
    /// Compares two runs. Implementations are the same if they have the same name, or if each run has just one.
    #[must_use]
    pub fn of(old: &'a RunFile, new: &'a RunFile) -> Self {
        let (before, mut after) = (RunSummary::of(old).columns, RunSummary::of(new).columns);
        let is_only = before.len() == 1 && after.len() == 1;
        let (mut changes, mut unpaired) = (Vec::new(), Vec::new());
        for column in before {
            let name = &column.implementation.name;
            match after.iter().position(|other| is_only || other.implementation.name == *name) {
                Some(position) => changes.push(Changes::of(column, after.remove(position))),
                None => unpaired.push(&**name),
            }
        }
        unpaired.extend(after.iter().map(|column| &*column.implementation.name));
        Self { old, new, changes, unpaired }
    }

    /// Whether a requirement fails in a case in which it did not fail before.
    #[must_use]
    pub fn is_regression(&self) -> bool {
        self.changes.iter().any(|changes| changes.count(ChangeKind::NewlyFailing) > 0)
    }
}

impl<'a> Changes<'a> {
    pub(super) fn of(old: Column<'a>, new: Column<'a>) -> Self {
        let before: BTreeMap<&str, &CaseLine> = old.cases.iter().map(|case| (&*case.case, *case)).collect();
        let after: BTreeSet<&str> = new.cases.iter().map(|case| &*case.case).collect();
        let mut found: BTreeMap<(ChangeKind, Option<&str>), Vec<CaseChange<'_>>> = BTreeMap::new();
        for case in &new.cases {
            let Some(earlier) = before.get(&*case.case) else { continue };
            for id in judged_in(earlier).chain(judged_in(case)).collect::<BTreeSet<_>>() {
                if let Some((kind, change)) = change(earlier, case, id) {
                    found.entry((kind, id)).or_default().push(change);
                }
            }
        }
        let mut requirements: BTreeMap<ChangeKind, Vec<Change<'_>>> = BTreeMap::new();
        for ((kind, id), mut cases) in found {
            cases.sort_by_key(|change| (change.case.steps, &change.case.case));
            let requirement = id.and_then(requirements::find);
            requirements.entry(kind).or_default().push(Change { id, requirement, cases });
        }
        for changes in requirements.values_mut() {
            changes.sort_by_key(|change| (change.cases[0].case.steps, change.id));
        }
        let added = new.cases.iter().filter(|case| !before.contains_key(&*case.case)).copied().collect();
        let removed = old.cases.iter().filter(|case| !after.contains(&*case.case)).copied().collect();
        Self { requirements, added, removed, old, new }
    }

    /// The changes of one kind.
    #[must_use]
    pub fn with(&self, kind: ChangeKind) -> &[Change<'a>] {
        self.requirements.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The number of requirements with a change of this kind.
    #[must_use]
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.with(kind).len()
    }

    /// Whether anything changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

impl<'a> Change<'a> {
    /// The smallest case with the judgement of the later run.
    #[must_use]
    pub fn smallest(&self) -> Option<CaseJudgement<'a>> {
        let CaseChange { case, judgement, .. } = self.cases[0];
        judgement.map(|judgement| CaseJudgement { case, judgement })
    }
}

/// The requirements that a case judges, and `None` for the end of the case.
fn judged_in(case: &CaseLine) -> impl Iterator<Item = Option<&str>> {
    let judged = case.judgements.iter().map(|judgement| Some(&*judgement.requirement));
    judged.chain(std::iter::once(None))
}

/// The verdict of a case about a requirement, or about its end. A case that reached its end and does not judge a
/// requirement found nothing wrong with it.
fn verdict(case: &CaseLine, id: Option<&str>) -> Option<Verdict> {
    let is_broken_off = case.error.as_ref().is_some_and(|error| error.unsupported.is_none());
    match id.and_then(|id| judgement(case, id)) {
        Some(judgement) => Some(judgement.verdict),
        None if id.is_none() && is_broken_off && case.judgements.is_empty() => Some(Verdict::Error),
        None if id.is_some() && case.error.is_some() => None,
        None => Some(Verdict::Pass),
    }
}

fn judgement<'a>(case: &'a CaseLine, id: &str) -> Option<&'a JudgementLine> {
    case.judgements.iter().find(|judgement| judgement.requirement == id)
}

/// The change of the verdict of a case, if it changed.
fn change<'a>(
    earlier: &CaseLine,
    case: &'a CaseLine,
    id: Option<&str>,
) -> Option<(ChangeKind, CaseChange<'a>)> {
    let (before, after) = (verdict(earlier, id), verdict(case, id));
    let of = |case: &'a CaseLine| id.and_then(|id| judgement(case, id));
    let change = CaseChange { case, before, after, judgement: of(case) };
    let is_failing = |verdict| matches!(verdict, Some(Verdict::Fail | Verdict::Error));
    let was_broken = is_failing(before) || before == Some(Verdict::ExpectedFail);
    let is_kept =
        matches!(after, Some(Verdict::Pass | Verdict::Differs | Verdict::Advice | Verdict::UnexpectedPass));
    let kind = if is_failing(after) && !was_broken {
        ChangeKind::NewlyFailing
    } else if was_broken && is_kept {
        ChangeKind::NewlyPassing
    } else if before != after || after == Some(Verdict::Differs) && facts(earlier, id) != facts(case, id) {
        ChangeKind::Other
    } else {
        return None;
    };
    Some((kind, change))
}

/// The observations of a case about a requirement.
fn facts<'a>(case: &'a CaseLine, id: Option<&str>) -> Vec<&'a String> {
    let judgement = id.and_then(|id| judgement(case, id));
    judgement.iter().flat_map(|judgement| &judgement.seen).flat_map(|seen| &seen.observed).collect()
}
