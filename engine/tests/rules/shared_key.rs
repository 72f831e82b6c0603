//! One key for all endpoints of an account.

use atm_engine::{AnnouncementRule, Input, Level, ManualDecision, Protection, Reason};

use crate::driver::{TestWorld, assert_untouched, only_reason};

fn world() -> TestWorld {
    let mut world = TestWorld::one_key(AnnouncementRule::Cascade, "A1 A2");
    world.discover("A1 A2", "B C D");
    world
}

#[test]
fn the_own_key_counts_as_authenticated() {
    let mut world = world();
    assert_eq!(world.level("A1", "A"), Level::Authenticated);
    let own = world.account("A");
    assert_eq!(world.device("A1").authenticated_keys(own).count(), 0);
    // The owner counts as authenticated, so the policy applies to its other keys.
    world.discover("A1", "A9");
    assert_eq!(world.level("A1", "A9"), Level::AutomaticallyDistrusted);
}

#[test]
fn decisions_about_contacts_keys_go_to_own_endpoints_only() {
    let mut world = world();
    let out = world.at(10).decide("A1", "+B");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: +B"]);
    let out = world.at(20).decide("A1", "-C");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: -C"]);
    let out = world.at(30).decide("A1", "-B");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: -B"]);
}

#[test]
fn own_endpoints_apply_them_at_once() {
    let mut world = world();
    world.at(10).decide("A1", "+B");
    world.at(20).decide("A1", "-C");
    world.drain();
    assert_eq!(world.level("A2", "B"), Level::Authenticated);
    assert_eq!(world.level("A2", "C"), Level::Distrusted);
    assert_eq!(world.refused, []);
}

#[test]
fn a_contact_that_is_authenticated_on_discovery_gets_nothing() {
    let mut world = world();
    let out = world.decide("A1", "+E");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: +E"]);
    assert_eq!(world.discover("A1", "E").outgoing, []);
}

#[test]
fn decisions_about_other_keys_of_the_own_account_are_not_announced() {
    let mut world = world();
    world.discover("A1", "A9");
    world.decide("A1", "+B");
    assert_eq!(world.decide("A1", "-A9").outgoing, []);
}

#[test]
fn what_another_own_key_left_is_announced_whether_it_is_discovered_before_or_after() {
    for discovered_before in [true, false] {
        let mut world = world();
        if discovered_before {
            world.discover("A1", "A9");
        }
        let mut message = world.message("A1", "A9", "+B");
        let by = Some(world.key("A9"));
        message.protection = Protection::Encrypted { with: world.encryption(), by };
        world.receive("A1", message);
        let mut sent = world.at(10).decide("A1", "+A9").outgoing.clone();
        sent.extend(world.discover("A1", "A9").outgoing.iter().cloned());
        assert_eq!(world.messages(&sent), ["to A for A: +B"]);
    }
}

#[test]
fn scanning_the_own_key_sends_the_summary() {
    let mut world = TestWorld::one_key(AnnouncementRule::Cascade, "A1 A2");
    world.discover("A1", "B C D E A9");
    world.decide("A1", "+B");
    world.decide("A1", "+C");
    world.decide("A1", "-D");
    world.decide("A1", "-A9"); // not told to others, as when it is decided
    world.sent.clear();
    let scanned = ManualDecision::authenticate(world.key("A"));
    let out = world.at(10).apply("A1", &Input::Decide(scanned));
    assert_eq!(world.messages(&out.outgoing), ["to A for A: +B +C -D"]);
    assert_eq!(out.changes, []);
}

#[test]
fn scanning_the_own_key_with_nothing_to_say_sends_nothing() {
    let mut world = world();
    let out = world.decide("A1", "+A");
    assert_untouched(&out);
}

#[test]
fn distrusting_the_own_key_sends_no_summary() {
    let mut world = world();
    world.at(10).decide("A1", "+B");
    let out = world.at(20).decide("A1", "-A");
    assert_eq!(world.messages(&out.outgoing), [""; 0]);
    assert_eq!(*only_reason(&out), Reason::OwnKey);
}

#[test]
fn scanning_another_key_sends_no_summary() {
    let mut world = world();
    world.decide("A1", "+B");
    let out = world.decide("A1", "+C");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: +C"]);
}

#[test]
fn with_a_key_per_endpoint_scanning_the_own_key_sends_nothing() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    assert_eq!(world.decide("A1", "+A1").outgoing, []);
}

#[test]
fn a_new_endpoint_learns_about_three_contacts() {
    // The readme's example. Decisions from before the notebook A2 existed never reached it.
    let mut world = TestWorld::one_key(AnnouncementRule::Cascade, "A1");
    world.discover("A1", "B C D");
    for contact in ["+B", "+C", "+D"] {
        world.decide("A1", contact);
        world.drain();
    }
    world.add("A2");
    world.discover("A2", "B C D");
    world.at(10).decide("A1", "+A");
    world.drain();
    for contact in ["B", "C", "D"] {
        assert_eq!(world.level("A2", contact), Level::Authenticated);
    }
}

#[test]
fn the_own_reflection_is_not_known_by_its_key() {
    let mut world = world();
    let mut message = world.message("A1", "A2", "+B");
    message.from = world.endpoint("A1");
    let out = world.receive("A1", message.clone());
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::OwnReflection);
    message.from = world.endpoint("A2");
    assert_eq!(world.receive("A1", message).refused, []);
    assert_eq!(world.level("A1", "B"), Level::Authenticated);
}

#[test]
fn a_message_about_the_shared_key_changes_nothing() {
    for decision in ["+A", "-A"] {
        let mut world = world();
        let out = world.hear("A1", "A2", decision);
        assert_untouched(&out);
        assert_eq!(world.refusals(&out.refused), [format!("own-key {decision}")]);
        assert_eq!(world.level("A1", "A"), Level::Authenticated);
    }
}

#[test]
fn direct_announces_the_same() {
    let mut world = TestWorld::one_key(AnnouncementRule::Direct, "A1 A2");
    world.discover("A1 A2", "B");
    let out = world.decide("A1", "+B");
    assert_eq!(world.messages(&out.outgoing), ["to A for A: +B"]);
}

#[test]
fn relay_ends() {
    let mut world = TestWorld::one_key(AnnouncementRule::Relay, "A1 A2 A3");
    world.discover("A1 A2 A3", "B");
    world.decide("A1", "+B");
    world.drain();
    assert_eq!(world.level("A3", "B"), Level::Authenticated);
    // A1 announces. A2 and A3 relay what was new to them.
    assert_eq!(world.sent.len(), 3);
}
