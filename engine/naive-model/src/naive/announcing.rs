//! Announcing: which endpoints are told which decisions.

use atm_engine::{AnnouncementRule, DecisionKind};

use super::NaiveDevice;
use crate::quirk::{AccountSide, Quirk};
use crate::words::{NaiveDecision, NaiveMessage, NaiveOutcome, owner};

impl NaiveDevice {
    /// Announces a manual decision. `manually` are the keys that the person decided on, `changed` those and the keys of
    /// released decisions. `before` is the device before the decision.
    pub(super) fn announce_manual(
        &mut self,
        manually: &[String],
        changed: &[String],
        now: i64,
        (before, told): (&Self, &mut NaiveOutcome),
    ) {
        let announced = match self.rules.announcement {
            AnnouncementRule::Direct => manually,
            AnnouncementRule::Cascade | AnnouncementRule::Relay => changed,
        };
        let mut announced = self.worth_announcing(announced, before);
        if self.rules.announcement != AnnouncementRule::Direct {
            announced.extend(self.extended.clone());
        }
        let announced = &announced[..];
        let changed = if self.has(Quirk::NoSummaryOnRelease) { manually } else { changed };
        if self.has(Quirk::AnnouncesBeforeReleasing) {
            let mut earlier = self.clone();
            earlier.decided.retain(|decided| manually.contains(&decided.key));
            let unchanged = before.decided.iter().filter(|decided| !manually.contains(&decided.key));
            earlier.decided.extend(unchanged.cloned());
            let mut early = NaiveOutcome::default();
            earlier.announce(manually, manually, now, &mut early);
            self.await_discovery(changed);
            let messages =
                early.outgoing.into_iter().map(|message| NaiveMessage { time: 0, ..message }).collect();
            return self.send(messages, now, told);
        }
        let first = self.has(Quirk::AnnouncesTheFirstDecision);
        let announced = if first { &announced[..announced.len().min(1)] } else { announced };
        self.announce(announced, changed, now, told);
    }

    /// Announces the changes of a received message. Under `relay` these are decisions about keys without an earlier
    /// one.
    pub(super) fn announce_received(
        &mut self,
        before: &Self,
        changed: &[String],
        now: i64,
        told: &mut NaiveOutcome,
    ) {
        if self.rules.announcement == AnnouncementRule::Relay {
            let relayed = self.relayed(before, changed);
            self.announce(&[&relayed, &self.extended[..]].concat(), &relayed, now, told);
        }
    }

    /// The keys of a received message to announce: those of first decisions, or all if distrusts have names.
    fn relayed(&self, before: &Self, changed: &[String]) -> Vec<String> {
        if self.gives_names() { changed.to_vec() } else { first_decisions(before, changed) }
    }

    /// Announces the changes after a discovery. Released decisions belong to the change that authenticated the key.
    pub(super) fn announce_discovery(
        &mut self,
        before: &Self,
        key: &str,
        changed: &[String],
        now: i64,
        told: &mut NaiveOutcome,
    ) {
        if self.aside.untold.iter().any(|untold| untold == key) {
            self.aside.untold.retain(|untold| untold != key);
            self.announce(&[key.to_owned()], &[], now, told);
        }
        let awaited = before.awaited.iter().any(|awaited| awaited == key);
        let summarized = [&[key.to_owned()], changed].concat();
        match (self.rules.announcement, awaited) {
            (AnnouncementRule::Direct, true) => self.announce(&[], &summarized, now, told),
            (AnnouncementRule::Cascade | AnnouncementRule::Relay, true) => {
                self.announce(&[changed, &self.extended[..]].concat(), &summarized, now, told);
            }
            (AnnouncementRule::Relay, false) => {
                let relayed = self.relayed(before, changed);
                self.announce(&[&relayed, &self.extended[..]].concat(), &relayed, now, told);
            }
            (AnnouncementRule::Direct | AnnouncementRule::Cascade, false) => {}
        }
        self.awaited.retain(|awaited| awaited != key);
    }

    /// Announces the decisions on the keys `announced`. Sends summaries to the authenticated ones among `changed`.
    fn announce(&mut self, announced: &[String], changed: &[String], now: i64, told: &mut NaiveOutcome) {
        let new = self.authenticated(changed);
        self.await_discovery(changed);
        let messages =
            if self.one_key { self.messages_with_one_key(announced) } else { self.messages(announced, &new) };
        self.send(messages, now, told);
        self.dispatch(self.news_of_trust(&new), now, told);
    }

    /// The messages to send: first all announcements, then the summaries for the new endpoints.
    fn messages(&self, announced: &[String], new: &[String]) -> Vec<NaiveMessage> {
        let mut messages = Vec::new();
        let mut has_told_contact = false;
        for account in accounts_of(&[vec![self.key.clone()], self.known.clone()].concat()) {
            let (_, mut old) = self.new_and_old(&account, new);
            let mut announcement = self.announcement(&account, announced);
            if self.has(Quirk::TellsOneEndpoint(self.side(&account))) {
                old.truncate(1);
            }
            if self.has(Quirk::TellsOneContact) && account != self.account {
                if has_told_contact {
                    announcement.clear();
                }
                has_told_contact |= !old.is_empty() && !announcement.is_empty();
            }
            if self.has(Quirk::EncryptsForTheDistrusted) {
                let distrusted = announcement.iter().filter(|said| said.kind == DecisionKind::Distrust);
                let listening = distrusted.map(|said| &said.key).filter(|key| owner(key) == account);
                old.extend(listening.cloned().collect::<Vec<_>>());
            }
            messages.push(NaiveMessage::new(&account, old, announcement));
        }
        if self.has(Quirk::ReliesOnCarbons) {
            self.let_carbons_serve(&mut messages);
        }
        let all_new = new;
        for account in accounts_of(all_new) {
            let (mut new, old) = self.new_and_old(&account, all_new);
            if self.has(Quirk::SummaryForTheFirst) && !old.is_empty() {
                continue;
            }
            let mut summary = self.summary_for(&account);
            if self.has(Quirk::SummaryWithoutTheOthers) {
                summary.retain(|said| !all_new.contains(&said.key));
            }
            if self.has(Quirk::SummaryForTheWholeAccount) {
                new.extend(old);
            }
            messages.push(NaiveMessage::new(&account, new, summary));
        }
        messages
    }

    /// The decisions on these keys that an account is told.
    fn announcement(&self, account: &str, keys: &[String]) -> Vec<NaiveDecision> {
        let decisions = match self.has(Quirk::AnnouncesEverything) && !keys.is_empty() {
            true => self.summary(),
            false => self.decisions_on(keys),
        };
        let mut decisions = self.fit_for(account, decisions);
        decisions.retain(|said| {
            !self.has(Quirk::Mute(self.side(account), self.side(&owner(&said.key)), said.kind))
        });
        if self.has(Quirk::AnnouncesDistrustAsTrust) {
            decisions.iter_mut().for_each(|said| said.kind = DecisionKind::Trust);
        }
        decisions
    }

    /// Encrypts a message to a contact for own endpoints, too, and drops the message that tells these the same.
    fn let_carbons_serve(&self, messages: &mut Vec<NaiveMessage>) {
        let Some(own) = messages.iter().position(|message| message.to == self.account) else { return };
        let keys = messages[own].keys.clone();
        let said = messages[own].decisions.clone();
        let same = |message: &&mut NaiveMessage| {
            message.to != self.account && !message.keys.is_empty() && message.decisions == said
        };
        if let Some(to_contact) = messages.iter_mut().find(same) {
            to_contact.keys.extend(keys);
            messages.remove(own);
        }
    }

    /// Splits the authenticated keys of an account into those in `new` and the others.
    fn new_and_old(&self, account: &str, new: &[String]) -> (Vec<String>, Vec<String>) {
        self.addressees(account).into_iter().partition(|key| new.contains(key))
    }

    /// The authenticated keys of an account.
    fn addressees(&self, account: &str) -> Vec<String> {
        let is_addressed = |key: &&String| {
            self.is_authenticated(key)
                || self.has(Quirk::EncryptsForKnownKeys)
                || self.has(Quirk::EncryptsForUsedKeys) && self.level(key).is_used()
        };
        self.known.iter().filter(|key| owner(key) == account).filter(is_addressed).cloned().collect()
    }

    fn authenticated(&self, keys: &[String]) -> Vec<String> {
        keys.iter().filter(|key| self.is_authenticated(key)).cloned().collect()
    }

    /// Keeps the decisions that an account may be told. For a contact these are decisions about the own account.
    pub(super) fn fit_for(&self, account: &str, mut decisions: Vec<NaiveDecision>) -> Vec<NaiveDecision> {
        let told = match self.side(account) {
            AccountSide::Contact if self.has(Quirk::TellsContactsTheirOwnKeys) => account,
            AccountSide::Own | AccountSide::Contact => &self.account,
        };
        let tells_all = account == self.account || self.has(Quirk::TellsContactsEverything);
        decisions.retain(|said| tells_all || owner(&said.key) == told);
        decisions
    }

    /// The message to the own bare JID about contacts' keys.
    fn messages_with_one_key(&self, announced: &[String]) -> Vec<NaiveMessage> {
        let mut decisions = self.decisions_on(announced);
        decisions.retain(|said| owner(&said.key) != self.account);
        if self.has(Quirk::TellsNothingWithOneKey) {
            return Vec::new();
        }
        vec![NaiveMessage::new(&self.account, vec![self.key.clone()], decisions)]
    }

    /// Sends a summary to the own endpoints after a scan of the key that they share.
    pub(super) fn send_summary_to_own_endpoints(&mut self, now: i64, told: &mut NaiveOutcome) {
        let mut decisions = self.summary();
        decisions.retain(|said| owner(&said.key) != self.account);
        let summary = NaiveMessage::new(&self.account, vec![self.key.clone()], decisions);
        self.send(vec![summary], now, told);
    }

    pub(super) fn send(&mut self, messages: Vec<NaiveMessage>, now: i64, told: &mut NaiveOutcome) {
        if self.aside.is_silent {
            return;
        }
        let mut messages: Vec<NaiveMessage> = messages.into_iter().map(without_own_key_only).collect();
        messages.retain(|message| !message.keys.is_empty() && !message.decisions.is_empty());
        self.dispatch(messages, now, told);
    }

    pub(super) fn dispatch(&mut self, messages: Vec<NaiveMessage>, now: i64, told: &mut NaiveOutcome) {
        for mut message in messages {
            let decided = |said: &NaiveDecision| Some(self.decision_on(&said.key)?.time);
            let oldest = message.decisions.iter().filter_map(decided).min();
            message.time = self.date(std::slice::from_mut(&mut message), now);
            if self.has(Quirk::DatesByTheDecision) {
                message.time = oldest.unwrap_or(message.time);
            }
            if self.has(Quirk::EncryptsForItself) && !message.keys.contains(&self.key) {
                message.keys.push(self.key.clone());
            }
            message.distrusts = self.names_behind(&message.decisions);
            self.written += 1;
            self.outbox.push(message.clone());
            told.outgoing.push(message);
        }
    }

    /// Dates messages at `now`, but not before any of their decisions. Those decisions get that time, too.
    fn date(&mut self, messages: &mut [NaiveMessage], now: i64) -> i64 {
        let said: Vec<NaiveDecision> =
            messages.iter().flat_map(|message| message.decisions.clone()).collect();
        let times = said.iter().filter_map(|said| self.decision_on(&said.key)).map(|decided| decided.time);
        let time = times.fold(now, i64::max);
        for said in said {
            // Only a quirk adds keys without a decision to a summary.
            if self.decision_on(&said.key).is_some() {
                self.move_time(&said.key, time);
            }
        }
        time
    }

    /// Sends all unconfirmed messages again. Messages that would arrive too late are rewritten.
    pub(super) fn say_again(&mut self, now: i64, told: &mut NaiveOutcome) {
        let half = self.rules.clock_margin.as_millis() / 2;
        let mut again = Vec::new();
        for mut message in std::mem::take(&mut self.outbox) {
            if self.has(Quirk::AnnouncesBeforeReleasing) {
                // The release may have distrusted an addressee since then.
                message.keys.retain(|key| self.is_authenticated(key) || *key == self.key);
                if message.keys.is_empty() {
                    continue;
                }
            }
            if u128::from(message.time.abs_diff(now)) > half {
                let is_news = is_only_about_its_reader(&message);
                message.decisions.retain(|said| self.verdict_on(&said.key) == Some(said.kind));
                if !is_news {
                    message = without_own_key_only(message);
                }
                if message.keys.is_empty() || message.decisions.is_empty() {
                    continue;
                }
                message.time = self.date(std::slice::from_mut(&mut message), now);
                message.distrusts = self.names_behind(&message.decisions);
            }
            again.push(message);
        }
        told.outgoing.clone_from(&again);
        self.outbox = again;
        if std::mem::take(&mut self.aside.restates) {
            self.restate(now, told);
        }
    }

    /// Removes a distrusted key from all waiting messages.
    pub(super) fn take_off(&mut self, key: &str) {
        for message in &mut self.outbox {
            message.keys.retain(|addressee| addressee != key);
        }
        self.outbox.retain(|message| !message.keys.is_empty());
    }

    /// The decisions on all authenticated and distrusted keys.
    pub(super) fn summary(&self) -> Vec<NaiveDecision> {
        self.decided.iter().map(|decided| NaiveDecision::new(decided.kind, &decided.key)).collect()
    }

    fn decisions_on(&self, keys: &[String]) -> Vec<NaiveDecision> {
        self.summary().into_iter().filter(|said| keys.contains(&said.key)).collect()
    }

    /// Sends all authenticated endpoints everything that they may know.
    fn restate(&mut self, now: i64, told: &mut NaiveOutcome) {
        let accounts = accounts_of(&self.known);
        let summary = |account: &String| {
            NaiveMessage::new(account, self.addressees(account), self.summary_for(account))
        };
        let messages = accounts.iter().map(summary).collect();
        self.send(messages, now, told);
    }

    /// Marks the authenticated keys that are not discovered. They get a summary on discovery.
    fn await_discovery(&mut self, keys: &[String]) {
        if self.has(Quirk::NoSummaryOnDiscovery) {
            return;
        }
        let awaited: Vec<String> =
            keys.iter().filter(|key| self.kept(key) == Some(DecisionKind::Trust)).cloned().collect();
        self.awaited.extend(awaited);
    }
}

/// The accounts of keys, in order.
fn accounts_of(keys: &[String]) -> Vec<String> {
    let mut accounts: Vec<String> = Vec::new();
    for account in keys.iter().map(|key| owner(key)) {
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The keys without an earlier decision.
fn first_decisions(before: &NaiveDevice, keys: &[String]) -> Vec<String> {
    keys.iter().filter(|key| before.decision_on(key).is_none()).cloned().collect()
}

fn is_only_about_its_reader(message: &NaiveMessage) -> bool {
    message.decisions.iter().all(|said| message.keys == [said.key.clone()])
}

/// Removes addressees that would learn about their own key only.
fn without_own_key_only(mut message: NaiveMessage) -> NaiveMessage {
    let decisions = message.decisions.clone();
    message.keys.retain(|key| decisions.iter().any(|said| said.key != *key));
    if let [only] = &message.keys[..] {
        message.decisions.retain(|said| said.key != *only);
    }
    message
}
