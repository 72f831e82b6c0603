//! Announcing: who is told what.
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
//! - The announcement rule is a choice ([`AnnouncementRule`](crate::AnnouncementRule)). `cascade` (the default): a manual
//!   decision is announced with everything that it released from the postponed decisions. `direct` announces just the keys
//!   that the person decided on. `relay` also announces what a received message decided about a key on which there was no
//!   decision before; under `named` also all that it told about distrusts.
//! - The whole change is applied before any of it is announced.
//! - A summary replaces the announcement for the endpoint that gets it. If its key is not discovered yet, the summary
//!   is sent on discovery.
//! - Own endpoints and contacts get separate messages: nothing relies on carbons.
//! - No endpoint gets a message that is only about its own key. Levels by policy are not announced.
//! - A summary also contains distrusted keys. An endpoint that a released decision authenticated gets a summary, too, also
//!   under `direct`.

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

/// What made the device change.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    /// A person's decision.
    Person,
    /// A received message.
    Message,
    /// The discovery of a key that had been authenticated before.
    Discovery {
        /// That key.
        key: KeyId,
        /// Whether its authentication was announced, so that its endpoint waits for a summary.
        owed_summary: bool,
    },
}

/// What others hear of a change.
#[derive(Default)]
struct Announcement {
    /// What is announced.
    decisions: SmallVec<[Decision; 4]>,
    /// The keys whose endpoints get a summary.
    newcomers: SmallVec<[KeyId; 4]>,
}

/// What others hear of the decision about one key.
#[derive(Clone, Copy, Default)]
struct Telling {
    /// Whether it is announced.
    announce: bool,
    /// Whether the key's endpoint gets a summary.
    summarise: bool,
}

impl Context<'_> {
    /// Announces what a received message has changed, under `relay` only. Otherwise only manual decisions are announced.
    pub(crate) fn relay(&mut self) {
        if self.device.rules.announcement == AnnouncementRule::Relay {
            self.announce(Trigger::Message);
        }
    }

    /// Announces what this input has changed.
    pub(crate) fn announce(&mut self, trigger: Trigger) {
        let Announcement { decisions, newcomers } = self.choose(trigger);
        let newcomers = self.defer_undiscovered(newcomers);
        let drafts = if self.device.shares_key() {
            self.tell_sharing_endpoints(&decisions)
        } else {
            let mut drafts = self.announcements(&decisions, &newcomers);
            self.add_summaries(&newcomers, &mut drafts);
            drafts
        };
        self.send(drafts);
    }

    /// Chooses by the announcement rule what others hear.
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

    /// What others hear of one change.
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
            // What the discovery released belongs to the change that authenticated the key.
            Trigger::Discovery { owed_summary: true, .. } => {
                Telling { announce: rule != AnnouncementRule::Direct, summarise: true }
            }
        }
    }

    /// Whether it is announced that messages told more about known distrusts.
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

    /// Keeps the discovered keys, and notes that the others are owed a summary.
    fn defer_undiscovered(&mut self, mut keys: SmallVec<[KeyId; 4]>) -> SmallVec<[KeyId; 4]> {
        keys.retain(|key| {
            let Some(record) = self.device.store.get_mut(*key) else { return false };
            record.owed_summary |= !record.discovered;
            record.discovered
        });
        keys
    }

    /// Tells the decisions to all endpoints that may hear them, except those that get a summary.
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

    /// Tells the endpoints that were just authenticated what this device has decided so far.
    fn add_summaries(&self, newcomers: &[KeyId], drafts: &mut Vec<DraftMessage>) {
        let mut by_account: IdMap<AccountId, Addressees> = IdMap::default();
        for key in newcomers {
            let position = by_account.position_or_default(self.names.owner(*key));
            by_account.at_mut(position).1.push(*key);
        }
        let mut about_own = None;
        for (account, keys) in by_account {
            if self.is_own(account) {
                // With one addressee its key is left out here, which saves a copy.
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

    /// Those of the decisions that are about own endpoints' keys: all that a contact may hear.
    fn about_own_endpoints(&self, decisions: &Arc<[Decision]>) -> Arc<[Decision]> {
        let is_about_own = |decision: &Decision| self.is_own(self.names.owner(decision.key));
        if decisions.iter().all(is_about_own) {
            decisions.clone()
        } else {
            decisions.iter().copied().filter(is_about_own).collect()
        }
    }
}

/// All contacts get the same parts, which are about the own account and so name no key of theirs.
fn drafts_for_contact(
    contact: AccountId,
    keys: &Addressees,
    about_own: &[Arc<[Decision]>],
) -> impl Iterator<Item = DraftMessage> {
    let told = about_own.iter().filter(|part| !keys.is_empty() && !part.is_empty());
    told.map(move |part| DraftMessage { to: contact, keys: keys.clone(), content: part.clone() })
}
