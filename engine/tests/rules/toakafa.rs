//! TOAKAFA and trust without authentication.

use atm_engine::{Change, Input, Level, Origin, Policy, Reason, Rules};

use crate::driver::{TestWorld, assert_untouched, only_reason};

fn without_policy() -> TestWorld {
    TestWorld::with(Rules { policy: Policy::None, ..Rules::default() }, "A1")
}

#[test]
fn before_the_first_authentication_keys_are_trusted_automatically() {
    let mut world = TestWorld::new("A1");
    let out = world.discover("A1", "B1");
    let change =
        Change::Level { key: world.key("B1"), was: Level::Undecided, level: Level::AutomaticallyTrusted };
    assert_eq!(out.changes, [change]);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Policy));
}

#[test]
fn with_the_first_authentication_unauthenticated_keys_are_not_used_any_longer() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2 B3 B4 C1");
    world.trust_manually("A1", "B3");
    world.at(1).decide("A1", "-B4");
    let out = world.at(2).decide("A1", "+B1");
    let fallen = |key, was| Change::Level { key, was, level: Level::AutomaticallyDistrusted };
    assert_eq!(
        out.changes[1..],
        [
            fallen(world.key("B2"), Level::AutomaticallyTrusted),
            fallen(world.key("B3"), Level::ManuallyTrusted)
        ]
    );
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
    assert_eq!(world.origin("A1", "B3"), Some(Origin::Policy));
    assert_eq!(world.level("A1", "B4"), Level::Distrusted);
    assert_eq!(world.level("A1", "C1"), Level::AutomaticallyTrusted, "another owner's");
}

#[test]
fn after_the_first_authentication_keys_are_not_used() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    world.decide("A1", "+B1");
    world.discover("A1", "B2 C1");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
    assert_eq!(world.level("A1", "C1"), Level::AutomaticallyTrusted);
}

#[test]
fn a_message_sets_the_latch_as_well() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    world.hear("A1", "A2", "+B1");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
}

#[test]
fn a_distrust_does_not_set_the_latch() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2");
    world.decide("A1", "-B1");
    world.discover("A1", "B3");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyTrusted);
}

#[test]
fn the_latch_is_set_for_ever() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    world.at(1).decide("A1", "+B1");
    world.at(2).decide("A1", "-B1");
    world.discover("A1", "B2");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
}

#[test]
fn an_authentication_sets_the_latch_when_it_takes_effect() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B2");
    world.decide("A1", "+B1");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
    world.discover("A1", "B1");
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
    world.discover("A1", "B3");
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
}

#[test]
fn keys_decided_on_before_discovery_are_not_the_policys() {
    let mut world = TestWorld::new("A1");
    world.decide("A1", "+B1 -B2");
    world.discover("A1", "B1 B2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
}

#[test]
fn own_endpoints_keys_are_under_the_policy_too() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3");
    assert_eq!(world.level("A1", "A2"), Level::AutomaticallyTrusted);
    world.decide("A1", "+A2");
    assert_eq!(world.level("A1", "A3"), Level::AutomaticallyDistrusted);
}

#[test]
fn a_key_that_the_policy_distrusts_can_be_authenticated() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2");
    world.decide("A1", "+B1");
    world.hear("A1", "B1", "+B2");
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
}

#[test]
fn without_the_policy_keys_stay_undecided() {
    let mut world = without_policy();
    let out = world.discover("A1", "B1 B2");
    assert_eq!(out.changes, []);
    assert_eq!(world.level("A1", "B1"), Level::Undecided);
    assert_eq!(world.origin("A1", "B1"), None, "nobody is behind no level");
    world.trust_manually("A1", "B2");
    let out = world.decide("A1", "+B1");
    assert_eq!(out.changes.len(), 1);
    world.discover("A1", "B3");
    assert_eq!(world.level("A1", "B2"), Level::ManuallyTrusted);
    assert_eq!(world.level("A1", "B3"), Level::Undecided);
}

#[test]
fn a_person_trusts_a_key_without_authentication() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    let out = world.trust_manually("A1", "B1");
    let change = Change::Level {
        key: world.key("B1"),
        was: Level::AutomaticallyTrusted,
        level: Level::ManuallyTrusted,
    };
    assert_eq!(out.changes, [change]);
    assert_eq!(out.outgoing, []);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
    let out = world.trust_manually("A1", "B1");
    assert_untouched(&out);
    assert_eq!(out.refused, []);
}

#[test]
fn a_manually_trusted_key_can_still_be_decided_on() {
    for (decision, level) in [("+B1", Level::Authenticated), ("-B1", Level::Distrusted)] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "B1");
        world.trust_manually("A1", "B1");
        let out = world.decide("A1", decision);
        assert_eq!(world.decided(&out), decision);
        assert_eq!(world.level("A1", "B1"), level);
    }
}

#[test]
fn manual_trust_changes_no_decision() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2");
    world.decide("A1", "+B1 -B2");
    let out = world.trust_manually("A1", "B1");
    assert_untouched(&out);
    assert_eq!(out.refused, []);
    let out = world.trust_manually("A1", "B2");
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::StandingDistrust);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
}

#[test]
fn after_the_first_authentication_only_authentication_makes_a_key_used() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 B2");
    world.decide("A1", "+B1");
    let out = world.trust_manually("A1", "B2");
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::Policy);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyDistrusted);
}

#[test]
fn without_the_policy_a_person_may_trust_after_the_first_authentication() {
    let mut world = without_policy();
    world.discover("A1", "B1 B2");
    world.decide("A1", "+B1");
    assert_eq!(world.trust_manually("A1", "B2").refused, []);
    assert_eq!(world.level("A1", "B2"), Level::ManuallyTrusted);
}

#[test]
fn only_known_keys_can_be_trusted_without_authentication() {
    let mut world = TestWorld::new("A1");
    let out = world.trust_manually("A1", "B1");
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::NotDiscovered);
    world.decide("A1", "+B1");
    assert_eq!(*only_reason(&world.trust_manually("A1", "B1")), Reason::NotDiscovered);
    let out = world.trust_manually("A1", "A1");
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::OwnKey);
    let foreign = world.foreign_key("B2");
    let out = world.apply("A1", &Input::TrustManually(foreign));
    assert_eq!(*only_reason(&out), Reason::WrongEncryption);
}

#[test]
fn keys_are_used_by_their_level() {
    let used = [Level::AutomaticallyTrusted, Level::ManuallyTrusted, Level::Authenticated];
    let unused = [Level::Undecided, Level::AutomaticallyDistrusted, Level::Distrusted];
    assert!(used.into_iter().all(Level::is_used));
    assert!(!unused.into_iter().any(Level::is_used));
}
