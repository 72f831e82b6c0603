//! What all cases of a run say together: one row for each implementation and requirement.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use atm_suite::cases::Verdict;
use atm_suite::messages::findings;
use atm_suite::requirements::{self, Document, Observability, Requirement};
use atm_suite::run_file::{CaseLine, ImplementationLine, JudgementLine, RunFile, RunLine};

/// What a run says, by implementation and requirement.
#[derive(Clone, Debug)]
pub struct RunSummary<'a> {
    /// One for each implementation, in the order of the run.
    pub columns: Vec<Column<'a>>,
}

/// What a run says about one implementation.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// The implementation.
    pub implementation: &'a ImplementationLine,
    /// One for each requirement that was selected and that cases can show something about, and for each that cases
    /// speak of, in the order of the documents and of their text.
    pub rows: Vec<Row<'a>>,
    /// The cases in which it hosted a device.
    pub cases: Vec<&'a CaseLine>,
}

/// What a run says about one requirement and one implementation.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The requirement's id.
    pub id: &'a str,
    /// The requirement, if this version of the suite knows it.
    pub requirement: Option<&'static Requirement>,
    /// The cases that say something about it: the worst first, of those the ones that let somebody in, of those the smallest.
    pub told: Vec<CaseJudgement<'a>>,
    /// How many cases there are for each verdict. Of a requirement for messages, every case passes in which messages
    /// were sent and nothing was found in them.
    pub counts: BTreeMap<Verdict, usize>,
}

/// A case and what it says about one requirement.
#[derive(Clone, Copy, Debug)]
pub struct CaseJudgement<'a> {
    /// The case.
    pub case: &'a CaseLine,
    /// What it says.
    pub judgement: &'a JudgementLine,
}

/// How many requirements came out how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    /// By the worst verdict of their cases, as [`Row::verdict`] says it.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Of how many no case says anything, which is no pass.
    pub untested: usize,
}

/// How many requirements are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementTally {
    /// Those that an implementation can fail by, and that it keeps.
    pub kept: usize,
    /// Those that an implementation can fail by, and that are tested.
    pub demanded: usize,
    /// All that are tested.
    pub tested: usize,
    /// Those of which no case says anything.
    pub untested: usize,
}

impl<'a> RunSummary<'a> {
    /// What a run file says.
    #[must_use]
    pub fn of(file: &'a RunFile) -> Self {
        Self::new(&file.run, &file.cases)
    }

    /// What the cases of a run say.
    #[must_use]
    pub fn new(run: &'a RunLine, cases: &'a [CaseLine]) -> Self {
        let columns = run.implementations.iter().map(|implementation| {
            let hosts =
                |case: &CaseLine| case.hosts.iter().any(|host| host.implementation == implementation.name);
            let cases: Vec<&CaseLine> = cases.iter().filter(|case| hosts(case)).collect();
            Column { implementation, rows: rows(run, &cases), cases }
        });
        Self { columns: columns.collect() }
    }
}

impl<'a> Column<'a> {
    /// The rows of each document that has any, in the order of the documents; of requirements that this version of
    /// the suite does not know last.
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

    /// The rows with this verdict that are causes of their own, each with the rows that repeat its requirement. A row that
    /// repeats several is below the first of them.
    #[must_use]
    pub fn causes(&self, verdict: Verdict) -> Vec<(&Row<'a>, Vec<&Row<'a>>)> {
        let (mut causes, mut repeating) = (Vec::new(), Vec::new());
        for row in self.with(verdict) {
            let is_restated = |other: &Row<'_>| row.restates(other);
            if self.with(verdict).any(is_restated) {
                repeating.push(row);
            } else {
                causes.push((row, Vec::new()));
            }
        }
        for row in repeating {
            let cause = causes.iter_mut().find(|(cause, _)| row.restates(cause));
            cause.expect("what is repeated repeats nothing").1.push(row);
        }
        causes
    }

    /// How many requirements are kept, of those that are tested.
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

    /// The requirements that an implementation can fail by: those that pass, and all of them, tested or not.
    #[must_use]
    pub fn demanded(&self) -> (usize, usize) {
        let demanded = self.rows.iter().filter(|row| row.is_demanded());
        let passed = demanded.clone().filter(|row| row.verdict() == Some(Verdict::Pass));
        (passed.count(), demanded.count())
    }
}

impl<'a> Row<'a> {
    /// The worst that cases say; `None` if none says anything. Cases that the implementation does not support say
    /// nothing, unless there are no others.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.counts.keys().max_by_key(|verdict| badness(**verdict)).copied()
    }

    /// How many cases are unsupported, where others say more.
    #[must_use]
    pub fn unsupported(&self) -> usize {
        match self.verdict() {
            Some(Verdict::Unsupported) | None => 0,
            Some(_) => self.counts.get(&Verdict::Unsupported).copied().unwrap_or(0),
        }
    }

    /// The smallest case that shows the verdict: the one with the fewest steps, of those that let somebody in if there are any. A requirement for messages has none
    /// if it passes, since any message shows it.
    #[must_use]
    pub fn smallest(&self) -> Option<CaseJudgement<'a>> {
        self.told.first().copied().filter(|told| Some(told.judgement.verdict) == self.verdict())
    }

    /// Where the requirement stands, if this version of the suite knows it.
    #[must_use]
    pub fn document(&self) -> Option<Document> {
        self.requirement.map(|requirement| requirement.document)
    }

    /// Whether an implementation that breaks it has failed. One that is unknown is taken to be so.
    #[must_use]
    pub fn is_demanded(&self) -> bool {
        self.requirement.is_none_or(|requirement| requirement.weight.fails())
    }

    /// Whether its requirement repeats that of another row.
    fn restates(&self, other: &Row<'_>) -> bool {
        self.requirement.is_some_and(|requirement| requirement.restates(other.id))
    }

    /// Whether a case shows that somebody is let in.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.told.iter().any(lets_in)
    }

    /// Why the owner of the implementation expects it to be broken.
    #[must_use]
    pub fn reason(&self) -> Option<&'a str> {
        self.told.iter().find_map(|told| told.judgement.reason.as_deref())
    }
}

impl VerdictCounts {
    /// VerdictCounts rows.
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

    /// How many requirements have this verdict.
    #[must_use]
    pub fn get(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or(0)
    }

    /// How many requirements there are.
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

/// The order of verdicts in which one counts more than another.
fn badness(verdict: Verdict) -> (bool, Verdict) {
    (verdict != Verdict::Unsupported, verdict)
}

/// Whether a requirement is checked on each message that is sent, so that no case speaks of it unless it is broken.
pub(super) fn is_about_messages(id: &str) -> bool {
    findings::are_about(id)
}
