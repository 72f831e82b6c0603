//! For whom a message may be encrypted.

use atm_engine::{Change, Decision, DecisionKind, KeyId, Level, Payload, Received};

/// Whether a message may have been written while a key was still authenticated that is not any longer, as what changed
/// meanwhile tells. Whether an announcement is written before or after what it releases is left open; what a person or a
/// received message `said`, and the message says itself, is done before that.
pub(crate) fn was_written_in_time(key: KeyId, said: [&[Decision]; 2], changes: &[Change]) -> bool {
    let was_authenticated = changes.iter().any(|change| match change {
        Change::Decided { decision, was, .. } => decision.key == key && *was == Level::Authenticated,
        Change::Level { key: changed, was, .. } => *changed == key && *was == Level::Authenticated,
        Change::Confirmed { .. }
        | Change::TookEffect { .. }
        | Change::Postponed { .. }
        | Change::Dropped { .. } => false,
    });
    let is_distrusted = said.concat().contains(&Decision { key, kind: DecisionKind::Distrust });
    was_authenticated && !is_distrusted
}

/// What a message says.
pub(crate) fn said_in(received: &Received) -> &[Decision] {
    match &received.payload {
        Payload::Parsed(envelope) => &envelope.message.decisions,
        Payload::Malformed(_) => &[],
    }
}

#[cfg(test)]
mod tests {
    use atm_engine::{Cause, Directory, Effect, Encryption, KeyIdentifier, Origin, Stamp};

    use super::*;

    #[test]
    fn only_what_is_released_may_come_after_an_announcement() {
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let mut names = Directory::new();
        let encryption = names.encryption(&omemo);
        let owner = names.account(&"alice@example.org".parse().unwrap());
        let [tablet, notebook] = [1, 2]
            .map(|byte| names.key(encryption, owner, &KeyIdentifier::new(&omemo, &[byte; 32]).unwrap()));
        let distrust = |key| Decision { key, kind: DecisionKind::Distrust };
        let trust = |key| Decision { key, kind: DecisionKind::Trust };
        let changes = [Change::Decided {
            decision: distrust(tablet),
            was: Level::Authenticated,
            origin: Origin::Manual,
            time: Stamp::MIN,
            effect: Effect::Now,
            cause: Cause::Released,
        }];
        let written = |said: &[Decision], written: &[Decision], changes: &[Change]| {
            was_written_in_time(tablet, [said, written], changes)
        };
        assert!(written(&[trust(notebook)], &[trust(notebook)], &changes));
        // The person distrusted both: that was done before either was announced.
        let both = [distrust(tablet), distrust(notebook)];
        assert!(!written(&both, &[distrust(notebook)], &changes));
        assert!(!written(&[trust(notebook)], &[distrust(tablet)], &changes));
        assert!(!written(&[trust(notebook)], &[trust(notebook)], &[]));
    }
}
