//! Plays a case with variations and attributes each difference to the variation that causes it.

use atm_adapter_protocol::AdapterError;
use atm_simulator::run::Options;
use atm_simulator::scenario::Step;

use super::case::Case;
use super::diagnosis::{Diagnosis, Fault};
use super::implementation::Implementation;
use super::judge::{CaseResult, ExpectationResult, Judgement};
use super::play::{Playing, play, play_once};
use super::verdict::Verdict;
use crate::monitor::{Effect, MonitorFinding};
use crate::requirements::{self, Requirement, Weight};
use crate::variations::{Axis, Forgeries, Variation, VariationChoice, rows};

/// Plays a case as [`play`] does, then with variations. A failure that occurs only with variations is a separate
/// judgement. If the device already fails without variations, only attacks are informative: they show unlawful messages
/// that count.
#[must_use]
pub fn play_with_variations(
    case: &Case,
    implementations: &mut [Box<dyn Implementation>],
    (options, choice): (Options, &VariationChoice),
    record: bool,
) -> CaseResult {
    let mut result = play(case, implementations, options, record);
    if *choice == VariationChoice::Pairs && is_long(case) {
        return result;
    }
    for row in rows(choice, &case.id) {
        if !can_differ(&result, &row) {
            continue;
        }
        let mut trial = Trial { case, implementations, options, plain: &result };
        let shown = trial.differences(&row);
        let judgements = if shown.is_empty() {
            kept(&row).collect()
        } else {
            trial.smallest(&row).map_or_else(Vec::new, |varied| varied.judged(&result))
        };
        for judgement in judgements {
            result.add(judgement);
        }
    }
    result
}

/// Whether a case takes long. Shorter cases have the same messages to vary.
fn is_long(case: &Case) -> bool {
    case.scenario.scenario.steps.iter().any(|step| matches!(step, Step::Chain(_) | Step::Flood(_)))
}

/// Whether a row of variations can show something new. If the device already fails without variations, only attacks
/// can.
pub(crate) fn can_differ(plain: &CaseResult, row: &[Variation]) -> bool {
    plain.error.is_none() && (is_attack(row) || !does_wrong(plain))
}

/// Whether a check fails that is not about the form of messages.
fn does_wrong(plain: &CaseResult) -> bool {
    let failed = plain.judgements.iter().filter(|judgement| judgement.verdict == Verdict::Fail);
    let mut seen = failed.flat_map(|judgement| &judgement.seen);
    seen.any(|seen| !seen.in_message && !seen.observed.is_empty())
}

/// The failures that occur only with variations.
#[derive(Debug)]
pub(crate) struct VariedResult {
    /// The variations that cause the failures.
    pub(crate) variations: Vec<Variation>,
    /// The judgements.
    pub(crate) judgements: Vec<Judgement>,
    /// The error that ended the case with these variations.
    pub(crate) error: Option<AdapterError>,
}

impl VariedResult {
    /// The judgements, with the error as one of them. The error belongs to the requirement of the variation, or
    /// otherwise to the first requirement that was judged without variations.
    fn judged(self, plain: &CaseResult) -> Vec<Judgement> {
        let Self { variations, mut judgements, error } = self;
        if let Some(error) = error
            && let Some(requirement) =
                of_variations(&variations).or_else(|| Some(plain.judgements.first()?.requirement))
        {
            let seen = vec![looked(&variations, None, &[error.to_string()])];
            judgements.push(Judgement { requirement, verdict: Verdict::Error, seen });
        }
        judgements
    }
}

/// Plays a case with variations and compares the result with the plain one.
pub(crate) struct Trial<'a> {
    pub(crate) case: &'a Case,
    pub(crate) implementations: &'a mut [Box<dyn Implementation>],
    pub(crate) options: Options,
    /// The result without variations.
    pub(crate) plain: &'a CaseResult,
}

/// The failures that occur with variations and not without them.
#[derive(Debug, Default)]
struct Differences {
    failed: Vec<Judgement>,
    error: Option<AdapterError>,
}

impl Differences {
    fn is_empty(&self) -> bool {
        self.failed.is_empty() && self.error.is_none()
    }
}

impl Trial<'_> {
    fn differences(&mut self, variations: &[Variation]) -> Differences {
        let varied = play_once(self.case, self.implementations, &Playing::new(self.options, variations));
        let is_lacking =
            |error: &AdapterError| matches!(error, AdapterError::Unsupported(_) | AdapterError::Interrupted);
        let error = varied.error.clone().filter(|error| !is_lacking(error));
        // Under attack, not every sent message arrives, and restarted devices may send more. Then expectations may be
        // wrong, but the monitor knows what arrives.
        let is_attack = is_attack(variations);
        let are_several = variations.contains(&Variation::Restarts) && self.case.line_up.len() > 1;
        if is_attack || are_several {
            let found = varied.monitored.iter().filter(|found| self.is_effect(found, variations));
            let mut found: Vec<&MonitorFinding> = found.collect();
            if found.iter().any(|found| is_of_attack(found, variations)) {
                let withheld = self.without_forgeries(variations);
                found.retain(|found| !is_of_attack(found, variations) || !is_shown(found, &withheld));
            }
            let failed = found.into_iter().filter_map(|found| of_monitor(found, variations));
            return Differences { failed: failed.collect(), error };
        }
        let fails = |result: &CaseResult, id: &str| {
            let mut failed = result.judgements.iter().filter(|judgement| judgement.verdict == Verdict::Fail);
            failed.any(|judgement| judgement.requirement.id == id)
        };
        let differs = |judgement: &Judgement| {
            judgement.verdict == Verdict::Fail && !fails(self.plain, judgement.requirement.id)
        };
        Differences { failed: varied.judgements.into_iter().filter(differs).collect(), error }
    }

    /// Whether a finding of the monitor is an effect of the variations. If the device also fails without them, only
    /// messages that an attack makes count are such effects.
    fn is_effect(&self, found: &MonitorFinding, variations: &[Variation]) -> bool {
        let plain = &self.plain.monitored;
        if !does_wrong(self.plain) && plain.iter().all(|other| other.requirement != found.requirement) {
            return true;
        }
        is_of_attack(found, variations) && !is_shown(found, plain)
    }

    /// The findings if the forged messages do not arrive. A device that behaves in the same way then does not follow
    /// them: something else is wrong with it.
    fn without_forgeries(&mut self, variations: &[Variation]) -> Vec<MonitorFinding> {
        let forgeries = Forgeries::Withheld;
        let playing = Playing { forgeries, ..Playing::new(self.options, variations) };
        play_once(self.case, self.implementations, &playing).monitored
    }

    /// The failures of the variations in a row that matter: a single one if one suffices, otherwise a minimal subset.
    /// `None` if no failure repeats.
    pub(crate) fn smallest(&mut self, row: &[Variation]) -> Option<VariedResult> {
        for variation in row {
            let alone = self.differences(&[*variation]);
            if !alone.is_empty() {
                return Some(result_of(&[*variation], alone));
            }
        }
        if row.len() < 2 {
            return None;
        }
        let mut needed = row.to_vec();
        for variation in row {
            let without: Vec<Variation> = needed.iter().copied().filter(|other| other != variation).collect();
            if !self.differences(&without).is_empty() {
                needed = without;
            }
        }
        let shown = self.differences(&needed);
        (!shown.is_empty()).then(|| result_of(&needed, shown))
    }
}

/// The result with these variations. An implementation that sends an unusable stanza because of a variation breaks the
/// requirement of the variation. That is no error.
fn result_of(variations: &[Variation], shown: Differences) -> VariedResult {
    let Differences { failed, mut error } = shown;
    let mut judgements = broken(variations, failed);
    if let (Some(AdapterError::Undeliverable { .. }), Some(requirement)) = (&error, of_variations(variations))
    {
        let observed: Vec<String> = error.take().iter().map(ToString::to_string).collect();
        let seen = vec![looked(variations, None, &observed)];
        judgements.push(Judgement { requirement, verdict: Verdict::of_broken(requirement.weight), seen });
    }
    VariedResult { variations: variations.to_vec(), judgements, error }
}

/// The requirement that a device breaks if these variations make a difference. `None` if they have none.
fn of_variations(variations: &[Variation]) -> Option<&'static Requirement> {
    variations.iter().find_map(|variation| variation.requirement()).and_then(requirements::find)
}

fn is_attack(variations: &[Variation]) -> bool {
    variations.iter().any(|variation| variation.axis() == Axis::Attack)
}

/// Whether a finding says that a message counts which one of these attacks makes unlawful.
fn is_of_attack(found: &MonitorFinding, variations: &[Variation]) -> bool {
    variations.iter().any(|attack| attack.voids(found.requirement))
}

/// Whether other findings show all that a finding shows.
fn is_shown(found: &MonitorFinding, others: &[MonitorFinding]) -> bool {
    found.observed.iter().all(|line| others.iter().any(|other| other.observed.contains(line)))
}

fn of_monitor(found: &MonitorFinding, variations: &[Variation]) -> Option<Judgement> {
    let requirement = requirements::find(found.requirement)?;
    let effect = found.effect();
    let MonitorFinding { step, expected, observed, .. } = found.clone();
    let diagnosis = if is_of_attack(found, variations) {
        Diagnosis::of_void_message(&found.subject)
    } else {
        Diagnosis::of_subject(&found.subject)
    };
    let seen =
        ExpectationResult { step, expected, observed, effect, diagnosis, ..ExpectationResult::default() };
    let seen = vec![seen];
    Some(Judgement { requirement, verdict: Verdict::of_broken(requirement.weight), seen })
}

/// The passes of a row that makes no difference.
fn kept(row: &[Variation]) -> impl Iterator<Item = Judgement> + '_ {
    row.iter().filter_map(|variation| {
        let requirement = requirements::find(variation.requirement()?)?;
        let seen = vec![looked(&[*variation], None, &[])];
        Some(Judgement { requirement, verdict: Verdict::Pass, seen })
    })
}

/// Attributes failures to the requirement of the variation. Security failures that let an adversary in keep their own.
fn broken(variations: &[Variation], shown: Vec<Judgement>) -> Vec<Judgement> {
    let of_variation = of_variations(variations);
    let mut judgements: Vec<Judgement> = Vec::new();
    for Judgement { requirement, seen, .. } in shown {
        let cause: &'static Requirement = match of_variation {
            Some(of_variation) if !(requirement.weight == Weight::Security && lets_in(&seen)) => of_variation,
            _ => requirement,
        };
        let failed = seen.iter().filter(|seen| !seen.observed.is_empty());
        let seen = failed.map(|seen| looked(variations, Some(seen), &seen.observed)).collect();
        let judgement = Judgement { requirement: cause, verdict: Verdict::of_broken(cause.weight), seen };
        match judgements.iter_mut().find(|other| other.requirement.id == cause.id) {
            Some(other) => other.seen.extend(judgement.seen),
            None => judgements.push(judgement),
        }
    }
    judgements
}

/// Whether a failure lets an adversary in, and is not just an omission.
fn lets_in(seen: &[ExpectationResult]) -> bool {
    seen.iter().any(|seen| seen.effect >= Effect::Trust)
}

/// The result of a check with variations.
fn looked(
    variations: &[Variation],
    seen: Option<&ExpectationResult>,
    observed: &[String],
) -> ExpectationResult {
    let names: Vec<&str> = variations.iter().map(|variation| variation.name()).collect();
    let says: Vec<&str> = variations.iter().map(|variation| variation.says()).collect();
    let says = match says[..] {
        [] | [_] | [_, _] => says.join(" and "),
        [first, ..] => format!("{first} and {} other variations come together", says.len() - 1),
    };
    let says = format!("if {says} (--variations {})", names.join(","));
    let expected = match seen {
        Some(seen) => format!("{}, {says}", seen.expected),
        None => format!("the same, {says}"),
    };
    ExpectationResult {
        step: seen.and_then(|seen| seen.step),
        variations: names,
        expected,
        observed: observed.to_vec(),
        effect: seen.map_or(Effect::Omission, |seen| seen.effect),
        diagnosis: match seen {
            Some(seen) if is_attack(variations) => seen.diagnosis.clone(),
            Some(_) => Fault::Variation.alone(),
            None => Diagnosis::default(),
        },
        ..ExpectationResult::default()
    }
}

impl CaseResult {
    /// Adds a judgement. Of two verdicts about one requirement, the worse one counts.
    pub(super) fn add(&mut self, judgement: Judgement) {
        let same = self.judgements.iter_mut().find(|other| other.requirement.id == judgement.requirement.id);
        if let Some(same) = same {
            same.verdict = same.verdict.max(judgement.verdict);
            same.seen.extend(judgement.seen);
        } else {
            self.judgements.push(judgement);
            let order =
                |judgement: &Judgement| requirements::ids().position(|id| id == judgement.requirement.id);
            self.judgements.sort_by_key(order);
        }
    }
}

#[cfg(test)]
mod tests {
    use atm_engine::{Directory, Encryption, KeyIdentifier};

    use super::*;
    use crate::monitor::{Standing, Standings, Subject, UnlawfulLevel};

    /// A finding that a device gives a key this standing, where only a decision that counts leads to another one.
    fn found(observed: Standing) -> MonitorFinding {
        let mut directory = Directory::new();
        let owner = directory.account(&"bob@example.com".parse().expect("a JID"));
        let omemo = Encryption::new(Encryption::OMEMO).expect("an encryption");
        let identifier = KeyIdentifier::new(&omemo, &[1; 32]).expect("an identifier");
        let encryption = directory.encryption(&omemo);
        let key = directory.key(encryption, owner, &identifier);
        let lawful = Standings::just(Standing::Open);
        MonitorFinding {
            requirement: "xep-0420/rules/envelope-namespace",
            device: "alice/phone".parse().expect("a device"),
            step: Some(0),
            subject: Subject::Levels(vec![UnlawfulLevel { key, observed, lawful, before: lawful }]),
            expected: String::new(),
            observed: vec![String::new()],
        }
    }

    fn fault(observed: Standing, variation: Variation) -> Option<Fault> {
        of_monitor(&found(observed), &[variation])?.seen.first()?.diagnosis.fault
    }

    /// A message that an attack makes void is followed by distrusting a key as well as by authenticating it.
    #[test]
    fn a_distrust_by_a_void_message_shows_that_it_was_followed() {
        for observed in [Standing::Authenticated, Standing::Distrusted] {
            assert_eq!(fault(observed, Variation::OtherEnvelope), Some(Fault::WronglyFollowed), "{observed}");
        }
        assert_eq!(fault(Standing::Open, Variation::OtherEnvelope), Some(Fault::NotFollowed));
        // Messages count in spite of restarts, so a distrust can be what is left of a lost trust.
        assert_eq!(fault(Standing::Distrusted, Variation::Restarts), Some(Fault::NotFollowed));
    }
}
