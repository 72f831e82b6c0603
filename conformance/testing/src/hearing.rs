//! The interpretation of an arriving stanza, before the model gets it.

use atm_engine::{CarbonFrom, KeyId, Payload, Protection, Received, Stamp, Usage};
use atm_naive_model::{NaiveDecision, NaiveStanza, OURS};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::scenario::{DeliverStep, StanzaType};

use crate::nicknames::{Nicknames, encryption_name, endpoint_name};

/// A misinterpretation of a stanza.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mishearing {
    /// Content in the clear counts as encrypted.
    Cleartext,
    /// Content in the clear beside an encrypted part counts as encrypted.
    CleartextBesideEncrypted,
    /// Content in the clear counts if it is from the own account.
    CleartextOfOwnAccount,
    /// An unsigned message counts if it is from the own account.
    UnsignedOfOwnAccount,
    /// An unsigned message is attributed to the sender of the stanza.
    Unsigned,
    /// Every message is attributed to the sender of the stanza.
    GoesByTheStanza,
    /// The key that encrypted a message is looked up by its identifier among the keys of the stanza's sender.
    OwnerByTheStanza,
    /// A carbon from any account is accepted.
    AnyCarbon,
    /// A carbon from the account of the message's sender is accepted.
    SendersCarbon,
    /// A carbon from a full JID of the own account is accepted.
    OwnEndpointsCarbon,
    /// Carbons are ignored.
    NoCarbon,
    /// Messages with any usage are for ATM.
    AnyUsage,
    /// A message about keys of another encryption is taken for one about keys of this encryption.
    AnyEncryption,
    /// The encryption that carries a message is not compared with the one that the message names.
    AnyCarrier,
    /// A message concerns all keys with the identifiers in it, whatever their owners.
    AnyOwner,
    /// The time of a message is compared with its arrival even if it was delayed.
    NoDelay,
    /// A message without time counts as written now.
    NoTimeNeeded,
    /// A message of the own account without time counts as written now.
    NoTimeNeededOfOwnAccount,
    /// The sender in the envelope is not compared with that of the stanza.
    NoFromCheck,
    /// The sender in the envelope is not compared with that of the stanza if the stanza is from the own account.
    NoFromCheckOfOwnAccount,
    /// The recipient in the envelope may be the sender.
    SenderInTo,
    /// The recipient in the envelope is not compared with that of the stanza.
    NoToCheck,
    /// A stanza without `from` is attributed to the owner of the key that encrypted it.
    NoFromNeeded,
    /// A stanza without `from` is attributed to the owner of the key that encrypted it, if that key is not
    /// authenticated. Then it waits for the key.
    StrangersNeedNoFrom,
    /// A message that bounces is attributed to another own endpoint.
    BouncesAreOwn,
    /// Stanzas of a type other than `chat` are ignored.
    ChatOnly,
}

/// The part of a stanza as the variant interprets it. `None` if it ignores the stanza.
pub(crate) fn take_for(
    part: &Received,
    written: &DeliverStep,
    mishearings: &[Mishearing],
    (cast, is_authenticated): (&Cast, impl Fn(KeyId) -> bool),
) -> Option<Received> {
    let has = |mishearing: Mishearing| mishearings.contains(&mishearing);
    let mut taken = part.clone();
    let speaker = match part.protection {
        Protection::Encrypted { by: Some(by), .. } => {
            cast.devices().map(|(_, member)| member).find(|member| member.key == by)
        }
        Protection::Encrypted { by: None, .. } | Protection::None => None,
    };
    if written.from.is_none()
        && let Some(speaker) = speaker
        && (has(Mishearing::NoFromNeeded)
            || has(Mishearing::StrangersNeedNoFrom) && !is_authenticated(speaker.key))
    {
        taken.from = speaker.endpoint;
    }
    if written.stanza_type == StanzaType::Error
        && has(Mishearing::BouncesAreOwn)
        && let Some(speaker) = speaker
    {
        taken.to = cast.directory().account_of(part.from);
        taken.from = speaker.endpoint;
    }
    let is_ignored = written.stanza_type != StanzaType::Chat && has(Mishearing::ChatOnly);
    (!is_ignored).then_some(taken)
}

/// The stanza for the model.
pub(crate) fn hear(
    received: &Received,
    beside: Option<Protection>,
    now: Stamp,
    mishearings: &[Mishearing],
    (cast, member): (&Cast, &Member),
    nicknames: &mut Nicknames,
) -> Option<NaiveStanza> {
    let has = |mishearing: Mishearing| mishearings.contains(&mishearing);
    let names = cast.directory();
    let ours = cast.encryption();
    let stanza_key = || cast.device_of(received.from).map(|device| cast.member(device).key);
    let (mut with, mut by) = match (received.protection, beside) {
        (Protection::None, Some(Protection::Encrypted { with, by }))
            if has(Mishearing::CleartextBesideEncrypted) =>
        {
            (Some(with), by)
        }
        (Protection::None, _) => (None, None),
        (Protection::Encrypted { with, by }, _) => (Some(with), by),
    };
    let is_from_own = names.account_of(received.from) == member.account;
    if with.is_none() && (has(Mishearing::Cleartext) || has(Mishearing::CleartextOfOwnAccount) && is_from_own)
    {
        (with, by) = (Some(ours), stanza_key());
    }
    let takes_unsigned = has(Mishearing::Unsigned) || has(Mishearing::UnsignedOfOwnAccount) && is_from_own;
    if by.is_none() && takes_unsigned || has(Mishearing::GoesByTheStanza) {
        by = stanza_key();
    }
    if let Some(key) = by
        && has(Mishearing::OwnerByTheStanza)
    {
        let sender = names.account_of(received.from);
        let mut keys = cast.devices().map(|(_, member)| member).filter(|member| member.account == sender);
        let twin = keys.find(|member| names.identifier(member.key) == names.identifier(key));
        by = Some(twin.map_or(key, |twin| twin.key));
    }
    if received.carbon_from.is_some() && has(Mishearing::NoCarbon) {
        return None;
    }
    let is_senders = received.carbon_from.is_some_and(|from| from.is_of(names.account_of(received.from)));
    let is_own_endpoints = matches!(
        received.carbon_from,
        Some(CarbonFrom::Endpoint(endpoint)) if names.account_of(endpoint) == member.account
    );
    let takes_carbon = has(Mishearing::AnyCarbon)
        || has(Mishearing::SendersCarbon) && is_senders
        || has(Mishearing::OwnEndpointsCarbon) && is_own_endpoints;
    let carbon_from = received.carbon_from.map(|from| match from {
        CarbonFrom::Account(account) => nicknames.account(account),
        CarbonFrom::Endpoint(endpoint) => endpoint_name(endpoint, names),
    });
    let own = nicknames.account(member.account);
    let mut heard = NaiveStanza {
        from: endpoint_name(received.from, names),
        to: nicknames.account(received.to),
        id: received.id.map(|id| (endpoint_name(id.endpoint, names), id.number.0)),
        carbon_from: if takes_carbon { carbon_from.map(|_| own) } else { carbon_from },
        encrypted_with: with.map(|with| encryption_name(with, ours)),
        encrypted_by: by.map(|key| nicknames.key(key, ours, names)),
        claimed_by: stanza_key().map(|key| nicknames.key(key, ours, names)),
        delayed_since: received.delayed_since.map(|stamp| stamp.as_millis()),
        malformed: true,
        padded: true,
        time: None,
        time_as_written: None,
        affix_from: None,
        affix_to: None,
        is_atm: true,
        encryption: OURS.to_owned(),
        decisions: Vec::new(),
        distrusts: Vec::new(),
    };
    if has(Mishearing::NoDelay) {
        heard.delayed_since = None;
    }
    let Payload::Parsed(envelope) = &received.payload else { return Some(heard) };
    let message = &envelope.message;
    heard.malformed = false;
    heard.padded = envelope.padded;
    heard.time = envelope.time.map(|stamp| stamp.as_millis());
    heard.affix_from = envelope.from.map(|account| nicknames.account(account));
    heard.affix_to = envelope.to.map(|account| nicknames.account(account));
    heard.is_atm = message.usage == Usage::Atm || has(Mishearing::AnyUsage);
    heard.encryption = encryption_name(message.encryption, ours);
    for decision in message.decisions.iter() {
        for key in taken_for(decision.key, mishearings, cast) {
            heard.decisions.push(NaiveDecision::new(decision.kind, &nicknames.key(key, ours, names)));
        }
    }
    if has(Mishearing::AnyEncryption) {
        heard.encryption = heard.encrypted_with.clone().unwrap_or_default();
    }
    if has(Mishearing::AnyCarrier) && heard.encrypted_with.is_some() {
        heard.encrypted_with = Some(heard.encryption.clone());
    }
    if has(Mishearing::NoTimeNeeded) || has(Mishearing::NoTimeNeededOfOwnAccount) && is_from_own {
        heard.time = heard.time.or(Some(now.as_millis()));
    }
    if has(Mishearing::SenderInTo)
        && heard.affix_to == Some(nicknames.account(names.account_of(received.from)))
    {
        heard.affix_to = None;
    }
    if has(Mishearing::NoFromCheck) || has(Mishearing::NoFromCheckOfOwnAccount) && is_from_own {
        heard.affix_from = None;
    }
    if has(Mishearing::NoToCheck) {
        heard.affix_to = None;
    }
    Some(heard)
}

/// The keys to which a decision about a key is applied.
fn taken_for(key: KeyId, mishearings: &[Mishearing], cast: &Cast) -> Vec<KeyId> {
    let has = |mishearing: Mishearing| mishearings.contains(&mishearing);
    if !has(Mishearing::AnyOwner) && !has(Mishearing::AnyEncryption) {
        return vec![key];
    }
    let names = cast.directory();
    let is_meant = |other: &KeyId| {
        (has(Mishearing::AnyOwner) || names.owner(*other) == names.owner(key))
            && names.identifier(*other) == names.identifier(key)
    };
    // All keys of a cast belong to its encryption.
    let meant: Vec<KeyId> = cast.keys().filter(is_meant).collect();
    let has_no_name = meant.is_empty() && names.encryption_of(key) == cast.encryption();
    if has_no_name { vec![key] } else { meant }
}
