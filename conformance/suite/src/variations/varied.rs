use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_engine::{Directory, Input, KeyId, Level, MessageId, Origin, Payload, Protection, Received};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::scenario::{DeliverStep, DeviceName, EncryptedPart, FullAddress, StanzaType};
use atm_simulator::script::{HandMade, Scanned};

use super::form::{rewritten, vary_code};
use super::variation::{Axis, Variation};

/// What `<rpad/>` holds in messages that are written otherwise.
const PADDING: &str = "8kzQ0bVwN";

/// An endpoint to which everything comes in other clothes: written otherwise, twice or late. It is told the same.
#[derive(Debug)]
pub struct Varied<E> {
    endpoint: E,
    device: DeviceName,
    variations: Vec<Variation>,
}

impl<E: Endpoint> Varied<E> {
    /// An endpoint of this device with these variations.
    pub fn new(endpoint: E, device: DeviceName, variations: &[Variation]) -> Self {
        Self { endpoint, device, variations: variations.to_vec() }
    }

    fn has(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    fn changes_writing(&self) -> bool {
        let is_of_life = |axis| matches!(axis, Axis::Code | Axis::Transport | Axis::Life);
        self.variations.iter().any(|variation| !is_of_life(variation.axis()))
    }

    /// Lets a stanza arrive, and once more if everything arrives twice.
    fn arrive(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.endpoint.deliver(stanza, context, out)?;
        if self.has(Variation::Duplicates) {
            self.endpoint.deliver(stanza, context, out)?;
        }
        Ok(())
    }

    fn late(&self, received: &Received, context: InputContext<'_>) -> Received {
        let mut received = received.clone();
        if self.has(Variation::Delayed) && received.carbon_from.is_none() {
            received.delayed_since.get_or_insert(context.now);
        }
        received
    }

    /// What arrives as a stanza that says the same, if it is written in another way.
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
            carbon_from: received
                .carbon_from
                .map(|account| atm_simulator::scenario::BareAddress(names.jid(account).clone())),
            delayed_since: received.delayed_since.map(Into::into),
        };
        Some(self.rewritten(&HandMade { written: Arc::new(written), parts: vec![received.clone()] }, names))
    }

    /// A stanza with what was encrypted in it written in another way.
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
                        // The directory has all names of the scenario, and variations bring no others.
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

impl<E: Endpoint> Endpoint for Varied<E> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        match input {
            Input::Receive(received) => {
                let received = self.late(received, context);
                if self.changes_writing()
                    && let Some(stanza) = self.written(&received, context.names)
                {
                    return self.arrive(&stanza, context, out);
                }
                let input = Input::Receive(received);
                self.endpoint.apply(&input, context, out)?;
                if self.has(Variation::Duplicates) {
                    self.endpoint.apply(&input, context, out)?;
                }
                Ok(())
            }
            Input::Discover(_) if self.has(Variation::DiscoveredTwice) => {
                self.endpoint.apply(input, context, out)?;
                self.endpoint.apply(input, context, out)
            }
            _ => self.endpoint.apply(input, context, out),
        }
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let uri = if scanned.decision.is_ok() {
            vary_code(&scanned.uri, &self.variations).into()
        } else {
            scanned.uri.clone()
        };
        self.endpoint.scan(&Scanned { uri, ..scanned.clone() }, context, out)
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let mut stanza = stanza.clone();
        if self.changes_writing() {
            stanza = self.rewritten(&stanza, context.names);
        }
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
        self.arrive(&stanza, context, out)
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.endpoint.undergo(occurrence, context, out)
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        self.endpoint.own_code(context)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.endpoint.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.endpoint.restart(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<atm_engine::Decision>> {
        self.endpoint.postponed(sender)
    }
}
