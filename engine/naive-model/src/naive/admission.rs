//! Which messages count at all, and what of them.

use atm_engine::{DecisionKind, Level};

use super::applying::NaiveCause;
use super::{NaiveDevice, Speaker, Word};
use crate::quirk::{AccountSide, Quirk};
use crate::words::{NaiveDecision, NaiveOutcome, NaiveStanza, OURS, is_foreign, owner};

impl NaiveDevice {
    pub(super) fn on_message(&mut self, heard: &NaiveStanza, now: i64, told: &mut NaiveOutcome) {
        if let Err(reason) = self.admit(heard, now) {
            return told.refuse(reason, heard.sender(), "", "received");
        }
        let before = self.clone();
        let sender = heard.sender().expect("an admitted message names its sender").to_owned();
        let time = decision_time(heard, now);
        if !heard.padded {
            told.notices.push(format!("no padding by {sender}"));
        }
        let (mut words, mut has_no_say) = (Vec::new(), false);
        for said in &heard.decisions {
            let authority = self.authority(&sender, &said.key);
            // Own endpoints list the key of the device that they tell among others.
            let is_listed = authority == Err("own-key") && owner(&sender) == self.account;
            has_no_say |= authority.is_err() && !is_listed;
            match authority {
                Err(reason) => told.refuse(reason, Some(&sender), &said.to_string(), "received"),
                Ok(()) if self.is_deaf_to(&sender, said) => {}
                Ok(()) => words.push(Word { by: Speaker::Key(sender.clone()), said: said.clone(), time }),
            }
        }
        if self.has(Quirk::DiscardsMixedMessages) && has_no_say {
            return;
        }
        if !self.is_believed(&sender, &words) {
            for word in &words {
                self.postpone(word, told);
            }
            return;
        }
        let changed =
            self.apply_words(words.into_iter().map(|word| (word, NaiveCause::Received)).collect(), told);
        self.announce_received(&before, &changed, now, told);
    }

    /// Whether a message counts, or why not.
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
        if heard.affix_from.as_ref().is_some_and(|from| *from != owner(&heard.from))
            || heard.affix_to.as_ref().is_some_and(|to| *to != heard.to)
        {
            return Err("affix-mismatch");
        }
        let Some(time) = heard.time else { return Err("missing-time") };
        let sent = heard.delayed_since.unwrap_or(now);
        if u128::from(time.abs_diff(sent)) > self.rules.clock_margin.as_millis() {
            return Err("clock");
        }
        let distrusted = self.verdict_on(sender) == Some(DecisionKind::Distrust)
            || self.dated_before_distrust(sender, decision_time(heard, now));
        if distrusted && !self.has(Quirk::HearsDistrusted) {
            return Err("distrusted-sender");
        }
        Ok(())
    }

    /// The own message is known by its full JID or, on the own account's word, by its id.
    fn is_own_reflection(&self, heard: &NaiveStanza) -> bool {
        let own_id =
            heard.id.as_ref().is_some_and(|(by, number)| *by == self.endpoint && *number < self.written);
        heard.from == self.endpoint || own_id && owner(&heard.from) == self.account
    }

    /// An own endpoint speaks for any owner, a contact's for its own account, nobody about its own key.
    fn authority(&self, sender: &str, key: &str) -> Result<(), &'static str> {
        if is_foreign(key) {
            return Err("wrong-encryption");
        }
        if key == self.key {
            return Err("own-key");
        }
        if key == sender {
            return if self.has(Quirk::HearsSelfPraise) { Ok(()) } else { Err("no-authority") };
        }
        let is_sure = owner(sender) == self.account || owner(sender) == owner(key);
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

    /// Whether the sender's key is authenticated.
    pub(super) fn is_believed(&self, sender: &str, words: &[Word]) -> bool {
        let praises_itself =
            || words.iter().any(|word| word.said.key == sender && word.said.kind == DecisionKind::Trust);
        self.is_authenticated(sender)
            || self.has(Quirk::HearsItself) && sender == self.key
            || self.has(Quirk::HearsEverybody)
            || self.has(Quirk::HearsDistrusted) && self.level(sender) == Level::Distrusted
            || self.has(Quirk::HearsSelfPraise) && praises_itself()
            || self.has(Quirk::UsedIsEnough) && self.level(sender).is_used()
            || (self.has(Quirk::OneKeyOfTheAccountIsEnough) || self.has(Quirk::ReleasesByAccount))
                && !self.authenticated_keys(&owner(sender)).is_empty()
    }
}

/// The time of the message, never later than its arrival.
fn decision_time(heard: &NaiveStanza, now: i64) -> i64 {
    heard.time.map_or(now, |time| time.min(now))
}
