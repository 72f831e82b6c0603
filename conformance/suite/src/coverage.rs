use atm_engine::{Cause, Change, Effect, KeyId, KeySharing, Level, Reason};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::scenario::{Scenario, Step};
use atm_simulator::trace::{Event, TraceRecord};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// A rule of the reference engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverageRule {
    /// A person decided.
    ManualDecisions,
    /// A person scanned a Trust Message URI.
    TrustMessageUris,
    /// A message did not count because it is not eligible for ATM.
    Admission,
    /// A sender had no authority for a decision.
    Authority,
    /// The sender's key is not authenticated, but another one of its account is.
    SenderKey,
    /// A postponed decision was released.
    PostponedDecisions,
    /// A distrusted sender was dropped or refused.
    DistrustedSenders,
    /// A key was decided on before it was known.
    UnknownKeys,
    /// Two decisions about one key were compared by time.
    Conflicts,
    /// The affixes of an envelope were missing or wrong.
    Affixes,
    /// A message or decision was refused, with a reason.
    Refusals,
    /// A message was malformed, or there was no room for a decision.
    Limits,
    /// The policy ended the use of a key.
    Toakafa,
    /// A trust message was sent.
    Sending,
    /// A contact was told a decision.
    ContactsTold,
    /// A manual decision was announced.
    Announcing,
    /// A device that shares its key made or sent a decision.
    SharedKey,
    /// A message was sent after a restart or a reconnect.
    Outbox,
}

impl CoverageRule {
    /// All rules.
    pub const ALL: [Self; 18] = [
        Self::ManualDecisions,
        Self::TrustMessageUris,
        Self::Admission,
        Self::Authority,
        Self::SenderKey,
        Self::PostponedDecisions,
        Self::DistrustedSenders,
        Self::UnknownKeys,
        Self::Conflicts,
        Self::Affixes,
        Self::Refusals,
        Self::Limits,
        Self::Toakafa,
        Self::Sending,
        Self::ContactsTold,
        Self::Announcing,
        Self::SharedKey,
        Self::Outbox,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ManualDecisions => "manual-decisions",
            Self::TrustMessageUris => "trust-message-uris",
            Self::Admission => "admission",
            Self::Authority => "authority",
            Self::SenderKey => "sender-key",
            Self::PostponedDecisions => "postponed-decisions",
            Self::DistrustedSenders => "distrusted-senders",
            Self::UnknownKeys => "unknown-keys",
            Self::Conflicts => "conflicts",
            Self::Affixes => "affixes",
            Self::Refusals => "refusals",
            Self::Limits => "limits",
            Self::Toakafa => "toakafa",
            Self::Sending => "sending",
            Self::ContactsTold => "contacts-told",
            Self::Announcing => "announcing",
            Self::SharedKey => "shared-key",
            Self::Outbox => "outbox",
        }
    }

    /// The name in reports of format 1: a number.
    #[must_use]
    pub(crate) fn former_name(self) -> String {
        format!("E{}", self as usize + 1)
    }
}

/// The rules and refusals that a run exercised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exercised(u64);

impl Exercised {
    /// The rules and refusals that the devices of the reference engine exercised in a run of `scenario`.
    #[must_use]
    pub fn in_run(scenario: &Scenario, cast: &Cast, records: &[TraceRecord]) -> Self {
        let mut observer =
            RunObserver { cast, exercised: Self(0), step: None, authenticated: FxHashSet::default() };
        for record in records {
            match &record.event {
                Event::Step { step } => observer.step = scenario.steps.get(*step),
                event => observer.at(event),
            }
        }
        observer.exercised
    }

    fn rule(&mut self, rule: CoverageRule) {
        self.0 |= 1 << rule as usize;
    }

    fn refusal(&mut self, reason: Reason) {
        if let Some(position) = Reason::ALL.iter().position(|other| *other == reason) {
            self.0 |= 1 << (CoverageRule::ALL.len() + position);
        }
    }
}

struct RunObserver<'a> {
    cast: &'a Cast,
    exercised: Exercised,
    step: Option<&'a Step>,
    authenticated: FxHashSet<(DeviceId, KeyId)>,
}

impl RunObserver<'_> {
    fn at(&mut self, event: &Event) {
        match event {
            Event::Changed { device, change } => {
                if let Some(explanation) = &change.explanation {
                    self.changed(*device, explanation);
                }
            }
            Event::Refused { refusal, .. } => self.refused(refusal.reason),
            Event::Noticed { .. } => self.exercised.rule(CoverageRule::Affixes),
            Event::Sent { device, outgoing, .. } => {
                self.exercised.rule(CoverageRule::Sending);
                self.one_key(*device);
                if outgoing.to != self.cast.member(*device).account {
                    self.exercised.rule(CoverageRule::ContactsTold);
                }
                match self.step {
                    Some(Step::Authenticate(_) | Step::Distrust(_) | Step::Decide(_) | Step::Scan(_)) => {
                        self.exercised.rule(CoverageRule::Announcing);
                    }
                    Some(Step::Restart(_) | Step::GoOnline(_)) => self.exercised.rule(CoverageRule::Outbox),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn changed(&mut self, device: DeviceId, change: &Change) {
        match *change {
            Change::Decided { decision, cause, effect, .. } => {
                match cause {
                    Cause::Decided => {
                        self.exercised.rule(CoverageRule::ManualDecisions);
                        self.one_key(device);
                        if matches!(self.step, Some(Step::Scan(_))) {
                            self.exercised.rule(CoverageRule::TrustMessageUris);
                        }
                    }
                    Cause::Released => self.exercised.rule(CoverageRule::PostponedDecisions),
                    Cause::Received | Cause::Discovered => {}
                }
                match (effect, decision.kind) {
                    (Effect::OnDiscovery, _) => self.exercised.rule(CoverageRule::UnknownKeys),
                    (Effect::Now, atm_engine::DecisionKind::Trust) => {
                        self.authenticated.insert((device, decision.key));
                    }
                    (Effect::Now, atm_engine::DecisionKind::Distrust) => {
                        self.authenticated.remove(&(device, decision.key));
                    }
                }
            }
            Change::Confirmed { cause, .. } => {
                self.exercised.rule(CoverageRule::Conflicts);
                if cause == Cause::Released {
                    self.exercised.rule(CoverageRule::PostponedDecisions);
                }
            }
            Change::TookEffect { .. } => self.exercised.rule(CoverageRule::UnknownKeys),
            Change::Level { level: Level::AutomaticallyDistrusted, .. } => {
                self.exercised.rule(CoverageRule::Toakafa);
            }
            Change::Level { .. } => {}
            Change::Postponed { sender, .. } => {
                let owner = self.cast.directory().owner(sender);
                let others = self.cast.keys_of(owner).iter();
                if others.into_iter().any(|key| self.authenticated.contains(&(device, *key))) {
                    self.exercised.rule(CoverageRule::SenderKey);
                }
            }
            Change::Dropped { .. } => self.exercised.rule(CoverageRule::DistrustedSenders),
        }
    }

    fn refused(&mut self, reason: Reason) {
        self.exercised.rule(CoverageRule::Refusals);
        self.exercised.refusal(reason);
        let rule = match reason {
            Reason::OwnReflection
            | Reason::ForgedCarbon
            | Reason::NotEncrypted
            | Reason::NotAtm
            | Reason::WrongEncryption
            | Reason::UnboundKey => CoverageRule::Admission,
            Reason::NoAuthority => CoverageRule::Authority,
            Reason::DistrustedSender => CoverageRule::DistrustedSenders,
            Reason::Stale | Reason::StandingDistrust => CoverageRule::Conflicts,
            Reason::AffixMismatch | Reason::MissingTime | Reason::Clock => CoverageRule::Affixes,
            Reason::Malformed | Reason::Quota => CoverageRule::Limits,
            _ => return,
        };
        self.exercised.rule(rule);
    }

    fn one_key(&mut self, device: DeviceId) {
        if self.cast.member(device).sharing == KeySharing::OneForAll {
            self.exercised.rule(CoverageRule::SharedKey);
        }
    }
}

/// The number of scenarios that exercised each rule and each refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    counts: [u64; CoverageRule::ALL.len() + Reason::ALL.len()],
}

impl Default for Coverage {
    fn default() -> Self {
        Self { counts: [0; CoverageRule::ALL.len() + Reason::ALL.len()] }
    }
}

/// Something that can be exercised, and in how many scenarios it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct CoverageCount {
    /// The rule, or the reason of a refusal.
    pub what: String,
    /// In how many scenarios.
    pub scenarios: u64,
}

impl Coverage {
    /// Adds the rules and refusals of one scenario.
    pub fn add(&mut self, exercised: Exercised) {
        for (position, count) in self.counts.iter_mut().enumerate() {
            *count += exercised.0 >> position & 1;
        }
    }

    /// Adds the counts of other scenarios.
    pub fn merge(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
    }

    /// The counts of the rules, in the order of [`CoverageRule::ALL`].
    #[must_use]
    pub fn rules(&self) -> Vec<CoverageCount> {
        let counts = CoverageRule::ALL.iter().zip(&self.counts);
        counts
            .map(|(rule, count)| CoverageCount { what: rule.name().to_owned(), scenarios: *count })
            .collect()
    }

    /// The counts of the refusals by reason.
    #[must_use]
    pub fn refusals(&self) -> Vec<CoverageCount> {
        let counts = Reason::ALL.iter().zip(&self.counts[CoverageRule::ALL.len()..]);
        counts
            .map(|(reason, count)| CoverageCount { what: reason.name().to_owned(), scenarios: *count })
            .collect()
    }

    /// Restores the counts from the lists of [`rules`](Self::rules) and [`refusals`](Self::refusals).
    #[must_use]
    pub fn of(rules: &[CoverageCount], refusals: &[CoverageCount]) -> Self {
        let mut coverage = Self::default();
        let rule_names = CoverageRule::ALL.iter().map(|rule| rule.name());
        let names = rule_names.chain(Reason::ALL.iter().map(|reason| reason.name()));
        for (count, name) in coverage.counts.iter_mut().zip(names) {
            let named = rules.iter().chain(refusals).filter(|other| other.what == name);
            *count = named.map(|count| count.scenarios).sum();
        }
        coverage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_counted_under_its_name() {
        for reason in Reason::ALL {
            let mut exercised = Exercised::default();
            exercised.refusal(*reason);
            let mut coverage = Coverage::default();
            coverage.add(exercised);
            let counted: Vec<CoverageCount> =
                coverage.refusals().into_iter().filter(|count| count.scenarios > 0).collect();
            assert_eq!(counted, [CoverageCount { what: reason.name().to_owned(), scenarios: 1 }]);
            assert_eq!(Coverage::of(&coverage.rules(), &coverage.refusals()), coverage);
        }
    }

    #[test]
    fn rules_keep_the_numbers_of_reports_of_format_1() {
        let numbered = [
            (1, "manual-decisions"),
            (2, "trust-message-uris"),
            (3, "admission"),
            (4, "authority"),
            (5, "sender-key"),
            (6, "postponed-decisions"),
            (7, "distrusted-senders"),
            (8, "unknown-keys"),
            (9, "conflicts"),
            (10, "affixes"),
            (11, "refusals"),
            (12, "limits"),
            (13, "toakafa"),
            (14, "sending"),
            (15, "contacts-told"),
            (16, "announcing"),
            (17, "shared-key"),
            (18, "outbox"),
        ];
        let expected: Vec<_> =
            numbered.iter().map(|(number, name)| (format!("E{number}"), (*name).to_owned())).collect();
        let rules = CoverageRule::ALL.iter();
        assert_eq!(
            rules.map(|rule| (rule.former_name(), rule.name().to_owned())).collect::<Vec<_>>(),
            expected
        );
    }
}
