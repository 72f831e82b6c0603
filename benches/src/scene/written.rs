use std::sync::Arc;

use atm_engine::codec::{NamedEnvelope, TrustMessageUri};
use atm_engine::{Decision, DecisionKind, DistrustsByKey, Envelope, ManualDecision, TrustMessage, Usage};

use crate::people::{People, START};

/// The keys of one account, in their written and in their parsed form.
#[derive(Clone, Debug)]
pub struct Written {
    /// A trust message about the keys, in its envelope.
    pub envelope: NamedEnvelope,
    /// The envelope as XML.
    pub xml: String,
    /// The Trust Message URI with the same decisions.
    pub trust_message_uri: TrustMessageUri,
    /// The URI as text.
    pub uri: String,
}

impl Written {
    /// Creates a message and a URI about a number of keys.
    #[must_use]
    pub fn new(keys: usize) -> Self {
        let people = People::new([keys]);
        let names = people.names();
        let encryption = people.encryption();
        let all: Vec<_> = (0..keys).map(|device| people.key(device)).collect();
        let decisions: Arc<[Decision]> =
            all.iter().map(|key| Decision { key: *key, kind: DecisionKind::Trust }).collect();
        let account = Some(people.account(0));
        let message = Arc::new(TrustMessage {
            usage: Usage::Atm,
            encryption,
            decisions,
            distrusts: DistrustsByKey::default(),
        });
        let envelope = Envelope { padded: true, time: Some(START), from: account, to: account, message };
        let envelope = NamedEnvelope::of(&envelope, "padding", names).expect("it can be written");
        let decision = ManualDecision::new(&all, &[], names).expect("keys of one owner");
        let trust_message_uri = TrustMessageUri::of(&decision, names).expect("it can be written");
        Self { xml: envelope.to_xml(), envelope, uri: trust_message_uri.to_string(), trust_message_uri }
    }
}
