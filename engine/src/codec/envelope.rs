use super::NamedTrustMessage;
use crate::jid::{BareJid, Jid};
use crate::names::Stamp;

/// The `<envelope/>` of Stanza Content Encryption around a trust message (XEP-0420 §4, XEP-0434 §5.2.1), with
/// names instead of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedEnvelope {
    /// The text in `<rpad/>`.
    pub padding: Option<String>,
    /// The time in `<time/>`.
    pub time: Option<Stamp>,
    /// The JID in `<from/>`: bare according to XEP-0420 §4, full in the examples of XEP-0434 and XEP-0450.
    pub from: Option<Jid>,
    /// The JID in `<to/>`.
    pub to: Option<Jid>,
    /// The trust message in `<content/>`.
    pub message: NamedTrustMessage,
}

impl NamedEnvelope {
    /// Creates an envelope with the four affixes that XEP-0434 §5.2.1 requires.
    #[must_use]
    pub fn new(padding: &str, time: Stamp, from: BareJid, to: BareJid, message: NamedTrustMessage) -> Self {
        Self {
            padding: Some(padding.to_owned()),
            time: Some(time),
            from: Some(from.into()),
            to: Some(to.into()),
            message,
        }
    }
}
