//! Summaries for newly authenticated endpoints, and the quirks that announce less than was decided.

use atm_engine::DecisionKind;

use super::{NaiveDevice, Speaker};
use crate::quirk::{AccountSide, Quirk, Untold};
use crate::words::{NaiveDecision, owner};

impl NaiveDevice {
    pub(super) fn summary_for(&self, account: &str) -> Vec<NaiveDecision> {
        let side = self.side(account);
        if self.has(Quirk::NoSummary(side)) {
            return Vec::new();
        }
        let mut decisions = match self.has(Quirk::SummaryWithThirdParties) {
            true => self.summary(),
            false => self.fit_for(account, self.summary()),
        };
        let untold = self.fit_for(account, self.untold());
        decisions.extend(untold);
        decisions.retain(|said| {
            let lacks =
                side == AccountSide::Own && self.has(Quirk::SummaryLacks(self.side(&owner(&said.key))));
            let is_silent = said.kind == DecisionKind::Distrust && self.has(Quirk::SummaryWithoutDistrusts);
            !lacks && !is_silent
        });
        if self.has(Quirk::SummaryWithOwnKey) {
            decisions.push(NaiveDecision::new(DecisionKind::Trust, &self.key));
        }
        decisions
    }

    /// The undecided keys that a quirk trusts in summaries.
    fn untold(&self) -> Vec<NaiveDecision> {
        let mut untold = Vec::new();
        for quirk in self.quirks {
            let Quirk::SummaryTrusts(which) = quirk else { continue };
            let keys: Vec<&String> = match which {
                Untold::Known => self.known.iter().collect(),
                Untold::Used => self.known.iter().filter(|key| self.level(key).is_used()).collect(),
                Untold::Waiting => {
                    let trusts = self.left.iter().filter(|word| word.said.kind == DecisionKind::Trust);
                    trusts.map(|word| &word.said.key).collect()
                }
            };
            let undecided = keys.into_iter().filter(|key| self.verdict_on(key).is_none());
            untold.extend(undecided.map(|key| NaiveDecision::new(DecisionKind::Trust, key)));
        }
        untold
    }

    /// The keys whose decisions are announced: all of them, without quirks.
    pub(super) fn worth_announcing(&mut self, keys: &[String], before: &Self) -> Vec<String> {
        if self.has(Quirk::AnnouncesOnDiscovery) {
            let is_untold = |key: &&String| !self.is_known(key) && self.is_by_person(key);
            let untold: Vec<String> = keys.iter().filter(is_untold).cloned().collect();
            self.aside.untold.extend(untold);
        }
        let is_trusted = |key: &String| self.verdict_on(key) == Some(DecisionKind::Trust);
        let trusts_any = keys.iter().any(is_trusted);
        let is_worth = |key: &&String| match () {
            () if self.has(Quirk::AnnouncesTrustOnlyIfBoth) => !trusts_any || is_trusted(key),
            () if self.has(Quirk::AnnouncesRevocationsOnly) => {
                is_trusted(key) || before.is_authenticated(key)
            }
            () if self.has(Quirk::AnnouncesKnownKeysOnly) || self.has(Quirk::AnnouncesOnDiscovery) => {
                self.is_known(key)
            }
            () => true,
        };
        keys.iter().filter(is_worth).cloned().collect()
    }

    fn is_by_person(&self, key: &str) -> bool {
        self.decision_on(key).is_some_and(|decided| decided.by == Speaker::Person)
    }
}
