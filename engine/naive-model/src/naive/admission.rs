//! Admission: whether a message counts, and which of its decisions.

use atm_engine::{DecisionKind, Level};

use super::applying::NaiveCause;
use super::{NaiveDevice, Speaker, Word};
use crate::quirk::{AccountSide, Quirk, TimeSide};
use crate::words::{NaiveDecision, NaiveOutcome, NaiveStanza, OURS, is_foreign, owner};

/// A day in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1_000;

impl NaiveDevice {
    pub(super) fn on_message(&mut self, heard: &NaiveStanza, now: i64, told: &mut NaiveOutcome) {
        let refused = self.admit(heard, now).err();
        if self.aside.is_deaf {
            return;
        }
        let is_kept = refused.is_some_and(|reason| self.has(Quirk::KeepsRefused(reason)));
        if let (Some(reason), false) = (refused, is_kept) {
            return told.refuse(reason, heard.sender(), "", "received");
        }
        let Some(sender) = heard.sender().or(heard.claimed_by.as_deref()).map(str::to_owned) else { return };
        let before = self.clone();
        let time = self.decision_time(heard, now);
        if !self.is_in_turn(&sender, time) || self.is_discarded(heard, &sender) {
            return;
        }
        if self.is_repeated(heard, &sender) {
            return;
        }
        if !heard.padded {
            told.notices.push(format!("no padding by {sender}"));
        }
        let speaker = self.speaking_account(heard, &sender);
        let (mut words, mut without_authority, mut has_no_say) = (Vec::new(), Vec::new(), false);
        for said in self.read_decisions(&heard.decisions) {
            let distrusts = heard.distrusts.iter().find(|distrusts| distrusts.key == said.key);
            let distrusts = distrusts.cloned().unwrap_or_default();
            let word = Word { by: Speaker::Key(sender.clone()), said: said.clone(), time, distrusts };
            let authority = self.authority(&speaker, &sender, &said.key);
            // Own endpoints may list the receiving device's key among others.
            let is_listed = authority == Err("own-key") && owner(&sender) == self.account;
            has_no_say |= authority.is_err() && !is_listed;
            match authority {
                Err("no-authority") if self.has(Quirk::KeepsWithoutAuthority) => without_authority.push(word),
                Err(reason) => told.refuse(reason, Some(&sender), &said.to_string(), "received"),
                Ok(()) if self.is_deaf_to(&sender, said) => {}
                Ok(()) => words.push(word),
            }
        }
        if self.has(Quirk::DiscardsMixedMessages) && has_no_say {
            return;
        }
        if !self.is_believed(&sender, &words) {
            words.append(&mut without_authority);
            return self.postpone_all(&words, told);
        }
        if is_kept {
            return;
        }
        let changed =
            self.apply_words(words.into_iter().map(|word| (word, NaiveCause::Received)).collect(), told);
        self.announce_received(&before, &changed, now, told);
        self.answer_news_of_trust(heard, &sender, now, told);
    }

    fn postpone_all(&mut self, words: &[Word], told: &mut NaiveOutcome) {
        for word in words {
            self.postpone(word, NaiveCause::Received, told);
        }
    }

    /// Whether a quirk discards an admitted message.
    fn is_discarded(&mut self, heard: &NaiveStanza, sender: &str) -> bool {
        let about_itself = || heard.decisions.iter().filter(|said| said.key == self.key);
        let distrusts_it = about_itself().any(|said| said.kind == DecisionKind::Distrust);
        let is_about_itself = about_itself().next().is_some();
        if self.has(Quirk::DistrustSilences) && distrusts_it && self.is_believed(sender, &[]) {
            self.aside.is_silent = true;
        }
        self.has(Quirk::DiscardsWhatIsAboutItself) && is_about_itself
            || self.has(Quirk::DropsWhatUndiscoveredSay) && !self.is_known(sender) && sender != self.key
    }

    /// The account that makes the decisions: that of the sender's key, without quirks.
    fn speaking_account(&self, heard: &NaiveStanza, sender: &str) -> String {
        match (&heard.carbon_from, &heard.affix_from) {
            (Some(wrapper), _) if self.has(Quirk::WrapperSpeaks) => wrapper.clone(),
            (_, Some(affix)) if self.has(Quirk::EnvelopeSpeaks) => affix.clone(),
            (_, None) if self.has(Quirk::NobodyIsTheOwnAccount) => self.account.clone(),
            _ => owner(sender),
        }
    }

    /// Checks whether a message counts. Fails with the reason for its refusal.
    fn admit(&self, heard: &NaiveStanza, now: i64) -> Result<(), &'static str> {
        if heard.carbon_from.as_ref().is_some_and(|wrapper| *wrapper != self.account) {
            return Err("forged-carbon");
        }
        if self.is_own_reflection(heard) && !self.has(Quirk::HearsItself) {
            return Err("own-reflection");
        }
        let Some(with) = &heard.encrypted_with else { return Err("not-encrypted") };
        if heard.malformed {
            return Err("malformed");
        }
        if !heard.is_atm {
            return Err("not-atm");
        }
        if heard.encryption != *with || heard.encryption != OURS {
            return Err("wrong-encryption");
        }
        let Some(sender) = heard.sender() else { return Err("unbound-key") };
        if owner(sender) != owner(&heard.from) || is_foreign(sender) {
            return Err("unbound-key");
        }
        if sender == self.key
            && (!self.one_key || self.has(Quirk::TakesOwnEndpointsForItself))
            && !self.has(Quirk::HearsItself)
        {
            return Err("own-key");
        }
        let ignores_from = self.has(Quirk::EnvelopeSpeaks);
        if heard.affix_from.as_ref().is_some_and(|from| *from != owner(&heard.from)) && !ignores_from
            || heard.affix_to.as_ref().is_some_and(|to| *to != heard.to)
        {
            return Err("affix-mismatch");
        }
        let Some(time) = heard.time else { return Err("missing-time") };
        let sent = heard.delayed_since.unwrap_or(now);
        let side = if time < sent { TimeSide::Past } else { TimeSide::Future };
        let days_off = if self.has(Quirk::TakesAnyDay) { time.abs_diff(sent) / DAY * DAY } else { 0 };
        let is_off = u128::from(time.abs_diff(sent) - days_off) > self.rules.clock_margin.as_millis();
        if is_off && !self.has(Quirk::TakesAnyTime(side)) {
            return Err("clock");
        }
        let distrusted = self.verdict_on(sender) == Some(DecisionKind::Distrust)
            || self.dated_before_distrust(sender, self.decision_time(heard, now));
        if distrusted && !self.has(Quirk::HearsDistrusted) {
            return Err("distrusted-sender");
        }
        Ok(())
    }

    /// The time of the message, at most that of its arrival.
    fn decision_time(&self, heard: &NaiveStanza, now: i64) -> i64 {
        let latest = if self.has(Quirk::TakesTimesAsTold) { i64::MAX } else { now };
        let time = heard.time.map_or(now, |time| time.min(latest));
        match () {
            () if self.has(Quirk::ComparesTimesAsWritten) => heard.time_as_written.unwrap_or(time),
            () if self.has(Quirk::RoundsTimes) => time - time.rem_euclid(1000),
            () => time,
        }
    }

    /// Whether the message is an own one that comes back. It is recognised by its full JID or, if it comes from the own
    /// account, by its id.
    fn is_own_reflection(&self, heard: &NaiveStanza) -> bool {
        let own_id =
            heard.id.as_ref().is_some_and(|(by, number)| *by == self.endpoint && *number < self.written);
        heard.from == self.endpoint || own_id && owner(&heard.from) == self.account
    }

    /// Checks the sender's authority over a key. An own endpoint decides on keys of any owner, a contact's on those of
    /// its own account. Nobody decides on its own key.
    fn authority(&self, speaker: &str, sender: &str, key: &str) -> Result<(), &'static str> {
        if is_foreign(key) {
            return Err("wrong-encryption");
        }
        if key == self.key {
            return Err("own-key");
        }
        if key == sender {
            return if self.has(Quirk::HearsSelfPraise) { Ok(()) } else { Err("no-authority") };
        }
        let is_sure = speaker == self.account || speaker == owner(key);
        let believes_all = match self.side(&owner(key)) {
            AccountSide::Own => self.has(Quirk::HearsContactsAboutOwnKeys),
            AccountSide::Contact => self.has(Quirk::HearsContactsAboutThirdParties),
        };
        if is_sure || believes_all { Ok(()) } else { Err("no-authority") }
    }

    fn is_deaf_to(&self, sender: &str, said: &NaiveDecision) -> bool {
        let (speaker, about) = (self.side(&owner(sender)), self.side(&owner(&said.key)));
        self.has(Quirk::Deaf(speaker, about, said.kind))
    }

    /// Whether a sender's decisions count. Without quirks, they count if its key is authenticated.
    pub(super) fn is_believed(&self, sender: &str, words: &[Word]) -> bool {
        let praises_itself =
            || words.iter().any(|word| word.said.key == sender && word.said.kind == DecisionKind::Trust);
        let doubts = self.has(Quirk::DoubtsTheSharedKey) && sender == self.key;
        let is_vouched_for =
            || self.level(sender) == Level::Undecided && self.verdict_on(sender) == Some(DecisionKind::Trust);
        self.is_authenticated(sender) && !doubts
            || self.has(Quirk::HearsUndiscovered) && is_vouched_for()
            || self.has(Quirk::BelievesByIdentifier)
                && self.twins_of(sender).iter().any(|twin| self.is_authenticated(twin))
            || self.has(Quirk::HearsItself) && sender == self.key
            || self.has(Quirk::HearsEverybody)
            || self.has(Quirk::HearsDistrusted) && self.level(sender) == Level::Distrusted
            || self.has(Quirk::HearsSelfPraise) && praises_itself()
            || self.has(Quirk::UsedIsEnough) && self.level(sender).is_used()
            || (self.has(Quirk::OneKeyOfTheAccountIsEnough) || self.has(Quirk::ReleasesByAccount))
                && !self.authenticated_keys(&owner(sender)).is_empty()
    }
}
