//! The outbox keeps messages until they are confirmed.

use std::time::Duration;

use atm_engine::{Input, Level, OutboxId, Outgoing, Rules};

use crate::driver::{TestWorld, stamp};

/// Half of the margin, in milliseconds. The engine rewrites an older message, so that the other half remains for the
/// transport.
const FRESH: i64 = 150_000;

fn world() -> TestWorld {
    let mut world = TestWorld::new("A1 A2 B1");
    world.discover_all();
    world.discover("A1", "A3 B2");
    world.decide("A2", "+A1");
    world.decide("B1", "+A1");
    world.decide("A1", "+A2");
    world.sent.clear();
    world
}

fn outbox(world: &mut TestWorld) -> Vec<Outgoing> {
    world.device("A1").outbox().cloned().collect()
}

#[test]
fn a_message_waits_until_it_is_confirmed() {
    let mut world = world();
    let out = world.at(10).decide("A1", "+B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1", "to B for B1: +A2"]);
    assert_eq!(outbox(&mut world), out.outgoing);
    let out_of_sent = world.apply("A1", &Input::Sent(out.outgoing[0].id));
    assert_eq!((out_of_sent.changes.len(), out_of_sent.outgoing.len()), (0, 0));
    assert_eq!(outbox(&mut world), out.outgoing[1..]);
    world.apply("A1", &Input::Sent(out.outgoing[1].id));
    assert_eq!(outbox(&mut world), []);
}

#[test]
fn a_confirmation_counts_once_and_for_its_message_only() {
    let mut world = world();
    let out = world.at(10).decide("A1", "+B1");
    world.apply("A1", &Input::Sent(OutboxId(99)));
    assert_eq!(outbox(&mut world), out.outgoing);
    world.apply("A1", &Input::Sent(out.outgoing[1].id));
    world.apply("A1", &Input::Sent(out.outgoing[1].id));
    assert_eq!(outbox(&mut world), out.outgoing[..1]);
}

#[test]
fn the_device_itself_confirms_as_well() {
    let mut world = world();
    let out = world.at(10).decide("A1", "+B1");
    world.devices[0].sent(out.outgoing[0].id);
    assert_eq!(outbox(&mut world), out.outgoing[1..]);
}

#[test]
fn a_crash_between_deciding_and_sending_loses_nothing() {
    let mut world = world();
    let decided = world.at(10).decide("A1", "+B1");
    let before = world.devices.clone();
    world.crash();
    assert_eq!(world.devices, before);
    let resumed = world.at(20).resume("A1");
    assert_eq!(resumed.outgoing, decided.outgoing);
    assert_eq!((resumed.changes.len(), resumed.refused.len()), (0, 0));
    // They wait until they are confirmed.
    assert_eq!(outbox(&mut world), decided.outgoing);
    world.drain();
    assert_eq!(world.level("A2", "B1"), Level::Authenticated);
    assert_eq!(world.level("B1", "A2"), Level::Authenticated);
    world.confirm_all("A1");
    assert_eq!(world.at(30).resume("A1").outgoing, []);
}

#[test]
fn numbers_are_not_given_out_again_after_a_crash() {
    let mut world = world();
    let first = world.at(10).decide("A1", "+B1");
    world.confirm_all("A1");
    world.crash();
    let second = world.at(20).decide("A1", "+B2");
    for message in &second.outgoing {
        assert!(first.outgoing.iter().all(|earlier| earlier.id < message.id));
    }
}

#[test]
fn a_message_that_is_fresh_keeps_its_time() {
    for moved in [-FRESH, FRESH] {
        let mut world = world();
        let decided = world.at(10).decide("A1", "+B1");
        let resumed = world.at(10 + moved).resume("A1");
        assert_eq!(resumed.outgoing, decided.outgoing);
    }
}

#[test]
fn a_message_that_would_be_too_old_is_said_anew() {
    let mut world = world();
    let decided = world.at(10).decide("A1", "+B1");
    let resumed = world.at(11 + FRESH).resume("A1");
    assert_eq!(world.messages(&resumed.outgoing), world.messages(&decided.outgoing));
    for (anew, old) in resumed.outgoing.iter().zip(&decided.outgoing) {
        assert_eq!(anew.id, old.id);
        assert_eq!(anew.envelope.time, Some(stamp(11 + FRESH)));
        assert!(anew.envelope.padded);
        assert_eq!((anew.envelope.from, anew.envelope.to), (old.envelope.from, old.envelope.to));
        assert_eq!(anew.envelope.message.encryption, old.envelope.message.encryption);
        assert_eq!(anew.envelope.message.usage, old.envelope.message.usage);
    }
    assert_eq!(outbox(&mut world), resumed.outgoing);
}

#[test]
fn how_old_is_too_old_follows_the_margin() {
    let rules = Rules { clock_margin: Duration::from_millis(20), ..Rules::default() };
    for (later, time) in [(10, 0), (11, 11)] {
        let mut world = TestWorld::with(rules, "A1");
        world.discover("A1", "A2 B1");
        world.decide("A1", "+A2");
        world.decide("A1", "+B1");
        let resumed = world.at(later).resume("A1");
        assert!(resumed.outgoing.iter().all(|outgoing| outgoing.envelope.time == Some(stamp(time))));
    }
}

#[test]
fn what_is_said_anew_has_its_new_time_here_too() {
    let mut world = world();
    world.at(10).decide("A1", "+B1");
    let later = 20 * FRESH;
    world.at(later).resume("A1");
    let out = world.at(later + 1).hear_late("A1", "A2", "-B1", later - 1);
    assert_eq!(world.refusals(&out.refused), ["stale -B1"]);
    world.at(later + 1).hear_late("A1", "A2", "-B1", later);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn what_does_not_hold_any_longer_is_not_said_anew() {
    let mut world = world();
    world.at(10).decide("A1", "+B2");
    world.confirm_all("A1");
    // Two decisions wait in one message to A2. A received message reverses one of them.
    world.at(20).decide("A1", "+B1 -B2");
    world.at(30).hear("A1", "A2", "+B2");
    assert_eq!(world.waiting("A1"), ["to A for A2: +B1 -B2", "to B for B1: +A2"]);
    let resumed = world.at(30 + 2 * FRESH).resume("A1");
    assert_eq!(world.messages(&resumed.outgoing), ["to A for A2: +B1", "to B for B1: +A2"]);
}

#[test]
fn a_message_of_which_nothing_holds_is_not_sent() {
    let mut world = world();
    world.at(20).decide("A1", "-B1");
    world.at(30).hear("A1", "A2", "+B1");
    assert_eq!(world.waiting("A1"), ["to A for A2: -B1"]);
    let resumed = world.at(30 + 2 * FRESH).resume("A1");
    assert_eq!(resumed.outgoing, []);
    assert_eq!(world.waiting("A1"), [""; 0]);
}

#[test]
fn a_distrusted_addressee_is_taken_off() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2 +A3");
    world.confirm_all("A1");
    world.at(10).decide("A1", "+B1");
    assert_eq!(world.waiting("A1"), ["to A for A2 A3: +B1", "to B for B1: +A2 +A3"]);
    world.at(20).decide("A1", "-A3");
    assert_eq!(
        world.waiting("A1"),
        ["to A for A2: +B1", "to A for A2: -A3", "to B for B1: +A2 +A3", "to B for B1: -A3"]
    );
    // A message's distrust does the same. A message without addressees is removed.
    world.at(30).hear("A1", "A2", "-B1");
    assert_eq!(world.waiting("A1"), ["to A for A2: +B1", "to A for A2: -A3"]);
}

#[test]
fn a_device_without_messages_resumes_quietly() {
    let mut world = world();
    let out = world.resume("A1");
    assert_eq!((out.changes.len(), out.outgoing.len(), out.refused.len()), (0, 0, 0));
}

#[test]
fn nobody_is_told_about_its_own_key_only_when_a_message_is_said_anew() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3");
    let out = world.at(10).decide("A1", "+A2 +A3");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2 A3: +A2 +A3"]);
    let out = world.at(20).decide("A1", "-A3");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: -A3"]);
    let resumed = world.at(20 + 2 * FRESH).resume("A1");
    assert_eq!(world.messages(&resumed.outgoing), ["to A for A2: -A3"]);
    assert_eq!(world.waiting("A1"), ["to A for A2: -A3"]);
}
