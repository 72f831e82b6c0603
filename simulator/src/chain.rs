//! A long chain of words that wait for each other.

use std::sync::Arc;

use atm_engine::{
    AccountId, Decision, DecisionKind, EncryptionId, EndpointId, Envelope, KeyId, MessageRef, OutboxId,
    Payload, Protection, Received, Stamp, TrustMessage, Usage,
};

use crate::cast::{Cast, Member, Miscast};
use crate::scenario::ChainStep;

/// A chain of words: the holder of the first key trusts a second one, the holder of that one a third one, and so on to the
/// last. All of them wait, until somebody trusts the first key.
#[derive(Clone, Debug)]
pub struct Chain {
    to: AccountId,
    encryption: EncryptionId,
    /// Who trusts the first key.
    speaker: Speaker,
    first: Speaker,
    /// The keys between the first and the last one. No device has them.
    links: Arc<[KeyId]>,
    last: KeyId,
}

/// Who says something, and with which key.
#[derive(Clone, Copy, Debug)]
struct Speaker {
    account: AccountId,
    endpoint: EndpointId,
    key: KeyId,
}

impl Chain {
    /// The chain that step number `position` of a scenario asks for.
    ///
    /// # Errors
    ///
    /// If somebody is named whom nobody knows.
    pub(crate) fn of(step: &ChainStep, position: usize, cast: &mut Cast) -> Result<Self, Miscast> {
        let receiver = cast.device(&step.to)?;
        let to = cast.member(receiver).account;
        let &Member { account, endpoint, key, .. } = cast.member(cast.device(&step.from)?);
        let speaker = Speaker { account, endpoint, key };
        let (first, last) = (cast.key(&step.first)?, cast.key(&step.last)?);
        let owner = cast.directory().owner(first);
        let endpoint = cast.endpoint_of(owner, "chain");
        let names = (1..step.length).map(|link| format!("{position} {link}"));
        let links = names.map(|name| cast.made_up_key(owner, &name)).collect();
        let first = Speaker { account: owner, endpoint, key: first };
        Ok(Self { to, encryption: cast.encryption(), speaker, first, links, last })
    }

    /// The same chain with no more than so many keys between the first and the last one, for a receiver that is slow.
    #[must_use]
    pub fn with_at_most(&self, links: usize) -> Self {
        Self { links: self.links[..self.links.len().min(links)].into(), ..self.clone() }
    }

    /// The keys between the first and the last one, which the receiver discovers before it hears anything.
    #[must_use]
    pub fn links(&self) -> &[KeyId] {
        &self.links
    }

    /// What arrives, one after the other, said at the time `time`: the words that wait, from the end of the chain to its
    /// beginning, then the one that releases them.
    pub fn words(&self, time: Stamp) -> impl Iterator<Item = Received> + '_ {
        let trusted = self.links.iter().chain([&self.last]).copied();
        let speakers = std::iter::once(self.first.key).chain(self.links.iter().copied());
        let pairs: Vec<(KeyId, KeyId)> = speakers.zip(trusted).collect();
        let waiting = pairs.into_iter().rev().enumerate().map(move |(number, (key, trusted))| {
            let id = MessageRef { endpoint: self.first.endpoint, number: OutboxId(number as u64) };
            Received { id: Some(id), ..self.word(Speaker { key, ..self.first }, trusted, time) }
        });
        waiting.chain([self.releasing(time)])
    }

    /// What a receiver hears that knows of the first and the last key only.
    #[must_use]
    pub fn ends(&self, time: Stamp) -> [Received; 2] {
        [self.word(self.first, self.last, time), self.releasing(time)]
    }

    fn releasing(&self, time: Stamp) -> Received {
        self.word(self.speaker, self.first.key, time)
    }

    fn word(&self, speaker: Speaker, trusted: KeyId, time: Stamp) -> Received {
        let decisions = Arc::new([Decision { key: trusted, kind: DecisionKind::Trust }]);
        let message = TrustMessage { usage: Usage::Atm, encryption: self.encryption, decisions };
        let envelope = Envelope {
            padded: true,
            time: Some(time),
            from: Some(speaker.account),
            to: Some(self.to),
            message: Arc::new(message),
        };
        Received {
            from: speaker.endpoint,
            to: self.to,
            id: None,
            carbon_from: None,
            protection: Protection::Encrypted { with: self.encryption, by: Some(speaker.key) },
            delayed_since: None,
            payload: Payload::Parsed(envelope),
        }
    }
}
