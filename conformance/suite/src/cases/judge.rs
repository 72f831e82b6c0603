use std::collections::{BTreeMap, BTreeSet};

use atm_adapter_protocol::{AdapterError, Exchange};
use atm_engine::Level;
use atm_simulator::checks::{Check, Conduct, Contradiction};
use atm_simulator::run::Run;

use super::consequences::{Consequences, FormFailures, Shown};
use super::diagnosis::{Diagnosis, Fault};
use super::verdict::Verdict;
use crate::messages::MessageFinding;
use crate::monitor::{Effect, MonitorFinding};
use crate::requirements::{self, Observability, Requirement};
use crate::variations::Variation;

/// The result of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The judgements, in the order of the requirements.
    pub judgements: Vec<Judgement>,
    /// The requirements that were exercised without a failure, except those under which the scenario has expectations.
    pub kept: Vec<&'static Requirement>,
    /// The requirements under which every failed expectation only follows from another finding. Nothing judges them.
    pub unjudged: Vec<&'static Requirement>,
    /// The findings of the monitors of the devices under test, in order for each device.
    pub monitored: Vec<MonitorFinding>,
    /// The error that ended the case early.
    pub error: Option<AdapterError>,
    /// The number of trust messages that the devices under test sent.
    pub messages: usize,
    /// The run; `None` if the case did not begin.
    pub run: Option<Run>,
    /// The recorded exchanges by implementation, if recording was requested.
    pub exchanges: Vec<(usize, Vec<Exchange>)>,
}

/// The judgement about a requirement in a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// The verdict.
    pub verdict: Verdict,
    /// The checks on which it is based.
    pub seen: Vec<ExpectationResult>,
}

impl Judgement {
    /// A pass of a requirement that was exercised without a failure.
    pub(super) fn kept(requirement: &'static Requirement) -> Self {
        let (expected, observed) = (requirement.summary.to_owned(), Vec::new());
        let in_message = requirement.coverage == Observability::Messages;
        let seen = vec![ExpectationResult { in_message, expected, observed, ..ExpectationResult::default() }];
        Self { requirement, verdict: Verdict::Pass, seen }
    }
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectationResult {
    /// The position of the step after which the check was made, or in which the message was sent. `None` at the end.
    pub step: Option<usize>,
    /// Whether a message was checked when it was sent.
    pub in_message: bool,
    /// The names of the variations that a failure needs.
    pub variations: Vec<&'static str>,
    /// The demanded behaviour.
    pub expected: String,
    /// The contradicting observations; empty if the check passed.
    pub observed: Vec<String>,
    /// The consequence of a failure.
    pub effect: Effect,
    /// The diagnosis of a failure.
    pub diagnosis: Diagnosis,
    /// The requirement under which the monitor found the same behaviour, if it is another one. The failure then shows no
    /// mistake of its own.
    pub found_under: Option<&'static str>,
}

/// The consequence of a failed expectation. Only the monitor can tell an intrusion, since it knows the cause.
fn effect_of(contradiction: &Contradiction) -> Effect {
    match &contradiction.conduct {
        Some((_, Conduct::Level(_, Level::Authenticated) | Conduct::Encryption(_) | Conduct::Telling)) => {
            Effect::Trust
        }
        Some((_, Conduct::Level(..) | Conduct::Unauthenticated(..) | Conduct::Reception)) | None => {
            Effect::Omission
        }
    }
}

impl CaseResult {
    /// Adds a pass of each requirement that was exercised without a failure, if the case judges nothing else.
    pub fn show_kept(&mut self) {
        if self.judgements.is_empty() {
            self.judgements.extend(self.kept.iter().map(|requirement| Judgement::kept(requirement)));
        }
    }

    /// The result of a case that did not begin.
    #[must_use]
    pub fn not_begun(requirements: impl Iterator<Item = &'static Requirement>, error: AdapterError) -> Self {
        let verdict = of_error(&error);
        let judgements = requirements.map(|requirement| Judgement { requirement, verdict, seen: Vec::new() });
        Self {
            judgements: judgements.collect(),
            kept: Vec::new(),
            unjudged: Vec::new(),
            monitored: Vec::new(),
            error: Some(error),
            messages: 0,
            run: None,
            exchanges: Vec::new(),
        }
    }

    /// The worst verdict. A case without judgements is inconclusive.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.judgements.iter().map(|judgement| judgement.verdict).max().unwrap_or(Verdict::Inconclusive)
    }
}

fn of_error(error: &AdapterError) -> Verdict {
    match error {
        AdapterError::Unsupported(_) => Verdict::Unsupported,
        _ => Verdict::Error,
    }
}

/// The judgements of a run.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) judgements: Vec<Judgement>,
    /// See [`CaseResult::kept`].
    pub(super) kept: Vec<&'static Requirement>,
    /// See [`CaseResult::unjudged`].
    pub(super) unjudged: Vec<&'static Requirement>,
}

/// Judges a run.
///
/// Other implementations are judged by which keys can decrypt which decisions and by the levels of keys: by the monitor
/// at each step, by the expectations under a requirement, and by the findings in messages. `demanded` are the
/// requirements under which the scenario has expectations.
///
/// An expectation concerns the devices whose behaviour it shows. It is left out if none of them is under test. For
/// example, if the device under test told a peer nothing, the peer did not fail to receive; another expectation covers
/// the telling. An expectation is also left out if its failure only follows from another finding ([`Consequences`]).
pub(super) fn judge(shown: &Shown<'_>, demanded: impl Iterator<Item = &'static Requirement>) -> Judged {
    let mut seen: BTreeMap<&'static str, Vec<ExpectationResult>> =
        demanded.map(|requirement| (requirement.id, Vec::new())).collect();
    let consequences = Consequences::new(shown);
    let mut form = FormFailures::default();
    let mut unjudged: BTreeSet<&'static str> = BTreeSet::new();
    for check in &shown.run.checks {
        let Some(id) = &check.requirement else { continue };
        let Some(requirement) = requirements::find(id.as_str()) else { continue };
        if requirement.coverage == Observability::Confirmations && !shown.is_confirmed {
            continue;
        }
        let Some(mut failed) = by_hosted(check, shown) else { continue };
        let is_kept = failed.is_empty();
        failed.retain(|contradiction| !consequences.include(requirement, check, contradiction));
        if failed.is_empty() && !is_kept {
            unjudged.insert(requirement.id);
            continue;
        }
        form.note(requirement, &failed);
        let effect = failed.iter().map(|failed| effect_of(failed)).max().unwrap_or(Effect::Omission);
        let diagnosis = Diagnosis::of_check(check, &failed, shown.run);
        let found_under = consequences.found_under(requirement, check, &failed);
        let observed = failed.into_iter().map(|contradiction| contradiction.text.clone()).collect();
        let expected = check.expected.clone();
        seen.entry(requirement.id).or_default().push(ExpectationResult {
            step: check.step,
            expected,
            observed,
            effect,
            diagnosis,
            found_under,
            ..ExpectationResult::default()
        });
    }
    for found in shown.monitored {
        if form.explain(found, shown) {
            continue;
        }
        let looked = seen.entry(found.requirement).or_default();
        // An expectation that failed in the same step already reports this.
        let is_same = |other: &&mut ExpectationResult| other.step == found.step && !other.observed.is_empty();
        if let Some(same) = looked.iter_mut().find(is_same) {
            same.effect = same.effect.max(found.effect());
            same.found_under = None;
            continue;
        }
        looked.push(ExpectationResult {
            step: found.step,
            expected: found.expected.clone(),
            observed: found.observed.clone(),
            effect: found.effect(),
            diagnosis: Diagnosis::of_finding(found, shown.run),
            ..ExpectationResult::default()
        });
    }
    let mut findings: Vec<&MessageFinding> = shown.messages.iter().collect();
    findings.sort_unstable();
    findings.dedup_by(|later, first| later.is_same(first));
    for MessageFinding { requirement, expected, observed, sent, .. } in findings {
        let looked = seen.entry(requirement).or_default();
        let by = sent.as_ref().map_or_else(String::new, |sent| format!(" (sent by {})", sent.by));
        looked.push(ExpectationResult {
            step: sent.as_ref().and_then(|sent| sent.in_step),
            in_message: true,
            expected: (*expected).to_owned(),
            observed: vec![format!("{observed}{by}")],
            diagnosis: Fault::Form.alone(),
            ..ExpectationResult::default()
        });
    }
    let recommended = seen.iter().filter(|(id, _)| requirements::is_recommended(id));
    let mut broken = recommended.flat_map(|(_, seen)| seen).filter(|seen| !seen.observed.is_empty());
    if let Some(first) = broken.next().cloned() {
        seen.entry(requirements::RECOMMENDED).or_default().push(first);
    }
    let is_open = |requirement: &&Requirement| {
        !seen.contains_key(requirement.id) && !unjudged.contains(requirement.id) && shown.error.is_none()
    };
    let kept = requirements::all().filter(is_open).filter(|requirement| was_at_work(shown, requirement));
    let kept: Vec<&'static Requirement> = kept.collect();
    let mut judged = Judged { judgements: Vec::new(), kept, unjudged: Vec::new() };
    for requirement in requirements::all() {
        let Some(seen) = seen.remove(requirement.id) else { continue };
        if seen.is_empty() && unjudged.contains(requirement.id) {
            judged.unjudged.push(requirement);
        } else {
            let verdict = verdict(requirement, &seen, shown.error);
            judged.judgements.push(Judgement { requirement, verdict, seen });
        }
    }
    judged
}

/// Whether a run without variations exercised a requirement: the monitor saw that, or every message is checked for it.
/// Not for requirements that only variations test.
fn was_at_work(shown: &Shown<'_>, requirement: &Requirement) -> bool {
    let is_varied = Variation::all().any(|variation| variation.requirement() == Some(requirement.id));
    match requirement.coverage {
        Observability::Messages => shown.sent > 0,
        _ => !is_varied && shown.at_work.contains(requirement.id),
    }
}

/// The contradictions that show the behaviour of hosted devices. `None` if the check does not concern any of them.
fn by_hosted<'a>(check: &'a Check, shown: &Shown<'_>) -> Option<Vec<&'a Contradiction>> {
    let (own, others): (Vec<_>, Vec<_>) =
        check.concerns.iter().partition(|device| shown.hosted.contains(device));
    if own.is_empty() && !check.concerns.is_empty() {
        return None;
    }
    let is_others = |contradiction: &&Contradiction| {
        let device = contradiction.conduct.as_ref().map(|(device, _)| shown.run.cast.device_name(*device));
        device.is_some_and(|device| others.contains(&device))
    };
    Some(check.observed.iter().filter(|contradiction| !is_others(contradiction)).collect())
}

fn verdict(requirement: &Requirement, seen: &[ExpectationResult], error: Option<&AdapterError>) -> Verdict {
    let broken = seen.iter().any(|seen| !seen.observed.is_empty());
    match error {
        // A failure that was observed before the error still counts.
        _ if broken => Verdict::of_broken(requirement.weight),
        Some(error) => of_error(error),
        None => Verdict::Pass,
    }
}
