//! The inputs of a device as commands of the adapter protocol.

use atm_adapter_protocol::protocol::{At, Command, Create, Decide, DeliverStanza, KeyPolicy, Keys, ScanCode};
use atm_engine::{DecisionKind, KeyId, KeySharing, ManualDecision, Received, Stamp};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::Failure;
use atm_simulator::script::HandMade;

use crate::messages::{Wire, hand_made, names};

/// Writes commands for one device at one time.
#[derive(Clone, Copy)]
pub(crate) struct CommandWriter<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) member: &'a Member,
    pub(crate) wire: &'a Wire,
    pub(crate) now: Stamp,
}

impl CommandWriter<'_> {
    pub(crate) fn at(self) -> At {
        At { device: self.member.name.to_string(), now: names::time(self.now) }
    }

    pub(crate) fn keys(self, keys: &[KeyId]) -> Keys {
        let At { device, now } = self.at();
        let names = self.cast.directory();
        Keys { device, now, keys: keys.iter().map(|key| names::key(*key, names)).collect() }
    }

    pub(crate) fn create(self, policy: KeyPolicy) -> Command {
        let (names, At { device, now }) = (self.cast.directory(), self.at());
        Command::Create(Create {
            device,
            now,
            jid: names.full_jid(self.member.endpoint).to_string(),
            encryption: names.encryption_name(self.cast.encryption()).to_string(),
            key: names.identifier(self.member.key).to_base64(),
            shared_key: self.member.sharing == KeySharing::OneForAll,
            policy,
        })
    }

    pub(crate) fn decide(self, decision: &ManualDecision) -> Command {
        let (names, At { device, now }) = (self.cast.directory(), self.at());
        let of = |kind| {
            let decisions = decision.decisions().iter().filter(move |decision| decision.kind == kind);
            decisions.map(|decision| names.identifier(decision.key).to_base64()).collect()
        };
        let owner = names.jid(names.owner(decision.decisions()[0].key)).to_string();
        let (trust, distrust) = (of(DecisionKind::Trust), of(DecisionKind::Distrust));
        Command::Decide(Decide { device, now, owner, trust, distrust })
    }

    pub(crate) fn scan(self, uri: &str) -> Command {
        let At { device, now } = self.at();
        Command::Scan(ScanCode { device, now, uri: uri.to_owned() })
    }

    /// The delivery of a stanza of the world.
    pub(crate) fn receive(self, received: &Received) -> Result<Command, Failure> {
        let names = self.cast.directory();
        let receiver = names.full_jid(self.member.endpoint);
        let (stanza, encrypted) = self.wire.arriving(received, receiver, names).map_err(Failure)?;
        let At { device, now } = self.at();
        Ok(Command::Deliver(DeliverStanza { device, now, stanza, encrypted }))
    }

    /// The delivery of a handwritten stanza.
    pub(crate) fn deliver(self, stanza: &HandMade) -> Command {
        let names = self.cast.directory();
        let receiver = names.full_jid(self.member.endpoint);
        let (stanza, encrypted) = hand_made(&stanza.written, &stanza.parts, receiver, names);
        let At { device, now } = self.at();
        Command::Deliver(DeliverStanza { device, now, stanza, encrypted })
    }
}
