//! Admission: whether a received message counts at all.
//!
//! XEP-0450: `use-case-authentication-contact-endpoint-receiving`,
//! `use-case-authentication-contact-endpoint-receiving-from-own-endpoint`,
//! `use-case-authentication-contact-endpoint-receiving-from-contact-endpoint`,
//! `use-case-authentication-own-endpoint-receiving`, `use-case-distrusting-own-endpoint-receiving`,
//! `use-case-distrusting-contact-endpoint-receiving`, `use-case-distrusting-contact-endpoint-receiving-from-own-endpoint`,
//! `use-case-distrusting-contact-endpoint-receiving-from-contact-endpoint`. XEP-0434: `trust-message-structure`,
//! `use-cases-encrypted-trust-message-sce-profile`, `implementation-notes` (own messages that come back). XEP-0420:
//! affix elements. XEP-0280: security considerations. Hiding trust messages from the user
//! (`implementation-notes-gui-considerations`) is up to the caller.
//!
//! Demanded:
//!
//! - A message counts only if it was encrypted with a key that the encryption layer names and binds to the sender's
//!   account.
//! - `<from/>` and `<to/>`, if present, match the stanza.
//! - Carbons count only from the own bare JID.
//!
//! Decided where the specifications are open:
//!
//! - `<from/>` and `<to/>` may be missing. They are compared as bare JIDs.
//! - A message is refused as a whole if its `<time/>` is missing or too far from the sending time. The sending time is
//!   the own server's delay stamp or, without one, the time of arrival.
//! - A missing `<rpad/>` is only reported.
//! - The device recognises its own message that comes back by its full JID or its id, not by its key.

use std::borrow::Cow;

use crate::distrust_ids::DistrustIds;
use crate::input::{Payload, Protection, Received};
use crate::message::{Decision, Envelope, Usage};
use crate::names::{AccountId, KeyId, Stamp};
use crate::outcome::{Cause, Notice, Reason, Refusal};
use crate::rules::Context;
use crate::rules::applying::DecisionSource;
use crate::store::last_words::Speaker;

/// A message that counts, with its sender and its time.
#[derive(Clone, Copy)]
pub(crate) struct AdmittedMessage<'a> {
    pub(crate) sender: KeyId,
    pub(crate) account: AccountId,
    pub(crate) time: Stamp,
    envelope: &'a Envelope,
}

impl<'a> AdmittedMessage<'a> {
    pub(crate) fn decisions(self) -> &'a [Decision] {
        &self.envelope.message.decisions
    }

    /// The ids of the distrusts of a key that it carries.
    pub(crate) fn ids_of(self, key: KeyId) -> Option<&'a DistrustIds> {
        self.envelope.message.distrusts.of(key)
    }
}

impl Context<'_> {
    /// Handles an incoming message. Each of its decisions is refused, postponed or applied.
    pub(crate) fn receive(&mut self, received: &Received) {
        let message = match self.admit(received) {
            Ok(message) => message,
            Err(reason) => return self.refuse_message(received, reason),
        };
        if !message.envelope.padded {
            self.outcome.notices.push(Notice::MissingPadding { sender: message.sender });
        }
        let AdmittedMessage { sender, account, time, envelope } = message;
        let ids = envelope.message.distrusts.as_slice();
        let source = DecisionSource { time, speaker: Speaker::Key(sender), cause: Cause::Received, ids };
        if self.is_authenticated(sender) {
            let authorized = self.authorized_decisions(message);
            self.apply_message(&authorized, &source);
            self.relay();
            self.answer_news_of_trust(message);
        } else {
            for &decision in message.decisions() {
                match self.check_authority(sender, account, decision.key) {
                    Ok(()) => self.postpone(decision, &source, (sender, account)),
                    Err(reason) => self.refuse(decision, Some(sender), Cause::Received, reason),
                }
            }
        }
    }

    /// Returns the decisions that the sender may make and refuses the others.
    fn authorized_decisions<'a>(&mut self, message: AdmittedMessage<'a>) -> Cow<'a, [Decision]> {
        let AdmittedMessage { sender, account, .. } = message;
        let mut decisions = Cow::Borrowed(message.decisions());
        if !decisions.iter().all(|decision| self.check_authority(sender, account, decision.key).is_ok()) {
            decisions.to_mut().retain(|decision| {
                let checked = self.check_authority(sender, account, decision.key);
                if let Err(reason) = checked {
                    self.refuse(*decision, Some(sender), Cause::Received, reason);
                }
                checked.is_ok()
            });
        }
        decisions
    }

    fn refuse_message(&mut self, received: &Received, reason: Reason) {
        let sender = match received.protection {
            Protection::Encrypted { by, .. } => by,
            Protection::None => None,
        };
        let malformed = match &received.payload {
            Payload::Malformed(malformed) if reason == Reason::Malformed => Some(malformed.clone()),
            _ => None,
        };
        let refusal = Refusal::whole(reason, sender, Cause::Received);
        self.outcome.refused.push(Refusal { malformed, ..refusal });
    }

    /// Checks a stanza. Returns its message with sender, account and time, or the reason for its refusal.
    fn admit<'a>(&self, received: &'a Received) -> Result<AdmittedMessage<'a>, Reason> {
        let account = self.names.account_of(received.from);
        if received.carbon_from.is_some_and(|wrapper| !wrapper.is_of(self.device.account)) {
            return Err(Reason::ForgedCarbon);
        }
        if self.is_own_reflection(received, account) {
            return Err(Reason::OwnReflection);
        }
        let Protection::Encrypted { with, by } = received.protection else {
            return Err(Reason::NotEncrypted);
        };
        let envelope = match &received.payload {
            Payload::Parsed(envelope) => envelope,
            Payload::Malformed(_) => return Err(Reason::Malformed),
        };
        if envelope.message.usage != Usage::Atm {
            return Err(Reason::NotAtm);
        }
        if envelope.message.encryption != with || with != self.device.encryption {
            return Err(Reason::WrongEncryption);
        }
        let sender = by.ok_or(Reason::UnboundKey)?;
        if self.names.owner(sender) != account || self.names.encryption_of(sender) != with {
            return Err(Reason::UnboundKey);
        }
        if sender == self.device.key && !self.device.shares_key() {
            return Err(Reason::OwnKey);
        }
        let time = self.check_affixes(envelope, received, account)?;
        if self.is_refused_for_distrust(sender, time) {
            return Err(Reason::DistrustedSender);
        }
        Ok(AdmittedMessage { sender, account, time, envelope })
    }

    fn is_own_reflection(&self, received: &Received, account: AccountId) -> bool {
        let device = &self.device;
        let has_own_id = || {
            let own_id = received.id.filter(|id| id.endpoint == device.endpoint);
            own_id.is_some_and(|id| device.outbox.gave_out(id.number))
        };
        received.from == device.endpoint || self.is_own(account) && has_own_id()
    }

    /// Compares the affixes of the envelope with the stanza. Returns the time of its decisions: the `<time/>`, but at
    /// most the time of arrival.
    fn check_affixes(
        &self,
        envelope: &Envelope,
        received: &Received,
        from: AccountId,
    ) -> Result<Stamp, Reason> {
        let matches = |affix: Option<AccountId>, stanza| affix.is_none_or(|affix| affix == stanza);
        if !matches(envelope.from, from) || !matches(envelope.to, received.to) {
            return Err(Reason::AffixMismatch);
        }
        let time = envelope.time.ok_or(Reason::MissingTime)?;
        let sending_time = received.delayed_since.unwrap_or(self.now);
        if time.distance(sending_time) > self.device.rules.clock_margin {
            return Err(Reason::Clock);
        }
        Ok(time.min(self.now))
    }
}
