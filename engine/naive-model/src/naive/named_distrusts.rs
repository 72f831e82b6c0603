//! Named distrusts: a trust undoes those that it names.

use atm_engine::{AnnouncementRule, ConflictRule, DecisionKind};

use super::conflicts::NaiveRuling;
use super::{NaiveDevice, Speaker, Word};
use crate::words::{NaiveDecision, NaiveDistrusts, NaiveMessage, NaiveOutcome, NaiveStanza, owner};

/// The greatest number of standing distrusts, and of overruled ones, that are accepted per key from messages.
const MOST: usize = 64;

/// A distrust with a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamedDistrust {
    pub(super) key: String,
    name: String,
    /// Whether a trust has overruled it.
    is_overruled: bool,
    /// Its sender and its time, if the sender gave it no name.
    unnamed: Option<(String, i64)>,
}

impl Word {
    pub(super) fn opposite(&self) -> Self {
        let kind = match self.said.kind {
            DecisionKind::Trust => DecisionKind::Distrust,
            DecisionKind::Distrust => DecisionKind::Trust,
        };
        Self { said: NaiveDecision::new(kind, &self.said.key), ..self.clone() }
    }
}

impl NaiveDevice {
    pub(super) fn gives_names(&self) -> bool {
        self.rules.conflict == ConflictRule::Named
    }

    /// The rule `named`: a key is distrusted while one of its distrusts is not overruled.
    pub(super) fn weigh_by_names(&mut self, word: &Word) -> NaiveRuling {
        let (key, kind) = (&word.said.key, word.said.kind);
        let earlier = self.clone();
        match (&word.by, kind) {
            (Speaker::Person, DecisionKind::Distrust) => {
                let name = self.new_name(key);
                self.note(key, &name, false);
            }
            (Speaker::Person, DecisionKind::Trust) => {
                let of_key = self.distrusts.iter_mut().filter(|distrust| distrust.key == *key);
                of_key.for_each(|distrust| distrust.is_overruled = true);
            }
            (Speaker::Key(speaker), _) => self.hear_names(word, speaker),
        }
        if word.by != Speaker::Person {
            if self.has_too_many(key, &earlier) {
                self.distrusts = earlier.distrusts;
                return NaiveRuling::Nothing("quota");
            }
            if self.names_of(key) != earlier.names_of(key) {
                self.extended.push(key.clone());
            }
        }
        let stands = self.distrusts.iter().any(|distrust| distrust.key == *key && !distrust.is_overruled);
        let is_named = self.distrusts.iter().any(|distrust| distrust.key == *key);
        let result = match (stands, is_named) {
            (true, _) => DecisionKind::Distrust,
            (false, true) => DecisionKind::Trust,
            (false, false) => kind,
        };
        match (self.verdict_on(key) == Some(result), result == kind) {
            (true, true) => NaiveRuling::Again,
            (true, false) if kind == DecisionKind::Trust => NaiveRuling::Nothing("standing-distrust"),
            (true, false) => NaiveRuling::Nothing("stale"),
            (false, true) => NaiveRuling::New,
            (false, false) => NaiveRuling::Opposite,
        }
    }

    fn new_name(&self, key: &str) -> String {
        let of_key: Vec<&str> =
            self.distrusts.iter().filter(|known| known.key == key).map(|known| &*known.name).collect();
        let names = (of_key.len()..).map(|number| format!("{}#{number}", self.endpoint));
        names.into_iter().find(|name| !of_key.contains(&&**name)).expect("there is no end of numbers")
    }

    fn hear_names(&mut self, word: &Word, speaker: &str) {
        let key = &word.said.key;
        let NaiveDistrusts { standing, overruled, .. } = &word.distrusts;
        for name in standing {
            self.note(key, name, false);
        }
        for name in overruled {
            self.note(key, name, true);
        }
        match word.said.kind {
            DecisionKind::Distrust if standing.is_empty() && overruled.is_empty() => {
                let name = format!("{speaker}@{}", word.time);
                self.note(key, &name, false);
                for distrust in &mut self.distrusts {
                    if distrust.key == *key && distrust.name == name {
                        distrust.unnamed = Some((speaker.to_owned(), word.time));
                    }
                }
            }
            DecisionKind::Distrust => {}
            DecisionKind::Trust => {
                for distrust in &mut self.distrusts {
                    let is_taken_back = |(by, time): &(String, i64)| by == speaker && *time < word.time;
                    if distrust.key == *key && distrust.unnamed.as_ref().is_some_and(is_taken_back) {
                        distrust.is_overruled = true;
                    }
                }
            }
        }
    }

    /// Tells endpoints that are trusted over distrusts about that, each about its own key.
    pub(super) fn news_of_trust(&self, new: &[String]) -> Vec<NaiveMessage> {
        let is_told = |key: &&String| {
            self.gives_names() && self.relays() && !self.one_key && !self.names_of(key).overruled.is_empty()
        };
        let news = |key: &String| {
            let decision = NaiveDecision::new(DecisionKind::Trust, key);
            NaiveMessage::new(&owner(key), vec![key.clone()], vec![decision])
        };
        let known = self.known.iter().filter(|key| new.contains(key));
        known.filter(is_told).map(news).collect()
    }

    /// An endpoint that is trusted again sends a summary to the endpoint that told it so.
    pub(super) fn answer_news_of_trust(
        &mut self,
        heard: &NaiveStanza,
        sender: &str,
        now: i64,
        told: &mut NaiveOutcome,
    ) {
        let own = NaiveDecision::new(DecisionKind::Trust, &self.key);
        let is_overruled = |known: &NaiveDistrusts| known.key == self.key && !known.overruled.is_empty();
        let is_news = heard.decisions.contains(&own) && heard.distrusts.iter().any(is_overruled);
        if is_news && self.gives_names() && self.relays() && !self.one_key && self.is_authenticated(sender) {
            let account = owner(sender);
            let summary = self.summary_for(&account);
            self.send(vec![NaiveMessage::new(&account, vec![sender.to_owned()], summary)], now, told);
        }
    }

    fn relays(&self) -> bool {
        self.rules.announcement == AnnouncementRule::Relay
    }

    /// Records a distrust. Once overruled, it stays so.
    fn note(&mut self, key: &str, name: &str, is_overruled: bool) {
        let known = self.distrusts.iter_mut().find(|known| known.key == key && known.name == name);
        match known {
            Some(known) => known.is_overruled |= is_overruled,
            None => self.distrusts.push(NamedDistrust {
                key: key.to_owned(),
                name: name.to_owned(),
                is_overruled,
                unnamed: None,
            }),
        }
    }

    fn names_of(&self, key: &str) -> NaiveDistrusts {
        let names = |is_overruled| {
            let of_key = self.distrusts.iter().filter(|known| known.key == key);
            let mut names: Vec<String> = of_key
                .filter(|known| known.is_overruled == is_overruled)
                .map(|known| known.name.clone())
                .collect();
            names.sort();
            names
        };
        NaiveDistrusts { key: key.to_owned(), standing: names(false), overruled: names(true) }
    }

    fn has_too_many(&self, key: &str, earlier: &Self) -> bool {
        are_too_many(&earlier.names_of(key), &self.names_of(key))
    }

    /// The names that a message with these decisions carries.
    pub(super) fn names_behind(&self, decisions: &[NaiveDecision]) -> Vec<NaiveDistrusts> {
        let names = decisions.iter().map(|said| self.names_of(&said.key));
        names.filter(|names| !names.standing.is_empty() || !names.overruled.is_empty()).collect()
    }

    /// The names that came with two decisions of a sender, and whether the second one adds any.
    pub(super) fn left_names(&self, last: &Word, word: &Word) -> (NaiveDistrusts, bool) {
        if !self.gives_names() {
            return (NaiveDistrusts::default(), false);
        }
        let mut all = self.clone();
        all.distrusts.clear();
        let key = &word.said.key;
        let mut add = |names: &NaiveDistrusts| {
            names.standing.iter().for_each(|name| all.note(key, name, false));
            names.overruled.iter().for_each(|name| all.note(key, name, true));
            all.names_of(key)
        };
        let before = add(&last.distrusts);
        let after = add(&word.distrusts);
        let is_more = after != before;
        (after, is_more)
    }

    pub(super) fn left_too_many_names(&self, word: &Word) -> bool {
        let same = |other: &&Word| other.by == word.by && other.said.key == word.said.key;
        let last = self.left.iter().find(same);
        let nothing = Word { distrusts: NaiveDistrusts::default(), ..word.clone() };
        let before = last.unwrap_or(&nothing);
        let (after, _) = self.left_names(before, word);
        are_too_many(&before.distrusts, &after)
    }
}

fn are_too_many(before: &NaiveDistrusts, after: &NaiveDistrusts) -> bool {
    let grows = |before: &[String], after: &[String]| after.len() > MOST && after.len() > before.len();
    grows(&before.standing, &after.standing) || grows(&before.overruled, &after.overruled)
}
