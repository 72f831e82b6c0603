use std::collections::{BTreeMap, BTreeSet};

use atm_adapter_protocol::{AdapterError, Exchange};
use atm_engine::Level;
use atm_simulator::checks::{Check, Conduct, Contradiction};
use atm_simulator::run::Run;

use super::consequences::{Consequences, FormFailures, Shown};
use super::verdict::Verdict;
use crate::messages::{MessageFinding, findings};
use crate::monitor::{Effect, MonitorFinding};
use crate::requirements::{self, Observability, Requirement};
use crate::variations::Variation;

/// The result of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// What it says about which requirement, in the order of the registry.
    pub judgements: Vec<Judgement>,
    /// The requirements of which it says nothing wrong although they were at work, without those that the scenario expects
    /// something under.
    pub kept: Vec<&'static Requirement>,
    /// What the monitors of the devices under test found, in order for each device.
    pub monitored: Vec<MonitorFinding>,
    /// What ended it early.
    pub error: Option<AdapterError>,
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
    pub seen: Vec<ExpectationResult>,
}

impl Judgement {
    /// That nothing is wrong.
    pub(super) fn kept(requirement: &'static Requirement) -> Self {
        let (expected, observed) = (requirement.summary.to_owned(), Vec::new());
        let in_message = requirement.coverage == Observability::Messages;
        let effect = Effect::Omission;
        let seen = vec![ExpectationResult { step: None, in_message, expected, observed, effect }];
        Self { requirement, verdict: Verdict::Pass, seen }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationResult {
    /// The step, counted from 0, after which it was; `None` at the end, and for messages.
    pub step: Option<usize>,
    /// Whether it was looked at in a message as that was sent.
    pub in_message: bool,
    /// What is demanded.
    pub expected: String,
    /// What is there instead; nothing if all is well.
    pub observed: Vec<String>,
    /// Where that leads.
    pub effect: Effect,
}

/// Where it leads that an expectation is not true. Whether that is an intrusion, the monitor says, who knows what led to it.
fn effect_of(contradiction: &Contradiction) -> Effect {
    match &contradiction.conduct {
        Some((_, Conduct::Level(_, Level::Authenticated) | Conduct::Encryption(_) | Conduct::Telling)) => {
            Effect::Trust
        }
        Some((_, Conduct::Level(..) | Conduct::Reception)) | None => Effect::Omission,
    }
}

impl CaseResult {
    /// A case that did not begin.
    #[must_use]
    pub fn not_begun(requirements: impl Iterator<Item = &'static Requirement>, error: AdapterError) -> Self {
        let verdict = of_error(&error);
        let judgements = requirements.map(|requirement| Judgement { requirement, verdict, seen: Vec::new() });
        Self {
            judgements: judgements.collect(),
            kept: Vec::new(),
            monitored: Vec::new(),
            error: Some(error),
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

fn of_error(error: &AdapterError) -> Verdict {
    match error {
        AdapterError::Unsupported(_) => Verdict::Unsupported,
        _ => Verdict::Error,
    }
}

/// Says what a run shows about each requirement that it is about, and which others it shows to be kept.
///
/// What other implementations do is judged by who can decrypt which facts and which keys end at which level: by the
/// monitor at each step, by the expectations that stand under a requirement, and by what was found in messages. `demanded`
/// are the requirements under which the scenario has expectations.
///
/// An expectation speaks of the devices whose behaviour it shows. Where none of those is hosted by what is tested it
/// is left out: that a peer learned nothing since the device under test told it nothing is no fault in how that peer
/// receives, and what the device should have told is an expectation of its own. So is one that only fails because of
/// something else that was found ([`Consequences`]).
pub(super) fn judge(
    shown: &Shown<'_>,
    demanded: impl Iterator<Item = &'static Requirement>,
) -> (Vec<Judgement>, Vec<&'static Requirement>) {
    let mut seen: BTreeMap<&'static str, Vec<ExpectationResult>> =
        demanded.map(|requirement| (requirement.id, Vec::new())).collect();
    let consequences = Consequences::new(shown);
    let mut form = FormFailures::default();
    let mut unjudged: BTreeSet<&'static str> = BTreeSet::new();
    for check in &shown.run.checks {
        let Some(id) = &check.requirement else { continue };
        let Some(requirement) = requirements::find(id.as_str()) else { continue };
        let Some(mut failed) = by_hosted(check, shown) else { continue };
        let is_kept = failed.is_empty();
        failed.retain(|contradiction| !consequences.include(requirement, check, contradiction));
        if failed.is_empty() && !is_kept {
            unjudged.insert(requirement.id);
            continue;
        }
        form.note(requirement, &failed);
        let effect = failed.iter().map(|failed| effect_of(failed)).max().unwrap_or(Effect::Omission);
        let observed = failed.into_iter().map(|contradiction| contradiction.text.clone()).collect();
        let expected = check.expected.clone();
        let looked = ExpectationResult { step: check.step, in_message: false, expected, observed, effect };
        seen.entry(requirement.id).or_default().push(looked);
    }
    for found in shown.monitored {
        if form.explain(found, shown) {
            continue;
        }
        let looked = seen.entry(found.requirement).or_default();
        // What an expectation says already need not be said again.
        let is_same = |other: &&mut ExpectationResult| other.step == found.step && !other.observed.is_empty();
        if let Some(same) = looked.iter_mut().find(is_same) {
            same.effect = same.effect.max(found.effect());
            continue;
        }
        looked.push(ExpectationResult {
            step: found.step,
            in_message: false,
            expected: found.expected.clone(),
            observed: found.observed.clone(),
            effect: found.effect(),
        });
    }
    let mut findings: Vec<&MessageFinding> = shown.messages.iter().collect();
    findings.sort_unstable();
    findings.dedup();
    for MessageFinding { requirement, expected, observed, .. } in findings {
        let looked = seen.entry(requirement).or_default();
        looked.push(ExpectationResult {
            step: None,
            in_message: true,
            expected: (*expected).to_owned(),
            observed: vec![observed.clone()],
            effect: Effect::Omission,
        });
    }
    let recommended = seen.iter().filter(|(id, _)| findings::is_recommended(id));
    let mut broken = recommended.flat_map(|(_, seen)| seen).filter(|seen| !seen.observed.is_empty());
    if let Some(first) = broken.next().cloned() {
        seen.entry(findings::RECOMMENDED).or_default().push(first);
    }
    let is_open = |requirement: &&Requirement| {
        !seen.contains_key(requirement.id) && !unjudged.contains(requirement.id) && shown.error.is_none()
    };
    let kept = requirements::all().filter(is_open).filter(|requirement| was_at_work(shown, requirement));
    let kept: Vec<&'static Requirement> = kept.collect();
    let about = requirements::all().filter_map(|requirement| {
        let seen = seen.remove(requirement.id)?;
        let is_judged = !seen.is_empty() || !unjudged.contains(requirement.id);
        is_judged.then(|| Judgement { verdict: verdict(requirement, &seen, shown.error), requirement, seen })
    });
    (about.collect(), kept)
}

/// Whether a run shows by itself if a requirement is kept: the monitor saw it at work, or it is about every message. What only
/// variations try, a run without them does not show.
fn was_at_work(shown: &Shown<'_>, requirement: &Requirement) -> bool {
    let is_varied = Variation::all().any(|variation| variation.requirement() == Some(requirement.id));
    match requirement.coverage {
        Observability::Messages => shown.sent > 0,
        _ => !is_varied && shown.at_work.contains(requirement.id),
    }
}

/// What of a check shows the behaviour of hosted devices; `None` if nothing does.
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
        // What was seen to be broken before the error is broken.
        _ if broken => Verdict::of_broken(requirement.weight),
        Some(error) => of_error(error),
        None => Verdict::Pass,
    }
}
