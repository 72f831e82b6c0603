//! Decisions of senders without an authenticated key: how they wait, and how they are released or dropped.

use atm_engine::{Cause, Change, Decision, DecisionKind, Effect, Level, Origin};

use crate::driver::{TestWorld, stamp, within_limits};

const CHAIN: usize = 100_000;

#[test]
fn what_is_postponed_has_no_effect() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    let out = world.hear("A1", "A2", "+B1 -B2");
    assert_eq!(world.refusals(&out.refused), ["postponed +B1", "postponed -B2"]);
    assert_eq!(out.refused[0].sender, Some(world.key("A2")));
    let sender = world.key("A2");
    let decisions = world.decisions("+B1 -B2");
    let postponed = |decision| Change::Postponed { sender, decision };
    assert_eq!(out.changes, [postponed(decisions[0]), postponed(decisions[1])]);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
    assert_eq!(world.left("A1", "A2"), "+B1 -B2");
    let senders: Vec<_> = world.device("A1").postponed_senders().collect();
    assert_eq!(senders, [sender]);
}

#[test]
fn what_is_stored_keeps_its_time() {
    let mut world = TestWorld::new("A1");
    world.at(10).hear_late("A1", "A2", "+B1", 7);
    let (sender, decisions) = (world.key("A2"), world.decisions("+B1"));
    let left: Vec<_> = world.device("A1").postponed(sender).collect();
    assert_eq!(left, [(decisions[0], stamp(7))]);
}

#[test]
fn a_person_releases_it() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.at(5).hear("A1", "A2", "+B1 -B2");
    let out = world.at(10).decide("A1", "+A2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
    let sender = world.key("A2");
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Message { sender }));
    let released = Change::Decided {
        decision: Decision { key: world.key("B1"), kind: DecisionKind::Trust },
        was: Level::AutomaticallyTrusted,
        origin: Origin::Message { sender },
        time: stamp(5),
        effect: Effect::Now,
        cause: Cause::Released,
    };
    assert!(out.changes.contains(&released), "{:?}", out.changes);
    assert_eq!(out.refused, []);
    assert_eq!(world.left("A1", "A2"), "");
    assert_eq!(world.device("A1").postponed_senders().count(), 0);
}

#[test]
fn a_message_releases_it() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2");
    world.hear("A1", "A3", "+B1");
    world.hear("A1", "A2", "+A3");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn discovery_releases_it() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    world.decide("A1", "+A2");
    let out = world.hear("A1", "A2", "+B1");
    assert_eq!(world.refusals(&out.refused), ["postponed +B1"]);
    world.discover("A1", "A2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.left("A1", "A2"), "");
}

#[test]
fn only_the_key_that_left_it_releases_it() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2 B3");
    world.hear("A1", "B1", "+B3");
    world.decide("A1", "+B2");
    world.decide("A1", "+A2");
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
    assert_eq!(world.left("A1", "B1"), "+B3");
    world.decide("A1", "+B1");
    assert_eq!(world.level("A1", "B3"), Level::Authenticated);
}

#[test]
fn it_is_released_transitively() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.hear("A1", "B1", "+B2");
    world.hear("A1", "A3", "+B1");
    world.hear("A1", "A2", "+A3");
    let out = world.decide("A1", "+A2");
    assert_eq!(world.decided(&out), "+A2 +A3 +B1 +B2");
    assert_eq!(world.authenticated("A1", "A2 A3 B1 B2"), "A2 A3 B1 B2");
}

#[test]
fn distrusts_come_first() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.hear("A1", "A2", "+B1 -B2");
    let out = world.decide("A1", "+A2");
    assert_eq!(world.decided(&out), "+A2 -B2 +B1");
}

#[test]
fn released_distrusts_come_before_authentications_that_wait() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.hear("A1", "A2", "+B1");
    world.hear("A1", "A3", "-B2");
    let out = world.decide("A1", "+A2 +A3");
    assert_eq!(world.decided(&out), "+A2 +A3 -B2 +B1");
}

#[test]
fn what_a_person_decides_comes_before_what_it_releases() {
    for clock in [5, 0] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3");
        world.at(5).hear("A1", "A2", "-A3");
        // The person decided on both keys. The decision of one of them about the other is applied later.
        let out = world.at(clock).decide("A1", "+A2 +A3");
        assert_eq!(world.decided(&out), "+A2 +A3 -A3");
        assert_eq!(out.refused, []);
    }
}

#[test]
fn distrusts_of_a_message_come_first() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    let out = world.hear("A1", "A2", "+B1 -B2");
    assert_eq!(world.decided(&out), "-B2 +B1");
}

#[test]
fn a_released_distrust_of_its_sender_ends_what_a_message_may_do() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.at(1).decide("A1", "+A2");
    world.at(5).hear("A1", "A3", "-A2 -B2");
    let out = world.at(10).hear("A1", "A2", "+A3 +B1");
    assert_eq!(world.decided(&out), "+A3 -A2 -B2");
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
}

#[test]
fn otherwise_decisions_keep_their_order() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2 B3 B4");
    world.at(1).decide("A1", "+A2");
    let out = world.at(2).hear("A1", "A2", "+B1 -B2 +B3 -B4");
    assert_eq!(world.decided(&out), "-B2 -B4 +B1 +B3");
    world.at(3).hear("A1", "A3", "-B1 +B2 -B3 +B4");
    let out = world.at(4).decide("A1", "+A3");
    assert_eq!(world.decided(&out), "+A3 -B1 -B3 +B2 +B4");
}

#[test]
fn what_is_released_is_subject_to_the_order_of_decisions() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.at(5).hear("A1", "A2", "+B1 -B2");
    world.at(10).decide("A1", "-B1 +B2");
    let out = world.at(20).decide("A1", "+A2");
    assert_eq!(world.refusals(&out.refused), ["stale -B2", "stale +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
}

#[test]
fn a_sender_replaces_its_own_earlier_word() {
    let mut world = TestWorld::new("A1");
    world.at(10).hear("A1", "A2", "+B1");
    world.at(20).hear("A1", "A2", "-B1");
    assert_eq!(world.left("A1", "A2"), "-B1");
    world.at(30).hear("A1", "A2", "+B1");
    assert_eq!(world.left("A1", "A2"), "+B1");
}

#[test]
fn a_senders_earlier_word_does_not_replace_its_later_one() {
    let mut world = TestWorld::new("A1");
    world.at(20).hear_late("A1", "A2", "-B1", 10);
    let out = world.at(20).hear_late("A1", "A2", "+B1", 9);
    assert_eq!(world.refusals(&out.refused), ["stale +B1"]);
    assert_eq!(out.changes, []);
    let out = world.at(20).hear_late("A1", "A2", "+B1", 10);
    assert_eq!(world.refusals(&out.refused), ["stale +B1"]);
    assert_eq!(world.left("A1", "A2"), "-B1");
    world.at(20).hear_late("A1", "A2", "+B1", 11);
    assert_eq!(world.left("A1", "A2"), "+B1");
    world.at(20).hear_late("A1", "A2", "-B1", 11);
    assert_eq!(world.left("A1", "A2"), "-B1");
}

#[test]
fn a_repeated_word_moves_its_time() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A3");
    world.at(10).hear("A1", "A2", "+B1");
    world.at(30).hear("A1", "A2", "+B1");
    world.at(40).hear_late("A1", "A3", "-B1", 20);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(50).decide("A1", "+A2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn another_senders_message_changes_nothing() {
    for (first, second) in [("+B1", "-B1"), ("-B1", "+B1"), ("+B1", "+B1")] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 B1");
        world.at(10).hear("A1", "A2", first);
        world.at(20).hear("A1", "A3", second);
        assert_eq!(world.left("A1", "A2"), first);
        assert_eq!(world.left("A1", "A3"), second);
        world.at(30).decide("A1", "+A3");
        assert_eq!(world.left("A1", "A2"), first);
        assert_eq!(world.left("A1", "A3"), "");
    }
}

#[test]
fn an_authenticated_senders_message_does_not_erase_it_either() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A3");
    world.at(10).hear("A1", "A2", "-B1");
    world.at(20).hear_late("A1", "A3", "+B1", 5);
    assert_eq!(world.left("A1", "A2"), "-B1");
    world.at(30).decide("A1", "+A2");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn distrusting_a_sender_drops_what_it_left() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.hear("A1", "A2", "+B1 -B2");
    world.hear("A1", "A3", "+B1");
    let out = world.at(10).decide("A1", "-A2");
    let sender = world.key("A2");
    assert!(out.changes.contains(&Change::Dropped { sender, decisions: 2 }), "{:?}", out.changes);
    assert_eq!(world.left("A1", "A2"), "");
    assert_eq!(world.left("A1", "A3"), "+B1");
    world.at(20).decide("A1", "+A2");
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
}

#[test]
fn what_is_dropped_leaves_nothing_behind() {
    for sender in ["A2", "B1"] {
        let mut world = TestWorld::new("A1");
        let mut quiet = TestWorld::new("A1");
        world.hear("A1", sender, "+B2 -B3");
        for world in [&mut world, &mut quiet] {
            world.at(10).decide("A1", &format!("-{sender}"));
        }
        assert_eq!(world.device("A1"), quiet.device("A1"));
    }
}

#[test]
fn distrusting_one_who_left_nothing_drops_nothing() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2");
    let out = world.decide("A1", "-A2");
    assert_eq!(out.changes.len(), 1);
    assert_eq!(world.decided(&out), "-A2");
}

#[test]
fn a_message_that_distrusts_a_sender_drops_what_it_left() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    world.hear("A1", "A3", "+B1");
    world.at(10).hear("A1", "A2", "-A3");
    assert_eq!(world.left("A1", "A3"), "");
}

#[test]
fn a_distrusted_senders_messages_are_refused() {
    for known in ["A2 B1", "B1"] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", known);
        world.at(10).decide("A1", "-A2");
        let out = world.at(20).hear("A1", "A2", "+B1");
        assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
        assert_eq!(out.changes, []);
        assert_eq!(world.left("A1", "A2"), "");
    }
}

#[test]
fn what_a_sender_dated_before_its_distrust_stays_refused() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.at(10).decide("A1", "-A2");
    world.at(20).decide("A1", "+A2");
    for time in [5, 10] {
        let out = world.at(30).hear_late("A1", "A2", "+B1", time);
        assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    }
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
    world.at(30).hear_late("A1", "A2", "+B1", 21);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn what_a_sender_said_while_its_distrust_stood_stays_refused() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.at(10).decide("A1", "-A2");
    world.at(20).decide("A1", "+A2");
    let out = world.at(30).hear_late("A1", "A2", "+B1", 19);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    world.at(31).hear_late("A1", "A2", "+B1", 20);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_repeated_distrust_refuses_until_its_later_time() {
    for repeat in [
        |world: &mut TestWorld| world.at(15).hear("A1", "A3", "-A2"),
        |world: &mut TestWorld| world.at(15).decide("A1", "-A2"),
    ] {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 B1");
        world.decide("A1", "+A3");
        world.at(10).hear("A1", "A3", "-A2");
        repeat(&mut world);
        world.at(20).decide("A1", "+A2");
        let out = world.at(30).hear_late("A1", "A2", "+B1", 15);
        assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    }
}

#[test]
fn an_announced_distrust_refuses_until_the_time_of_the_announcement() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 A4 B1");
    world.decide("A1", "+A3");
    world.at(10).hear("A1", "A3", "-A2");
    // The summary for A4 at 20 distrusts A2.
    let out = world.at(20).decide("A1", "+A4");
    assert_eq!(world.messages(&out.outgoing), ["to A for A3: +A4", "to A for A4: -A2 +A3"]);
    world.at(30).decide("A1", "+A2");
    let out = world.at(40).hear_late("A1", "A2", "+B1", 20);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
}

#[test]
fn an_announced_authentication_silences_nobody() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.at(10).decide("A1", "+A2");
    world.at(20).decide("A1", "+A3");
    world.at(30).hear_late("A1", "A2", "+B1", 5);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_sender_that_loses_its_word_on_the_way_is_not_heard_further() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1");
    world.at(10).hear("A1", "A2", "+A3 +B1");
    world.at(10).hear("A1", "A3", "-A2");
    // At the same time, the distrust wins.
    let out = world.at(10).decide("A1", "+A2");
    assert_eq!(world.decided(&out), "+A2 +A3 -A2");
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender +B1"]);
    assert_eq!(out.refused[0].sender, Some(world.key("A2")));
    assert_eq!(world.level("A1", "A2"), Level::Distrusted);
    assert_eq!(world.level("A1", "A3"), Level::Authenticated);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
}

#[test]
fn a_sender_that_gets_its_word_back_on_the_way_is_not_heard_about_before() {
    for (time, refusals) in
        [(20, &["distrusted-sender +B1"][..]), (29, &["distrusted-sender +B1"]), (30, &[])]
    {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 A4 B1");
        world.at(time).hear("A1", "A2", "+B1");
        world.at(20).hear("A1", "A3", "-A2");
        world.at(30).hear("A1", "A4", "+A2");
        // The clock is set back, so the messages are later than the person's decision.
        let out = world.at(5).decide("A1", "+A4 +A3 +A2");
        let expected = if refusals.is_empty() { "+A4 +A3 +A2 -A2 +A2 +B1" } else { "+A4 +A3 +A2 -A2 +A2" };
        assert_eq!(world.decided(&out), expected);
        assert_eq!(world.refusals(&out.refused), refusals);
    }
}

#[test]
fn a_long_chain_is_released_like_a_short_one() {
    within_limits(|| {
        let mut world = TestWorld::new("A1");
        for number in 2..CHAIN + 2 {
            world.discover("A1", &format!("A{number}"));
            world.hear("A1", &format!("A{number}"), &format!("+A{}", number + 1));
        }
        world.discover("A1", &format!("A{}", CHAIN + 2));
        let out = world.decide("A1", "+A2");
        assert_eq!(out.refused, []);
        assert_eq!(world.level("A1", &format!("A{}", CHAIN + 2)), Level::Authenticated);
        let own = world.account("A");
        assert_eq!(world.device("A1").authenticated_keys(own).count(), CHAIN + 1);
    });
}

#[test]
fn much_that_one_sender_left_is_released_like_little() {
    within_limits(|| {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2");
        let said: Vec<String> = (0..CHAIN).map(|number| format!("-B{number}")).collect();
        world.hear("A1", "A2", &said.join(" "));
        let out = world.decide("A1", "+A2");
        assert_eq!(out.changes.len(), CHAIN + 1);
    });
}
