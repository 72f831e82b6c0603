//! Announcing: which endpoints are told which decisions.
//!
//! XEP-0450, *Sending*: `use-case-authentication-contact-endpoint-sending`,
//! `use-case-authentication-contact-endpoint-sending-to-own-endpoints`,
//! `use-case-authentication-contact-endpoint-sending-to-contact-endpoint`, `use-case-authentication-own-endpoint-sending`,
//! `use-case-authentication-own-endpoint-sending-to-other-endpoints`,
//! `use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated`,
//! `use-case-distrusting-own-endpoint-sending`, `use-case-distrusting-contact-endpoint-sending`.
//!
//! | | own endpoints | contacts' endpoints |
//! |---|---|---|
//! | a decision about an own endpoint's key | told | told |
//! | a decision about a contact's key | told | never told |
//! | an endpoint that was just authenticated | a summary of all decisions | a summary of those about own keys |
//!
//! Only endpoints with authenticated keys are told.
//!
//! Decided where the specification is open:
//!
//! - The announcement rule is a setting ([`AnnouncementRule`](crate::AnnouncementRule)). `cascade` (the default)
//!   announces a manual decision together with all postponed decisions that it released. `direct` announces only the
//!   keys that the person decided on. `relay` also announces the decisions of received messages about keys without an
//!   earlier decision; under `named` it also announces all new information about distrusts.
//! - All changes are applied before the first one is announced.
//! - An endpoint that gets a summary gets no announcement. If its key is not discovered yet, the summary is sent on
//!   discovery.
//! - Own endpoints and contacts get separate messages, so nothing depends on carbons.
//! - No endpoint gets a message that is only about its own key, except by `trusted_again`. Levels by policy are not announced.
//! - A summary also contains distrusted keys. An endpoint that a released decision authenticated also gets a summary,
//!   even under `direct`.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::addressees::Addressees;
use crate::message::{Decision, DecisionKind};
use crate::names::{AccountId, KeyId};
use crate::outcome::{Cause, Change};
use crate::rules::Context;
use crate::rules::sending::{DraftMessage, explicit_decisions, parts};
use crate::settings::AnnouncementRule;
use crate::store::id_map::IdMap;

/// The event that caused a change.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    /// A person's decision.
    Person,
    /// A received message.
    Message,
    /// The discovery of a key that was authenticated earlier.
    Discovery {
        /// The discovered key.
        key: KeyId,
        /// Whether its authentication was announced, so that its endpoint is owed a summary.
        owed_summary: bool,
    },
}

/// The announcement of the changes of one input.
#[derive(Default)]
struct Announcement {
    /// The decisions to announce.
    decisions: SmallVec<[Decision; 4]>,
    /// The keys whose endpoints get a summary.
    newcomers: SmallVec<[KeyId; 4]>,
}

/// The consequences of one change for the announcement.
#[derive(Clone, Copy, Default)]
struct Telling {
    /// Whether the decision is announced.
    announce: bool,
    /// Whether the key's endpoint gets a summary.
    summarise: bool,
}

impl Context<'_> {
    /// Announces the changes of a received message under `relay`. The other rules announce only manual decisions.
    pub(crate) fn relay(&mut self) {
        if self.device.rules.announcement == AnnouncementRule::Relay {
            self.announce(Trigger::Message);
        }
    }

    /// Announces the changes of this input.
    pub(crate) fn announce(&mut self, trigger: Trigger) {
        let Announcement { decisions, newcomers } = self.choose(trigger);
        let newcomers = self.defer_undiscovered(newcomers);
        let drafts = if self.device.shares_key() {
            self.tell_sharing_endpoints(&decisions)
        } else {
            let mut drafts = self.announcements(&decisions, &newcomers);
            self.add_summaries(&newcomers, &mut drafts);
            self.add_news_of_trust(&newcomers, &mut drafts);
            drafts
        };
        self.send(drafts);
    }

    /// Chooses the decisions to announce and the endpoints to summarise for, by the announcement rule.
    fn choose(&self, trigger: Trigger) -> Announcement {
        let mut tellings: IdMap<KeyId, Telling> = IdMap::default();
        if let Trigger::Discovery { key, owed_summary: true } = trigger {
            tellings.push(key, Telling { announce: false, summarise: true });
        }
        for change in &self.outcome.changes[self.earlier_changes..] {
            let Change::Decided { decision, .. } = change else { continue };
            let Telling { announce, summarise } = self.telling_of(change, trigger);
            if !announce && !summarise {
                continue;
            }
            let position = tellings.position_or_default(decision.key);
            let (_, telling) = tellings.at_mut(position);
            telling.announce |= announce;
            telling.summarise |= summarise;
        }
        if self.tells_more_distrusts(trigger) {
            for key in self.extended() {
                let position = tellings.position_or_default(*key);
                tellings.at_mut(position).1.announce = true;
            }
        }
        let mut announcement = Announcement::default();
        for (key, Telling { announce, summarise }) in tellings {
            let record = self.device.store.get(key);
            let Some(kind) = record.and_then(|record| record.decision()) else { continue };
            if announce {
                announcement.decisions.push(Decision { key, kind });
            }
            if summarise && kind == DecisionKind::Trust {
                announcement.newcomers.push(key);
            }
        }
        announcement
    }

    /// Applies the announcement rule to one change.
    fn telling_of(&self, change: &Change, trigger: Trigger) -> Telling {
        let Change::Decided { was, cause, .. } = change else { return Telling::default() };
        let rule = self.device.rules.announcement;
        let is_relayed =
            rule == AnnouncementRule::Relay && (was.decision().is_none() || self.are_distrusts_named());
        match trigger {
            Trigger::Person => Telling {
                announce: rule != AnnouncementRule::Direct || *cause == Cause::Decided,
                summarise: true,
            },
            Trigger::Message | Trigger::Discovery { owed_summary: false, .. } => {
                Telling { announce: is_relayed, summarise: is_relayed }
            }
            // A decision released by the discovery belongs to the change that authenticated the key.
            Trigger::Discovery { owed_summary: true, .. } => {
                Telling { announce: rule != AnnouncementRule::Direct, summarise: true }
            }
        }
    }

    /// Whether new information about known distrusts is announced.
    fn tells_more_distrusts(&self, trigger: Trigger) -> bool {
        let rule = self.device.rules.announcement;
        match trigger {
            Trigger::Person | Trigger::Discovery { owed_summary: true, .. } => {
                rule != AnnouncementRule::Direct
            }
            Trigger::Message | Trigger::Discovery { owed_summary: false, .. } => {
                rule == AnnouncementRule::Relay
            }
        }
    }

    /// Keeps the discovered keys and marks the others as owed a summary.
    fn defer_undiscovered(&mut self, mut keys: SmallVec<[KeyId; 4]>) -> SmallVec<[KeyId; 4]> {
        keys.retain(|key| {
            let Some(record) = self.device.store.get_mut(*key) else { return false };
            record.owed_summary |= !record.discovered;
            record.discovered
        });
        keys
    }

    /// Drafts the announcements for all endpoints that may get them, except those that get a summary.
    fn announcements(&self, decisions: &[Decision], newcomers: &[KeyId]) -> Vec<DraftMessage> {
        let mut drafts = Vec::new();
        if decisions.is_empty() {
            return drafts;
        }
        let decisions: Arc<[Decision]> = decisions.into();
        let newcomers: IdMap<KeyId, ()> = newcomers.iter().map(|key| (*key, ())).collect();
        let is_newcomer = |key: &KeyId| newcomers.get(*key).is_some();
        let own = self.device.store.authenticated_keys(self.device.account).filter(|key| !is_newcomer(key));
        drafts.extend(self.drafts_for_own_endpoints(own.collect(), decisions.clone()));
        let about_own = self.about_own_endpoints(&decisions);
        if about_own.is_empty() {
            return drafts;
        }
        let about_own = self.parts(&about_own);
        for (owner, keys) in self.device.store.authenticated_keys_by_owner() {
            if !self.is_own(owner) {
                let keys = keys.filter(|key| !is_newcomer(key)).collect();
                drafts.extend(drafts_for_contact(owner, &keys, &about_own));
            }
        }
        drafts
    }

    /// Drafts summaries of this device's decisions for the newly authenticated endpoints.
    pub(crate) fn add_summaries(&self, newcomers: &[KeyId], drafts: &mut Vec<DraftMessage>) {
        let mut by_account: IdMap<AccountId, Addressees> = IdMap::default();
        for key in newcomers {
            let position = by_account.position_or_default(self.names.owner(*key));
            by_account.at_mut(position).1.push(*key);
        }
        let mut about_own = None;
        for (account, keys) in by_account {
            if self.is_own(account) {
                // A single addressee's own key is left out here, which saves a copy.
                let only_addressee = (keys.len() == 1).then(|| keys[0]);
                let others = self.device.store.records().filter(|(key, _)| Some(*key) != only_addressee);
                drafts.extend(self.drafts_for_own_endpoints(keys, explicit_decisions(others)));
            } else {
                let own_records = || self.device.store.records_of(self.device.account);
                let content = about_own.get_or_insert_with(|| self.parts(&explicit_decisions(own_records())));
                drafts.extend(drafts_for_contact(account, &keys, content));
            }
        }
    }

    fn parts(&self, content: &Arc<[Decision]>) -> SmallVec<[Arc<[Decision]>; 1]> {
        parts(content, self.names, &self.device.distrusts)
    }

    fn drafts_for_own_endpoints(
        &self,
        keys: Addressees,
        content: Arc<[Decision]>,
    ) -> impl Iterator<Item = DraftMessage> {
        let draft = DraftMessage::new(self.device.account, keys, content);
        draft.into_iter().flat_map(|draft| draft.in_parts(self.names, &self.device.distrusts))
    }

    /// The decisions about own endpoints' keys: the only ones that a contact may be told.
    fn about_own_endpoints(&self, decisions: &Arc<[Decision]>) -> Arc<[Decision]> {
        let is_about_own = |decision: &Decision| self.is_own(self.names.owner(decision.key));
        if decisions.iter().all(is_about_own) {
            decisions.clone()
        } else {
            decisions.iter().copied().filter(is_about_own).collect()
        }
    }
}

/// Drafts the parts for a contact. All contacts get the same parts: they are about the own account only, so no
/// contact's own key occurs in them.
fn drafts_for_contact(
    contact: AccountId,
    keys: &Addressees,
    about_own: &[Arc<[Decision]>],
) -> impl Iterator<Item = DraftMessage> {
    let told = about_own.iter().filter(|part| !keys.is_empty() && !part.is_empty());
    told.map(move |part| DraftMessage { to: contact, keys: keys.clone(), content: part.clone() })
}
