//! For whom a message may be encrypted.

use atm_engine::{Decision, DecisionKind, KeyId, Level, Payload, Received};
use atm_simulator::observation::LevelChange;

/// Whether a message may have been written while a key was still authenticated that is not any longer, as what changed
/// meanwhile tells. Whether an announcement is written before or after what it releases is left open; what a person or a
/// received message `said`, and the message says itself, is done before that.
pub(crate) fn was_written_in_time(key: KeyId, said: [&[Decision]; 2], changes: &[LevelChange]) -> bool {
    let was_authenticated =
        changes.iter().any(|change| change.key == key && change.before == Level::Authenticated);
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
    use atm_engine::{Directory, Encryption, KeyIdentifier};

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
        let changes = [LevelChange { key: tablet, before: Level::Authenticated, after: Level::Distrusted }];
        let written = |said: &[Decision], written: &[Decision], changes: &[LevelChange]| {
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
