//! Applies decisions and words, with everything that they release.

use atm_engine::{DecisionKind, Directory, KeyId, KeySharing, Stamp};

use super::attribution;
use super::judge::{Capacity, Monitor};
use super::lawful::{self, Before};
use super::standing::{Standing, Standings};
use super::stanza::VagueSpeaker;
use super::word::{Act, Force, Speaker, WaitingWord, Word};

/// The number of postponed words of one sender for which every device has room.
pub(super) const ROOM_FOR_A_SENDER: usize = 50;

impl Monitor {
    /// Applies decisions and words, with everything that they release. A word counts if its sender is authenticated.
    pub(super) fn take_effect(
        &mut self,
        manual: &[Act],
        words: &[(Word, Force)],
        (names, now): (&Directory, Stamp),
    ) {
        for state in self.keys.values_mut() {
            if state.lawful.allows(Standing::Distrusted) {
                state.distrusted_until = state.distrusted_until.max(Some(now));
            }
        }
        // The effects depend on the authenticated senders, and these on the effects. Each pass applies one more link of
        // a chain.
        let passes = 2 * (self.keys.len() + self.waiting.len()) + 4;
        // An input may consist of several stanzas, and their decisions count from the same standings.
        let of_input = std::mem::take(&mut self.acts);
        let mut acts: Vec<Act> = Vec::new();
        for _ in 0..passes {
            let mut released: Vec<Act> =
                self.waiting.iter().filter_map(|waiting| self.released(waiting)).collect();
            // In another order of release, a word may count even if its sender is distrusted in the end.
            let earlier = acts.iter().filter(|act| attribution::is_of_waiting(act.requirement));
            let withdrawn = earlier.filter(|act| !released.iter().any(|other| is_same(act, other)));
            let withdrawn: Vec<Act> = withdrawn.map(|act| Act { force: Force::May, ..*act }).collect();
            released.extend(withdrawn);
            acts.clone_from(&of_input);
            acts.extend(manual);
            acts.extend(words.iter().filter_map(|(word, force)| self.spoken(word, *force, names)));
            acts.extend(released);
            if !self.settle(&acts, names) {
                break;
            }
        }
        for act in &acts {
            let state = self.key_mut(act.target);
            state.newest = state.newest.max(Some(act.stamp));
            state.because = act.requirement;
            match act.kind {
                DecisionKind::Trust => state.may_have_been_authenticated = true,
                DecisionKind::Distrust => {
                    state.distrusted_until = state.distrusted_until.max(Some(act.stamp));
                    state.is_ruled_out |= !attribution::is_of_waiting(act.requirement);
                }
            }
        }
        self.acts = acts;
        for waiting in &mut self.waiting {
            let sender = self.keys.get(&waiting.word.sender);
            let is_settled = sender.is_some_and(|state| {
                state.lawful.allows(Standing::Distrusted) || state.is_surely_authenticated()
            });
            waiting.force = waiting.force.only_if(!is_settled);
        }
    }

    /// The effect of a word that has just arrived.
    fn spoken(&self, word: &Word, force: Force, names: &Directory) -> Option<Act> {
        let has_own_key = word.sender == self.member.key;
        let is_shared = has_own_key && self.member.sharing == KeySharing::OneForAll;
        let sender = self.before(word.sender);
        if !has_own_key && !sender.lawful.allows(Standing::Authenticated) {
            return None;
        }
        // A message may lead to the distrust of its own sender.
        let is_distrusted_now =
            self.keys.get(&word.sender).is_some_and(|state| state.lawful.allows(Standing::Distrusted));
        let counts = is_shared
            || sender.is_surely_authenticated() && !is_distrusted_now && !sender.may_be_silenced(word.time);
        let is_own = |account| account == self.member.account;
        let requirement = match is_shared {
            true => attribution::ONE_KEY,
            false => attribution::of_word(word.kind, is_own(word.account), is_own(names.owner(word.target))),
        };
        Some(act(word, force.only_if(counts && self.has_room_about(word.target)), requirement))
    }

    /// Whether every device has room for a decision about this key.
    fn has_room_about(&self, key: KeyId) -> bool {
        self.capacity == Capacity::Ample || self.before(key).is_discovered
    }

    /// The effect of a waiting word if its sender is authenticated in this step.
    fn released(&self, waiting: &WaitingWord) -> Option<Act> {
        let sender = self.keys.get(&waiting.word.sender)?;
        let before = self.before(waiting.word.sender);
        let is_released = sender.lawful != before.lawful || sender.is_discovered != before.is_discovered;
        // Nobody reads the standing of a key without a name. If several were lawful, it may change unseen.
        let may_change = before.lawful.only().is_none();
        if !(is_released || may_change) || !sender.lawful.allows(Standing::Authenticated) {
            return None;
        }
        let counts = is_released
            && sender.is_surely_authenticated()
            && !sender.may_be_silenced(waiting.word.time)
            && self.has_room_about(waiting.word.target);
        Some(act(&waiting.word, waiting.force.only_if(counts), waiting.requirement))
    }

    /// Determines the lawful standings after these acts. Returns whether any of them changed.
    fn settle(&mut self, acts: &[Act], names: &Directory) -> bool {
        let mut is_news = false;
        let mut targets: Vec<KeyId> = acts.iter().map(|act| act.target).collect();
        targets.sort_unstable();
        targets.dedup();
        for target in targets {
            let of_target: Vec<Act> = acts.iter().copied().filter(|act| act.target == target).collect();
            let state = self.before(target);
            let is_tainted = self.keys.get(&target).is_some_and(|state| state.is_tainted);
            let before = Before { lawful: state.lawful, newest: state.newest, is_tainted };
            let lawful = lawful::after(before, &of_target);
            is_news |= std::mem::replace(&mut self.key_mut(target).lawful, lawful) != lawful;
        }
        // A malformed message of an authenticated sender may have contained any decision.
        for VagueSpeaker { account, sender } in self.vague.clone() {
            // A message encrypted with the device's own key may come from a sibling or be its own.
            let may_count = sender == self.member.key
                || self.keys.get(&sender).is_some_and(|state| state.lawful.allows(Standing::Authenticated));
            if may_count {
                let own = self.member.account;
                for (key, state) in &mut self.keys {
                    if account == own || names.owner(*key) == account {
                        is_news |= std::mem::replace(&mut state.lawful, Standings::ALL) != Standings::ALL;
                    }
                }
            }
        }
        is_news
    }

    /// Keeps a word until its sender is authenticated. A later word of the same sender about the same key may replace
    /// an earlier one.
    pub(super) fn keep_waiting(&mut self, word: Word, force: Force) {
        let sender = self.before(word.sender);
        if sender.is_surely_authenticated() {
            return;
        }
        let of_sender = self.waiting.iter().filter(|waiting| waiting.word.sender == word.sender).count();
        let is_demanded = !sender.lawful.allows(Standing::Distrusted)
            && !sender.may_be_silenced(word.time)
            && self.capacity == Capacity::Ample
            && of_sender < ROOM_FOR_A_SENDER;
        let force = force.only_if(is_demanded);
        if force == Force::Must {
            for waiting in &mut self.waiting {
                let is_contradicted = waiting.word.sender == word.sender
                    && waiting.word.target == word.target
                    && lawful::is_later(word.time, waiting.word.time);
                waiting.force = waiting.force.only_if(!is_contradicted);
            }
        }
        if !self.waiting.iter().any(|waiting| waiting.word == word) {
            let requirement = attribution::UNAUTHENTICATED_SENDER;
            self.waiting.push(WaitingWord { word, force, requirement });
        }
    }
}

/// Whether two acts come from the same word.
fn is_same(act: &Act, other: &Act) -> bool {
    (act.target, act.kind, act.time, act.speaker) == (other.target, other.kind, other.time, other.speaker)
}

fn act(word: &Word, force: Force, requirement: &'static str) -> Act {
    let &Word { sender, target, kind, time, stamp, .. } = word;
    Act { target, kind, time, stamp, force, speaker: Speaker::Holder(sender), requirement }
}
