use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_engine::{
    AccountId, Decision, DecisionKind, Directory, Envelope, Input, Payload, Protection, Received, Stamp,
    TrustMessage, Usage,
};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::observation::Observation;
use atm_simulator::scenario::{
    BareAddress, DeliverStep, EncryptedPart, EncryptionNamespace, FullAddress, StanzaType,
};
use atm_simulator::script::HandMade;
use atm_simulator::search::generate::Dice;

use super::row::dice;
use super::variation::{Axis, Variation};
use crate::layer::{Happening, Layer};

/// What `<rpad/>` holds in messages that are forged.
const PADDING: &str = "Vw81mzqA";
/// Further off than any margin.
const TWO_YEARS: i64 = 2 * 365 * 24 * 60 * 60 * 1_000;

/// Makes messages unlawful in one place: instead of what was sent, before it or after it.
#[derive(Debug)]
pub struct Attacked {
    cast: Arc<Cast>,
    member: Member,
    attacks: Vec<Variation>,
    dice: Dice,
}

impl Attacked {
    /// The attacks among these variations, on this member of a cast, in the case with this id.
    ///
    /// Several attacks come in an order of their own in each case. One alone comes the same way whatever the case is called, so
    /// that a scenario shows the same in any file.
    pub fn new(cast: Arc<Cast>, member: Member, case: &str, variations: &[Variation]) -> Self {
        let attacks = variations.iter().copied().filter(|variation| variation.axis() == Axis::Attack);
        let attacks: Vec<Variation> = attacks.collect();
        let dice = if attacks.len() > 1 { dice(case) } else { dice(&member.name.to_string()) };
        Self { cast, member, attacks, dice }
    }

    /// What arrives, made unlawful; nothing if that cannot be.
    fn forged(&self, received: &Received, attack: Variation) -> Option<HandMade> {
        let Payload::Parsed(envelope) = &received.payload else { return None };
        let names = self.cast.directory();
        let mut received = Received { id: None, ..received.clone() };
        let mut envelope = envelope.clone();
        let other = |than| other_account(names, &self.cast, than);
        match attack {
            Variation::ForeignSender => {
                let account = names.account_of(received.from);
                let Protection::Encrypted { with, .. } = received.protection else { return None };
                let by = self.cast.keys().find(|key| names.owner(*key) != account)?;
                received.protection = Protection::Encrypted { with, by: Some(by) };
            }
            Variation::NoSender => {
                let Protection::Encrypted { with, .. } = received.protection else { return None };
                received.protection = Protection::Encrypted { with, by: None };
            }
            Variation::OtherEncryption => {
                let message =
                    TrustMessage { encryption: self.cast.other_encryption(), ..(*envelope.message).clone() };
                envelope.message = Arc::new(message);
            }
            Variation::OtherCarrier => {
                let Protection::Encrypted { by, .. } = received.protection else { return None };
                received.protection = Protection::Encrypted { with: self.cast.other_encryption(), by };
            }
            Variation::ForeignCarbon => received.carbon_from = Some(other(self.member.account)?),
            Variation::OtherFrom => envelope.from = Some(other(names.account_of(received.from))?),
            Variation::OtherTo => envelope.to = Some(other(received.to)?),
            Variation::NoTime => envelope.time = None,
            Variation::FarTime => {
                envelope.time = envelope.time.map(|time| Stamp::from_millis(time.as_millis() - TWO_YEARS));
            }
            _ => {}
        }
        let xml = written(&envelope, names)?;
        let xml = match attack {
            Variation::OtherNamespace => xml.replace("urn:xmpp:tm:1", "urn:xmpp:tm:0"),
            Variation::OtherUsage => xml.replace("urn:xmpp:atm:1", "urn:example:other"),
            _ => xml,
        };
        let said = payload(&xml, &envelope, names, attack)?;
        let harmless = || self.harmless(&received, &envelope);
        let (encrypted, clear) = match attack {
            Variation::InTheClear => (None, Some((xml, said))),
            Variation::BesideEncrypted => (Some(harmless()?), Some((xml, said))),
            _ => (Some((xml, said)), None),
        };
        Some(self.stanza(&received, encrypted, clear))
    }

    /// Something that decides nothing: that the key of the one who hears it is trusted.
    fn harmless(&self, received: &Received, envelope: &Envelope) -> Option<(String, Payload)> {
        let names = self.cast.directory();
        let decision = Decision { key: self.member.key, kind: DecisionKind::Trust };
        let message = TrustMessage { decisions: Arc::new([decision]), ..(*envelope.message).clone() };
        let harmless = Envelope { message: Arc::new(message), to: Some(received.to), ..envelope.clone() };
        Some((written(&harmless, names)?, Payload::Parsed(harmless)))
    }

    fn stanza(
        &self,
        received: &Received,
        encrypted: Option<(String, Payload)>,
        clear: Option<(String, Payload)>,
    ) -> HandMade {
        let names = self.cast.directory();
        let part = |payload, protection| Received { payload, protection, ..received.clone() };
        let mut parts = Vec::new();
        let encrypted = encrypted.map(|(xml, payload)| {
            parts.push(part(payload, received.protection));
            let with = match received.protection {
                Protection::Encrypted { with, .. } if with != self.cast.encryption() => Some(with),
                _ => None,
            };
            let with = with.map(|with| EncryptionNamespace(names.encryption_name(with).clone()));
            EncryptedPart { with, key: None, xml }
        });
        let clear = clear.map(|(xml, payload)| {
            parts.push(part(payload, Protection::None));
            xml
        });
        let written = DeliverStep {
            to: self.member.name.clone(),
            from: Some(FullAddress(names.full_jid(received.from).clone())),
            addressed_to: Some(BareAddress(names.jid(received.to).clone())),
            stanza_type: StanzaType::Chat,
            id: None,
            encrypted,
            clear,
            carbon_from: received.carbon_from.map(|account| BareAddress(names.jid(account).clone())),
            delayed_since: received.delayed_since.map(Into::into),
        };
        HandMade { written: Arc::new(written), parts }
    }
}

/// An account other than this one.
fn other_account(names: &Directory, cast: &Cast, than: AccountId) -> Option<AccountId> {
    cast.keys().map(|key| names.owner(key)).find(|account| *account != than)
}

fn written(envelope: &Envelope, names: &Directory) -> Option<String> {
    NamedEnvelope::of(envelope, PADDING, names).ok().map(|envelope| envelope.to_xml())
}

/// What an engine reads of it; nothing if somebody is named whom nobody knows.
fn payload(xml: &str, envelope: &Envelope, names: &Directory, attack: Variation) -> Option<Payload> {
    // Nobody has keys of the other encryption.
    if attack == Variation::OtherEncryption {
        return Some(Payload::Parsed(envelope.clone()));
    }
    match NamedEnvelope::parse(xml) {
        Err(malformed) => Some(Payload::Malformed(Arc::new(malformed))),
        Ok(_) if attack == Variation::OtherUsage => {
            let message = TrustMessage { usage: Usage::Other, ..(*envelope.message).clone() };
            Some(Payload::Parsed(Envelope { message: Arc::new(message), ..envelope.clone() }))
        }
        Ok(named) => named.resolve(names).ok().map(Payload::Parsed),
    }
}

impl<E: Endpoint> Layer<E> for Attacked {
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let received = match happening {
            Happening::Input(Input::Receive(received)) => received,
            Happening::Stanza(HandMade { parts, .. }) if parts.len() == 1 => &parts[0],
            Happening::Input(_) | Happening::Scan(_) | Happening::Stanza(_) => {
                return happening.reach(endpoint, context, out);
            }
        };
        let attack = self.attacks[self.dice.below(self.attacks.len())];
        let Some(forged) = self.forged(received, attack) else {
            return happening.reach(endpoint, context, out);
        };
        let forged = Happening::Stanza(&forged);
        let arriving = match self.dice.below(4) {
            0 => &[forged, happening][..],
            1 => &[happening, forged],
            _ => &[forged],
        };
        arriving.iter().try_for_each(|arriving| arriving.reach(endpoint, context, out))
    }
}
