//! Very many trust messages that arrive in one step.

use std::sync::Arc;

use atm_engine::{
    AccountId, Decision, DecisionKind, DistrustsByKey, EncryptionId, EndpointId, Envelope, KeyId, MessageRef,
    OutboxId, Payload, Protection, Received, Stamp, TrustMessage, Usage,
};

use crate::cast::{Cast, Member, Miscast};
use crate::scenario::{ChainStep, FloodStep};

/// The number of keys that one message of a flood names.
const KEYS_IN_A_MESSAGE: usize = 500;

/// Very many trust messages about keys that no device has and that the scenario does not name. Levels are read once,
/// after the last message.
#[derive(Clone, Debug)]
pub enum Barrage {
    /// Messages that are postponed one after another, and the message that releases them all.
    Chain(Chain),
    /// Messages of one sender.
    Flood(Flood),
}

impl Barrage {
    /// The unnamed keys that the receiver discovers before the first message.
    #[must_use]
    pub fn discovered(&self) -> &[KeyId] {
        match self {
            Self::Chain(chain) => &chain.links,
            Self::Flood(_) => &[],
        }
    }

    /// The messages in the order of their arrival, each sent at `time`.
    #[must_use]
    pub fn stanzas(&self, time: Stamp) -> Box<dyn Iterator<Item = Received> + '_> {
        match self {
            Self::Chain(chain) => Box::new(chain.words(time)),
            Self::Flood(flood) => Box::new(flood.messages(time)),
        }
    }

    /// The accounts whose devices send the messages.
    #[must_use]
    pub fn speakers(&self) -> Vec<AccountId> {
        match self {
            Self::Chain(chain) => vec![chain.first.account, chain.speaker.account],
            Self::Flood(flood) => vec![flood.speaker.account],
        }
    }

    /// The messages for a receiver that knows named keys only.
    #[must_use]
    pub fn about_named_keys(&self, time: Stamp) -> Vec<Received> {
        match self {
            Self::Chain(chain) => chain.ends(time).into(),
            Self::Flood(_) => Vec::new(),
        }
    }

    /// The number of unnamed keys.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Chain(chain) => chain.links.len(),
            Self::Flood(flood) => flood.keys.len(),
        }
    }

    /// The same barrage with at most `keys` unnamed keys, for a slow receiver.
    #[must_use]
    pub fn with_at_most(&self, keys: usize) -> Self {
        let first = |all: &Arc<[KeyId]>| all[..all.len().min(keys)].into();
        match self {
            Self::Chain(chain) => Self::Chain(Chain { links: first(&chain.links), ..chain.clone() }),
            Self::Flood(flood) => Self::Flood(Flood { keys: first(&flood.keys), ..flood.clone() }),
        }
    }
}

/// A chain of trust messages: the holder of the first key trusts the second key, its holder trusts the third, and so on
/// to the last. All of them are postponed until a message trusts the first key.
#[derive(Clone, Debug)]
pub struct Chain {
    to: AccountId,
    encryption: EncryptionId,
    /// The sender of the message that trusts the first key.
    speaker: Speaker,
    first: Speaker,
    /// The keys between the first and the last key. No device has them.
    links: Arc<[KeyId]>,
    last: KeyId,
}

/// Messages of one sender about very many keys.
#[derive(Clone, Debug)]
pub struct Flood {
    to: AccountId,
    encryption: EncryptionId,
    speaker: Speaker,
    /// The keys that the sender trusts. No device has them.
    keys: Arc<[KeyId]>,
}

/// A sender and its key.
#[derive(Clone, Copy, Debug)]
struct Speaker {
    account: AccountId,
    endpoint: EndpointId,
    key: KeyId,
}

impl Chain {
    /// The chain of step number `position` of a scenario.
    ///
    /// # Errors
    ///
    /// If a name in the step is unknown.
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

    /// The messages in the order of their arrival, each sent at `time`. The postponed messages come first, from the end
    /// of the chain to its beginning, and the releasing message comes last.
    fn words(&self, time: Stamp) -> impl Iterator<Item = Received> + '_ {
        let trusted = self.links.iter().chain([&self.last]).copied();
        let speakers = std::iter::once(self.first.key).chain(self.links.iter().copied());
        let pairs: Vec<(KeyId, KeyId)> = speakers.zip(trusted).collect();
        let waiting = pairs.into_iter().rev().enumerate().map(move |(number, (key, trusted))| {
            let id = MessageRef { endpoint: self.first.endpoint, number: OutboxId(number as u64) };
            Received { id: Some(id), ..self.word(Speaker { key, ..self.first }, trusted, time) }
        });
        waiting.chain([self.releasing(time)])
    }

    /// The messages for a receiver that knows only the first and the last key.
    fn ends(&self, time: Stamp) -> [Received; 2] {
        [self.word(self.first, self.last, time), self.releasing(time)]
    }

    fn releasing(&self, time: Stamp) -> Received {
        self.word(self.speaker, self.first.key, time)
    }

    fn word(&self, speaker: Speaker, trusted: KeyId, time: Stamp) -> Received {
        speaker.trusts(&[trusted], (self.to, self.encryption), time)
    }
}

impl Flood {
    /// The flood of step number `position` of a scenario.
    ///
    /// # Errors
    ///
    /// If a name in the step is unknown.
    pub(crate) fn of(step: &FloodStep, position: usize, cast: &mut Cast) -> Result<Self, Miscast> {
        let to = cast.member(cast.device(&step.to)?).account;
        let &Member { account, endpoint, key, .. } = cast.member(cast.device(&step.from)?);
        let names = (0..step.keys).map(|number| format!("{position} {number}"));
        let keys = names.map(|name| cast.made_up_key(account, &name)).collect();
        let speaker = Speaker { account, endpoint, key };
        Ok(Self { to, encryption: cast.encryption(), speaker, keys })
    }

    fn messages(&self, time: Stamp) -> impl Iterator<Item = Received> + '_ {
        let messages = self.keys.chunks(KEYS_IN_A_MESSAGE);
        messages.map(move |keys| self.speaker.trusts(keys, (self.to, self.encryption), time))
    }
}

impl Speaker {
    /// A message that trusts `keys`.
    fn trusts(self, keys: &[KeyId], (to, encryption): (AccountId, EncryptionId), time: Stamp) -> Received {
        let decisions = keys.iter().map(|key| Decision { key: *key, kind: DecisionKind::Trust });
        let message = TrustMessage {
            usage: Usage::Atm,
            encryption,
            decisions: decisions.collect(),
            distrusts: DistrustsByKey::default(),
        };
        let envelope = Envelope {
            padded: true,
            time: Some(time),
            from: Some(self.account),
            to: Some(to),
            message: Arc::new(message),
        };
        Received {
            from: self.endpoint,
            to,
            id: None,
            carbon_from: None,
            protection: Protection::Encrypted { with: encryption, by: Some(self.key) },
            delayed_since: None,
            payload: Payload::Parsed(envelope),
        }
    }
}
