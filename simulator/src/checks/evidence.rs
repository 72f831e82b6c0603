use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::{AccountId, Decision, DecisionKind, KeyId, Level, Origin, Outgoing};

use super::{Check, Conduct, Contradiction, Since};
use crate::cast::{Cast, DeviceId};
use crate::endpoint::{Endpoint, Failure};
use crate::expectations::{Decided, Demand, Expected, Holds, MessageSummary, PostponedDemand, RefusedDemand};
use crate::scenario::Counts;
use crate::trust_graph::WorldView;
use crate::world::World;

/// The evidence for expectations: the current world and the recent events.
#[derive(Debug)]
pub(crate) struct Evidence<'a, E> {
    /// The current world.
    pub(crate) view: &'a WorldView<'a, E>,
    /// The messages and refusals since the last check.
    pub(crate) since: Since<'a>,
}

impl<E: Endpoint> Evidence<'_, E> {
    /// Checks expectations and adds the results to `checks`, until an endpoint fails.
    pub(crate) fn check<'b>(
        &self,
        all: impl IntoIterator<Item = &'b Arc<Expected>>,
        step: Option<usize>,
        checks: &mut Vec<Check>,
    ) -> Result<(), Failure> {
        for expected in all {
            let observed = self.against(expected)?;
            checks.push(Check { expected: expected.clone(), step, observed });
        }
        Ok(())
    }

    /// The observations that contradict an expectation; empty if it is true.
    fn against(&self, expected: &Expected) -> Result<Vec<Contradiction>, Failure> {
        match &expected.demand {
            Demand::Levels(levels) => self.levels(levels),
            Demand::Complete(accounts) => self.complete(accounts),
            Demand::Told { by, device, trust, distrust } => {
                Ok(self
                    .told((*by, *device), [(trust, DecisionKind::Trust), (distrust, DecisionKind::Distrust)]))
            }
            Demand::NotTold { by, device, about } => Ok(self.not_told(*by, *device, about)),
            Demand::MayEncrypt { from, to } => self.may_encrypt(*from, to),
            Demand::MayNotEncrypt { from, to } => self.may_not_encrypt(*from, to),
            Demand::Shown { device, body } => Ok(self.shown(*device, body)),
            Demand::Stored { device, at_most } => self.stored(*device, *at_most),
            Demand::Counts(counts) => self.counts(counts),
            Demand::Missing(pairs) => self.missing(pairs),
            Demand::Origins(origins) => self.origins(origins),
            Demand::AuthenticatedBy { device, key, sender } => {
                self.authenticated_by((*device, *key), *sender)
            }
            Demand::Sent(sent) => Ok(self.sent(sent)),
            Demand::Refused(refused) => Ok(self.refused(refused)),
            Demand::Postponed(postponed) => Ok(self.postponed(postponed)),
        }
    }

    fn world(&self) -> &World<E> {
        self.view.world()
    }

    fn cast(&self) -> &Cast {
        self.world().cast()
    }

    fn pair(&self, (device, key): (DeviceId, KeyId)) -> String {
        format!("{} -> {}", self.cast().device_name(device), self.cast().key_name(key))
    }

    fn names(&self, keys: impl IntoIterator<Item = KeyId>) -> String {
        let names: Vec<String> = keys.into_iter().map(|key| self.cast().key_name(key)).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }

    fn levels(&self, levels: &[(DeviceId, KeyId, Holds)]) -> Result<Vec<Contradiction>, Failure> {
        let mut wrong = Vec::new();
        for &(device, key, holds) in levels {
            let level = self.world().level(device, key)?;
            if !holds(level) {
                let text = format!("{} is {}", self.pair((device, key)), level.name());
                let is_too_low = holds(Level::Authenticated) && !holds(Level::AutomaticallyTrusted);
                let conduct = if is_too_low { Conduct::Unauthenticated } else { Conduct::Level };
                wrong.push(Contradiction::by(device, conduct(key, level), text));
            }
        }
        Ok(wrong)
    }

    fn complete(&self, accounts: &BTreeSet<AccountId>) -> Result<Vec<Contradiction>, Failure> {
        let inside = |account| accounts.contains(&account);
        let graph = self.view.trust_graph()?;
        let lacking = graph.regards().filter(|(device, key, regard)| {
            inside(self.cast().member(*device).account)
                && inside(self.cast().directory().owner(*key))
                && regard.level != Level::Authenticated
        });
        Ok(lacking.map(|(device, key, regard)| self.lacks((device, key), regard.level)).collect())
    }

    /// The contradiction that a key is not authenticated.
    fn lacks(&self, (device, key): (DeviceId, KeyId), level: Level) -> Contradiction {
        let text = format!("missing: {}", self.pair((device, key)));
        Contradiction::by(device, Conduct::Unauthenticated(key, level), text)
    }

    /// The messages since the last check, with their senders.
    fn messages(&self) -> impl Iterator<Item = (DeviceId, &Outgoing)> {
        self.since.sent.iter().map(|(device, outgoing)| (*device, outgoing))
    }

    /// Whether a device could decrypt a message.
    fn reads(&self, reader: DeviceId, (sender, outgoing): (DeviceId, &Outgoing)) -> bool {
        reader != sender && outgoing.keys.contains(&self.cast().member(reader).key)
    }

    fn told(
        &self,
        (by, device): (DeviceId, DeviceId),
        expected: [(&BTreeSet<KeyId>, DecisionKind); 2],
    ) -> Vec<Contradiction> {
        let says = |decision: Decision| {
            self.messages().any(|(sender, outgoing)| {
                sender == by
                    && self.reads(device, (by, outgoing))
                    && outgoing.envelope.message.decisions.contains(&decision)
            })
        };
        let mut wrong = Vec::new();
        for (keys, verdict) in expected {
            let untold: Vec<KeyId> =
                keys.iter().copied().filter(|&key| !says(Decision { key, kind: verdict })).collect();
            if !untold.is_empty() {
                let (names, untold) = (self.cast(), self.names(untold));
                let (by_name, to) = (names.device_name(by), names.device_name(device));
                let text = format!("{by_name} did not tell {to} to {} {untold}", verb(verdict));
                wrong.push(Contradiction::by(by, Conduct::Telling, text));
            }
        }
        wrong
    }

    fn not_told(
        &self,
        by: Option<DeviceId>,
        device: DeviceId,
        about: &BTreeSet<KeyId>,
    ) -> Vec<Contradiction> {
        let read = self.messages().filter(|(sender, outgoing)| {
            by.is_none_or(|by| by == *sender) && self.reads(device, (*sender, outgoing))
        });
        let said = read.flat_map(|(sender, outgoing)| {
            let decisions = outgoing.envelope.message.decisions.iter();
            decisions.map(move |decision| (sender, *decision))
        });
        let wrong = said.filter(|(_, decision)| about.contains(&decision.key));
        wrong
            .map(|(sender, decision)| {
                let (names, said) = (self.cast(), verb(decision.kind));
                let (by, to) = (names.device_name(sender), names.device_name(device));
                let text = format!("{by} told {to} to {said} {}", names.key_name(decision.key));
                Contradiction::by(sender, Conduct::Telling, text)
            })
            .collect()
    }

    /// The keys for which a device encrypts messages to the owners of `keys`.
    fn used_keys(&self, device: DeviceId, keys: &BTreeSet<KeyId>) -> Result<BTreeSet<KeyId>, Failure> {
        let owners: BTreeSet<_> = keys.iter().map(|key| self.cast().directory().owner(*key)).collect();
        let mut used = BTreeSet::new();
        for key in self.cast().keys() {
            if owners.contains(&self.cast().directory().owner(key))
                && self.world().level(device, key)?.is_used()
            {
                used.insert(key);
            }
        }
        Ok(used)
    }

    fn may_encrypt(&self, from: DeviceId, keys: &BTreeSet<KeyId>) -> Result<Vec<Contradiction>, Failure> {
        let used = self.used_keys(from, keys)?;
        if used == *keys {
            return Ok(Vec::new());
        }
        let differing = used.symmetric_difference(keys).copied().collect();
        Ok(vec![self.encrypts(from, &used, differing)])
    }

    fn may_not_encrypt(&self, from: DeviceId, keys: &BTreeSet<KeyId>) -> Result<Vec<Contradiction>, Failure> {
        let used = self.used_keys(from, keys)?;
        let wrong: BTreeSet<KeyId> = keys.intersection(&used).copied().collect();
        if wrong.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![self.encrypts(from, &wrong, wrong.iter().copied().collect())])
    }

    /// The contradiction that a device encrypts for the keys `used`. The keys `differing` are used although they should
    /// not be, or not used although they should be.
    fn encrypts(&self, from: DeviceId, used: &BTreeSet<KeyId>, differing: Vec<KeyId>) -> Contradiction {
        let used = self.names(used.iter().copied());
        let text = format!("{} encrypts for {used}", self.cast().device_name(from));
        Contradiction::by(from, Conduct::Encryption(differing), text)
    }

    /// Passes if the device does not report what it shows.
    fn shown(&self, device: DeviceId, body: &str) -> Vec<Contradiction> {
        let is_shown = |shown: &[String]| shown.iter().any(|shown| shown == body);
        if self.world().shown(device).is_none_or(is_shown) {
            return Vec::new();
        }
        let text = format!("{} did not show {body:?}", self.cast().device_name(device));
        vec![Contradiction::by(device, Conduct::Reception, text)]
    }

    /// Passes if the device does not report how much it stores.
    fn stored(&self, device: DeviceId, at_most: u64) -> Result<Vec<Contradiction>, Failure> {
        let stored = self.world().endpoint(device).stored_bytes(self.cast().directory())?;
        let Some(stored) = stored.filter(|stored| *stored > at_most) else { return Ok(Vec::new()) };
        let text = format!("{} has stored {stored} bytes", self.cast().device_name(device));
        Ok(vec![Contradiction::by(device, Conduct::Reception, text)])
    }

    fn counts(&self, counts: &Counts) -> Result<Vec<Contradiction>, Failure> {
        let tally = self.view.trust_graph()?.tally();
        let numbers = [
            ("manual", counts.manual, tally.manual),
            ("automatic", counts.automatic, tally.automatic),
            ("authenticated", counts.authenticated, tally.authenticated()),
            ("possible", counts.possible, tally.possible),
            ("messages", counts.messages, self.since.messages),
        ];
        let wrong = numbers.into_iter().filter(|(_, expected, observed)| {
            expected.is_some_and(|expected| expected as usize != *observed)
        });
        let texts = wrong.map(|(name, _, observed)| format!("{name}: {observed}"));
        Ok(texts.map(Contradiction::of_all).collect())
    }

    fn missing(&self, expected: &BTreeSet<(DeviceId, KeyId)>) -> Result<Vec<Contradiction>, Failure> {
        let missing: BTreeSet<_> = self.view.trust_graph()?.missing().into_iter().collect();
        let mut wrong = Vec::new();
        for pair @ (device, key) in missing.difference(expected).copied() {
            wrong.push(self.lacks(pair, self.world().level(device, key)?));
        }
        for pair @ (device, key) in expected.difference(&missing).copied() {
            let text = format!("not missing: {}", self.pair(pair));
            wrong.push(Contradiction::by(device, Conduct::Level(key, Level::Authenticated), text));
        }
        Ok(wrong)
    }

    fn origins(&self, origins: &[(DeviceId, KeyId, Decided)]) -> Result<Vec<Contradiction>, Failure> {
        let mut wrong = Vec::new();
        for &(device, key, expected) in origins {
            let observed = self.world().endpoint(device).origin(key);
            let decided = match observed {
                Some(Origin::Manual) => Some(Decided::ByPerson),
                Some(Origin::Message { .. }) => Some(Decided::ByMessage),
                Some(Origin::Policy) | None => None,
            };
            if decided != Some(expected) {
                let text = format!("{}: {}", self.pair((device, key)), self.origin_name(observed));
                let level = self.world().level(device, key)?;
                wrong.push(Contradiction::by(device, Conduct::Level(key, level), text));
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

    fn authenticated_by(
        &self,
        (device, key): (DeviceId, KeyId),
        sender: KeyId,
    ) -> Result<Vec<Contradiction>, Failure> {
        let level = self.world().level(device, key)?;
        let origin = self.world().endpoint(device).origin(key);
        if level == Level::Authenticated && origin == Some(Origin::Message { sender }) {
            return Ok(Vec::new());
        }
        let text = format!("{} is {}, {}", self.pair((device, key)), level.name(), self.origin_name(origin));
        Ok(vec![Contradiction::by(device, Conduct::Level(key, level), text)])
    }

    fn sent(&self, expected: &[MessageSummary]) -> Vec<Contradiction> {
        let mut expected: Vec<&MessageSummary> = expected.iter().collect();
        let mut wrong = Vec::new();
        for (device, outgoing) in self.messages() {
            let summary = MessageSummary::of(device, outgoing);
            match expected.iter().position(|other| **other == summary) {
                Some(position) => {
                    expected.remove(position);
                }
                None => {
                    let text = format!("sent: {}", self.summary(&summary));
                    wrong.push(Contradiction::by(device, Conduct::Telling, text));
                }
            }
        }
        wrong.extend(expected.iter().map(|summary| {
            let text = format!("not sent: {}", self.summary(summary));
            Contradiction::by(summary.by, Conduct::Telling, text)
        }));
        wrong
    }

    fn summary(&self, summary: &MessageSummary) -> String {
        let MessageSummary { by, to, keys, trust, distrust } = summary;
        let mut text = format!("{} -> {}", self.cast().device_name(*by), self.cast().account_name(*to));
        for (verb, keys) in [("trust", trust), ("distrust", distrust)] {
            if !keys.is_empty() {
                text += &format!(", {verb} {}", self.names(keys.iter().copied()));
            }
        }
        text + &format!(", for {}", self.names(keys.iter().copied()))
    }

    fn refused(&self, expected: &[RefusedDemand]) -> Vec<Contradiction> {
        let mut wrong = Vec::new();
        for RefusedDemand { by, because, sender, key } in expected {
            let found = self.since.refused.iter().any(|(device, refusal)| {
                device == by
                    && refusal.reason.name() == because
                    && sender.is_none_or(|sender| refusal.sender == Some(sender))
                    && key.is_none_or(|key| refusal.decision.is_some_and(|decision| decision.key == key))
            });
            if !found {
                let text = format!("{} refused {}", self.cast().device_name(*by), self.refusals_of(*by));
                wrong.push(Contradiction::by(*by, Conduct::Reception, text));
            }
        }
        wrong
    }

    fn refusals_of(&self, by: DeviceId) -> String {
        let refused = self.since.refused.iter().filter(|(device, _)| *device == by);
        let refusals: Vec<&str> = refused.map(|(_, refusal)| refusal.reason.name()).collect();
        if refusals.is_empty() { "nothing".to_owned() } else { format!("only: {}", refusals.join(", ")) }
    }

    fn postponed(&self, expected: &PostponedDemand) -> Vec<Contradiction> {
        let device = self.cast().device_name(expected.device);
        let Some(stored) = self.world().endpoint(expected.device).postponed(expected.sender) else {
            let text = format!("{device} does not tell");
            return vec![Contradiction::by(expected.device, Conduct::Reception, text)];
        };
        let of = |verdict| -> BTreeSet<KeyId> {
            stored.iter().filter(|decision| decision.kind == verdict).map(|decision| decision.key).collect()
        };
        let (trust, distrust) = (of(DecisionKind::Trust), of(DecisionKind::Distrust));
        if trust == expected.trust && distrust == expected.distrust {
            return Vec::new();
        }
        let (trust, distrust) = (self.names(trust), self.names(distrust));
        let text = format!("{device} keeps of {}: trust {trust}, distrust {distrust}", expected.named);
        vec![Contradiction::by(expected.device, Conduct::Reception, text)]
    }
}

fn verb(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Trust => "trust",
        DecisionKind::Distrust => "distrust",
    }
}
