//! Named distrusts: the conflict rule `named`, under which a trust undoes exactly the distrusts that it names.
//!
//! XEP-0434: `trust-message-structure` and `use-cases-encrypted-trust-message-sce-profile`. The rule extends that
//! format by `<distrust id='…'>` and by `over='…'` on both elements. A client that does not know the attributes ignores
//! them.
//!
//! Decided where the specification is open:
//!
//! - A person's distrust gets an id. A person's trust overrules the distrusts that the device knows at that time. So a
//!   trust never undoes a distrust that had not reached the trusting device.
//! - A key is distrusted while at least one distrust of it stands. A device knows the union of all ids that it
//!   received. So the order and repetition of messages do not matter, and no time decides.
//! - A message about a key carries all ids that its sender knows.
//! - A distrust from a client that does not know the rule has no id. Every device derives the same id for it from its
//!   sender and its time. A trust overrules the earlier distrusts without id of its own sender.
//! - Decisions of a distrusted sender never count. See `trusted_again`.
//! - Under `relay`, everything that a message adds to the known ids is announced, not only first decisions.
//! - A device accepts a limited number of standing and of overruled ids per key from messages. A decision beyond a
//!   limit is refused. The limits are separate, so overruled ids cannot crowd out the next distrust.

use std::borrow::Cow;

use crate::distrust_ids::{DistrustId, DistrustIds, IdSource};
use crate::message::{Decision, DecisionKind};
use crate::names::{KeyId, Stamp};
use crate::outcome::Reason;
use crate::rules::Context;
use crate::rules::applying::DecisionSource;
use crate::rules::conflicts::Ruling;
use crate::store::known_distrusts::{DistrustsOfKey, UnnamedDistrust};
use crate::store::last_words::{Said, Speaker};

/// The greatest number of standing ids, and of overruled ids, that are accepted per key from messages.
pub(crate) const MOST_DISTRUSTS: usize = 64;

impl Context<'_> {
    /// Whether distrusts have names.
    pub(crate) fn are_distrusts_named(&self) -> bool {
        self.device.names_distrusts()
    }

    /// Merges the ids of a decision into the known ids of its key. Fails with the reason why the decision itself has no
    /// effect.
    pub(crate) fn resolve_by_ids(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
        held: Option<Said>,
    ) -> Result<Ruling, Reason> {
        let result = match source.speaker {
            Speaker::Person => self.decide_by_ids(decision, source.time),
            Speaker::Key(speaker) => self.merge_ids(decision, source, speaker)?,
        };
        let is_held = held.is_some_and(|(held_kind, _)| held_kind == result);
        match (is_held, decision.kind) {
            (true, kind) if kind == result => Ok(Ruling::Repeats),
            (true, DecisionKind::Trust) => Err(Reason::StandingDistrust),
            (true, DecisionKind::Distrust) => Err(Reason::Stale),
            (false, kind) if kind == result => Ok(Ruling::Replaces),
            (false, _) => Ok(Ruling::Reverses),
        }
    }

    /// Records a person's decision: a distrust stands, a trust overrules all standing distrusts.
    fn decide_by_ids(&mut self, Decision { key, kind }: Decision, time: Stamp) -> DecisionKind {
        match kind {
            DecisionKind::Distrust => {
                let id = self.new_id(key, time);
                self.device.distrusts.of_mut(key).ids.merge(&DistrustIds::new([id], []));
            }
            DecisionKind::Trust if self.device.distrusts.of(key).is_some() => {
                self.device.distrusts.of_mut(key).ids.overrule_all();
            }
            DecisionKind::Trust => {}
        }
        kind
    }

    /// Returns an id that is not known for this key yet. Somebody may have guessed an id and overruled it in advance.
    fn new_id(&self, key: KeyId, time: Stamp) -> DistrustId {
        let known = self.device.distrusts.of(key).map(|known| &known.ids);
        let mut number = known.map_or(0, DistrustIds::len);
        loop {
            let id = match &self.device.id_source {
                IdSource::Numbers => DistrustId::numbered(self.device.endpoint, number),
                IdSource::Secret(secret) => DistrustId::of_secret(secret, (key, number), time, self.names),
            };
            if known.is_none_or(|known| !known.contains(id)) {
                return id;
            }
            number += 1;
        }
    }

    /// Merges the ids of a message into the known ones. Returns the decision that results from all of them.
    fn merge_ids(
        &mut self,
        decision: Decision,
        source: &DecisionSource<'_>,
        speaker: KeyId,
    ) -> Result<DecisionKind, Reason> {
        let key = decision.key;
        let unnamed = self.unnamed_distrust(decision, source, speaker);
        let known = self.device.distrusts.of(key);
        let mut said = source.ids_of(key).map_or(Cow::Owned(DistrustIds::default()), Cow::Borrowed);
        if let Some(unnamed) = unnamed {
            said.to_mut().merge(&DistrustIds::new([unnamed.id], []));
        }
        if decision.kind == DecisionKind::Trust {
            let taken_back = known.into_iter().flat_map(|known| known.unnamed_before(speaker, source.time));
            let taken_back = DistrustIds::new([], taken_back);
            if !taken_back.is_empty() {
                said.to_mut().merge(&taken_back);
            }
        }
        if said.is_empty() && known.is_none() {
            return Ok(decision.kind); // nobody has distrusted the key
        }
        let before = known.map_or_else(DistrustIds::default, |known| known.ids.clone());
        let mut after = before.clone();
        after.merge(&said);
        if is_beyond_limits(&before, &after) {
            return Err(Reason::Quota);
        }
        let is_more = after != before;
        let known = self.device.distrusts.of_mut(key);
        known.ids = after;
        known.unnamed.extend(unnamed.filter(|unnamed| !known.unnamed.contains(unnamed)));
        if is_more {
            self.consequences_mut().extended.push(key);
        }
        let stands = self.device.distrusts.of(key).is_some_and(|known| !known.ids.standing().is_empty());
        Ok(if stands { DecisionKind::Distrust } else { DecisionKind::Trust })
    }

    /// The derived distrust of a message that distrusts a key without any id.
    fn unnamed_distrust(
        &self,
        decision: Decision,
        source: &DecisionSource<'_>,
        speaker: KeyId,
    ) -> Option<UnnamedDistrust> {
        let is_named = source.ids_of(decision.key).is_some_and(|ids| !ids.is_empty());
        if decision.kind == DecisionKind::Trust || is_named {
            return None;
        }
        let id = DistrustId::of_unnamed(speaker, source.time, self.names);
        Some(UnnamedDistrust { speaker, time: source.time, id })
    }
}

impl DistrustsOfKey {
    /// The ids of a speaker's distrusts without id before a given time.
    fn unnamed_before(&self, speaker: KeyId, time: Stamp) -> impl Iterator<Item = DistrustId> {
        let before = move |said: &&UnnamedDistrust| said.speaker == speaker && said.time < time;
        self.unnamed.iter().filter(before).map(|said| said.id)
    }
}

/// Whether a message adds ids beyond the limit.
pub(crate) fn is_beyond_limits(before: &DistrustIds, after: &DistrustIds) -> bool {
    let is_beyond = |before: &[DistrustId], after: &[DistrustId]| {
        after.len() > before.len() && after.len() > MOST_DISTRUSTS
    };
    is_beyond(before.standing(), after.standing()) || is_beyond(before.overruled(), after.overruled())
}
