use atm_engine::codec::{
    ClearElement, Delay, Message, MessageStanza, stamp_from_date_time, stamp_to_date_time,
};

use crate::envelope_xml;
use crate::refusal::{has_a_reason, reads_back};

/// A stanza is refused with a reason, or it survives a round trip, except for elements that were refused with a reason.
pub fn stanza_xml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match MessageStanza::parse(text) {
        Ok(mut stanza) => {
            stanza.message = as_written(stanza.message);
            stanza.carbon = stanza.carbon.map(|mut carbon| {
                carbon.message = as_written(carbon.message);
                carbon.delays = delays_as_written(carbon.delays);
                carbon
            });
            reads_back(&stanza.to_xml(), MessageStanza::parse, &stanza);
        }
        Err(malformed) => has_a_reason(&malformed),
    }
}

/// The message without the parts that writing loses.
fn as_written(mut message: Message) -> Message {
    message.clear = message.clear.into_iter().filter_map(element_as_written).collect();
    message.delays = delays_as_written(message.delays);
    message
}

fn element_as_written(element: ClearElement) -> Option<ClearElement> {
    match element {
        ClearElement::Envelope(Ok(envelope)) => {
            Some(ClearElement::Envelope(Ok(envelope_xml::as_written(envelope))))
        }
        ClearElement::TrustMessage(Ok(_)) => Some(element),
        ClearElement::Envelope(Err(malformed)) | ClearElement::TrustMessage(Err(malformed)) => {
            has_a_reason(&malformed);
            None
        }
    }
}

fn delays_as_written(delays: Vec<Delay>) -> Vec<Delay> {
    let read = |stamp| stamp_from_date_time(&stamp_to_date_time(stamp)).expect("a written time is read");
    delays.into_iter().map(|delay| Delay { stamp: read(delay.stamp), ..delay }).collect()
}
