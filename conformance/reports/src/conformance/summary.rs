//! The summary of a run: one row for each implementation and requirement.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use atm_suite::cases::{Fault, Verdict};
use atm_suite::messages::findings;
use atm_suite::requirements::{self, Document, Observability, Requirement, Weight};
use atm_suite::run_file::{
    CaseLine, Conclusion, ExpectationLine, ImplementationLine, JudgementLine, RunFile, RunLine,
};

/// The results of a run, by implementation and requirement.
#[derive(Clone, Debug)]
pub struct RunSummary<'a> {
    /// One column for each implementation, in the order of the run.
    pub columns: Vec<Column<'a>>,
}

/// The results of one implementation.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// The implementation.
    pub implementation: &'a ImplementationLine,
    /// One row for each selected requirement that cases can show something about, and for each requirement that a case
    /// judges. They follow the order of the documents and of their text.
    pub rows: Vec<Row<'a>>,
    /// The cases in which the implementation hosted a device.
    pub cases: Vec<&'a CaseLine>,
    /// How many cases of the run were not played, since it was interrupted.
    pub not_played: usize,
}

/// Failures that probably have one cause, the one that the smallest run shows first.
#[derive(Clone, Debug)]
pub struct FailureGroup<'r, 'a> {
    /// The verdict of all of them.
    pub verdict: Verdict,
    /// The kind of mistake; `None` if it does not show.
    pub fault: Option<Fault>,
    /// The failed requirements, each with those that repeat it.
    pub failures: Vec<(&'r Row<'a>, Vec<&'r Row<'a>>)>,
}

/// The results of one implementation for one requirement.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The id of the requirement.
    pub id: &'a str,
    /// The requirement, if this version of the suite knows it.
    pub requirement: Option<&'static Requirement>,
    /// The cases that judge the requirement: the worst verdict first, then cases that show an intrusion, then the
    /// smallest.
    pub told: Vec<CaseJudgement<'a>>,
    /// The number of cases by verdict. A requirement for messages passes in every case in which messages were sent and
    /// no finding was made.
    pub counts: BTreeMap<Verdict, usize>,
}

/// The reason that somebody gives for failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// The reason; `None` if nobody has looked for one.
    pub reason: Option<&'a str>,
    /// The repair that somebody proposes.
    pub fix: Option<&'a str>,
    /// The number of failing cases that it explains.
    pub cases: usize,
}

/// A case with its judgement of one requirement.
#[derive(Clone, Copy, Debug)]
pub struct CaseJudgement<'a> {
    /// The case.
    pub case: &'a CaseLine,
    /// The judgement.
    pub judgement: &'a JudgementLine,
}

/// The number of requirements by verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    /// By the worst verdict of their cases; see [`Row::verdict`].
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Requirements that no case judges. They do not count as passes.
    pub untested: usize,
}

/// The number of requirements that are kept, demanded, tested and untested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementTally {
    /// The tested requirements that an implementation can fail, and that it keeps.
    pub kept: usize,
    /// The tested requirements that an implementation can fail.
    pub demanded: usize,
    /// All tested requirements.
    pub tested: usize,
    /// The requirements that no case judges.
    pub untested: usize,
}

impl<'a> RunSummary<'a> {
    /// Summarises a run file.
    #[must_use]
    pub fn of(file: &'a RunFile) -> Self {
        let mut summary = Self::new(&file.run, &file.cases);
        summary.columns.iter_mut().for_each(|column| column.not_played = file.not_played);
        summary
    }

    /// Summarises the cases of a run.
    #[must_use]
    pub fn new(run: &'a RunLine, cases: &'a [CaseLine]) -> Self {
        let columns = run.implementations.iter().map(|implementation| {
            let hosts =
                |case: &CaseLine| case.hosts.iter().any(|host| host.implementation == implementation.name);
            let cases: Vec<&CaseLine> = cases.iter().filter(|case| hosts(case)).collect();
            Column { implementation, rows: rows(run, &cases), cases, not_played: 0 }
        });
        Self { columns: columns.collect() }
    }
}

impl<'a> Column<'a> {
    /// The rows by document, in the order of the documents. Requirements that this version of the suite does not know
    /// come last.
    #[must_use]
    pub fn by_document(&self) -> Vec<(Option<Document>, Vec<&Row<'a>>)> {
        let mut documents: Vec<(Option<Document>, Vec<&Row<'a>>)> = Vec::new();
        for row in &self.rows {
            let document = row.document();
            match documents.last_mut() {
                Some((last, rows)) if *last == document => rows.push(row),
                _ => documents.push((document, vec![row])),
            }
        }
        documents
    }

    /// The rows with this verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(move |row| row.verdict() == Some(verdict))
    }

    /// The rows with this verdict that are causes of their own, each with the rows that repeat it. A row that repeats
    /// several causes belongs to the first of them.
    #[must_use]
    pub fn causes(&self, verdict: Verdict) -> Vec<(&Row<'a>, Vec<&Row<'a>>)> {
        let rows: Vec<&Row<'a>> = self.with(verdict).collect();
        // A row may repeat one that repeats another.
        let cause_of = |row: &Row<'a>| {
            let mut cause = row.id;
            for _ in &rows {
                let current = rows.iter().find(|other| other.id == cause);
                let repeated = current.and_then(|current| rows.iter().find(|other| current.repeats(other)));
                cause = repeated.map_or(cause, |other| other.id);
            }
            cause
        };
        let (own, repeating): (Vec<_>, Vec<_>) = rows.iter().partition(|row| cause_of(row) == row.id);
        let mut causes: Vec<(&Row<'a>, Vec<&Row<'a>>)> =
            own.into_iter().map(|row| (row, Vec::new())).collect();
        for row in repeating {
            let cause = cause_of(row);
            match causes.iter_mut().find(|(other, _)| other.id == cause) {
                Some((_, repeating)) => repeating.push(row),
                None => causes.push((row, Vec::new())),
            }
        }
        causes
    }

    /// The causes with this verdict by the kind of mistake. The smallest run comes first, also among the groups.
    #[must_use]
    pub fn by_fault(&self, verdict: Verdict) -> Vec<FailureGroup<'_, 'a>> {
        let mut causes = self.causes(verdict);
        causes.sort_by_key(|(row, _)| {
            let steps = row.smallest().map(|told| told.case.steps);
            (steps.is_none(), steps, Reverse(row.counts.get(&verdict).copied()))
        });
        let mut groups: Vec<FailureGroup<'_, 'a>> = Vec::new();
        for cause in causes {
            let fault = cause.0.fault();
            match groups.iter_mut().find(|group| group.fault == fault) {
                Some(group) => group.failures.push(cause),
                None => groups.push(FailureGroup { verdict, fault, failures: vec![cause] }),
            }
        }
        groups
    }

    /// The conclusion about the implementation.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        Conclusion::of(self.cases.iter().copied()).of_interrupted(self.not_played)
    }

    /// Counts the kept requirements among those that are tested.
    #[must_use]
    pub fn tally(&self) -> RequirementTally {
        let tested = || self.rows.iter().filter(|row| row.verdict().is_some());
        let demanded = || tested().filter(|row| row.is_demanded());
        RequirementTally {
            kept: demanded().filter(|row| row.verdict() == Some(Verdict::Pass)).count(),
            demanded: demanded().count(),
            tested: tested().count(),
            untested: self.rows.len() - tested().count(),
        }
    }

    /// The number of passed requirements, and of all requirements that an implementation can fail, tested or not.
    #[must_use]
    pub fn demanded(&self) -> (usize, usize) {
        let demanded = self.rows.iter().filter(|row| row.is_demanded());
        let passed = demanded.clone().filter(|row| row.verdict() == Some(Verdict::Pass));
        (passed.count(), demanded.count())
    }
}

impl<'a> Row<'a> {
    /// The worst verdict of the cases; `None` if no case judges the requirement. Unsupported cases count only if there
    /// are no others.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.counts.keys().max_by_key(|verdict| badness(**verdict)).copied()
    }

    /// The number of unsupported cases; 0 if all cases are unsupported.
    #[must_use]
    pub fn unsupported(&self) -> usize {
        match self.verdict() {
            Some(Verdict::Unsupported) | None => 0,
            Some(_) => self.counts.get(&Verdict::Unsupported).copied().unwrap_or(0),
        }
    }

    /// The smallest case that shows the verdict: the one with the fewest steps, among those that show an intrusion if
    /// there are any. A requirement for messages that passes has no such case, since any message shows it.
    #[must_use]
    pub fn smallest(&self) -> Option<CaseJudgement<'a>> {
        self.told.first().copied().filter(|told| Some(told.judgement.verdict) == self.verdict())
    }

    /// The kind of mistake that the smallest case shows.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.smallest()?.judgement.seen.iter().find_map(|seen| seen.fault)
    }

    /// The document of the requirement, if this version of the suite knows it.
    #[must_use]
    pub fn document(&self) -> Option<Document> {
        self.requirement.map(|requirement| requirement.document)
    }

    /// Whether breaking the requirement is a failure. An unknown requirement counts as demanded.
    #[must_use]
    pub fn is_demanded(&self) -> bool {
        self.requirement.is_none_or(|requirement| requirement.weight.fails())
    }

    /// Whether the row has no cause of its own beside another one: its requirement repeats that of the other, or the same
    /// behaviour was found under that or further requirements wherever it fails.
    fn repeats(&self, other: &Row<'_>) -> bool {
        if self.requirement.is_some_and(|requirement| requirement.restates(other.id)) {
            return true;
        }
        let failed = self.told.iter().filter(|told| Some(told.judgement.verdict) == self.verdict());
        let mut seen = failed.flat_map(|told| &told.judgement.seen).filter(|seen| !seen.observed.is_empty());
        let is_other = |seen: &ExpectationLine| seen.found_under.as_deref() == Some(other.id);
        seen.clone().any(is_other) && seen.all(|seen| seen.found_under.is_some())
    }

    /// Whether a case shows an intrusion.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.told.iter().any(lets_in)
    }

    /// Whether the failure is a hole that an adversary can use. Its details are for the maintainers first.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let weight = self.requirement.map(|requirement| requirement.weight);
        self.lets_in() || matches!(weight, Some(Weight::Security | Weight::Advice))
    }

    /// The reason for which the owner of the implementation expects a failure.
    #[must_use]
    pub fn reason(&self) -> Option<&'a str> {
        self.reasons().next()
    }

    /// The distinct reasons of the cases that show the verdict, each with its repair and its number of cases. The one of
    /// the smallest case comes first.
    #[must_use]
    pub fn explanations(&self) -> Vec<Explanation<'a>> {
        let mut explanations: Vec<Explanation<'a>> = Vec::new();
        for told in self.told.iter().filter(|told| Some(told.judgement.verdict) == self.verdict()) {
            let (reason, fix) = (told.judgement.reason.as_deref(), told.judgement.fix.as_deref());
            match explanations.iter_mut().find(|other| other.reason == reason) {
                Some(same) => same.cases += 1,
                None => explanations.push(Explanation { reason, fix, cases: 1 }),
            }
        }
        explanations
    }

    /// Counts unexpected passes as passes, and leaves out cases that ended with an error: both would hide the failures of
    /// other cases.
    pub(super) fn show_failures(&mut self) {
        let hides = |verdict| matches!(verdict, Verdict::UnexpectedPass | Verdict::Error);
        self.told.retain(|told| !hides(told.judgement.verdict));
        self.counts.remove(&Verdict::Error);
        if let Some(passed) = self.counts.remove(&Verdict::UnexpectedPass) {
            *self.counts.entry(Verdict::Pass).or_default() += passed;
        }
    }

    /// The reasons of all expected failures, in the order of the cases.
    pub fn reasons(&self) -> impl Iterator<Item = &'a str> {
        self.told.iter().filter_map(|told| told.judgement.reason.as_deref())
    }
}

impl VerdictCounts {
    /// Counts rows by verdict.
    #[must_use]
    pub fn of<'r, 'a: 'r>(rows: impl IntoIterator<Item = &'r Row<'a>>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            match row.verdict() {
                Some(verdict) => *counts.verdicts.entry(verdict).or_default() += 1,
                None => counts.untested += 1,
            }
        }
        counts
    }

    /// The number of requirements with this verdict.
    #[must_use]
    pub fn get(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or(0)
    }

    /// The number of all requirements.
    #[must_use]
    pub fn total(&self) -> usize {
        self.verdicts.values().sum::<usize>() + self.untested
    }
}

fn rows<'a>(run: &'a RunLine, cases: &[&'a CaseLine]) -> Vec<Row<'a>> {
    let mut told: BTreeMap<&str, Vec<CaseJudgement<'_>>> = BTreeMap::new();
    for case in cases {
        for judgement in &case.judgements {
            told.entry(&judgement.requirement).or_default().push(CaseJudgement { case, judgement });
        }
    }
    for id in &run.requirements {
        let can_be_shown = requirements::find(id).is_none_or(|requirement| {
            matches!(requirement.coverage, Observability::Scenarios | Observability::Variations)
                || is_about_messages(id)
        });
        if can_be_shown {
            told.entry(id).or_default();
        }
    }
    let known = requirements::all().filter_map(|requirement| {
        let (id, told) = told.remove_entry(requirement.id)?;
        Some(row(id, Some(requirement), told, cases))
    });
    let mut rows: Vec<Row<'_>> = known.collect();
    rows.extend(told.into_iter().map(|(id, told)| row(id, None, told, cases)));
    rows
}

fn row<'a>(
    id: &'a str,
    requirement: Option<&'static Requirement>,
    mut told: Vec<CaseJudgement<'a>>,
    cases: &[&CaseLine],
) -> Row<'a> {
    told.sort_by_key(|told| {
        (Reverse(badness(told.judgement.verdict)), !lets_in(told), told.case.steps, &told.case.case)
    });
    let mut counts = BTreeMap::new();
    for told in &told {
        *counts.entry(told.judgement.verdict).or_default() += 1;
    }
    if is_about_messages(id) {
        let found = |case: &CaseLine| case.judgements.iter().any(|judgement| judgement.requirement == id);
        let clean = cases.iter().filter(|case| case.messages > 0 && !found(case)).count();
        if clean > 0 {
            *counts.entry(Verdict::Pass).or_default() += clean;
        }
    }
    Row { id, requirement, told, counts }
}

fn lets_in(told: &CaseJudgement<'_>) -> bool {
    told.judgement.seen.iter().any(|seen| seen.lets_in)
}

/// The order by which the worst verdict is chosen: `Unsupported` yields to all others.
fn badness(verdict: Verdict) -> (bool, Verdict) {
    (verdict != Verdict::Unsupported, verdict)
}

/// Whether a requirement is checked on every sent message. Cases judge such a requirement only if it is broken.
pub(super) fn is_about_messages(id: &str) -> bool {
    findings::are_about(id)
}
