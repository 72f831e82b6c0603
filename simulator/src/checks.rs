//! Whether what a scenario expects is true.

use std::collections::BTreeSet;

use atm_engine::{Decision, KeyId, Level, Origin, Outgoing, Verdict};

use crate::cast::{Cast, DeviceId, Miscast};
use crate::endpoint::{Endpoint, Failure};
use crate::scenario::{self, DeviceToKeys, KeyName, Reference, Required, RequirementId};
use crate::trace::{Event, Record};
use crate::trust_graph::TrustGraph;
use crate::world::World;

/// An expectation and whether it is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whose expectation it is.
    pub class: Class,
    /// The requirement that demands or asks it; `None` if the reference engine just does it.
    pub requirement: Option<RequirementId>,
    /// The step at which it was checked, counted from 0; `None` at the end.
    pub step: Option<usize>,
    /// What is expected, in the words of the scenario.
    pub expected: String,
    /// What is there instead; empty if the expectation is true.
    pub observed: Vec<String>,
}

impl Check {
    /// Whether the expectation is true.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.observed.is_empty()
    }

    /// Whether it had to be true and is not.
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.passed() && self.class != Class::Fact
    }
}

/// Whose expectation one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A requirement demands it of any implementation.
    Required,
    /// The texts leave it open, and this is one answer.
    Fact,
    /// The reference engine does it.
    Reference,
}

impl Class {
    /// The name that scenarios use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Fact => "fact",
            Self::Reference => "reference",
        }
    }
}

/// Why an expectation could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncheckable {
    /// A name in it is nobody's.
    #[error(transparent)]
    Miscast(#[from] Miscast),
    /// An endpoint failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// What is looked at: a world as it is now, and what happened lately.
#[derive(Debug)]
pub struct Evidence<'a, E> {
    /// The world.
    pub world: &'a World<E>,
    /// What happened since the last check.
    pub since: &'a [Record],
}

impl<E: Endpoint> Evidence<'_, E> {
    /// Says whether something is true that a requirement demands.
    ///
    /// # Errors
    ///
    /// If a name in it is nobody's or an endpoint fails.
    pub fn required(&self, required: &Required) -> Result<Vec<String>, Uncheckable> {
        self.reference(&Reference::from(required.clone()))
    }

    /// What contradicts an expectation; nothing if it is true.
    ///
    /// # Errors
    ///
    /// If a name in it is nobody's or an endpoint fails.
    pub fn reference(&self, expectation: &Reference) -> Result<Vec<String>, Uncheckable> {
        match expectation {
            Reference::Levels(levels) => self.levels(levels),
            Reference::Complete(accounts) => self.complete(accounts),
            Reference::Told(told) => self.told(told),
            Reference::NotTold(not_told) => self.not_told(not_told),
            Reference::MayEncrypt(keys) => self.may_encrypt(keys),
            Reference::MayNotEncrypt(keys) => self.may_not_encrypt(keys),
            Reference::Counts(counts) => self.counts(counts),
            Reference::Missing(pairs) => self.missing(pairs),
            Reference::Origins(origins) => self.origins(origins),
            Reference::AuthenticatedBy(by) => self.authenticated_by(by),
            Reference::Sent(sent) => self.sent(sent),
            Reference::Refused(refused) => self.refused(refused),
            Reference::Postponed(postponed) => self.postponed(postponed),
        }
    }

    fn cast(&self) -> &Cast {
        self.world.cast()
    }

    fn pair(&self, (device, key): (DeviceId, KeyId)) -> String {
        format!("{} -> {}", self.cast().device_name(device), self.cast().key_name(key))
    }

    fn names(&self, keys: impl IntoIterator<Item = KeyId>) -> String {
        let names: Vec<String> = keys.into_iter().map(|key| self.cast().key_name(key)).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }

    fn pairs(&self, pairs: &[DeviceToKeys]) -> Result<Vec<(DeviceId, KeyId)>, Miscast> {
        let pairs = pairs.iter().flat_map(DeviceToKeys::pairs);
        pairs.map(|(device, key)| Ok((self.cast().device(device)?, self.cast().key(key)?))).collect()
    }

    fn keys(&self, names: &[KeyName]) -> Result<BTreeSet<KeyId>, Miscast> {
        names.iter().map(|name| self.cast().key(name)).collect()
    }

    fn levels(&self, levels: &scenario::Levels) -> Result<Vec<String>, Uncheckable> {
        type Holds = fn(Level) -> bool;
        let groups: [(&[DeviceToKeys], Holds); 8] = [
            (&levels.undecided, |level| level == Level::Undecided),
            (&levels.automatically_trusted, |level| level == Level::AutomaticallyTrusted),
            (&levels.automatically_distrusted, |level| level == Level::AutomaticallyDistrusted),
            (&levels.manually_trusted, |level| level == Level::ManuallyTrusted),
            (&levels.authenticated, |level| level == Level::Authenticated),
            (&levels.distrusted, |level| level == Level::Distrusted),
            (&levels.not_authenticated, |level| level != Level::Authenticated),
            (&levels.not_distrusted, |level| level != Level::Distrusted),
        ];
        let mut wrong = Vec::new();
        for (pairs, holds) in groups {
            for (device, key) in self.pairs(pairs)? {
                let level = self.world.level(device, key)?;
                if !holds(level) {
                    wrong.push(format!("{} is {}", self.pair((device, key)), level.name()));
                }
            }
        }
        Ok(wrong)
    }

    fn complete(&self, accounts: &[scenario::Name]) -> Result<Vec<String>, Uncheckable> {
        let accounts: Result<BTreeSet<_>, Miscast> =
            accounts.iter().map(|name| self.cast().account(name)).collect();
        let accounts = accounts?;
        let inside = |account| accounts.contains(&account);
        let graph = TrustGraph::of(self.world)?;
        let lacking = graph.regards().filter(|(device, key, regard)| {
            inside(self.cast().member(*device).account)
                && inside(self.cast().directory().owner(*key))
                && regard.level != Level::Authenticated
        });
        Ok(lacking.map(|(device, key, _)| format!("missing: {}", self.pair((device, key)))).collect())
    }

    /// The messages sent lately, with their senders.
    fn messages(&self) -> impl Iterator<Item = (DeviceId, &Outgoing)> {
        self.since.iter().filter_map(|record| match &record.event {
            Event::Sent { device, outgoing, .. } => Some((*device, outgoing)),
            _ => None,
        })
    }

    /// Whether a device could decrypt a message.
    fn reads(&self, reader: DeviceId, (sender, outgoing): (DeviceId, &Outgoing)) -> bool {
        reader != sender && outgoing.keys.contains(&self.cast().member(reader).key)
    }

    fn told(&self, told: &scenario::Told) -> Result<Vec<String>, Uncheckable> {
        let (by, device) = (self.cast().device(&told.by)?, self.cast().device(&told.device)?);
        let read =
            self.messages().filter(|(sender, outgoing)| *sender == by && self.reads(device, (by, outgoing)));
        let said: Vec<Decision> =
            read.flat_map(|(_, outgoing)| outgoing.envelope.message.decisions.iter().copied()).collect();
        let untold = |names: &[KeyName], verdict| -> Result<Vec<KeyId>, Miscast> {
            let keys = self.keys(names)?;
            Ok(keys.into_iter().filter(|&key| !said.contains(&Decision { key, verdict })).collect())
        };
        let mut wrong = Vec::new();
        for (names, verdict, word) in
            [(&told.trust, Verdict::Trust, "trust"), (&told.distrust, Verdict::Distrust, "distrust")]
        {
            let untold = untold(names, verdict)?;
            if !untold.is_empty() {
                wrong.push(format!(
                    "{} did not tell {} to {word} {}",
                    told.by,
                    told.device,
                    self.names(untold)
                ));
            }
        }
        Ok(wrong)
    }

    fn not_told(&self, not_told: &scenario::NotTold) -> Result<Vec<String>, Uncheckable> {
        let by = not_told.by.as_ref().map(|by| self.cast().device(by)).transpose()?;
        let device = self.cast().device(&not_told.device)?;
        let about = self.keys(&not_told.about)?;
        let read = self.messages().filter(|(sender, outgoing)| {
            by.is_none_or(|by| by == *sender) && self.reads(device, (*sender, outgoing))
        });
        let said = read.flat_map(|(sender, outgoing)| {
            let decisions = outgoing.envelope.message.decisions.iter();
            decisions.map(move |decision| (sender, *decision))
        });
        let wrong = said.filter(|(_, decision)| about.contains(&decision.key));
        Ok(wrong
            .map(|(sender, decision)| {
                format!(
                    "{} told {} to {} {}",
                    self.cast().device_name(sender),
                    not_told.device,
                    verb(decision.verdict),
                    self.cast().key_name(decision.key)
                )
            })
            .collect())
    }

    /// The keys that a device's messages to the owners of `keys` are encrypted for.
    fn used_keys(&self, device: DeviceId, keys: &BTreeSet<KeyId>) -> Result<BTreeSet<KeyId>, Failure> {
        let owners: BTreeSet<_> = keys.iter().map(|key| self.cast().directory().owner(*key)).collect();
        let mut used = BTreeSet::new();
        for key in self.cast().keys() {
            if owners.contains(&self.cast().directory().owner(key))
                && self.world.level(device, key)?.is_used()
            {
                used.insert(key);
            }
        }
        Ok(used)
    }

    fn may_encrypt(&self, expected: &scenario::MayEncrypt) -> Result<Vec<String>, Uncheckable> {
        let device = self.cast().device(&expected.from)?;
        let keys = self.keys(&expected.to)?;
        let used = self.used_keys(device, &keys)?;
        if used == keys {
            return Ok(Vec::new());
        }
        Ok(vec![format!("{} encrypts for {}", expected.from, self.names(used))])
    }

    fn may_not_encrypt(&self, expected: &scenario::MayEncrypt) -> Result<Vec<String>, Uncheckable> {
        let device = self.cast().device(&expected.from)?;
        let keys = self.keys(&expected.to)?;
        let used = self.used_keys(device, &keys)?;
        let wrong: Vec<KeyId> = keys.intersection(&used).copied().collect();
        if wrong.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![format!("{} encrypts for {}", expected.from, self.names(wrong))])
    }

    fn counts(&self, counts: &scenario::Counts) -> Result<Vec<String>, Uncheckable> {
        let tally = TrustGraph::of(self.world)?.tally();
        let messages = self.messages().count();
        let numbers = [
            ("manual", counts.manual, tally.manual),
            ("automatic", counts.automatic, tally.automatic),
            ("authenticated", counts.authenticated, tally.authenticated()),
            ("possible", counts.possible, tally.possible),
            ("messages", counts.messages, messages),
        ];
        let wrong = numbers.into_iter().filter(|(_, expected, observed)| {
            expected.is_some_and(|expected| expected as usize != *observed)
        });
        Ok(wrong.map(|(name, _, observed)| format!("{name}: {observed}")).collect())
    }

    fn missing(&self, pairs: &[DeviceToKeys]) -> Result<Vec<String>, Uncheckable> {
        let expected: BTreeSet<_> = self.pairs(pairs)?.into_iter().collect();
        let missing: BTreeSet<_> = TrustGraph::of(self.world)?.missing().into_iter().collect();
        let unexpected = missing.difference(&expected).map(|pair| format!("missing: {}", self.pair(*pair)));
        let there = expected.difference(&missing).map(|pair| format!("not missing: {}", self.pair(*pair)));
        Ok(unexpected.chain(there).collect())
    }

    fn origins(&self, origins: &scenario::Origins) -> Result<Vec<String>, Uncheckable> {
        let mut wrong = Vec::new();
        for (pairs, manual) in [(&origins.manual, true), (&origins.message, false)] {
            for (device, key) in self.pairs(pairs)? {
                let observed = self.world.endpoint(device).origin(key);
                let holds = match observed {
                    Some(Origin::Manual) => manual,
                    Some(Origin::Message { .. }) => !manual,
                    Some(Origin::Policy) | None => false,
                };
                if !holds {
                    wrong.push(format!("{}: {}", self.pair((device, key)), self.origin_name(observed)));
                }
            }
        }
        Ok(wrong)
    }

    fn origin_name(&self, origin: Option<Origin>) -> String {
        match origin {
            Some(Origin::Manual) => "by a person".to_owned(),
            Some(Origin::Message { sender }) => format!("by a message of {}", self.cast().key_name(sender)),
            Some(Origin::Policy) => "by the policy".to_owned(),
            None => "nobody decided".to_owned(),
        }
    }

    fn authenticated_by(&self, by: &scenario::AuthenticatedBy) -> Result<Vec<String>, Uncheckable> {
        let (device, key) = (self.cast().device(&by.device)?, self.cast().key(&by.key)?);
        let sender = self.cast().key(&by.sender)?;
        let level = self.world.level(device, key)?;
        let origin = self.world.endpoint(device).origin(key);
        if level == Level::Authenticated && origin == Some(Origin::Message { sender }) {
            return Ok(Vec::new());
        }
        Ok(vec![format!("{} is {}, {}", self.pair((device, key)), level.name(), self.origin_name(origin))])
    }

    fn sent(&self, expected: &[scenario::Sent]) -> Result<Vec<String>, Uncheckable> {
        let expected: Result<Vec<Summary>, Miscast> = expected
            .iter()
            .map(|sent| {
                Ok(Summary {
                    by: self.cast().device(&sent.by)?,
                    to: self.cast().account(&sent.to)?,
                    keys: self.keys(&sent.encrypted_for)?,
                    trust: self.keys(&sent.trust)?,
                    distrust: self.keys(&sent.distrust)?,
                })
            })
            .collect();
        let mut expected = expected?;
        let mut wrong = Vec::new();
        for (device, outgoing) in self.messages() {
            let summary = Summary::of(device, outgoing);
            match expected.iter().position(|other| *other == summary) {
                Some(position) => {
                    expected.remove(position);
                }
                None => wrong.push(format!("sent: {}", self.summary(&summary))),
            }
        }
        wrong.extend(expected.iter().map(|summary| format!("not sent: {}", self.summary(summary))));
        Ok(wrong)
    }

    fn summary(&self, summary: &Summary) -> String {
        let Summary { by, to, keys, trust, distrust } = summary;
        let mut text = format!("{} -> {}", self.cast().device_name(*by), self.cast().account_name(*to));
        for (verb, keys) in [("trust", trust), ("distrust", distrust)] {
            if !keys.is_empty() {
                text += &format!(", {verb} {}", self.names(keys.iter().copied()));
            }
        }
        text + &format!(", for {}", self.names(keys.iter().copied()))
    }

    fn refused(&self, expected: &[scenario::Refused]) -> Result<Vec<String>, Uncheckable> {
        let mut wrong = Vec::new();
        for refused in expected {
            let by = self.cast().device(&refused.by)?;
            let from = refused.from.as_ref().map(|from| self.cast().device(from)).transpose()?;
            let from = from.map(|from| self.cast().member(from).key);
            let key = refused.key.as_ref().map(|key| self.cast().key(key)).transpose()?;
            let found = self.since.iter().any(|record| match &record.event {
                Event::Refused { device, refusal } => {
                    *device == by
                        && refusal.reason.name() == refused.because.to_string()
                        && from.is_none_or(|from| refusal.sender == Some(from))
                        && key.is_none_or(|key| refusal.decision.is_some_and(|decision| decision.key == key))
                }
                _ => false,
            });
            if !found {
                wrong.push(format!("{} refused {}", refused.by, self.refusals_of(by)));
            }
        }
        Ok(wrong)
    }

    fn refusals_of(&self, by: DeviceId) -> String {
        let refusals: Vec<String> = self
            .since
            .iter()
            .filter_map(|record| match &record.event {
                Event::Refused { device, refusal } if *device == by => Some(refusal.reason.name().to_owned()),
                _ => None,
            })
            .collect();
        if refusals.is_empty() { "nothing".to_owned() } else { format!("only: {}", refusals.join(", ")) }
    }

    fn postponed(&self, expected: &scenario::Postponed) -> Result<Vec<String>, Uncheckable> {
        let (device, sender) = (self.cast().device(&expected.device)?, self.cast().key(&expected.from)?);
        let Some(stored) = self.world.endpoint(device).postponed(sender) else {
            return Ok(vec![format!("{} does not tell", expected.device)]);
        };
        let of = |verdict| -> BTreeSet<KeyId> {
            stored
                .iter()
                .filter(|decision| decision.verdict == verdict)
                .map(|decision| decision.key)
                .collect()
        };
        let (trust, distrust) = (of(Verdict::Trust), of(Verdict::Distrust));
        if trust == self.keys(&expected.trust)? && distrust == self.keys(&expected.distrust)? {
            return Ok(Vec::new());
        }
        Ok(vec![format!(
            "{} keeps of {}: trust {}, distrust {}",
            expected.device,
            expected.from,
            self.names(trust),
            self.names(distrust)
        )])
    }
}

/// A sent message, as far as scenarios describe it.
#[derive(PartialEq, Eq)]
struct Summary {
    by: DeviceId,
    to: atm_engine::AccountId,
    keys: BTreeSet<KeyId>,
    trust: BTreeSet<KeyId>,
    distrust: BTreeSet<KeyId>,
}

impl Summary {
    fn of(by: DeviceId, outgoing: &Outgoing) -> Self {
        let of = |verdict| {
            let decisions = outgoing.envelope.message.decisions.iter();
            decisions.filter(|decision| decision.verdict == verdict).map(|decision| decision.key).collect()
        };
        Self {
            by,
            to: outgoing.to,
            keys: outgoing.keys.iter().copied().collect(),
            trust: of(Verdict::Trust),
            distrust: of(Verdict::Distrust),
        }
    }
}

fn verb(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Trust => "trust",
        Verdict::Distrust => "distrust",
    }
}
