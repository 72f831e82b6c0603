//! Postponed decisions: decisions of an endpoint whose key is not authenticated yet.
//!
//! XEP-0450: `implementation-notes-storing-trust-message-information-unauthenticated-keys`.
//!
//! Decided where the specification is open:
//!
//! - Decisions wait under the sender's *key*. Once that key is authenticated, for whatever reason, they are applied
//!   together with the decisions that they release in turn: distrusts first, then authentications, each subject to
//!   `conflicts`.
//! - Only the sender itself can replace its postponed decisions. A message of another sender never removes or changes
//!   them.
//! - If a sender is distrusted, its postponed decisions are dropped, and its further decisions are refused until it is
//!   trusted again.
//! - There are bounds per sender, per account and for all contacts together. The own account has a separate quota.
//!   Beyond a bound the newest decision is refused; stored decisions are never lost.
//! - Released decisions are queued, so a chain of any length needs constant stack and linear work.

use std::collections::VecDeque;

use crate::distrust_ids::DistrustIds;
use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, KeyId, Stamp};
use crate::outcome::{Cause, Change, Reason};
use crate::rules::Context;
use crate::rules::applying::DecisionSource;
use crate::rules::conflicts::prevails;
use crate::rules::named_distrusts::is_beyond_limits;
use crate::settings::Limits;
use crate::store::last_words::Speaker;
use crate::store::postponed::{PostponedCounts, Sender, Share};

/// Postponed decisions whose senders are now authenticated. They wait to be applied, distrusts first.
#[derive(Default)]
pub(crate) struct Released {
    distrusts: VecDeque<ReleasedDecision>,
    authentications: VecDeque<ReleasedDecision>,
}

/// A postponed decision, with the ids that the message carried.
pub(crate) struct ReleasedDecision {
    decision: Decision,
    sender: KeyId,
    time: Stamp,
    ids: Option<Box<(KeyId, DistrustIds)>>,
}

impl ReleasedDecision {
    fn source(&self) -> DecisionSource<'_> {
        DecisionSource {
            time: self.time,
            speaker: Speaker::Key(self.sender),
            cause: Cause::Released,
            ids: self.ids.as_deref().map_or(&[], std::slice::from_ref),
        }
    }
}

impl Context<'_> {
    /// Stores a decision of an unauthenticated sender.
    pub(crate) fn postpone(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
        (sender, account): (KeyId, AccountId),
    ) {
        let share = if self.is_own(account) { Share::Own } else { Share::Contacts };
        let reason = match self.try_to_postpone(decision, source, Sender { key: sender, account, share }) {
            Ok(()) => {
                self.outcome.changes.push(Change::Postponed { sender, decision });
                Reason::Postponed
            }
            Err(reason) => reason,
        };
        self.refuse(decision, Some(sender), source.cause, reason);
    }

    fn try_to_postpone(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
        sender: Sender,
    ) -> Result<(), Reason> {
        let said = (decision.kind, source.time);
        let ids = self.postponed_ids(decision.key, source, sender)?;
        let postponed = &mut self.device.postponed;
        if let Some(earlier) = postponed.said_by(sender.key, decision.key) {
            if prevails(said, *earlier) {
                *earlier = said;
            } else if ids.is_none() {
                return Err(Reason::Stale);
            }
        } else if is_within_limits(postponed.counts(sender), sender.share, &self.device.rules.limits) {
            postponed.insert(sender, decision.key, said);
        } else {
            return Err(Reason::Quota);
        }
        if let Some(ids) = ids {
            postponed.replace_ids(sender.key, decision.key, ids);
        }
        Ok(())
    }

    /// The merged ids of distrusts from a sender, if this decision adds new ones.
    fn postponed_ids(
        &self,
        key: KeyId,
        source: &DecisionSource<'_>,
        sender: Sender,
    ) -> Result<Option<DistrustIds>, Reason> {
        let Some(said) = source.ids_of(key).filter(|_| self.are_distrusts_named()) else { return Ok(None) };
        let before = self.device.postponed.ids_by(sender.key, key).cloned().unwrap_or_default();
        let mut after = before.clone();
        after.merge(said);
        if is_beyond_limits(&before, &after) {
            return Err(Reason::Quota);
        }
        Ok((after != before).then_some(after))
    }

    /// Releases the postponed decisions of `sender`, whose key is now authenticated and discovered.
    pub(crate) fn release_postponed(&mut self, sender: KeyId) {
        if !self.device.postponed.is_empty() {
            self.queue_postponed(sender);
        }
    }

    #[inline(never)] // most senders left no decisions
    fn queue_postponed(&mut self, sender: KeyId) {
        let left = self.device.postponed.take(sender, self.device.account);
        for (decision, time, ids) in left.into_iter().flatten() {
            let ids = ids.map(|ids| Box::new((decision.key, ids)));
            let left = ReleasedDecision { decision, sender, time, ids };
            let released = &mut self.consequences_mut().released;
            match decision.kind {
                DecisionKind::Distrust => released.distrusts.push_back(left),
                DecisionKind::Trust => released.authentications.push_back(left),
            }
        }
    }

    /// Drops the postponed decisions of `sender`, whose key is now distrusted.
    pub(crate) fn drop_postponed(&mut self, sender: KeyId) {
        if let Some(dropped) = self.device.postponed.take(sender, self.device.account) {
            self.outcome.changes.push(Change::Dropped { sender, decisions: dropped.len() });
        }
    }

    /// Applies all released decisions, including those that they release in turn.
    pub(crate) fn apply_released(&mut self) {
        while let Some(released) = self.released_mut().and_then(Released::next) {
            self.apply(released.decision, &released.source());
        }
        if let Some(consequences) = &self.consequences {
            self.device.outbox.withdraw(&consequences.distrusted);
        }
    }

    /// Applies only the released distrusts. Released authentications wait until the input's own decisions are applied.
    pub(crate) fn apply_released_distrusts(&mut self) {
        while let Some(released) = self.released_mut().and_then(Released::next_distrust) {
            self.apply(released.decision, &released.source());
        }
    }
}

/// Whether one more decision can be stored. Contacts cannot use the quota of the own account.
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
    fn next(&mut self) -> Option<ReleasedDecision> {
        self.next_distrust().or_else(|| self.authentications.pop_front())
    }

    fn next_distrust(&mut self) -> Option<ReleasedDecision> {
        self.distrusts.pop_front()
    }
}
