//! The conflict rule `newest`: which of several decisions about one key counts.

use atm_engine::{Change, Level, Outcome, Outgoing, Stamp};

use crate::driver::{TestWorld, stamp};

/// A1, which authenticated A2 and A3 and knows B1.
fn world() -> TestWorld {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2 +A3");
    world
}

fn time_of_the_decision(out: &Outcome) -> Stamp {
    match out.changes[..] {
        [Change::Decided { time, .. }, ..] => time,
        ref changes => panic!("no decision first: {changes:?}"),
    }
}

#[test]
fn the_latest_wins_whichever_comes_first() {
    for (early, late, level) in [("+B1", "-B1", Level::Distrusted), ("-B1", "+B1", Level::Authenticated)] {
        let mut in_order = world();
        in_order.at(50).hear_late("A1", "A2", early, 10);
        in_order.at(50).hear_late("A1", "A3", late, 11);
        assert_eq!(in_order.level("A1", "B1"), level);

        let mut reversed = world();
        reversed.at(50).hear_late("A1", "A3", late, 11);
        let before = reversed.device("A1").clone();
        let out = reversed.at(50).hear_late("A1", "A2", early, 10);
        assert_eq!(reversed.refusals(&out.refused), [format!("stale {early}")]);
        assert_eq!(out.refused[0].sender, Some(reversed.key("A2")));
        assert_eq!(*reversed.device("A1"), before);
    }
}

#[test]
fn distrust_wins_a_tie_whichever_comes_first() {
    let mut trust_first = world();
    trust_first.at(10).hear("A1", "A2", "+B1");
    trust_first.at(10).hear("A1", "A3", "-B1");
    assert_eq!(trust_first.level("A1", "B1"), Level::Distrusted);

    let mut distrust_first = world();
    distrust_first.at(10).hear("A1", "A3", "-B1");
    let out = distrust_first.at(10).hear("A1", "A2", "+B1");
    assert_eq!(distrust_first.refusals(&out.refused), ["stale +B1"]);
    assert_eq!(distrust_first.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn the_same_message_again_is_stale() {
    for decision in ["+B1", "-B1"] {
        let mut world = world();
        world.at(10).hear("A1", "A2", decision);
        let before = world.device("A1").clone();
        let out = world.at(20).hear_late("A1", "A2", decision, 10);
        assert_eq!(world.refusals(&out.refused), [format!("stale {decision}")]);
        assert_eq!(*world.device("A1"), before);
    }
}

#[test]
fn a_repeated_decision_moves_the_time() {
    for (decision, opposite) in [("+B1", "-B1"), ("-B1", "+B1")] {
        let mut world = world();
        world.at(10).hear("A1", "A2", decision);
        let out = world.at(30).hear("A1", "A3", decision);
        assert!(matches!(out.changes[..], [Change::Confirmed { time, .. }] if time == stamp(30)));
        assert_eq!(out.refused, []);
        let out = world.at(40).hear_late("A1", "A2", opposite, 29);
        assert_eq!(world.refusals(&out.refused), [format!("stale {opposite}")]);
        world.at(40).hear_late("A1", "A2", opposite, 31);
        let sender = world.key("A2");
        assert_eq!(world.origin("A1", "B1"), Some(atm_engine::Origin::Message { sender }));
    }
}

#[test]
fn a_decision_is_never_later_than_its_arrival() {
    let mut world = world();
    let out = world.at(10).hear_late("A1", "A2", "+B1", 60_000);
    assert_eq!(time_of_the_decision(&out), stamp(10));
    world.at(11).hear("A1", "A3", "-B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_postponed_decision_is_never_later_than_its_arrival() {
    let mut world = world();
    world.at(10).hear_late("A1", "A4", "+B1", 60_000);
    let sender = world.key("A4");
    let times: Vec<Stamp> = world.device("A1").postponed(sender).map(|(_, time)| time).collect();
    assert_eq!(times, [stamp(10)]);
}

#[test]
fn a_message_keeps_a_time_before_its_arrival() {
    let mut world = world();
    let out = world.at(10).hear_late("A1", "A2", "+B1", 9);
    assert_eq!(time_of_the_decision(&out), stamp(9));
}

#[test]
fn a_message_that_was_held_back_keeps_a_time_after_its_delay_stamp() {
    // The sender's clock is slightly ahead of the server's.
    let mut world = world();
    let mut message = world.at(60).message("A1", "A2", "+B1");
    message.delayed_since = Some(stamp(10));
    let out = world.at(100).receive("A1", message);
    assert_eq!(time_of_the_decision(&out), stamp(60));
}

#[test]
fn a_manual_decision_has_the_local_time_but_is_later_than_the_last() {
    for (now, time) in [(50, 101), (100, 101), (101, 101), (102, 102)] {
        let mut world = world();
        world.at(100).hear("A1", "A2", "+B1");
        let out = world.at(now).decide("A1", "-B1");
        assert_eq!(time_of_the_decision(&out), stamp(time));
        assert_eq!(world.level("A1", "B1"), Level::Distrusted);
        assert_eq!(out.outgoing[0].envelope.time, Some(stamp(time)), "others learn that time");
    }
}

#[test]
fn a_manual_decision_wins_over_a_distrust_of_the_same_moment() {
    let mut world = world();
    world.at(100).hear("A1", "A2", "-B1");
    let out = world.at(100).decide("A1", "+B1");
    assert_eq!(time_of_the_decision(&out), stamp(101));
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn the_first_manual_decision_has_the_local_time() {
    // A discovery is no decision.
    let mut world = world();
    let out = world.at(-5).decide("A1", "+B1");
    assert_eq!(time_of_the_decision(&out), stamp(-5));
}

#[test]
fn a_later_message_changes_a_manual_decision() {
    let mut world = world();
    world.at(10).decide("A1", "+B1");
    let out = world.at(20).hear_late("A1", "A2", "-B1", 9);
    assert_eq!(world.refusals(&out.refused), ["stale -B1"]);
    world.at(20).hear("A1", "A2", "-B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn what_a_device_announces_gets_the_time_of_the_message() {
    for (time, level) in [(49, Level::Authenticated), (50, Level::Distrusted), (51, Level::Distrusted)] {
        let mut world = world();
        world.discover("A1", "A4");
        world.at(10).hear("A1", "A2", "+B1");
        let out = world.at(50).decide("A1", "+A4");
        assert!(world.messages(&out.outgoing).contains(&"to A for A4: +A2 +A3 +B1".to_owned()));
        world.at(60).hear_late("A1", "A2", "-B1", time);
        assert_eq!(world.level("A1", "B1"), level);
    }
}

#[test]
fn what_a_device_does_not_announce_keeps_its_time() {
    let mut world = world();
    world.discover("A1", "C1");
    world.at(10).hear("A1", "A2", "+B1");
    let out = world.at(50).decide("A1", "+C1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2 A3: +C1", "to C for C1: +A2 +A3"]);
    world.at(60).hear_late("A1", "A3", "-B1", 11);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_message_is_not_dated_before_what_it_says() {
    let mut world = world();
    world.discover("A1", "A4");
    world.at(100).hear("A1", "A2", "+B1");
    // The clock was set back. A4 gets a summary with B1, which was authenticated at 100.
    let out = world.at(50).decide("A1", "+A4");
    assert!(world.messages(&out.outgoing).contains(&"to A for A4: +A2 +A3 +B1".to_owned()));
    // Messages that are not about B1 have the local time.
    let about_b1 = |outgoing: &&Outgoing| outgoing.envelope.message.decisions.len() == 3;
    let (summary, others): (Vec<_>, Vec<_>) = out.outgoing.iter().partition(about_b1);
    assert_eq!(summary.len(), 1);
    assert!(summary.iter().all(|outgoing| outgoing.envelope.time == Some(stamp(100))));
    assert!(others.iter().all(|outgoing| outgoing.envelope.time == Some(stamp(50))));
}
