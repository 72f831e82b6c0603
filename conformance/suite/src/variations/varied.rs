use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_engine::{Directory, Input, KeyId, MessageId, Payload, Protection, Received};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::scenario::{DeliverStep, DeviceName, EncryptedPart, FullAddress, StanzaType};
use atm_simulator::script::{HandMade, Scanned};

use super::form::{rewritten, vary_code};
use super::variation::{Axis, Variation};
use crate::layer::{Happening, Layer};

/// The padding of rewritten messages.
const PADDING: &str = "8kzQ0bVwN";

/// Delivers every input in another form: written differently, twice or late. The meaning stays the same.
#[derive(Debug)]
pub struct Varied {
    device: DeviceName,
    variations: Vec<Variation>,
    /// The keys that the device knows.
    discovered: BTreeSet<KeyId>,
}

impl Varied {
    /// Creates the layer of this device with these variations.
    pub fn new(device: DeviceName, variations: &[Variation]) -> Self {
        Self { device, variations: variations.to_vec(), discovered: BTreeSet::new() }
    }

    fn has(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    fn changes_writing(&self) -> bool {
        let is_of_life = |axis| matches!(axis, Axis::Code | Axis::Transport | Axis::Life | Axis::Names);
        self.variations.iter().any(|variation| !is_of_life(variation.axis()))
    }

    fn late(&self, received: &Received, context: InputContext<'_>) -> Received {
        let mut received = received.clone();
        if self.has(Variation::Delayed) && received.carbon_from.is_none() {
            received.delayed_since.get_or_insert(context.now);
        }
        received
    }

    /// A handmade stanza, delayed and rewritten.
    fn late_stanza(&self, stanza: &HandMade, context: InputContext<'_>) -> HandMade {
        let mut stanza =
            if self.changes_writing() { self.rewritten(stanza, context.names) } else { stanza.clone() };
        for part in &mut stanza.parts {
            *part = self.late(part, context);
        }
        if let Some(part) = stanza.parts.first()
            && stanza.written.delayed_since.is_none()
        {
            let mut written = (*stanza.written).clone();
            written.delayed_since = part.delayed_since.map(Into::into);
            stanza.written = Arc::new(written);
        }
        stanza
    }

    /// A received message as a handmade stanza with the same meaning, in another form.
    fn written(&self, received: &Received, names: &Directory) -> Option<HandMade> {
        let Payload::Parsed(envelope) = &received.payload else { return None };
        let Protection::Encrypted { .. } = received.protection else { return None };
        let xml = NamedEnvelope::of(envelope, PADDING, names).ok()?.to_xml();
        let from = names.full_jid(received.from);
        let written = DeliverStep {
            to: self.device.clone(),
            from: Some(FullAddress(from.clone())),
            addressed_to: Some(atm_simulator::scenario::BareAddress(names.jid(received.to).clone())),
            stanza_type: StanzaType::Chat,
            id: received.id.map(|id| MessageId::new(names.full_jid(id.endpoint), id.number).to_string()),
            encrypted: Some(EncryptedPart { with: None, key: None, xml }),
            clear: None,
            carbon_from: received.carbon_from.map(|from| atm_simulator::scenario::Address(from.jid(names))),
            delayed_since: received.delayed_since.map(Into::into),
        };
        Some(self.rewritten(&HandMade { written: Arc::new(written), parts: vec![received.clone()] }, names))
    }

    /// A stanza whose encrypted part is rewritten.
    fn rewritten(&self, stanza: &HandMade, names: &Directory) -> HandMade {
        let mut written = (*stanza.written).clone();
        let Some(encrypted) = &mut written.encrypted else { return stanza.clone() };
        let xml = rewritten(encrypted.xml.trim(), &self.variations);
        let mut parts = stanza.parts.clone();
        for part in &mut parts {
            if part.protection != Protection::None
                && let Payload::Parsed(_) = part.payload
            {
                part.payload = match NamedEnvelope::parse(&xml) {
                    Ok(envelope) => match envelope.resolve(names) {
                        Ok(envelope) => Payload::Parsed(envelope),
                        // The directory has all names of the scenario, and variations add none.
                        Err(_) => part.payload.clone(),
                    },
                    Err(malformed) => Payload::Malformed(Arc::new(malformed)),
                };
            }
        }
        encrypted.xml = xml;
        HandMade { written: Arc::new(written), parts }
    }
}

impl Varied {
    /// Records the keys that the device knows. Before a person decides on some of them, the device discovers them
    /// again.
    fn discover_again(
        &mut self,
        endpoint: &mut impl Endpoint,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let decided = match happening {
            Happening::Input(Input::Discover(key)) => {
                self.discovered.insert(*key);
                return Ok(());
            }
            Happening::Input(Input::Decide(decision)) => decision,
            Happening::Scan(Scanned { decision: Ok(decision), .. }) => decision,
            Happening::Input(_) | Happening::Scan(_) | Happening::Stanza(_) => return Ok(()),
        };
        let keys = decided.decisions().iter().map(|decision| decision.key);
        let mut known =
            keys.filter(|key| self.has(Variation::DiscoveredTwice) && self.discovered.contains(key));
        known.try_for_each(|key| endpoint.apply(&Input::Discover(key), context, out))
    }
}

impl<E: Endpoint> Layer<E> for Varied {
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let comes_twice = match happening {
            Happening::Input(Input::Receive(_)) | Happening::Stanza(_) => self.has(Variation::Duplicates),
            Happening::Input(Input::Discover(_)) => self.has(Variation::DiscoveredTwice),
            Happening::Input(_) | Happening::Scan(_) => false,
        };
        let (input, scanned, stanza);
        let varied = match happening {
            Happening::Input(Input::Receive(received)) => {
                let received = self.late(received, context);
                let written =
                    if self.changes_writing() { self.written(&received, context.names) } else { None };
                if let Some(written) = written {
                    stanza = written;
                    Happening::Stanza(&stanza)
                } else {
                    input = Input::Receive(received);
                    Happening::Input(&input)
                }
            }
            Happening::Scan(said) if said.decision.is_ok() => {
                let uri = vary_code(&said.uri, &self.variations).into();
                scanned = Scanned { uri, ..said.clone() };
                Happening::Scan(&scanned)
            }
            Happening::Stanza(made) => {
                stanza = self.late_stanza(made, context);
                Happening::Stanza(&stanza)
            }
            Happening::Input(_) | Happening::Scan(_) => happening,
        };
        self.discover_again(endpoint, happening, context, out)?;
        varied.reach(endpoint, context, out)?;
        if comes_twice { varied.reach(endpoint, context, out) } else { Ok(()) }
    }

    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        if let Occurrence::Forget(keys) = occurrence {
            keys.iter().for_each(|key| {
                self.discovered.remove(key);
            });
        }
        endpoint.undergo(occurrence, context, out)
    }
}
