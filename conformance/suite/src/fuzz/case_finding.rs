//! The findings in the result of a case.

use atm_adapter_protocol::AdapterError;

use super::fuzz_finding::{Demonstration, Shown};
use super::target::Attribution;
use crate::cases::{CaseResult, Judgement, VariedResult, Verdict};
use crate::monitor::MonitorFinding;
use crate::requirements::{self, Weight};
use crate::variations::Variation;

/// A finding in the result of a case.
#[derive(Clone, Debug)]
pub(super) struct CaseFinding {
    /// The attribution.
    pub(super) cause: Attribution,
    pub(super) shown: Shown,
    /// The observations, one line each.
    pub(super) observed: Vec<String>,
    /// The monitor's finding, if it comes from the monitor.
    pub(super) monitored: Option<MonitorFinding>,
    /// The variations without which the failure does not occur.
    pub(super) variations: Vec<Variation>,
}

impl CaseFinding {
    pub(super) fn demonstration(&self) -> Demonstration {
        Demonstration {
            shown: self.shown,
            observed: self.observed.clone(),
            variations: self.variations.clone(),
        }
    }
}

/// The findings in a result: violations in messages, the monitor's first finding of each requirement, and the error
/// that ended the case.
pub(super) fn case_findings(result: &CaseResult) -> Vec<CaseFinding> {
    let written = result.judgements.iter().filter_map(of_messages);
    let mut seen: Vec<&str> = Vec::new();
    let monitored = result.monitored.iter().filter(|found| {
        let is_first = !seen.contains(&found.requirement) && may_be_told(found);
        seen.push(found.requirement);
        is_first
    });
    let monitored = monitored.map(|found| CaseFinding {
        cause: Attribution(found.requirement.to_owned()),
        shown: Shown::ByWhatHappens,
        observed: found.observed.clone(),
        monitored: Some(found.clone()),
        variations: Vec::new(),
    });
    written.chain(monitored).chain(result.error.as_ref().and_then(of_error)).collect()
}

/// Whether a finding is a failure or advice. Facts about an implementation are no findings.
fn may_be_told(found: &MonitorFinding) -> bool {
    requirements::find(found.requirement)
        .is_some_and(|requirement| requirement.weight != Weight::Informational)
}

/// The finding about the form of messages in a judgement.
fn of_messages(judgement: &Judgement) -> Option<CaseFinding> {
    if !matches!(judgement.verdict, Verdict::Fail | Verdict::Advice) {
        return None;
    }
    let seen = judgement.seen.iter().filter(|seen| seen.in_message);
    let observed: Vec<String> = seen.flat_map(|seen| seen.observed.iter().cloned()).collect();
    let cause = Attribution(judgement.requirement.id.to_owned());
    (!observed.is_empty()).then_some(CaseFinding {
        cause,
        shown: Shown::ByAMessage,
        observed,
        monitored: None,
        variations: Vec::new(),
    })
}

/// The findings that occur only with variations.
pub(super) fn varied_findings(varied: &VariedResult) -> Vec<CaseFinding> {
    let VariedResult { variations, judgements, error } = varied;
    let told = judgements.iter().filter(|judgement| judgement.requirement.weight != Weight::Informational);
    let broken = told.map(|judgement| CaseFinding {
        cause: Attribution(judgement.requirement.id.to_owned()),
        shown: Shown::ByWhatHappens,
        observed: judgement.seen.iter().flat_map(|seen| seen.observed.iter().cloned()).collect(),
        monitored: None,
        variations: Vec::new(),
    });
    let mut found: Vec<CaseFinding> = broken.chain(error.as_ref().and_then(of_error)).collect();
    let says: Vec<&str> = variations.iter().map(|variation| variation.says()).collect();
    for finding in &mut found {
        finding.observed.push(format!("only if {}", says.join(" and ")));
        finding.variations.clone_from(variations);
    }
    found
}

/// The failures that did not occur again when the scenario was played a second time.
pub(super) fn seen_once(result: &CaseResult) -> impl Iterator<Item = Attribution> {
    let judgements = result.judgements.iter().filter(|judgement| judgement.verdict == Verdict::Inconclusive);
    judgements.map(|judgement| Attribution(judgement.requirement.id.to_owned()))
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
    let cause = Attribution(format!("adapter: {what}"));
    let observed = vec![error.to_string()];
    let variations = Vec::new();
    Some(CaseFinding { cause, shown: Shown::ByWhatHappens, observed, monitored: None, variations })
}
