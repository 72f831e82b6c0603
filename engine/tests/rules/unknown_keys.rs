//! Decisions about undiscovered keys.

use atm_engine::{Cause, Change, Decision, DecisionKind, Effect, Input, Level, Origin, Reason};

use crate::driver::{TestWorld, assert_untouched, only_reason, stamp};

#[test]
fn a_decision_waits_for_the_key() {
    for (decision, kind, level) in [
        ("+B1", DecisionKind::Trust, Level::Authenticated),
        ("-B1", DecisionKind::Distrust, Level::Distrusted),
    ] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2");
        world.decide("A1", "+A2");
        let out = world.at(5).hear("A1", "A2", decision);
        let (sender, key) = (world.key("A2"), world.key("B1"));
        let origin = Origin::Message { sender };
        let change = Change::Decided {
            decision: Decision { key, kind },
            was: Level::Undecided,
            origin,
            time: stamp(5),
            effect: Effect::OnDiscovery,
            cause: Cause::Received,
        };
        assert_eq!(out.changes, [change]);
        assert_eq!(world.level("A1", "B1"), Level::Undecided);
        assert_eq!(world.origin("A1", "B1"), None);
        assert_eq!(world.device("A1").kept_decision(key), Some(kind));

        let out = world.at(9).discover("A1", "B1");
        assert_eq!(out.changes[0], Change::TookEffect { key, level, origin });
        assert_eq!(out.changes.len(), 1);
        assert_eq!(world.level("A1", "B1"), level);
        assert_eq!(world.origin("A1", "B1"), Some(origin));
        assert_eq!(world.device("A1").kept_decision(key), None);
    }
}

#[test]
fn a_persons_decision_waits_for_the_key() {
    let mut world = TestWorld::new("A1");
    world.decide("A1", "+B1 -B2");
    assert_eq!(world.level("A1", "B1"), Level::Undecided);
    assert_eq!(world.level("A1", "B2"), Level::Undecided);
    world.discover("A1", "B1 B2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn nothing_is_kept_about_a_key_without_a_decision() {
    let mut world = TestWorld::new("A1");
    let key = world.key("B1");
    assert_eq!(world.device("A1").kept_decision(key), None);
    assert_eq!(world.origin("A1", "B1"), None);
    world.discover("A1", "B1");
    assert_eq!(world.device("A1").kept_decision(key), None);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Policy));
}

#[test]
fn the_word_of_an_unseen_key_does_not_count_yet() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B2");
    world.decide("A1", "+B1");
    let out = world.hear("A1", "B1", "+B2");
    assert_eq!(world.refusals(&out.refused), ["postponed +B2"]);
    let out = world.discover("A1", "B1");
    assert_eq!(world.decided(&out), "+B2");
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
}

#[test]
fn what_an_unseen_key_left_is_not_released_by_its_distrust() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B2");
    world.hear("A1", "B1", "+B2");
    world.at(10).decide("A1", "-B1");
    assert_eq!(world.left("A1", "B1"), "");
    let out = world.discover("A1", "B1");
    assert_eq!(out.changes.len(), 1);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
}

#[test]
fn nothing_is_encrypted_for_an_unseen_key() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2");
    world.decide("A1", "+A2");
    world.decide("A1", "+A3");
    let own = world.account("A");
    let keys: Vec<_> = world.device("A1").authenticated_keys(own).collect();
    assert_eq!(keys, [world.key("A2")]);
    let out = world.at(5).decide("A1", "+B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1"]);
}

#[test]
fn the_order_of_decisions_holds_before_discovery() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2");
    world.decide("A1", "+A2");
    world.at(10).hear("A1", "A2", "+B1");
    let out = world.at(20).hear_late("A1", "A2", "-B1", 9);
    assert_eq!(world.refusals(&out.refused), ["stale -B1"]);
    world.at(20).hear("A1", "A2", "-B1");
    world.discover("A1", "B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_key_is_discovered_once() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    for known in ["A2", "B1"] {
        let before = world.device("A1").clone();
        let out = world.discover("A1", known);
        assert_untouched(&out);
        assert_eq!(out.refused, []);
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn the_own_key_is_not_discovered() {
    let mut world = TestWorld::new("A1");
    let out = world.discover("A1", "A1");
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::OwnKey);
    assert_eq!(world.level("A1", "A1"), Level::Undecided);
}

#[test]
fn keys_of_another_encryption_are_not_discovered() {
    let mut world = TestWorld::new("A1");
    let key = world.foreign_key("B1");
    let out = world.apply("A1", &Input::Discover(key));
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::WrongEncryption);
    assert_eq!(world.device("A1").level(key), Level::Undecided);
}
