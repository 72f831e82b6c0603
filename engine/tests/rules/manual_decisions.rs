//! Manual decisions.

use std::ops::Range;

use atm_engine::{
    Cause, Change, Decision, DecisionKind, Effect, Input, Level, ManualDecision, NotOneDecision, Origin,
    Reason,
};

use crate::driver::{TestWorld, assert_untouched, only_reason, stamp, within_limits};

#[test]
fn a_person_authenticates_a_key() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    let out = world.at(7).decide("A1", "+B1");
    let change = Change::Decided {
        decision: Decision { key: world.key("B1"), kind: DecisionKind::Trust },
        was: Level::AutomaticallyTrusted,
        origin: Origin::Manual,
        time: stamp(7),
        effect: Effect::Now,
        cause: Cause::Decided,
    };
    assert_eq!(out.changes, [change]);
    assert_eq!(out.refused, []);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn a_person_distrusts_a_key() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    world.decide("A1", "-B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn a_person_changes_their_mind() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    world.at(1).decide("A1", "+B1");
    world.at(2).decide("A1", "-B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(3).decide("A1", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn one_decision_trusts_and_distrusts_keys_of_one_owner() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2 B3");
    world.decide("A1", "+B1 -B2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
}

#[test]
fn deciding_the_same_again_does_nothing() {
    for decision in ["+B1", "-B1"] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 B1");
        world.decide("A1", "+A2");
        world.at(10).decide("A1", decision);
        let before = world.device("A1").clone();
        let out = world.at(20).decide("A1", decision);
        assert_untouched(&out);
        assert_eq!(out.refused, []);
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn the_opposite_of_a_manual_decision_is_one() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    world.at(10).decide("A1", "+B1");
    let out = world.at(20).decide("A1", "-B1");
    assert_eq!(world.decided(&out), "-B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: -B1"]);
}

#[test]
fn a_manual_decision_repeated_by_a_message_stays_manual() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    world.at(10).decide("A1", "+B1");
    world.at(20).hear("A1", "A2", "+B1");
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
    assert_untouched(&world.at(30).decide("A1", "+B1"));
}

#[test]
fn confirming_a_message_makes_the_level_manual_and_is_announced() {
    for (decision, messages) in
        [("+B1", &["to A for A2 A3: +B1", "to B for B1: +A2 +A3"][..]), ("-B1", &["to A for A2 A3: -B1"][..])]
    {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 B1");
        world.decide("A1", "+A2 +A3");
        world.at(10).hear("A1", "A2", decision);
        let sender = world.key("A2");
        assert_eq!(world.origin("A1", "B1"), Some(Origin::Message { sender }));
        let out = world.at(20).decide("A1", decision);
        assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
        assert_eq!(world.messages(&out.outgoing), messages);
    }
}

#[test]
fn confirming_a_message_moves_the_time() {
    // Nothing is announced, so only the confirmation can advance the time.
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2");
    world.decide("A1", "+B1");
    world.at(10).hear("A1", "B1", "+B2");
    let out = world.at(20).decide("A1", "+B2");
    assert_eq!(world.messages(&out.outgoing), [""; 0]);
    let out = world.at(21).hear_late("A1", "B1", "-B2", 19);
    assert_eq!(world.refusals(&out.refused), ["stale -B2"]);
    world.at(22).hear_late("A1", "B1", "-B2", 20);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
}

#[test]
fn confirming_what_a_message_said_about_an_unseen_key_makes_it_manual() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2");
    world.decide("A1", "+A2");
    world.at(10).hear("A1", "A2", "+B1");
    let out = world.at(20).decide("A1", "+B1");
    let change = Change::Decided {
        decision: Decision { key: world.key("B1"), kind: DecisionKind::Trust },
        was: Level::Authenticated,
        origin: Origin::Manual,
        time: stamp(20),
        effect: Effect::OnDiscovery,
        cause: Cause::Decided,
    };
    assert_eq!(out.changes, [change]);
    world.discover("A1", "B1");
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn the_own_key_is_never_decided_on_by_a_person() {
    for own in ["+A1", "-A1"] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2");
        let out = world.decide("A1", own);
        assert_untouched(&out);
        assert_eq!(*only_reason(&out), Reason::OwnKey);
        assert_eq!(world.level("A1", "A1"), Level::Undecided);
        let out = world.decide("A1", &format!("{own} +A2"));
        assert_eq!(world.refusals(&out.refused), [format!("own-key {own}")]);
        assert_eq!(world.level("A1", "A2"), Level::Authenticated);
    }
}

#[test]
fn the_own_key_is_never_decided_on_by_a_message() {
    for own in ["+A1", "-A1"] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 B1");
        world.decide("A1", "+A2");
        let out = world.hear("A1", "A2", &format!("{own} +B1"));
        assert_eq!(world.refusals(&out.refused), [format!("own-key {own}")]);
        assert_eq!(world.level("A1", "A1"), Level::Undecided);
        assert_eq!(world.level("A1", "B1"), Level::Authenticated);
        // It is not postponed either.
        world.hear("A1", "A3", own);
        assert_eq!(world.left("A1", "A3"), "");
    }
}

#[test]
fn keys_of_another_encryption_are_not_decided_on() {
    let mut world = TestWorld::new("A1");
    let key = world.foreign_key("B1");
    let out = world.apply("A1", &Input::Decide(ManualDecision::authenticate(key)));
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::WrongEncryption);
    assert_eq!(world.device("A1").kept_decision(key), None);
}

#[test]
fn a_decision_is_about_keys_of_one_owner() {
    let mut world = TestWorld::new("A1");
    let (one, two, other) = (world.key("B1"), world.key("B2"), world.key("C1"));
    let names = &world.names;
    assert_eq!(ManualDecision::new(&[], &[], names), Err(NotOneDecision::Empty));
    assert_eq!(ManualDecision::new(&[one, other], &[], names), Err(NotOneDecision::ManyOwners));
    assert_eq!(ManualDecision::new(&[], &[one, other], names), Err(NotOneDecision::ManyOwners));
    assert_eq!(ManualDecision::new(&[one], &[other], names), Err(NotOneDecision::ManyOwners));
    assert_eq!(ManualDecision::new(&[two, one], &[one], names), Err(NotOneDecision::Contradiction));
    let both = ManualDecision::new(&[two], &[one], names).unwrap();
    let trust = Decision { key: two, kind: DecisionKind::Trust };
    let distrust = Decision { key: one, kind: DecisionKind::Distrust };
    assert_eq!(both.decisions(), [trust, distrust]);
    assert_eq!(ManualDecision::new(&[two], &[], names), Ok(ManualDecision::authenticate(two)));
    assert_eq!(ManualDecision::new(&[], &[one], names), Ok(ManualDecision::distrust(one)));
}

#[test]
fn a_decision_is_about_keys_of_one_encryption() {
    let mut world = TestWorld::new("A1");
    let (one, foreign) = (world.key("B1"), world.foreign_key("B2"));
    let names = &world.names;
    assert_eq!(ManualDecision::new(&[one, foreign], &[], names), Err(NotOneDecision::ManyEncryptions));
    assert_eq!(ManualDecision::new(&[], &[one, foreign], names), Err(NotOneDecision::ManyEncryptions));
    assert_eq!(ManualDecision::new(&[one], &[foreign], names), Err(NotOneDecision::ManyEncryptions));
    assert!(ManualDecision::new(&[foreign], &[], names).is_ok());
}

#[test]
fn a_key_that_is_named_twice_is_decided_on_once() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    let key = world.key("B1");
    let twice = ManualDecision::new(&[key, key], &[], &world.names).unwrap();
    let out = world.apply("A1", &Input::Decide(twice));
    assert_eq!(world.decided(&out), "+B1");
    assert_eq!(out.refused, []);
}

#[test]
fn a_decision_on_many_keys_takes_linear_work() {
    // The code that a person scans was written by somebody else.
    within_limits(|| {
        let mut world = TestWorld::new("A1");
        let mut keys =
            |names: Range<u32>| -> Vec<_> { names.map(|number| world.key(&format!("B{number}"))).collect() };
        let (trust, distrust) = (keys(0..200_000), keys(200_000..400_000));
        let manual = ManualDecision::new(&trust, &distrust, &world.names).unwrap();
        assert_eq!(manual.decisions().len(), 400_000);
    });
}
