//! Reads levels and reports the unlawful ones.

use atm_engine::{KeyId, Level};

use super::attribution;
use super::finding::{MonitorFinding, Subject, UnlawfulLevel};
use super::judge::Monitor;
use super::standing::{Standing, Standings};

impl Monitor {
    /// Reads all levels and reports the unlawful ones. A level that is `None` is not known.
    ///
    /// # Errors
    ///
    /// Returns an error if a level cannot be read.
    pub fn read<E>(&mut self, mut level: impl FnMut(KeyId) -> Result<Option<Level>, E>) -> Result<(), E> {
        let (cast, own_key) = (self.cast.clone(), self.member.key);
        let mut readings = Vec::new();
        for key in cast.keys().filter(|key| *key != own_key) {
            let Some(level) = level(key)? else { continue };
            let observed = Standing::of(level);
            let before = match self.before(key) {
                before if before.is_discovered => before.lawful,
                _ => Standings::just(Standing::Open),
            };
            let state = self.key_mut(key);
            // A device may show any level for a key that it has not discovered.
            if state.is_discovered {
                readings.push(UnlawfulLevel { key, observed, lawful: state.lawful, before });
            }
        }
        let is_unlawful = |reading: &&UnlawfulLevel| !reading.lawful.allows(reading.observed);
        let unlawful = readings.iter().filter(is_unlawful);
        let unlawful: Vec<_> =
            unlawful.map(|found| (*found, self.blame(found.key, found.observed, &readings))).collect();
        for UnlawfulLevel { key, observed, lawful, .. } in readings {
            let before = self.before(key).lawful;
            self.decisiveness.readings += 1;
            self.decisiveness.decided += usize::from(lawful.only().is_some());
            let state = self.key_mut(key);
            let because = state.because;
            let is_demanded = lawful.only().is_some_and(|only| before.only() != Some(only));
            if is_demanded && !state.is_tainted {
                self.at_work.insert(because);
            }
            let state = self.key_mut(key);
            state.lawful = Standings::just(observed);
            state.is_tainted |= !lawful.allows(observed);
        }
        for (found, requirement) in &unlawful {
            if *requirement == attribution::UNAUTHENTICATED_SENDER && self.is_unreleased(found.key, &unlawful)
            {
                continue;
            }
            let line = |what: &str| format!("{} -> {} is {what}", self.member.name, cast.key_name(found.key));
            let (expected, observed) = (line(&found.lawful.to_string()), line(&found.observed.to_string()));
            self.find(requirement, Subject::Levels(vec![*found]), (expected, observed));
        }
        Ok(())
    }

    /// Whether a sender with a postponed decision about the key is unlawfully unauthenticated, and no other such sender
    /// is authenticated. Then the sender's level is the cause, and the key's level is no finding of its own.
    fn is_unreleased(&self, key: KeyId, unlawful: &[(UnlawfulLevel, &'static str)]) -> bool {
        let about = self.waiting.iter().map(|waiting| waiting.word).filter(|word| word.target == key);
        let senders: Vec<KeyId> = about.map(|word| word.sender).collect();
        let is_authenticated = |sender: &KeyId| {
            self.keys.get(sender).is_some_and(|state| state.lawful.allows(Standing::Authenticated))
        };
        unlawful.iter().any(|(found, _)| senders.contains(&found.key))
            && !senders.iter().any(is_authenticated)
    }

    /// Records a finding. One input gives at most one finding of each requirement and kind of subject.
    pub(super) fn find(
        &mut self,
        requirement: &'static str,
        subject: Subject,
        (expected, observed): (String, String),
    ) {
        let mut earlier = self.findings.iter_mut().zip(&self.found_in);
        let is_same = |(found, input): &(&mut MonitorFinding, &usize)| {
            found.requirement == requirement
                && **input == self.inputs
                && std::mem::discriminant(&found.subject) == std::mem::discriminant(&subject)
        };
        if let Some((found, _)) = earlier.find(is_same) {
            found.subject.extend(subject);
            if !found.observed.contains(&observed) {
                found.observed.push(observed);
            }
            return;
        }
        let (device, step, observed) = (self.member.name.clone(), self.step, vec![observed]);
        self.findings.push(MonitorFinding { requirement, device, step, subject, expected, observed });
        self.found_in.push(self.inputs);
    }
}
