use std::sync::Arc;

use crate::codec::TrustMessageUri;
use crate::device::{Device, KeySharing};
use crate::distrust_ids::IdSource;
use crate::input::{CarbonFrom, Input, Payload, Protection, Received};
use crate::jid::{BareJid, FullJid};
use crate::level::Level;
use crate::manual_decision::{ManualDecision, NotOneDecision};
use crate::message::DecisionKind;
use crate::message_id::MessageId;
use crate::named::{NamedOrigin, NamedOutcome, NamedOutgoing, NamedProtection, NamedReceived, Naming};
use crate::names::{BadIdentifier, Directory, Encryption, KeyId, KeyIdentifier, Stamp};
use crate::outcome::Outcome;
use crate::settings::Rules;
use crate::state::{BadState, StoredDevice};

/// The trust of one endpoint. Clients use this type; its interface uses names instead of ids.
///
/// Each input carries the current time and returns a [`NamedOutcome`]: the changes, the messages to send and the
/// refusals. A client first stores the device ([`to_stored`](Self::to_stored)), then sends. It confirms each message
/// that its server accepted with [`sent`](Self::sent). After every start and every reconnect it calls
/// [`resume`](Self::resume) and sends the returned messages.
///
/// An endpoint needs one `Atm` for each encryption protocol. A trust message about another protocol is refused.
///
/// [`Limits`](crate::Limits) bound the decisions that others can make the device store. Names from their messages are
/// dropped once no stored entry refers to them. [Discovered](Self::discover) keys are not bounded: the client must
/// bound the device lists that it fetches.
#[derive(Clone, Debug)]
pub struct Atm {
    names: Directory,
    device: Device,
    jid: FullJid,
    encryption: Encryption,
    /// The number of names that the device referred to when unused names were last dropped.
    referred: usize,
}

/// The reason why a person's decision is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadDecision {
    /// A key identifier is invalid for the device's encryption protocol.
    #[error(transparent)]
    Identifier(#[from] BadIdentifier),
    /// The keys do not form one decision.
    #[error(transparent)]
    NotOneDecision(#[from] NotOneDecision),
}

/// The number of unused names that are kept, in addition to one for each name in use.
const UNUSED_NAMES: usize = 1_000;

impl Atm {
    /// Returns a new device that knows only its own name and key.
    ///
    /// # Errors
    ///
    /// If `key` is not a valid key of `encryption`.
    pub fn new(
        jid: FullJid,
        encryption: Encryption,
        key: &KeyIdentifier,
        sharing: KeySharing,
        rules: Rules,
    ) -> Result<Self, BadIdentifier> {
        let mut names = Directory::new();
        let endpoint = names.endpoint(&jid);
        let key = known_key(&mut names, &encryption, &jid.to_bare(), key)?;
        let device = Device::empty(endpoint, key, sharing, rules, &names);
        Ok(Self { referred: names.len(), names, device, jid, encryption })
    }

    /// Makes the ids of this device's distrusts unguessable, for the conflict rule
    /// [`Named`](crate::ConflictRule::Named). `secret` must be random. Set it once, on a new device; it is stored with
    /// the device.
    ///
    /// A malicious device can overrule a distrust only if it knows the id. Without a secret, ids are numbered, so it
    /// can overrule a distrust in advance.
    #[must_use]
    pub fn with_distrust_secret(mut self, secret: [u8; 32]) -> Self {
        self.device.id_source = IdSource::Secret(secret);
        self
    }

    /// Restores a device from its stored form.
    ///
    /// # Errors
    ///
    /// If the stored form is inconsistent.
    pub fn restore(stored: &StoredDevice) -> Result<Self, BadState> {
        let mut names = Directory::new();
        let device = stored.intern(&mut names)?;
        let jid = stored.endpoint().clone();
        let encryption = names.encryption_name(device.encryption).clone();
        Ok(Self { referred: names.len(), names, device, jid, encryption })
    }

    /// Returns the stored form of the device. A client stores it after each input.
    #[must_use]
    pub fn to_stored(&self) -> StoredDevice {
        self.device.to_stored(&self.names).expect("the device has its ids from its own directory")
    }

    /// Records that keys of an account were fetched.
    ///
    /// # Errors
    ///
    /// If one of the keys is not valid for the device's encryption protocol. Nothing changes then.
    pub fn discover(
        &mut self,
        owner: &BareJid,
        keys: &[KeyIdentifier],
        now: Stamp,
    ) -> Result<NamedOutcome, BadIdentifier> {
        let keys = self.known_keys(owner, keys)?;
        let inputs: Vec<Input> = keys.into_iter().map(Input::Discover).collect();
        Ok(self.happen(&inputs, now))
    }

    /// Applies a Trust Message URI, such as a scanned code. The person must have confirmed that its source is trusted
    /// (XEP-0434 §9.1.1).
    pub fn scan(&mut self, uri: &TrustMessageUri, now: Stamp) -> NamedOutcome {
        let decision = uri.intern(&mut self.names);
        self.happen(&[Input::Decide(decision)], now)
    }

    /// Authenticates the keys in `trust` and distrusts those in `distrust` on behalf of a person. All keys belong to
    /// one owner.
    ///
    /// # Errors
    ///
    /// If there is no key, if a key is in both lists, or if one of the keys is not valid for the device's encryption
    /// protocol. Nothing changes then.
    pub fn decide(
        &mut self,
        owner: &BareJid,
        trust: &[KeyIdentifier],
        distrust: &[KeyIdentifier],
        now: Stamp,
    ) -> Result<NamedOutcome, BadDecision> {
        let (trust, distrust) = (self.known_keys(owner, trust)?, self.known_keys(owner, distrust)?);
        let decision = ManualDecision::new(&trust, &distrust, &self.names)?;
        Ok(self.happen(&[Input::Decide(decision)], now))
    }

    /// Trusts a key on behalf of a person who has not compared its fingerprint.
    ///
    /// # Errors
    ///
    /// If the key is not valid for the device's encryption protocol. Nothing changes then.
    pub fn trust_manually(
        &mut self,
        owner: &BareJid,
        key: &KeyIdentifier,
        now: Stamp,
    ) -> Result<NamedOutcome, BadIdentifier> {
        let key = known_key(&mut self.names, &self.encryption, owner, key)?;
        Ok(self.happen(&[Input::TrustManually(key)], now))
    }

    /// Handles a message stanza whose content is, or claims to be, a trust message. Do not pass other messages.
    ///
    /// For a message from an archive (XEP-0313), set [`delayed_since`](NamedReceived::delayed_since) to the archive's
    /// stamp. Without it, an old message is refused.
    pub fn receive(&mut self, received: NamedReceived, now: Stamp) -> NamedOutcome {
        let received = self.intern(received);
        self.happen(&[Input::Receive(received)], now)
    }

    /// Confirms that the server accepted a message. Does nothing for an unknown id or the id of another endpoint's
    /// message.
    pub fn sent(&mut self, id: &MessageId) {
        if self.jid.resource() == id.resource() {
            self.device.sent(id.number());
        }
    }

    /// Returns the messages that were not confirmed as sent. A message older than half of the [clock
    /// margin](crate::Rules::clock_margin) gets the time `now` and loses decisions that no longer hold. Store the
    /// device before sending.
    ///
    /// After a reconnect, first pass what the server kept to [`receive`](Self::receive). Otherwise the new time makes an
    /// old trust newer than a distrust that has not been read yet, which is then refused as stale.
    pub fn resume(&mut self, now: Stamp) -> NamedOutcome {
        self.happen(&[Input::Resume], now)
    }

    /// The full JID of this endpoint.
    #[must_use]
    pub fn jid(&self) -> &FullJid {
        &self.jid
    }

    /// The encryption protocol of the device's key.
    #[must_use]
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The Trust Message URI that trusts the device's own key, for display as a code.
    #[must_use]
    pub fn own_uri(&self) -> TrustMessageUri {
        let own_key = ManualDecision::authenticate(self.device.key());
        TrustMessageUri::of(&own_key, &self.names).expect("the device's key is one of its encryption")
    }

    /// The trust level of a key. A key that is not discovered is undecided. So is the device's own key, unless it is
    /// shared.
    #[must_use]
    pub fn level(&self, owner: &BareJid, key: &KeyIdentifier) -> Level {
        self.find_key(owner, key).map_or(Level::Undecided, |key| self.device.level(key))
    }

    /// The origin of a key's level; `None` for an undecided key.
    #[must_use]
    pub fn origin(&self, owner: &BareJid, key: &KeyIdentifier) -> Option<NamedOrigin> {
        let origin = self.device.origin(self.find_key(owner, key)?)?;
        Some(self.naming().origin(origin))
    }

    /// The decision that is kept for a key that is not discovered yet.
    #[must_use]
    pub fn kept_decision(&self, owner: &BareJid, key: &KeyIdentifier) -> Option<DecisionKind> {
        self.device.kept_decision(self.find_key(owner, key)?)
    }

    /// The discovered keys of an account and their levels, in the order in which the device first learned of them.
    /// Encrypt for the keys that are [used](Level::is_used) and still in the account's device list. The own key is not
    /// among them.
    pub fn keys_of(&self, owner: &BareJid) -> impl Iterator<Item = (&KeyIdentifier, Level)> {
        let records = self.names.find_account(owner).map(|account| self.device.store.records_of(account));
        let discovered = records.into_iter().flatten().filter(|(_, record)| record.discovered);
        discovered.map(|(key, record)| (self.names.identifier(key), record.level))
    }

    /// The messages that were not confirmed as sent, for inspection. [`resume`](Self::resume) returns them for sending.
    pub fn outbox(&self) -> impl Iterator<Item = NamedOutgoing> {
        self.device.outbox().map(|outgoing| self.naming().outgoing(outgoing))
    }

    /// The number of names in memory: those that the device refers to, and some that are no longer used.
    #[must_use]
    pub fn held_names(&self) -> usize {
        self.names.len()
    }

    fn happen(&mut self, inputs: &[Input], now: Stamp) -> NamedOutcome {
        let mut outcome = Outcome::default();
        for input in inputs {
            self.device
                .apply(input, now, &self.names, &mut outcome)
                .expect("the ids are from the device's own directory");
        }
        let named = self.naming().outcome(outcome);
        self.forget_unused_names();
        named
    }

    /// Drops unused names once there are many. The threshold makes the amortised cost of a name constant.
    fn forget_unused_names(&mut self) {
        if self.names.len() <= 2 * self.referred + UNUSED_NAMES {
            return;
        }
        let mut names = Directory::new();
        match self.to_stored().intern(&mut names) {
            Ok(device) => (self.device, self.names) = (device, names),
            Err(error) => debug_assert!(false, "a device can be read back: {error}"),
        }
        self.referred = self.names.len();
    }

    fn naming(&self) -> Naming<'_> {
        Naming { names: &self.names, own: &self.jid }
    }

    fn find_key(&self, owner: &BareJid, key: &KeyIdentifier) -> Option<KeyId> {
        self.names.find_key(self.device.encryption, self.names.find_account(owner)?, key)
    }

    fn known_keys(&mut self, owner: &BareJid, keys: &[KeyIdentifier]) -> Result<Vec<KeyId>, BadIdentifier> {
        keys.iter().map(|key| known_key(&mut self.names, &self.encryption, owner, key)).collect()
    }

    fn intern(&mut self, received: NamedReceived) -> Received {
        let NamedReceived { from, to, id, carbon_from, protection, delayed_since, content } = received;
        let names = &mut self.names;
        let id = id.and_then(|id| id.parse().ok());
        let protection = match protection {
            NamedProtection::None => Protection::None,
            NamedProtection::Encrypted { with, by } => {
                let key = |(owner, key)| known_key(names, &with, &owner, &key).ok();
                let by = by.and_then(key);
                Protection::Encrypted { with: names.encryption(&with), by }
            }
        };
        Received {
            id: id.map(|id: MessageId| id.intern(&from.to_bare(), names)),
            from: names.endpoint(&from),
            to: names.account(&to),
            carbon_from: carbon_from.map(|jid| CarbonFrom::intern(&jid, names)),
            protection,
            delayed_since,
            payload: match content {
                Ok(envelope) => Payload::Parsed(envelope.intern(names)),
                Err(malformed) => Payload::Malformed(Arc::new(malformed)),
            },
        }
    }
}

/// Returns the id of a key after checking that it is valid for the encryption protocol.
fn known_key(
    names: &mut Directory,
    encryption: &Encryption,
    owner: &BareJid,
    key: &KeyIdentifier,
) -> Result<KeyId, BadIdentifier> {
    let key = KeyIdentifier::new(encryption, key.as_bytes())?;
    let (encryption, owner) = (names.encryption(encryption), names.account(owner));
    Ok(names.key(encryption, owner, &key))
}
