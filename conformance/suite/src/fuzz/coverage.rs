use atm_engine::{Cause, Change, Effect, KeyId, KeySharing, Level, Reason};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::scenario::{Scenario, Step};
use atm_simulator::trace::{Event, Record};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// A rule of the reference engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A person decided.
    E1,
    /// A person scanned a Trust Message URI.
    E2,
    /// Something did not count since it was not what ATM may use.
    E3,
    /// Somebody spoke without authority.
    E4,
    /// The sender's key is not authenticated, but another one of its account is.
    E5,
    /// A postponed decision was released.
    E6,
    /// A distrusted sender was dropped or refused.
    E7,
    /// A key was decided on before it was seen.
    E8,
    /// Two decisions about one key were compared by time.
    E9,
    /// The affixes of an envelope were found wanting.
    E10,
    /// Something was refused, with a reason.
    E11,
    /// Something was malformed, or there was no room for it.
    E12,
    /// The policy stopped a key from being used.
    E13,
    /// A trust message was sent.
    E14,
    /// A contact was told something.
    E15,
    /// A manual decision was announced.
    E16,
    /// A device that shares its key decided or spoke.
    E17,
    /// A message was sent after a crash, or when a connection was there again.
    E18,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::E1,
        Self::E2,
        Self::E3,
        Self::E4,
        Self::E5,
        Self::E6,
        Self::E7,
        Self::E8,
        Self::E9,
        Self::E10,
        Self::E11,
        Self::E12,
        Self::E13,
        Self::E14,
        Self::E15,
        Self::E16,
        Self::E17,
        Self::E18,
    ];

    /// Its name in the documentation of the engine.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// The names of the reasons for which the engine refuses something, as [`Reason::name`] gives them.
const REFUSALS: [&str; 19] = [
    "own-reflection",
    "forged-carbon",
    "not-encrypted",
    "malformed",
    "not-atm",
    "wrong-encryption",
    "unbound-key",
    "affix-mismatch",
    "missing-time",
    "clock",
    "distrusted-sender",
    "no-authority",
    "own-key",
    "postponed",
    "stale",
    "standing-distrust",
    "quota",
    "policy",
    "not-discovered",
];

/// Which rules and refusals one run exercised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exercised(u64);

impl Exercised {
    /// What the devices of the reference engine did in a run of `scenario`.
    #[must_use]
    pub fn in_run(scenario: &Scenario, cast: &Cast, records: &[Record]) -> Self {
        let mut look = Look { cast, exercised: Self(0), step: None, authenticated: FxHashSet::default() };
        for record in records {
            match &record.event {
                Event::Step { step } => look.step = scenario.steps.get(*step),
                event => look.at(event),
            }
        }
        look.exercised
    }

    fn rule(&mut self, rule: Rule) {
        self.0 |= 1 << rule as usize;
    }

    fn refusal(&mut self, reason: &Reason) {
        if let Some(position) = REFUSALS.iter().position(|name| *name == reason.name()) {
            self.0 |= 1 << (Rule::ALL.len() + position);
        }
    }
}

struct Look<'a> {
    cast: &'a Cast,
    exercised: Exercised,
    step: Option<&'a Step>,
    authenticated: FxHashSet<(DeviceId, KeyId)>,
}

impl Look<'_> {
    fn at(&mut self, event: &Event) {
        match event {
            Event::Changed { device, change } => self.changed(*device, change),
            Event::Refused { refusal, .. } => self.refused(&refusal.reason),
            Event::Noticed { .. } => self.exercised.rule(Rule::E10),
            Event::Sent { device, outgoing, .. } => {
                self.exercised.rule(Rule::E14);
                self.one_key(*device);
                if outgoing.to != self.cast.member(*device).account {
                    self.exercised.rule(Rule::E15);
                }
                match self.step {
                    Some(Step::Authenticate(_) | Step::Distrust(_) | Step::Scan(_)) => {
                        self.exercised.rule(Rule::E16);
                    }
                    Some(Step::Restart(_) | Step::GoOnline(_)) => self.exercised.rule(Rule::E18),
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
                        self.exercised.rule(Rule::E1);
                        self.one_key(device);
                        if matches!(self.step, Some(Step::Scan(_))) {
                            self.exercised.rule(Rule::E2);
                        }
                    }
                    Cause::Released => self.exercised.rule(Rule::E6),
                    Cause::Received | Cause::Discovered => {}
                }
                match (effect, decision.kind) {
                    (Effect::OnDiscovery, _) => self.exercised.rule(Rule::E8),
                    (Effect::Now, atm_engine::DecisionKind::Trust) => {
                        self.authenticated.insert((device, decision.key));
                    }
                    (Effect::Now, atm_engine::DecisionKind::Distrust) => {
                        self.authenticated.remove(&(device, decision.key));
                    }
                }
            }
            Change::Confirmed { cause, .. } => {
                self.exercised.rule(Rule::E9);
                if cause == Cause::Released {
                    self.exercised.rule(Rule::E6);
                }
            }
            Change::TookEffect { .. } => self.exercised.rule(Rule::E8),
            Change::Level { level: Level::AutomaticallyDistrusted, .. } => self.exercised.rule(Rule::E13),
            Change::Level { .. } => {}
            Change::Postponed { sender, .. } => {
                let owner = self.cast.directory().owner(sender);
                let others = self.cast.keys_of(owner).iter();
                if others.into_iter().any(|key| self.authenticated.contains(&(device, *key))) {
                    self.exercised.rule(Rule::E5);
                }
            }
            Change::Dropped { .. } => self.exercised.rule(Rule::E7),
        }
    }

    fn refused(&mut self, reason: &Reason) {
        self.exercised.rule(Rule::E11);
        self.exercised.refusal(reason);
        let rule = match reason {
            Reason::OwnReflection
            | Reason::ForgedCarbon
            | Reason::NotEncrypted
            | Reason::NotAtm
            | Reason::WrongEncryption
            | Reason::UnboundKey => Rule::E3,
            Reason::NoAuthority => Rule::E4,
            Reason::DistrustedSender => Rule::E7,
            Reason::Stale | Reason::StandingDistrust => Rule::E9,
            Reason::AffixMismatch | Reason::MissingTime | Reason::Clock => Rule::E10,
            Reason::Malformed(_) | Reason::Quota => Rule::E12,
            Reason::OwnKey | Reason::Postponed | Reason::Policy | Reason::NotDiscovered => return,
        };
        self.exercised.rule(rule);
    }

    fn one_key(&mut self, device: DeviceId) {
        if self.cast.member(device).sharing == KeySharing::OneForAll {
            self.exercised.rule(Rule::E17);
        }
    }
}

/// In how many scenarios each rule and each refusal was exercised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    counts: [u64; Rule::ALL.len() + REFUSALS.len()],
}

impl Default for Coverage {
    fn default() -> Self {
        Self { counts: [0; Rule::ALL.len() + REFUSALS.len()] }
    }
}

/// Something that can be exercised, and in how many scenarios it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Count {
    /// The rule, or the reason of a refusal.
    pub what: String,
    /// In how many scenarios.
    pub scenarios: u64,
}

impl Coverage {
    /// Adds what one scenario exercised.
    pub fn add(&mut self, exercised: Exercised) {
        for (position, count) in self.counts.iter_mut().enumerate() {
            *count += exercised.0 >> position & 1;
        }
    }

    /// Adds what other scenarios exercised.
    pub fn merge(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            *count += other;
        }
    }

    /// The rules, in their order.
    #[must_use]
    pub fn rules(&self) -> Vec<Count> {
        let counts = Rule::ALL.iter().zip(&self.counts);
        counts.map(|(rule, count)| Count { what: rule.name(), scenarios: *count }).collect()
    }

    /// The reasons of refusals.
    #[must_use]
    pub fn refusals(&self) -> Vec<Count> {
        let counts = REFUSALS.iter().zip(&self.counts[Rule::ALL.len()..]);
        counts.map(|(name, count)| Count { what: (*name).to_owned(), scenarios: *count }).collect()
    }

    /// What the lists of [`rules`](Self::rules) and [`refusals`](Self::refusals) say.
    #[must_use]
    pub fn of(rules: &[Count], refusals: &[Count]) -> Self {
        let mut coverage = Self::default();
        let names = Rule::ALL.iter().map(|rule| rule.name()).chain(REFUSALS.map(str::to_owned));
        for (count, name) in coverage.counts.iter_mut().zip(names) {
            let named = rules.iter().chain(refusals).filter(|other| other.what == name);
            *count = named.map(|count| count.scenarios).sum();
        }
        coverage
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use atm_engine::codec::Malformed;

    use super::*;

    /// The compiler asks for a line here when the engine learns another reason.
    fn every_reason() -> Vec<Reason> {
        let first = Reason::OwnReflection;
        match first {
            Reason::OwnReflection
            | Reason::ForgedCarbon
            | Reason::NotEncrypted
            | Reason::Malformed(_)
            | Reason::NotAtm
            | Reason::WrongEncryption
            | Reason::UnboundKey
            | Reason::AffixMismatch
            | Reason::MissingTime
            | Reason::Clock
            | Reason::DistrustedSender
            | Reason::NoAuthority
            | Reason::OwnKey
            | Reason::Postponed
            | Reason::Stale
            | Reason::StandingDistrust
            | Reason::Quota
            | Reason::Policy
            | Reason::NotDiscovered => {}
        }
        vec![
            first,
            Reason::ForgedCarbon,
            Reason::NotEncrypted,
            Reason::Malformed(Arc::new(Malformed::MissingUsage)),
            Reason::NotAtm,
            Reason::WrongEncryption,
            Reason::UnboundKey,
            Reason::AffixMismatch,
            Reason::MissingTime,
            Reason::Clock,
            Reason::DistrustedSender,
            Reason::NoAuthority,
            Reason::OwnKey,
            Reason::Postponed,
            Reason::Stale,
            Reason::StandingDistrust,
            Reason::Quota,
            Reason::Policy,
            Reason::NotDiscovered,
        ]
    }

    #[test]
    fn every_refusal_is_counted_under_its_name() {
        let names: Vec<&str> = every_reason().iter().map(Reason::name).collect();
        assert_eq!(names, REFUSALS);
        for reason in every_reason() {
            let mut exercised = Exercised::default();
            exercised.refusal(&reason);
            let mut coverage = Coverage::default();
            coverage.add(exercised);
            let counted: Vec<Count> =
                coverage.refusals().into_iter().filter(|count| count.scenarios > 0).collect();
            assert_eq!(counted, [Count { what: reason.name().to_owned(), scenarios: 1 }]);
            assert_eq!(Coverage::of(&coverage.rules(), &coverage.refusals()), coverage);
        }
    }
}
