use std::collections::BTreeSet;

use atm_engine::codec::{NAMESPACE_ATM, NamedEnvelope, NamedTrustMessage};
use atm_engine::jid::BareJid;
use atm_engine::{DecisionKind, Directory, KeyIdentifier};

use crate::refusal::{has_a_reason, reads_back};

/// A trust message is refused with a reason. Otherwise it survives a round trip, alone and in an envelope, and its
/// decisions are the same with ids instead of names.
pub fn trust_message_xml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match NamedTrustMessage::parse(text) {
        Ok(message) => {
            reads_back(&message.to_xml(), NamedTrustMessage::parse, &message);
            reads_the_same_in_an_envelope(&message);
            has_the_same_decisions_with_ids(&message);
        }
        Err(malformed) => has_a_reason(&malformed),
    }
}

fn reads_the_same_in_an_envelope(message: &NamedTrustMessage) {
    let envelope =
        NamedEnvelope { padding: None, time: None, from: None, to: None, message: message.clone() };
    reads_back(&envelope.to_xml(), NamedEnvelope::parse, &envelope);
}

pub(crate) fn has_the_same_decisions_with_ids(message: &NamedTrustMessage) {
    let mut names = Directory::new();
    let interned = message.intern(&mut names);
    assert_eq!(message.resolve(&names).as_ref(), Ok(&interned), "nothing new is needed to say it again");
    match NamedTrustMessage::of(&interned, &names) {
        Ok(named) => assert_eq!(decisions(&named), decisions(message)),
        Err(unwritable) => assert_ne!(message.usage(), NAMESPACE_ATM, "{unwritable}"),
    }
}

fn decisions(message: &NamedTrustMessage) -> BTreeSet<(&BareJid, bool, &KeyIdentifier)> {
    let of_owner = message.key_owners().iter().map(|owner| (&owner.jid, &owner.decisions));
    of_owner
        .flat_map(|(jid, decisions)| {
            decisions.iter().map(move |(kind, key)| (jid, *kind == DecisionKind::Trust, key))
        })
        .collect()
}
