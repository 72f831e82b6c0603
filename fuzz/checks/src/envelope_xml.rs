use atm_engine::Directory;
use atm_engine::codec::{NamedEnvelope, stamp_from_date_time, stamp_to_date_time};
use atm_engine::jid::Jid;

use crate::refusal::{has_a_reason, reads_back};
use crate::trust_message_xml::has_the_same_decisions_with_ids;

/// An envelope is refused with a reason, or it survives a round trip.
pub fn envelope_xml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match NamedEnvelope::parse(text) {
        Ok(envelope) => {
            let expected = as_written(envelope);
            reads_back(&expected.to_xml(), NamedEnvelope::parse, &expected);
            has_the_same_affixes_with_ids(&expected);
            has_the_same_decisions_with_ids(&expected.message);
        }
        Err(malformed) => has_a_reason(&malformed),
    }
}

/// The envelope without the parts that writing loses: resources in affixes, and years that the format cannot express.
pub(crate) fn as_written(mut envelope: NamedEnvelope) -> NamedEnvelope {
    let bare = |jid: Jid| Jid::from(jid.to_bare());
    envelope.from = envelope.from.map(bare);
    envelope.to = envelope.to.map(bare);
    envelope.time = envelope
        .time
        .map(|time| stamp_from_date_time(&stamp_to_date_time(time)).expect("a written time is read"));
    envelope
}

fn has_the_same_affixes_with_ids(envelope: &NamedEnvelope) {
    let mut names = Directory::new();
    let interned = envelope.intern(&mut names);
    assert_eq!(envelope.resolve(&names).as_ref(), Ok(&interned), "nothing new is needed to say it again");
    let Some(padding) = &envelope.padding else { return };
    if let Ok(named) = NamedEnvelope::of(&interned, padding, &names) {
        assert_eq!((&named.time, &named.from, &named.to), (&envelope.time, &envelope.from, &envelope.to));
    }
}
