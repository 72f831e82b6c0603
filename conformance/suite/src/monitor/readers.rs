//! The permitted readers of a device's messages.

use atm_engine::{AccountId, Decision, DecisionKind, Directory, KeyId, Outgoing};
use atm_simulator::observation::Overheard;

use super::attribution;
use super::finding::Subject;
use super::judge::Monitor;
use super::key::KeyState;
use super::standing::Standing;

impl Monitor {
    /// Checks the readers of the sent messages: only authenticated keys, and for contacts only decisions about the own
    /// account.
    pub fn check_readers(&mut self, sent: &[Outgoing], overheard: &[Overheard], names: &Directory) {
        for outgoing in sent {
            let decisions = &outgoing.envelope.message.decisions;
            for key in outgoing.keys.iter() {
                self.check_reader(*key, decisions);
            }
            self.check_third_parties(outgoing.to, decisions, names);
        }
        for Overheard { keys, decisions } in overheard {
            for key in keys.iter() {
                self.check_reader(*key, decisions);
            }
        }
    }

    /// A key may have been authenticated at any point of the step. The specifications leave open whether a message is
    /// written before or after the decisions that it releases. But a person's decision, a received message and the
    /// message itself exclude readers before it is written.
    fn check_reader(&mut self, key: KeyId, said: &[Decision]) {
        let state = self.key_mut(key);
        let is_ruled_out =
            state.is_ruled_out || said.contains(&Decision { key, kind: DecisionKind::Distrust });
        let is_lawful = state.is_tainted
            || state.lawful.allows(Standing::Authenticated)
            || state.may_have_been_authenticated && !is_ruled_out;
        if key == self.member.key || is_lawful {
            return;
        }
        let KeyState { lawful: standing, is_discovered, .. } = *self.key_mut(key);
        // Nobody reads the level of a key that is not discovered. The device may have authenticated it by a decision
        // that does not count, and then that is its mistake.
        let followed = self.why_told(key, Standing::Authenticated).filter(|_| !is_discovered);
        let (broken, subject) = match &followed {
            Some(followed) => (std::slice::from_ref(followed), Subject::WronglyTold),
            None => (&attribution::READERS[..], Subject::WrongReader),
        };
        let (by, key) = (self.member.name.clone(), self.cast.key_name(key));
        let expected = format!("{by} sends trust messages to holders of authenticated keys only");
        let observed = format!("{by} sends to the holder of {key}, which is {standing}");
        for requirement in broken {
            self.find(requirement, subject.clone(), (expected.clone(), observed.clone()));
        }
    }

    fn check_third_parties(&mut self, to: AccountId, said: &[Decision], names: &Directory) {
        if to == self.member.account {
            return;
        }
        self.at_work.insert(attribution::NO_THIRD_PARTIES);
        let (by, to_whom) = (self.member.name.clone(), self.cast.account_name(to));
        for Decision { key, .. } in said {
            if [self.member.account, to].contains(&names.owner(*key)) {
                continue;
            }
            let expected = format!("{by} tells contacts about keys of its own account only");
            let observed = format!("{by} tells {to_whom} about {}", self.cast.key_name(*key));
            self.find(attribution::NO_THIRD_PARTIES, Subject::WronglyTold, (expected, observed));
        }
    }
}
