//! Reading and writing XML: the elements of XEP-0434 and XEP-0420, and the stanzas around them.

mod date_time;
mod element;
mod envelope;
mod reader;
mod remark;
mod stanza;
mod trust_message;
mod writer;

pub use date_time::{stamp_from_date_time, stamp_to_date_time};
pub use remark::Remark;
pub use stanza::{
    Archived, Carbon, CarbonDirection, ClearElement, Delay, Message, MessageStanza, MessageType,
};
