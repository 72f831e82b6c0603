use std::fmt;
use std::str::FromStr;

use crate::jid::{BareJid, FullJid, prepare_resource};
use crate::message::{MessageRef, OutboxId};
use crate::names::{Directory, UnknownId};

/// The `id` of a message stanza that this engine wrote: `<resource>-<number>`, such as `phone-3`.
///
/// A device uses it to recognise its own messages when they come back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    resource: Box<str>,
    number: OutboxId,
}

/// The `id` of a stanza does not have the form that this engine writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message id of this engine is a resource, a hyphen and a number, such as phone-3")]
pub struct NotAMessageId;

impl MessageId {
    /// The `id` of the message that an endpoint keeps under `number`.
    #[must_use]
    pub fn new(endpoint: &FullJid, number: OutboxId) -> Self {
        Self { resource: endpoint.resource().into(), number }
    }

    /// The resource of the endpoint that wrote the message.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The number of the message in that endpoint's outbox.
    #[must_use]
    pub fn number(&self) -> OutboxId {
        self.number
    }

    /// Replaces the endpoint's id by its resource.
    ///
    /// # Errors
    ///
    /// If the endpoint is unknown to `names`.
    pub fn of(message: MessageRef, names: &Directory) -> Result<Self, UnknownId> {
        names.knows_endpoint(message.endpoint)?;
        Ok(Self::new(names.full_jid(message.endpoint), message.number))
    }

    /// Replaces the resource by the id of that endpoint of `account`.
    pub fn intern(&self, account: &BareJid, names: &mut Directory) -> MessageRef {
        MessageRef {
            endpoint: names.endpoint(&account.with_prepared_resource(&self.resource)),
            number: self.number,
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.resource, self.number.0)
    }
}

impl FromStr for MessageId {
    type Err = NotAMessageId;

    fn from_str(text: &str) -> Result<Self, NotAMessageId> {
        let (resource, number) = text.rsplit_once('-').ok_or(NotAMessageId)?;
        let resource = prepare_resource(resource).map_err(|_| NotAMessageId)?.into();
        let outbox_id: u64 = number.parse().map_err(|_| NotAMessageId)?;
        if outbox_id.to_string() != number {
            return Err(NotAMessageId); // an id has exactly one form
        }
        Ok(Self { resource, number: OutboxId(outbox_id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_read_as_it_is_written() {
        for (text, resource, number) in [("phone-3", "phone", 3), ("my-phone-0", "my-phone", 0)] {
            let id: MessageId = text.parse().unwrap();
            assert_eq!((id.resource(), id.number()), (resource, OutboxId(number)));
            assert_eq!(id.to_string(), text);
        }
        for text in [
            "",
            "phone",
            "-3",
            "phone-",
            "phone-x",
            "phone--1x",
            "phone-007",
            "phone-+7",
            "phone-18446744073709551616",
        ] {
            assert_eq!(text.parse::<MessageId>(), Err(NotAMessageId), "{text}");
        }
    }
}
