//! Reads stanzas of adapters into messages of the world.

use atm_adapter_protocol::AdapterError;
use atm_adapter_protocol::protocol::{EncryptedContent, SentStanza, Unsupported};
use atm_engine::codec::{
    ClearElement, Malformed, MessageStanza, MessageType, NamedEnvelope, Remark, Unresolved,
};
use atm_engine::jid::{BareJid, Jid};
use atm_engine::{AccountId, Addressees, Envelope, KeyId, OutboxId, Outgoing};
use atm_simulator::cast::{Cast, Member};

use super::finding::{Content, MessageFinding, findings};
use super::names;

/// The result of reading a sent stanza.
#[derive(Clone, Debug)]
pub struct ReadStanza {
    /// The message to deliver; `None` if no receiver can use it.
    pub outgoing: Option<Outgoing>,
    /// The violations in it.
    pub findings: Vec<MessageFinding>,
    /// The keys of the receivers, if none of them can read the content.
    pub unreadable: Option<Addressees>,
    /// The keys for which it was encrypted although their endpoints do not receive it.
    pub bystanders: Addressees,
}

/// Reads a stanza that a device sent.
///
/// # Errors
///
/// Returns an error if it is no stanza, or names accounts or keys that the scenario does not have. Then its meaning is
/// unknown.
pub fn read_sent(
    sent: &SentStanza,
    sender: &Member,
    id: OutboxId,
    cast: &Cast,
) -> Result<ReadStanza, AdapterError> {
    let wrong = |reason: String| AdapterError::Undeliverable { stanza: sent.stanza.clone(), reason };
    let stanza = MessageStanza::parse(&sent.stanza).map_err(|malformed| wrong(malformed.to_string()))?;
    let message = stanza.message;
    let mut letter = ReadStanza {
        outgoing: None,
        findings: Vec::new(),
        unreadable: None,
        bystanders: Addressees::default(),
    };
    if let Some(namespace) = older_namespace(sent) {
        return Err(AdapterError::Unsupported(Unsupported {
            feature: namespace.to_owned(),
            reason: Some("what it sends is of an older version of the specification".to_owned()),
            link: None,
        }));
    }
    let clear = clear_content(&message.clear);
    let to = addressee(message.to.as_ref(), sender, cast);
    let Some(encrypted) = &sent.encrypted else {
        letter.findings.extend(clear.iter().flat_map(|clear| findings::not_encrypted(clear)));
        letter.unreadable = clear.and(to.ok()).map(|to| keys_of([sender.account, to.account], cast));
        return Ok(letter);
    };
    let to = to.map_err(wrong)?;
    letter.findings.extend(clear.iter().map(|clear| findings::in_the_clear(clear)));
    if message.message_type != MessageType::Chat {
        letter.findings.push(findings::not_chat(message.message_type.as_str()));
    }
    let remarks = [&sent.stanza, &encrypted.content].into_iter().flat_map(|xml| remarked(xml));
    letter.findings.extend(remarks);
    if !message.has_store_hint {
        let has_body = letter.findings.contains(&findings::body());
        letter.findings.extend(findings::no_store_hint(has_body));
    }
    let (keys, bystanders) = keys(encrypted, &to, cast).map_err(wrong)?;
    letter.bystanders = bystanders;
    let envelope = match NamedEnvelope::parse(&encrypted.content) {
        Ok(envelope) => envelope,
        Err(malformed) => {
            let finding = findings::malformed(&malformed, &encrypted.content);
            letter.unreadable = (finding.content == Content::Lost).then_some(keys);
            letter.findings.push(finding);
            return Ok(letter);
        }
    };
    letter.findings.extend(written(&envelope));
    let encryption = envelope.message.encryption().to_string();
    if encryption != encrypted.encryption {
        // Receivers do not have the keys of that encryption.
        letter.findings.push(findings::wrong_encryption(&encryption));
        return Ok(letter);
    }
    let envelope = resolve(&envelope, cast).map_err(|unknown| wrong(unknown.to_string()))?;
    letter.outgoing = Some(Outgoing { id, to: to.account, keys, envelope });
    Ok(letter)
}

/// The namespaces of earlier versions of XEP-0434, XEP-0450 and XEP-0420. The current versions are no basis for judging
/// implementations of those.
const OLDER: [&str; 3] = ["urn:xmpp:tm:0", "urn:xmpp:atm:0", "urn:xmpp:sce:0"];

/// The older namespace in an attribute of the stanza or the envelope, if any.
fn older_namespace(sent: &SentStanza) -> Option<&'static str> {
    let texts = [Some(&sent.stanza), sent.encrypted.as_ref().map(|encrypted| &encrypted.content)];
    let stands = |namespace: &&str| {
        let quoted = [format!("'{namespace}'"), format!("\"{namespace}\"")];
        texts.iter().flatten().any(|text| quoted.iter().any(|quoted| text.contains(quoted)))
    };
    OLDER.into_iter().find(stands)
}

/// The addressee of a stanza.
struct Addressee {
    account: AccountId,
    /// The full JID, if the stanza is addressed to one endpoint only.
    endpoint: Option<Jid>,
}

fn addressee(to: Option<&Jid>, sender: &Member, cast: &Cast) -> Result<Addressee, String> {
    // A server treats a stanza without `to` as addressed to the sender's own account (RFC 6120 §10.3).
    let Some(to) = to else { return Ok(Addressee { account: sender.account, endpoint: None }) };
    let bare: BareJid = to.to_bare();
    let account =
        cast.directory().find_account(&bare).ok_or_else(|| format!("there is no account {bare}"))?;
    Ok(Addressee { account, endpoint: to.is_full().then(|| to.clone()) })
}

/// All keys of these accounts.
fn keys_of(accounts: [AccountId; 2], cast: &Cast) -> Addressees {
    cast.keys().filter(|key| accounts.contains(&cast.directory().owner(*key))).collect()
}

/// The keys of receivers, and those of bystanders that could decrypt the stanza too.
fn keys(
    encrypted: &EncryptedContent,
    to: &Addressee,
    cast: &Cast,
) -> Result<(Addressees, Addressees), String> {
    let names = cast.directory();
    let encryption = cast.encryption();
    if names.encryption_name(encryption).to_string() != encrypted.encryption {
        return Err(format!("nobody has keys of the encryption {:?}", encrypted.encryption));
    }
    let keys = encrypted.keys.iter().map(|key| names::find_held(key, encryption, names));
    let mut keys = keys.collect::<Result<Vec<KeyId>, String>>()?;
    let mut bystanders = Vec::new();
    if let Some(endpoint) = &to.endpoint {
        // The other endpoints of the account do not receive it, even if they could decrypt it.
        let addressed = cast.devices_of(to.account).iter().map(|device| cast.member(*device));
        let addressed = addressed.filter(|member| **names.full_jid(member.endpoint) == *endpoint);
        let its_keys: Vec<KeyId> = addressed.map(|member| member.key).collect();
        let gets_it = |key: &KeyId| names.owner(*key) != to.account || its_keys.contains(key);
        bystanders.extend(keys.iter().copied().filter(|key| !gets_it(key)));
        keys.retain(gets_it);
    }
    Ok((keys.into_iter().collect(), bystanders.into_iter().collect()))
}

fn resolve(envelope: &NamedEnvelope, cast: &Cast) -> Result<Envelope, Unresolved> {
    envelope.resolve(cast.directory())
}

/// The findings about misplaced or malformed elements.
fn remarked(xml: &str) -> impl Iterator<Item = MessageFinding> {
    let remarks = Remark::about(xml).unwrap_or_default();
    remarks.into_iter().filter_map(|remark| match remark {
        Remark::Body => Some(findings::body()),
        Remark::UnpaddedIdentifier { identifier } => Some(findings::unpadded(&identifier)),
        Remark::ServerElementInside { element } => Some(findings::server_element_inside(&element)),
        _ => None,
    })
}

/// The findings about affixes that only the XML shows.
fn written(envelope: &NamedEnvelope) -> impl Iterator<Item = MessageFinding> {
    let from = envelope.from.iter().filter(|jid| jid.is_full()).map(|jid| findings::full_from(jid.as_str()));
    let to = envelope.to.iter().filter(|jid| jid.is_full()).map(|jid| findings::full_to(jid.as_str()));
    from.chain(to)
}

/// A short description of the content in the clear; `None` if there is none.
pub(crate) fn clear_content(clear: &[ClearElement]) -> Option<String> {
    let named = clear.iter().map(|element| match element {
        ClearElement::TrustMessage(Ok(_)) => "a trust message".to_owned(),
        ClearElement::Envelope(Ok(_)) => "an envelope".to_owned(),
        ClearElement::TrustMessage(Err(malformed)) | ClearElement::Envelope(Err(malformed)) => {
            Malformed::to_string(malformed)
        }
    });
    let named = named.collect::<Vec<_>>().join(", ");
    (!named.is_empty()).then_some(named)
}
