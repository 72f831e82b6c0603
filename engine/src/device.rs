//! One device: what it holds and everything that can happen to it.

use serde::{Deserialize, Serialize};

use crate::input::{Input, ManualDecision, Received};
use crate::level::{Level, Origin};
use crate::message::{Decision, DecisionKind, OutboxId};
use crate::names::{AccountId, Directory, EncryptionId, EndpointId, KeyId, Stamp};
use crate::outcome::{Outcome, Outgoing};
use crate::rules::conflicts::LastWords;
use crate::settings::Rules;
use crate::store::key_store::KeyStore;
use crate::store::outbox::Outbox;
use crate::store::postponed::Postponed;

/// How the endpoints of an account share keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySharing {
    /// Each endpoint has a key of its own, as with OMEMO.
    #[default]
    OnePerEndpoint,
    /// E17: one key for all endpoints of the account, as with OpenPGP ("OOK" in XEP-0450 §4). The own key
    /// counts as authenticated; of the use cases only those about contacts' keys apply; and scanning the
    /// own key's URI sends the summary to the own bare JID.
    OneForAll,
}

/// The trust of one endpoint: the state that XEP-0450 is about.
///
/// A device has no clock, no randomness and no connections. Whatever happens to it goes through
/// [`apply`](Self::apply), and the same inputs at the same times give the same state and the same outcomes.
/// The state can be written out and read back with serde, together with the [`Directory`] that its ids are
/// from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub(crate) endpoint: EndpointId,
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) encryption: EncryptionId,
    pub(crate) sharing: KeySharing,
    pub(crate) rules: Rules,
    pub(crate) store: KeyStore,
    pub(crate) words: LastWords,
    pub(crate) postponed: Postponed,
    pub(crate) outbox: Outbox,
}

impl Device {
    /// A device that knows nothing but its own name and key.
    ///
    /// # Panics
    ///
    /// If `key` belongs to another account than `endpoint`.
    #[must_use]
    pub fn new(
        endpoint: EndpointId,
        key: KeyId,
        sharing: KeySharing,
        rules: Rules,
        names: &Directory,
    ) -> Self {
        let account = names.account_of(endpoint);
        assert_eq!(names.owner(key), account, "a device's key belongs to the device's account");
        let mut store = KeyStore::default();
        if sharing == KeySharing::OneForAll {
            store.latch(account);
        }
        Self {
            endpoint,
            account,
            key,
            encryption: names.encryption_of(key),
            sharing,
            rules,
            store,
            words: LastWords::default(),
            postponed: Postponed::default(),
            outbox: Outbox::default(),
        }
    }

    /// Lets `input` happen at the local time `now` and appends what came of it to `out`.
    ///
    /// Before the caller acts on `out` it should store the device: see [`Outgoing`].
    pub fn apply(&mut self, input: &Input, now: Stamp, names: &Directory, out: &mut Outcome) {
        // What handles each stays a function of its own: otherwise all would pay for one large stack frame.
        match input {
            Input::Decide(decision) => self.on_manual_decision(decision, now, names, out),
            Input::TrustManually(key) => self.on_manual_trust(*key, names, out),
            Input::Discover(key) => self.on_discovery(*key, now, names, out),
            Input::Receive(received) => self.on_message(received, now, names, out),
            Input::Sent(id) => self.outbox.confirm(*id),
            Input::Resume => self.resend(now, out),
        }
    }

    /// Lets a person authenticate or distrust keys of one owner at the local time `now`.
    pub fn decide(&mut self, decision: ManualDecision, now: Stamp, names: &Directory) -> Outcome {
        self.outcome_of(&Input::Decide(decision), now, names)
    }

    /// Takes note at the local time `now` that a key was fetched.
    pub fn discover(&mut self, key: KeyId, now: Stamp, names: &Directory) -> Outcome {
        self.outcome_of(&Input::Discover(key), now, names)
    }

    /// Takes in a message stanza at the local time `now`.
    pub fn receive(&mut self, received: Received, now: Stamp, names: &Directory) -> Outcome {
        self.outcome_of(&Input::Receive(received), now, names)
    }

    /// Confirms that a message of the outbox was handed to the server for good.
    pub fn sent(&mut self, id: OutboxId) {
        self.outbox.confirm(id);
    }

    fn outcome_of(&mut self, input: &Input, now: Stamp, names: &Directory) -> Outcome {
        let mut out = Outcome::default();
        self.apply(input, now, names, &mut out);
        out
    }

    /// The endpoint that this device is.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The account that the device belongs to.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The device's own key.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// How far the device trusts `key` now. A key that was not discovered yet is undecided, and so is the
    /// device's own unless all endpoints of the account share it.
    #[must_use]
    pub fn level(&self, key: KeyId) -> Level {
        if key == self.key && self.sharing == KeySharing::OneForAll {
            return Level::Authenticated;
        }
        self.store.effective_level(key)
    }

    /// Who is behind the level of `key`; `None` for a key without one.
    #[must_use]
    pub fn origin(&self, key: KeyId) -> Option<Origin> {
        self.store
            .get(key)
            .filter(|record| record.effective_level() != Level::Undecided)
            .map(|record| record.origin)
    }

    /// The explicit decision that is kept for a key that was not discovered yet.
    #[must_use]
    pub fn kept_decision(&self, key: KeyId) -> Option<DecisionKind> {
        self.store.get(key).filter(|record| !record.discovered)?.decision()
    }

    /// The keys of `account` that are authenticated, without the device's own.
    pub fn authenticated_keys(&self, account: AccountId) -> impl Iterator<Item = KeyId> {
        self.store.authenticated_keys(account)
    }

    /// What is stored for the time when `sender` is authenticated, with the time of each decision.
    pub fn postponed(&self, sender: KeyId) -> impl Iterator<Item = (Decision, Stamp)> {
        self.postponed.left_by(sender)
    }

    /// The keys for which something is stored until they are authenticated.
    pub fn postponed_senders(&self) -> impl Iterator<Item = KeyId> {
        self.postponed.senders()
    }

    /// The messages that were not confirmed as sent.
    pub fn outbox(&self) -> impl Iterator<Item = &Outgoing> {
        self.outbox.waiting()
    }

    pub(crate) fn is_authenticated(&self, key: KeyId) -> bool {
        self.level(key) == Level::Authenticated
    }
}
