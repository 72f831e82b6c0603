//! Devices that are trusted again: they say once more what nobody heard while they were distrusted.
//!
//! XEP-0450: `use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated` and
//! `use-case-authentication-contact-endpoint-sending-to-contact-endpoint` let the other one say what it knows, but not the endpoint
//! that is authenticated. This extension belongs to the conflict rule `named`, under which devices end with the same decisions only if
//! everything that counts reaches all of them. It needs the announcement rule `relay`.
//!
//! Decided where the specification is open:
//!
//! - Decisions that a device sends while it is distrusted never count. So no decision of a thief waits until the device is
//!   trusted again.
//! - A device that trusts an endpoint again tells that endpoint so: a message about the endpoint's own key, with the ids of
//!   the distrusts that stand no longer.
//! - An endpoint that is told so answers with a summary for the device that told it. A device that has not authenticated that
//!   one does not answer: it sends a summary as soon as it does.

use std::sync::Arc;

use crate::message::{Decision, DecisionKind};
use crate::names::KeyId;
use crate::rules::Context;
use crate::rules::admission::AdmittedMessage;
use crate::rules::sending::DraftMessage;
use crate::settings::AnnouncementRule;

impl Context<'_> {
    fn are_distrusts_named_and_relayed(&self) -> bool {
        self.are_distrusts_named() && self.device.rules.announcement == AnnouncementRule::Relay
    }

    /// Tells endpoints that were just authenticated over which distrusts that was.
    pub(crate) fn add_news_of_trust(&self, newcomers: &[KeyId], drafts: &mut Vec<DraftMessage>) {
        if !self.are_distrusts_named_and_relayed() {
            return;
        }
        let is_overruled = |key: &&KeyId| {
            self.device.distrusts.of(**key).is_some_and(|known| !known.ids.overruled().is_empty())
        };
        drafts.extend(newcomers.iter().filter(is_overruled).map(|key| DraftMessage {
            to: self.names.owner(*key),
            keys: (*key).into(),
            content: Arc::new([Decision { key: *key, kind: DecisionKind::Trust }]),
        }));
    }

    /// Answers a message that tells this device that it is trusted again.
    pub(crate) fn answer_news_of_trust(&mut self, message: AdmittedMessage<'_>) {
        let own = self.device.key;
        let is_told = message.decisions().contains(&Decision { key: own, kind: DecisionKind::Trust })
            && message.ids_of(own).is_some_and(|ids| !ids.overruled().is_empty());
        if !is_told
            || !self.are_distrusts_named_and_relayed()
            || self.device.shares_key()
            || !self.is_authenticated(message.sender)
        {
            return;
        }
        let mut drafts = Vec::new();
        self.add_summaries(&[message.sender], &mut drafts);
        self.send(drafts);
    }
}
