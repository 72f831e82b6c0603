use std::collections::BTreeMap;

use atm_simulator::run::Run;

use super::finding::{Finding, findings};
use super::verdict::Verdict;
use crate::adapter::{Exchange, Trouble};
use crate::requirements::{self, Requirement};

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// What it says about which requirement, in the order of the registry.
    pub judgements: Vec<Judgement>,
    /// What ended it early.
    pub trouble: Option<Trouble>,
    /// How many trust messages the devices under test sent.
    pub messages: usize,
    /// What happened in it; `None` if it did not begin.
    pub run: Option<Run>,
    /// What was said, by implementation, if it was recorded.
    pub exchanges: Vec<(usize, Vec<Exchange>)>,
}

/// What a case says about a requirement.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// Whether it is kept.
    pub verdict: Verdict,
    /// What was looked at.
    pub seen: Vec<Seen>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The step, counted from 0, after which it was; `None` at the end, and for messages.
    pub step: Option<usize>,
    /// What is demanded.
    pub expected: String,
    /// What is there instead; nothing if all is well.
    pub observed: Vec<String>,
}

impl CaseResult {
    /// A case that did not begin.
    #[must_use]
    pub fn not_begun(requirements: impl Iterator<Item = &'static Requirement>, trouble: Trouble) -> Self {
        let verdict = of_trouble(&trouble);
        let judgements = requirements.map(|requirement| Judgement { requirement, verdict, seen: Vec::new() });
        Self {
            judgements: judgements.collect(),
            trouble: Some(trouble),
            messages: 0,
            run: None,
            exchanges: Vec::new(),
        }
    }

    /// The worst that it says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.judgements.iter().map(|judgement| judgement.verdict).max().unwrap_or(Verdict::Inconclusive)
    }
}

fn of_trouble(trouble: &Trouble) -> Verdict {
    match trouble {
        Trouble::Unsupported(_) => Verdict::Unsupported,
        _ => Verdict::Error,
    }
}

/// Says what a run shows about each requirement that it is about.
///
/// What other implementations do is judged by who can decrypt which facts and which keys end at which level: by the
/// expectations that stand under a requirement, and by what was found in messages. `demanded` are the requirements
/// under which the scenario has expectations.
pub(super) fn judge(
    run: &Run,
    found: &[Finding],
    trouble: Option<&Trouble>,
    demanded: impl Iterator<Item = &'static Requirement>,
) -> Vec<Judgement> {
    let mut seen: BTreeMap<&'static str, Vec<Seen>> =
        demanded.map(|requirement| (requirement.id, Vec::new())).collect();
    for check in &run.checks {
        let Some(id) = &check.requirement else { continue };
        let Some(requirement) = requirements::find(id.as_str()) else { continue };
        seen.entry(requirement.id).or_default().push(Seen {
            step: check.step,
            expected: check.expected.clone(),
            observed: check.observed.clone(),
        });
    }
    let recommended = findings::recommended(found);
    let mut findings: Vec<&Finding> = found.iter().chain(&recommended).collect();
    findings.sort_unstable();
    findings.dedup();
    for Finding { requirement, expected, observed } in findings {
        let looked = seen.entry(requirement).or_default();
        looked.push(Seen { step: None, expected: (*expected).to_owned(), observed: vec![observed.clone()] });
    }
    let about = requirements::all().filter_map(|requirement| {
        seen.remove(requirement.id).map(|seen| Judgement {
            verdict: verdict(requirement, &seen, trouble),
            requirement,
            seen,
        })
    });
    about.collect()
}

fn verdict(requirement: &Requirement, seen: &[Seen], trouble: Option<&Trouble>) -> Verdict {
    let broken = seen.iter().any(|seen| !seen.observed.is_empty());
    match trouble {
        // What was seen to be broken before the trouble is broken.
        _ if broken => Verdict::of_broken(requirement.weight),
        Some(trouble) => of_trouble(trouble),
        None => Verdict::Pass,
    }
}
