//! The behaviour that the monitor allows after an input, before a device shows any.

use std::collections::BTreeMap;

use atm_engine::{Decision, DecisionKind, Directory, KeyId, KeySharing, Level, Stamp};

use super::attribution;
use super::finding::UnlawfulLevel;
use super::judge::Monitor;
use super::standing::{Standing, Standings};
use crate::requirements;

/// The standings of a discovered key that are allowed after an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedStandings {
    /// The key.
    pub key: KeyId,
    /// The allowed standings, including those that requirements only advise against.
    pub allowed: Standings,
    /// Each other standing, with the requirement that a device with this standing breaks.
    pub forbidden: BTreeMap<Standing, &'static str>,
    /// The allowed standings against which a requirement advises.
    pub advice: BTreeMap<Standing, &'static str>,
}

/// A decision that the device must tell after an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The key whose holder must be told.
    pub reader: KeyId,
    /// The decision.
    pub decision: Decision,
    /// The requirement that demands it.
    pub requirement: &'static str,
    /// Whether the device may wait until the reader and the decided key are discovered.
    pub may_wait: bool,
}

/// The keys that may decrypt the messages of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedReaders {
    /// Keys that may decrypt each message.
    pub always: Vec<KeyId>,
    /// Keys that may decrypt messages which do not distrust them.
    pub unless_distrusted: Vec<KeyId>,
}

fn fails(requirement: &str) -> bool {
    requirements::find(requirement).is_none_or(|found| found.weight.fails())
}

impl Monitor {
    /// The allowed standings of all discovered keys, if the other keys have the levels that `shown` returns. To be asked
    /// before the levels are read.
    pub fn allowed_standings(&self, shown: impl Fn(KeyId) -> Level) -> Vec<AllowedStandings> {
        let is_known = |key: &KeyId| self.keys.get(key).is_some_and(|state| state.is_discovered);
        let keys: Vec<KeyId> =
            self.cast.keys().filter(|key| *key != self.member.key && is_known(key)).collect();
        let readings = keys.iter().map(|&key| UnlawfulLevel {
            key,
            observed: Standing::of(shown(key)),
            lawful: self.keys[&key].lawful,
            before: self.before(key).lawful,
        });
        let readings: Vec<UnlawfulLevel> = readings.collect();
        let allowed = (0..keys.len()).map(|position| {
            let (key, lawful) = (keys[position], readings[position].lawful);
            let mut found = AllowedStandings {
                key,
                allowed: lawful,
                forbidden: BTreeMap::new(),
                advice: BTreeMap::new(),
            };
            for standing in Standings::ALL.iter().filter(|standing| !lawful.allows(*standing)) {
                let mut readings = readings.clone();
                readings[position].observed = standing;
                let requirement = self.blame(key, standing, &readings);
                if fails(requirement) {
                    found.forbidden.insert(standing, requirement);
                } else {
                    found.allowed.add(standing);
                    found.advice.insert(standing, requirement);
                }
            }
            found
        });
        allowed.collect()
    }

    /// The decisions that the device must tell because of the input. To be asked after the levels were read. Nothing that
    /// the device tells later is demanded because of this input, except what may wait.
    pub fn take_owed(&mut self, names: &Directory) -> Vec<Owed> {
        let mut owed = Vec::new();
        for duty in std::mem::take(&mut self.due) {
            if !self.still_holds(&duty) {
                continue;
            }
            let may_wait = self.waits_for_discovery(&duty);
            if may_wait {
                self.pending.push(duty);
            }
            let context = (self.member.account, names);
            let requirement = match self.member.sharing {
                KeySharing::OneForAll => attribution::ONE_KEY,
                KeySharing::OnePerEndpoint => {
                    attribution::of_telling(duty.telling, duty.decision, duty.reader, context)
                }
            };
            if fails(requirement) {
                owed.push(Owed { reader: duty.reader, decision: duty.decision, requirement, may_wait });
            }
        }
        owed
    }

    /// The keys that may decrypt the messages of the step. To be asked after the levels were read.
    pub fn allowed_readers(&self) -> AllowedReaders {
        let mut readers = AllowedReaders { always: vec![self.member.key], ..AllowedReaders::default() };
        for key in self.cast.keys().filter(|key| *key != self.member.key) {
            let Some(state) = self.keys.get(&key) else { continue };
            if state.is_tainted || state.lawful.allows(Standing::Authenticated) {
                readers.always.push(key);
            } else if state.may_have_been_authenticated && !state.is_ruled_out {
                readers.unless_distrusted.push(key);
            }
        }
        readers
    }

    /// The decisions that messages of the step may contain. To be asked after the levels were read.
    #[must_use]
    pub fn allowed_facts(&self, names: &Directory) -> Vec<Decision> {
        let may_be_told = |said: &Decision| {
            let standing = Standing::from(said.kind);
            let state = self.keys.get(&said.key);
            !self.is_judged(said.key, names)
                || self.before(said.key).lawful.allows(standing)
                || state.is_some_and(|state| state.is_tainted || state.lawful.allows(standing))
                || !fails(self.why_told(said.key, standing).unwrap_or(attribution::SECURITY_LEVEL))
        };
        let kinds = [DecisionKind::Trust, DecisionKind::Distrust];
        let all = self.cast.keys().flat_map(|key| kinds.map(|kind| Decision { key, kind }));
        all.filter(may_be_told).collect()
    }

    /// A device may have told these decisions at time `now`, and may have noted that time with them.
    pub fn may_have_told(
        &mut self,
        facts: &[Decision],
        restated: Restated,
        (names, now): (&Directory, Stamp),
    ) {
        for Decision { key, .. } in facts {
            let before = self.before(*key).lawful;
            if !self.is_judged(*key, names) {
                continue;
            }
            let state = self.key_mut(*key);
            if restated == Restated::All || state.lawful != before {
                state.newest = state.newest.max(Some(now));
            }
        }
    }
}

/// The decisions that a device may state again because of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restated {
    /// All: a summary may be due.
    All,
    /// Those that the input changed.
    Changed,
}

/// The requirement that a device breaks if it tells contacts about other accounts.
pub const THIRD_PARTIES: &str = attribution::NO_THIRD_PARTIES;

/// The requirements that a device breaks if it tells holders of other keys than authenticated ones.
pub const READERS: [&str; 2] = attribution::READERS;

/// The requirement that a device breaks if it tells decisions that do not hold.
pub const FACTS: &str = attribution::SECURITY_LEVEL;
