//! What is wrong in the result of a case.

use atm_adapter_protocol::AdapterError;

use super::fuzz_finding::{Demonstration, Shown};
use super::target::Attribution;
use crate::cases::{CaseResult, ExpectationResult, Judgement, Verdict};
use crate::requirements;

/// Something that is wrong.
#[derive(Clone, Debug)]
pub(super) struct CaseFinding {
    /// What it is attributed to.
    pub(super) cause: Attribution,
    /// Under which requirement it was seen.
    pub(super) judged: Attribution,
    pub(super) shown: Shown,
    /// What was seen, and after how many steps.
    pub(super) lines: Vec<(usize, String)>,
}

impl CaseFinding {
    /// Whether it is attributed to the requirement of what was said last, which need not be what it comes from.
    pub(super) fn is_of_the_last_word(&self) -> bool {
        self.cause == self.judged
            && self.shown == Shown::ByWhatHappens
            && requirements::find(&self.judged.0).is_some()
    }

    pub(super) fn demonstration(&self) -> Demonstration {
        let mut observed: Vec<String> = self.lines.iter().map(|(_, line)| line.clone()).collect();
        observed.dedup();
        Demonstration { shown: self.shown, observed }
    }
}

/// What is wrong in a result: how messages are written, and what went wrong first. What goes wrong afterwards may follow
/// from that.
pub(super) fn case_findings(result: &CaseResult) -> Vec<CaseFinding> {
    let first = First::of(result);
    let judged = result.judgements.iter().filter_map(|judgement| {
        let seen: Vec<&ExpectationResult> =
            judgement.seen.iter().filter(|seen| first.includes(judgement.verdict, seen)).collect();
        let shown = match seen.first()? {
            ExpectationResult { in_message: true, .. } => Shown::ByAMessage,
            _ => Shown::ByWhatHappens,
        };
        let lines = seen.into_iter().flat_map(lines).collect();
        let judged = Attribution(judgement.requirement.id.to_owned());
        Some(CaseFinding { cause: judged.clone(), judged, shown, lines })
    });
    judged.chain(result.error.as_ref().and_then(of_error)).collect()
}

/// What was wrong when a scenario was played, but not when it was played again.
pub(super) fn seen_once(result: &CaseResult) -> impl Iterator<Item = Attribution> {
    let judgements = result.judgements.iter().filter(|judgement| judgement.verdict == Verdict::Inconclusive);
    judgements.map(|judgement| Attribution(judgement.requirement.id.to_owned()))
}

/// Whether a result shows a line at the same moment, under a requirement for which `judged` holds.
pub(super) fn is_seen(
    result: &CaseResult,
    (moment, line): &(usize, String),
    judged: impl Fn(&str) -> bool,
) -> bool {
    let judgements = result.judgements.iter().filter(|judgement| judged(judgement.requirement.id));
    let mut seen = judgements.flat_map(|Judgement { seen, .. }| seen);
    seen.any(|seen| step(seen) == *moment && seen.observed.contains(line))
}

/// When something went wrong first.
#[derive(Clone, Copy)]
struct First {
    failure: usize,
    advice: usize,
}

impl First {
    fn of(result: &CaseResult) -> Self {
        let first = |verdict| {
            let judgements = result.judgements.iter().filter(|judgement| judgement.verdict == verdict);
            let seen = judgements.flat_map(|judgement| &judgement.seen);
            let wrong = seen.filter(|seen| !seen.in_message && !seen.observed.is_empty());
            wrong.map(step).min().unwrap_or(usize::MAX)
        };
        Self { failure: first(Verdict::Fail), advice: first(Verdict::Advice) }
    }

    /// What could follow from something that is advice is left open, but not what could follow from a failure.
    fn includes(self, verdict: Verdict, seen: &ExpectationResult) -> bool {
        let is_first = match verdict {
            Verdict::Fail => step(seen) <= self.failure,
            Verdict::Advice => step(seen) <= self.advice.min(self.failure),
            _ => return false,
        };
        !seen.observed.is_empty() && (seen.in_message || is_first)
    }
}

fn step(seen: &ExpectationResult) -> usize {
    seen.step.unwrap_or(usize::MAX)
}

fn lines(seen: &ExpectationResult) -> impl Iterator<Item = (usize, String)> {
    seen.observed.iter().map(|line| (step(seen), line.clone()))
}

fn of_error(error: &AdapterError) -> Option<CaseFinding> {
    let what = match error {
        AdapterError::Unsupported(_) | AdapterError::Interrupted => return None,
        AdapterError::NotStarted { .. } => "not started",
        AdapterError::TimedOut { .. } => "no answer in time",
        AdapterError::SlowStart { .. } => "no first answer in time",
        AdapterError::Ended { .. } => "ended",
        AdapterError::TooLong { .. } => "a line is too long",
        AdapterError::NoAnswer { .. } => "a line is no answer",
        AdapterError::Failed { .. } => "failed",
        AdapterError::FalseClaim { .. } => "a false claim",
        AdapterError::BrokenOff { .. } => "broken off",
        AdapterError::Undeliverable { .. } => "undeliverable",
    };
    let judged = Attribution(format!("adapter: {what}"));
    let lines = vec![(usize::MAX, error.to_string())];
    Some(CaseFinding { cause: judged.clone(), judged, shown: Shown::ByWhatHappens, lines })
}
