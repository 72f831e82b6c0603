use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_engine::{
    AccountId, CarbonFrom, Decision, DecisionKind, Directory, Envelope, Input, Payload, Protection, Received,
    Stamp, TrustMessage, Usage,
};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext};
use atm_simulator::observation::Observation;
use atm_simulator::scenario::{
    Address, BareAddress, DeliverStep, EncryptedPart, EncryptionNamespace, FullAddress, StanzaType,
};
use atm_simulator::script::HandMade;
use atm_simulator::search::generate::Dice;

use super::row::dice;
use super::variation::{Axis, Variation};
use crate::layer::{Happening, Layer};

/// The padding of forged messages.
const PADDING: &str = "Vw81mzqA";
/// A difference in milliseconds that exceeds any margin.
const TWO_YEARS: i64 = 2 * 365 * 24 * 60 * 60 * 1_000;

/// Whether forged messages arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgeries {
    /// They arrive.
    Delivered,
    /// They do not arrive, and the rest is as if they did. A device that behaves in the same way then does not follow
    /// them.
    Withheld,
}

/// Makes messages unlawful in one aspect. The forged message replaces the original, precedes it or follows it.
#[derive(Debug)]
pub struct Attacked {
    cast: Arc<Cast>,
    member: Member,
    attacks: Vec<Variation>,
    /// The attacks among which the attack on each message is drawn. If the drawn one is not in `attacks`, the message
    /// stays as it is. So leaving out an attack does not move the others.
    drawn: Vec<Variation>,
    dice: Dice,
    forgeries: Forgeries,
}

impl Attacked {
    /// Creates the layer with the attacks among these variations, for this member of the cast, in the case with this
    /// id.
    ///
    /// Several attacks have an order that depends on the case. A single attack has the same places whatever the case is
    /// called, so that a scenario gives the same result in any file.
    pub fn new(cast: Arc<Cast>, member: Member, case: &str, variations: &[Variation]) -> Self {
        let attacks = variations.iter().copied().filter(|variation| variation.axis() == Axis::Attack);
        let attacks: Vec<Variation> = attacks.collect();
        let (drawn, dice) = match &attacks[..] {
            [_] => (attacks.clone(), dice(&member.name.to_string())),
            _ => (Axis::Attack.variations().collect(), dice(case)),
        };
        Self { cast, member, attacks, drawn, dice, forgeries: Forgeries::Delivered }
    }

    /// Chooses whether the forged messages arrive.
    #[must_use]
    pub fn with(self, forgeries: Forgeries) -> Self {
        Self { forgeries, ..self }
    }

    /// The received message, made unlawful. `None` if this attack is impossible here.
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
            Variation::OtherCarrier => {
                let Protection::Encrypted { by, .. } = received.protection else { return None };
                received.protection = Protection::Encrypted { with: self.cast.other_encryption(), by };
            }
            Variation::NoFrom => {
                let Protection::Encrypted { by: Some(by), .. } = received.protection else { return None };
                if names.owner(by) == self.member.account {
                    return None; // the key is of the own account, as the stanza is
                }
                received.from = self.member.endpoint;
            }
            Variation::ForeignCarbon => {
                received.carbon_from = Some(CarbonFrom::Account(other(self.member.account)?));
            }
            Variation::OtherFrom => envelope.from = Some(other(names.account_of(received.from))?),
            Variation::OtherTo => envelope.to = Some(other(received.to)?),
            Variation::FarTime => {
                envelope.time = envelope.time.map(|time| Stamp::from_millis(time.as_millis() - TWO_YEARS));
            }
            _ => {}
        }
        let mut named = NamedEnvelope::of(&envelope, PADDING, names).ok()?;
        if attack == Variation::NoTime {
            named.time = None;
        }
        let xml = named.to_xml();
        let xml = match attack {
            Variation::OtherNamespace => xml.replace("urn:xmpp:tm:1", "urn:xmpp:tm:0"),
            Variation::OtherDecisions => {
                let tags = [("<trust", '>'), ("<trust", ' '), ("<distrust", '>'), ("<distrust", ' ')];
                tags.iter().fold(xml, |xml, (tag, next)| {
                    xml.replace(&format!("{tag}{next}"), &format!("{tag} xmlns='urn:xmpp:tm:0'{next}"))
                })
            }
            Variation::OtherEnvelope => xml.replace("urn:xmpp:sce:1", "urn:xmpp:sce:0"),
            Variation::OtherUsage => xml.replace("urn:xmpp:atm:1", "urn:example:other"),
            Variation::NoUsage => xml.replace(" usage='urn:xmpp:atm:1'", ""),
            Variation::OtherEncryption => {
                let written = |encryption| format!("encryption='{}'", names.encryption_name(encryption));
                xml.replace(&written(self.cast.encryption()), &written(self.cast.other_encryption()))
            }
            _ => xml,
        };
        let said = self.payload(&xml, &envelope, attack)?;
        let harmless = || self.harmless(&received, &envelope);
        let (encrypted, clear) = match attack {
            Variation::InTheClear => (None, Some((xml, said))),
            Variation::BesideEncrypted => (Some(harmless()?), Some((xml, said))),
            _ => (Some((xml, said)), None),
        };
        let mut stanza = self.stanza(&received, encrypted, clear);
        if attack == Variation::NoFrom {
            Arc::make_mut(&mut stanza.written).from = None;
        }
        Some(stanza)
    }

    /// The payload as an engine parses it. `None` if the message names unknown accounts or keys.
    fn payload(&self, xml: &str, envelope: &Envelope, attack: Variation) -> Option<Payload> {
        let message = (*envelope.message).clone();
        let message = match (attack, NamedEnvelope::parse(xml)) {
            (_, Err(malformed)) => return Some(Payload::Malformed(Arc::new(malformed))),
            (Variation::OtherUsage, _) => TrustMessage { usage: Usage::Other, ..message },
            // No key is of the other encryption.
            (Variation::OtherEncryption, _) => {
                TrustMessage { encryption: self.cast.other_encryption(), ..message }
            }
            (_, Ok(named)) => return named.resolve(self.cast.directory()).ok().map(Payload::Parsed),
        };
        Some(Payload::Parsed(Envelope { message: Arc::new(message), ..envelope.clone() }))
    }

    /// A message without effect: it says that the reader's own key is trusted.
    fn harmless(&self, received: &Received, envelope: &Envelope) -> Option<(String, Payload)> {
        let names = self.cast.directory();
        let decision = Decision { key: self.member.key, kind: DecisionKind::Trust };
        let message = TrustMessage { decisions: Arc::new([decision]), ..(*envelope.message).clone() };
        let harmless = Envelope { message: Arc::new(message), to: Some(received.to), ..envelope.clone() };
        let named = NamedEnvelope::of(&harmless, PADDING, names).ok()?;
        Some((named.to_xml(), Payload::Parsed(harmless)))
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
            carbon_from: received.carbon_from.map(|from| Address(from.jid(names))),
            delayed_since: received.delayed_since.map(Into::into),
        };
        HandMade { written: Arc::new(written), parts }
    }
}

/// An account other than this one.
fn other_account(names: &Directory, cast: &Cast, than: AccountId) -> Option<AccountId> {
    cast.keys().map(|key| names.owner(key)).find(|account| *account != than)
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
        let attack = self.drawn[self.dice.below(self.drawn.len())];
        let place = self.dice.below(4);
        let forged = self.forged(received, attack).filter(|_| self.attacks.contains(&attack));
        let Some(forged) = forged else {
            return happening.reach(endpoint, context, out);
        };
        let forged = Happening::Stanza(&forged);
        let arriving = match (place, self.forgeries) {
            (0, Forgeries::Delivered) => &[forged, happening][..],
            (1, Forgeries::Delivered) => &[happening, forged],
            (0 | 1, Forgeries::Withheld) => &[happening],
            (_, Forgeries::Delivered) => &[forged],
            (_, Forgeries::Withheld) => &[],
        };
        arriving.iter().try_for_each(|arriving| arriving.reach(endpoint, context, out))
    }
}

#[cfg(test)]
mod tests {
    use atm_simulator::script::{Action, Script};

    use super::*;
    use crate::library;

    #[test]
    fn each_attack_changes_what_a_contact_says() {
        let mut files = library::files().into_iter();
        let file = files.find(|file| file.id() == "xep-0420/long-padding-is-accepted").expect("the scenario");
        let script = Script::new(&file.load().expect("no mistakes")).expect("all names are known");
        let mut delivered = script.actions.iter().filter_map(|action| match action {
            Action::Deliver(device, stanza) => Some((*device, stanza)),
            _ => None,
        });
        let (device, stanza) = delivered.next().expect("a stanza");
        let lawful = Received { id: None, ..stanza.parts[0].clone() };
        for attack in Axis::Attack.variations() {
            let member = script.cast.member(device).clone();
            let attacked = Attacked::new(script.cast.clone(), member, "case", &[attack]);
            let forged =
                attacked.forged(&lawful, attack).unwrap_or_else(|| panic!("{attack} changes nothing"));
            assert_ne!(forged.parts, std::slice::from_ref(&lawful), "{attack}");
        }
    }
}
