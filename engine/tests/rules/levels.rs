//! Properties of levels: whether a key is used, the kind of its decision, and the stable name.

use atm_engine::{DecisionKind, Level};

const LEVELS: [Level; 6] = [
    Level::Undecided,
    Level::AutomaticallyTrusted,
    Level::AutomaticallyDistrusted,
    Level::ManuallyTrusted,
    Level::Authenticated,
    Level::Distrusted,
];

#[test]
fn trusted_keys_are_used_and_no_others() {
    let used: Vec<Level> = LEVELS.into_iter().filter(|level| level.is_used()).collect();
    assert_eq!(used, [Level::AutomaticallyTrusted, Level::ManuallyTrusted, Level::Authenticated]);
}

#[test]
fn only_explicit_decisions_have_a_verdict() {
    let kinds: Vec<_> = LEVELS.into_iter().filter_map(|level| Some((level, level.decision()?))).collect();
    assert_eq!(
        kinds,
        [(Level::Authenticated, DecisionKind::Trust), (Level::Distrusted, DecisionKind::Distrust)]
    );
}

#[test]
fn a_level_is_named_as_it_is_written_out() {
    for level in LEVELS {
        assert_eq!(serde_json::to_value(level).unwrap(), level.name());
    }
}
