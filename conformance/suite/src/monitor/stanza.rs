//! Reads the decisions in an arriving stanza, and how far they count.

use atm_engine::codec::Remark;
use atm_engine::{
    AccountId, Decision, DecisionKind, Directory, Envelope, KeyId, KeySharing, Payload, Protection, Received,
    Stamp, Usage,
};
use atm_simulator::cast::Member;
use atm_simulator::scenario::{DeliverStep, StanzaType};

use super::attribution;
use super::word::{Force, Word};

/// A lawful device must accept a message whose time differs from its sending by at most this many milliseconds.
const SURELY_IN_TIME: u64 = 10_000;

/// A message whose time differs by more than this many milliseconds is beyond any reasonable margin.
const BEYOND_REASON: u64 = 24 * 60 * 60 * 1_000;

/// The content of a stanza, as the device must or may take it.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    /// The decisions that must or may count once their sender is authenticated.
    pub(super) words: Vec<(Word, Force)>,
    /// The decisions that must not count, each with the requirement that voids it.
    pub(super) void: Vec<(Decision, &'static str)>,
    /// All decisions in the stanza, whether they count or not.
    pub(super) said: Vec<Decision>,
    /// The time that the stanza states.
    pub(super) time: Option<Stamp>,
    /// If the stanza cannot be read, the requirement that voids it.
    pub(super) unreadable: Option<&'static str>,
    /// The sender of a malformed message whose valid parts may count.
    pub(super) vague: Option<VagueSpeaker>,
}

/// The sender of a malformed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VagueSpeaker {
    pub(super) account: AccountId,
    pub(super) sender: KeyId,
}

/// A device that receives a stanza.
#[derive(Clone, Copy)]
pub(super) struct Hearer<'a> {
    pub(super) member: &'a Member,
    pub(super) names: &'a Directory,
    pub(super) now: Stamp,
    pub(super) writing: Writing,
}

/// The form in which a stanza is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A form that every device must read.
    Usual,
    /// A form that a sender should not use, or one with extensions. A device may ignore the stanza.
    Unusual,
    /// A stanza without `from`, which is from the own account. A device may ignore it.
    WithoutFrom,
    /// A group message, whose `from` is the group. A device may ignore it.
    InAGroup,
}

impl Writing {
    pub(super) fn by_hand(written: &DeliverStep) -> Self {
        let encrypted = written.encrypted.iter().map(|encrypted| &*encrypted.xml);
        match written.stanza_type {
            _ if written.from.is_none() => Self::WithoutFrom,
            StanzaType::Groupchat => Self::InAGroup,
            StanzaType::Error | StanzaType::Headline | StanzaType::Normal => Self::Unusual,
            StanzaType::Chat => Self::of(encrypted.chain(written.clear.as_deref())),
        }
    }

    /// The form of a stanza with these parts.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let remarks = parts.into_iter().filter_map(|xml| Remark::about(xml.trim()).ok());
        if remarks.flatten().any(|remark| is_unusual(&remark)) { Self::Unusual } else { Self::Usual }
    }
}

fn is_unusual(remark: &Remark) -> bool {
    matches!(
        remark,
        Remark::NoZone { .. }
            | Remark::LongFraction { .. }
            | Remark::SpacedIdentifier { .. }
            | Remark::UnpaddedIdentifier { .. }
            | Remark::UnknownElement { .. }
            | Remark::UnknownAttribute { .. }
            | Remark::DistrustFirst { .. }
            | Remark::UnpreparedJid { .. }
    )
}

impl Hearer<'_> {
    /// Reads a stanza.
    pub(super) fn hear(self, received: &Received) -> Hearing {
        match &received.payload {
            Payload::Parsed(envelope) => self.hear_envelope(received, envelope),
            Payload::Malformed(malformed) => match attribution::of_malformed(malformed) {
                Some(requirement) => Hearing { unreadable: Some(requirement), ..Hearing::default() },
                None => Hearing { vague: self.bound_sender(received), ..Hearing::default() },
            },
        }
    }

    fn hear_envelope(self, received: &Received, envelope: &Envelope) -> Hearing {
        let said = envelope.message.decisions.to_vec();
        let mut hearing = Hearing { said, time: envelope.time, ..Hearing::default() };
        let decisions = envelope.message.decisions.iter().copied().filter(|said| self.is_judged(said.key));
        let requirement = self.why_void(received, envelope).or_else(|| self.why_rejected(received, envelope));
        if let Some(requirement) = requirement {
            hearing.void = decisions.map(|decision| (decision, requirement)).collect();
            return hearing;
        }
        let Some(VagueSpeaker { account, sender }) = self.bound_sender(received) else { return hearing };
        for decision in decisions {
            if !self.may_decide(account, decision.key) {
                hearing.void.push((decision, attribution::OWN_ACCOUNT_ONLY));
            } else if decision == (Decision { key: sender, kind: DecisionKind::Trust }) {
                hearing.void.push((decision, attribution::OWN_WORD));
            } else {
                let Decision { key: target, kind } = decision;
                let stamp = envelope.time.unwrap_or(self.now);
                let time = stamp.min(self.now);
                hearing.words.push((Word { account, sender, target, kind, time, stamp }, Force::Must));
            }
        }
        // No sender decides about trust in its own key. Own endpoints may send the device that its own key is trusted.
        // The specifications leave all else about that open.
        let is_own = account == self.member.account;
        let is_odd = |said: &Decision| {
            let is_about_hearer = said.key == self.member.key;
            said.key == sender || is_about_hearer && (!is_own || said.kind == DecisionKind::Distrust)
        };
        let is_flawless = hearing.void.is_empty()
            && !envelope.message.decisions.iter().any(is_odd)
            && self.writing == Writing::Usual
            && self.is_in_order(received, envelope);
        for (_, force) in &mut hearing.words {
            *force = force.only_if(is_flawless);
        }
        hearing
    }

    /// Whether decisions about a key are judged. Decisions about the own key and about keys of another encryption are
    /// not.
    fn is_judged(self, key: KeyId) -> bool {
        key != self.member.key && self.encryption() == self.names.encryption_of(key)
    }

    fn encryption(self) -> atm_engine::EncryptionId {
        self.names.encryption_of(self.member.key)
    }

    /// Whether an endpoint of an account may decide on a key.
    fn may_decide(self, account: AccountId, key: KeyId) -> bool {
        account == self.member.account || account == self.names.owner(key)
    }

    /// The sender that the encryption names, if it belongs to the account in the stanza's `from`. A group message has
    /// the group as its `from`.
    fn bound_sender(self, received: &Received) -> Option<VagueSpeaker> {
        let Protection::Encrypted { by: Some(sender), .. } = received.protection else { return None };
        let account = self.names.owner(sender);
        let is_bound = account == self.names.account_of(received.from) || self.writing == Writing::InAGroup;
        is_bound.then_some(VagueSpeaker { account, sender })
    }

    /// The requirement that voids the whole stanza, if any.
    fn why_void(self, received: &Received, envelope: &Envelope) -> Option<&'static str> {
        let Protection::Encrypted { with, .. } = received.protection else {
            return Some(attribution::PLAINTEXT);
        };
        if received.carbon_from.is_some_and(|from| !from.is_of(self.member.account)) {
            Some(attribution::CARBONS)
        } else if envelope.message.usage != Usage::Atm {
            Some(attribution::USAGE)
        } else if envelope.message.encryption != self.encryption() {
            Some(attribution::ENCRYPTION)
        } else if with != self.encryption() {
            Some(attribution::CARRIER)
        } else if self.bound_sender(received).is_none() {
            Some(match self.writing {
                Writing::WithoutFrom => attribution::NO_FROM,
                _ => attribution::SIGNED,
            })
        } else {
            None
        }
    }

    /// The requirement because of which a message is rejected, or the user alerted: its affixes do not match the
    /// stanza.
    fn why_rejected(self, received: &Received, envelope: &Envelope) -> Option<&'static str> {
        let account = self.names.account_of(received.from);
        let is_other = |named: Option<AccountId>, account| named.is_some_and(|named| named != account);
        let Some(time) = envelope.time else { return Some(attribution::TIME_NEEDED) };
        let is_beyond_reason = |other: Stamp| off(time, other) > BEYOND_REASON;
        if is_beyond_reason(self.now) && received.delayed_since.is_none_or(is_beyond_reason) {
            Some(attribution::TIME)
        } else if is_other(envelope.from, account) {
            Some(attribution::FROM)
        } else if is_other(envelope.to, received.to) {
            Some(attribution::TO)
        } else {
            None
        }
    }

    fn is_by_own_key(self, received: &Received) -> bool {
        matches!(received.protection, Protection::Encrypted { by: Some(key), .. } if key == self.member.key)
    }

    /// Whether a lawful device has no reason to refuse a message: all affixes are there and correct, the time is within
    /// the margin, and it is not the device's own message.
    fn is_in_order(self, received: &Received, envelope: &Envelope) -> bool {
        let account = self.names.account_of(received.from);
        let is_own = received.from == self.member.endpoint
            || received.id.is_some_and(|id| id.endpoint == self.member.endpoint)
            || self.member.sharing == KeySharing::OnePerEndpoint && self.is_by_own_key(received);
        let is_in_time = |time: Stamp| {
            let is_near = |other: Stamp| off(time, other) <= SURELY_IN_TIME;
            is_near(self.now) && received.delayed_since.is_none_or(is_near)
        };
        !is_own
            && received.carbon_from.is_none() // a device need not handle carbons
            && envelope.padded
            && envelope.from == Some(account)
            && envelope.to == Some(received.to)
            && envelope.time.is_some_and(is_in_time)
    }
}

/// The difference between two times in milliseconds.
fn off(time: Stamp, other: Stamp) -> u64 {
    time.as_millis().abs_diff(other.as_millis())
}

#[cfg(test)]
mod tests {
    use super::Writing;

    #[test]
    fn trusts_stand_before_distrusts_in_what_every_device_has_to_read() {
        let message = |keys: &str| {
            let owner = format!("<key-owner jid='bob@example.com'>{keys}</key-owner>");
            format!("<trust-message xmlns='urn:xmpp:tm:1'>{owner}</trust-message>")
        };
        let usual = message("<trust>AAAA</trust><distrust>BBBB</distrust>");
        let unusual = message("<distrust>BBBB</distrust><trust>AAAA</trust>");
        assert_eq!(Writing::of([&*usual]), Writing::Usual);
        assert_eq!(Writing::of([&*usual, &unusual]), Writing::Unusual);
        assert_eq!(Writing::of(None), Writing::Usual);
    }
}
