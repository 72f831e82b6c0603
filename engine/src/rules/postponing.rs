//! Postponed decisions: what an endpoint says before its key is authenticated.
//!
//! XEP-0450: `implementation-notes-storing-trust-message-information-unauthenticated-keys`.
//!
//! Decided where the specification is open:
//!
//! - Decisions wait under the sender's *key*. As soon as that key is authenticated, by whatever cause, they are applied,
//!   and so is what they release in turn: distrusts first, then authentications, each subject to `conflicts`.
//! - Only the sender itself can replace its postponed decisions. Another sender's message never removes or changes it.
//! - If a sender is distrusted, what it left is dropped. What it says until it is trusted again stays refused.
//! - There are bounds for each sender, for each account and for all contacts together; the own account has a share of
//!   its own. Beyond them the newest decision is refused, and nothing that is stored is lost.
//! - Released decisions wait in a queue, so no chain of them takes more stack or more than linear work.

use std::collections::VecDeque;

use crate::message::{Decision, DecisionKind};
use crate::names::KeyId;
use crate::outcome::{Cause, Change, Reason};
use crate::rules::Context;
use crate::rules::admission::AdmittedMessage;
use crate::rules::applying::DecisionSource;
use crate::rules::conflicts::prevails;
use crate::settings::Limits;
use crate::store::last_words::Speaker;
use crate::store::postponed::{PostponedCounts, Sender, Share};

/// Postponed decisions whose senders were authenticated: they wait to be applied, distrusts first.
#[derive(Default)]
pub(crate) struct Released {
    distrusts: VecDeque<(Decision, DecisionSource)>,
    authentications: VecDeque<(Decision, DecisionSource)>,
}

impl Context<'_> {
    /// Stores a decision of a sender whose key is not authenticated.
    pub(crate) fn postpone(&mut self, message: AdmittedMessage<'_>, decision: Decision) {
        let sender = message.sender;
        let reason = match self.try_to_postpone(message, decision) {
            Ok(()) => {
                self.outcome.changes.push(Change::Postponed { sender, decision });
                Reason::Postponed
            }
            Err(reason) => reason,
        };
        self.refuse(decision, Some(sender), Cause::Received, reason);
    }

    fn try_to_postpone(&mut self, message: AdmittedMessage<'_>, decision: Decision) -> Result<(), Reason> {
        let AdmittedMessage { sender, account, time, .. } = message;
        let said = (decision.kind, time);
        let share = if self.is_own(account) { Share::Own } else { Share::Contacts };
        let sender = Sender { key: sender, account, share };
        let postponed = &mut self.device.postponed;
        if let Some(earlier) = postponed.said_by(sender.key, decision.key) {
            if !prevails(said, *earlier) {
                return Err(Reason::Stale);
            }
            *earlier = said;
        } else if is_within_limits(postponed.counts(sender), sender.share, &self.device.rules.limits) {
            postponed.insert(sender, decision.key, said);
        } else {
            return Err(Reason::Quota);
        }
        Ok(())
    }

    /// The key `sender` is authenticated and discovered: releases what it left.
    pub(crate) fn release_postponed(&mut self, sender: KeyId) {
        if !self.device.postponed.is_empty() {
            self.queue_postponed(sender);
        }
    }

    #[inline(never)] // mostly nobody left anything
    fn queue_postponed(&mut self, sender: KeyId) {
        let left = self.device.postponed.take(sender, self.device.account);
        for (decision, time) in left.into_iter().flatten() {
            let source = DecisionSource { time, speaker: Speaker::Key(sender), cause: Cause::Released };
            let released = &mut self.consequences_mut().released;
            match decision.kind {
                DecisionKind::Distrust => released.distrusts.push_back((decision, source)),
                DecisionKind::Trust => released.authentications.push_back((decision, source)),
            }
        }
    }

    /// The key `sender` is distrusted: drops what it left.
    pub(crate) fn drop_postponed(&mut self, sender: KeyId) {
        if let Some(dropped) = self.device.postponed.take(sender, self.device.account) {
            self.outcome.changes.push(Change::Dropped { sender, decisions: dropped.len() });
        }
    }

    /// Applies all that was released, and what that releases in turn.
    pub(crate) fn apply_released(&mut self) {
        while let Some((decision, source)) = self.released_mut().and_then(Released::next) {
            self.apply(decision, &source);
        }
        if let Some(consequences) = &self.consequences {
            self.device.outbox.withdraw(&consequences.distrusted);
        }
    }

    /// Applies the released distrusts only. The authentications wait until the input's own decisions are applied.
    pub(crate) fn apply_released_distrusts(&mut self) {
        while let Some((decision, source)) = self.released_mut().and_then(Released::next_distrust) {
            self.apply(decision, &source);
        }
    }
}

/// Whether one more decision can be stored. The own account has a share of its own, which contacts cannot fill.
pub(crate) fn is_within_limits(stored: PostponedCounts, share: Share, limits: &Limits) -> bool {
    let PostponedCounts { of_sender, of_account, of_contacts } = stored;
    match share {
        Share::Own => of_sender < limits.own_sender && of_account < limits.own_account,
        Share::Contacts => {
            of_sender < limits.contact_sender
                && of_account < limits.contact_account
                && of_contacts < limits.contacts_total
        }
    }
}

impl Released {
    fn next(&mut self) -> Option<(Decision, DecisionSource)> {
        self.next_distrust().or_else(|| self.authentications.pop_front())
    }

    fn next_distrust(&mut self) -> Option<(Decision, DecisionSource)> {
        self.distrusts.pop_front()
    }
}
