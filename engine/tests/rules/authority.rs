//! Authority: which sender may decide on which keys, and whose decisions count.

use atm_engine::{Decision, DecisionKind, Level, Reason};

use crate::driver::{TestWorld, assert_untouched, envelope_of, only_reason};

/// A1, which authenticated A2 and B1 and knows others.
fn world() -> TestWorld {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2 B3 C1");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    world
}

#[test]
fn an_own_endpoint_speaks_for_any_owner() {
    for (decisions, key, level) in [
        ("+A3", "A3", Level::Authenticated),
        ("-A3", "A3", Level::Distrusted),
        ("+B2", "B2", Level::Authenticated),
        ("-B2", "B2", Level::Distrusted),
        ("+C1", "C1", Level::Authenticated),
        ("-C1", "C1", Level::Distrusted),
    ] {
        let mut world = world();
        let out = world.hear("A1", "A2", decisions);
        assert_eq!(out.refused, []);
        assert_eq!(world.level("A1", key), level);
    }
}

#[test]
fn a_contacts_endpoint_speaks_for_its_own_account() {
    let mut world = world();
    let out = world.hear("A1", "B1", "+B2 -B3");
    assert_eq!(out.refused, []);
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
    assert_eq!(world.level("A1", "B3"), Level::Distrusted);
}

#[test]
fn a_contacts_endpoint_speaks_for_nobody_else() {
    for decision in ["+C1", "-C1", "+A3", "-A3", "-A2"] {
        let mut world = world();
        let before = world.device("A1").clone();
        let out = world.hear("A1", "B1", decision);
        assert_untouched(&out);
        assert_eq!(world.refusals(&out.refused), [format!("no-authority {decision}")]);
        assert_eq!(out.refused[0].sender, Some(world.key("B1")));
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn nobody_speaks_about_trust_in_its_own_key() {
    for (sender, decision) in [("A2", "+A2"), ("A2", "-A2"), ("B1", "+B1"), ("B1", "-B1")] {
        let mut world = world();
        let before = world.device("A1").clone();
        let out = world.hear("A1", sender, decision);
        assert_untouched(&out);
        assert_eq!(world.refusals(&out.refused), [format!("no-authority {decision}")]);
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn nobody_speaks_about_keys_of_another_encryption() {
    for sender in ["A2", "A3", "B1", "B2"] {
        let mut world = world();
        let key = world.foreign_key("B3");
        let mut message = world.message("A1", sender, "");
        let envelope = envelope_of(&mut message);
        let mut foreign = (*envelope.message).clone();
        foreign.decisions = [Decision { key, kind: DecisionKind::Trust }].into();
        envelope.message = foreign.into();
        let before = world.device("A1").clone();
        let out = world.receive("A1", message);
        assert_untouched(&out);
        assert_eq!(*only_reason(&out), Reason::WrongEncryption);
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn the_rest_of_the_message_counts() {
    let mut world = world();
    let out = world.hear("A1", "B1", "-C1 -B1 +B2 -A2 -B3");
    assert_eq!(world.refusals(&out.refused), ["no-authority -C1", "no-authority -B1", "no-authority -A2"]);
    assert_eq!(world.decided(&out), "-B3 +B2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
    assert_eq!(world.level("A1", "B3"), Level::Distrusted);
}

#[test]
fn authority_is_asked_for_before_anything_is_postponed() {
    let mut world = world();
    let out = world.hear("A1", "B2", "+C1 +A3 +B2 +B3");
    assert_eq!(
        world.refusals(&out.refused),
        ["no-authority +C1", "no-authority +A3", "no-authority +B2", "postponed +B3"]
    );
    assert_eq!(world.left("A1", "B2"), "+B3");
}

#[test]
fn another_authenticated_key_of_the_account_does_not_help() {
    // B1 and A2 are authenticated, B2 and A3 are not.
    for sender in ["B2", "A3"] {
        let mut world = world();
        let out = world.hear("A1", sender, "+B3");
        assert_eq!(world.refusals(&out.refused), ["postponed +B3"]);
        assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
    }
}

#[test]
fn trust_without_authentication_does_not_help() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    assert_eq!(world.level("A1", "A2"), Level::AutomaticallyTrusted);
    let out = world.hear("A1", "A2", "+B1");
    assert_eq!(world.refusals(&out.refused), ["postponed +B1"]);
    world.trust_manually("A1", "B1");
    assert_eq!(world.level("A1", "B1"), Level::ManuallyTrusted);
    let out = world.hear("A1", "B1", "+B2");
    assert_eq!(world.refusals(&out.refused), ["postponed +B2"]);
}
