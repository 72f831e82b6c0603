//! The conflict rule `cautious`: a distrust stands until its author, or a person, trusts the key.

use atm_engine::{Change, ConflictRule, Level, Origin};

use crate::driver::{TestWorld, stamp};

/// A1, which authenticated A2, A3 and A4 and knows B1.
fn world() -> TestWorld {
    let mut world = TestWorld::settling(ConflictRule::Cautious, "A1");
    world.discover("A1", "A2 A3 A4 B1");
    world.decide("A1", "+A2 +A3 +A4");
    world
}

#[test]
fn somebody_elses_trust_does_not_end_a_distrust() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    let out = world.at(20).hear("A1", "A3", "+B1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(out.changes, []);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_distrust_counts_even_if_somebody_trusted_the_key_later() {
    let mut world = world();
    world.at(20).hear("A1", "A3", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    let out = world.at(30).hear_late("A1", "A2", "-B1", 10);
    assert_eq!(out.refused, []);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn who_spoke_the_distrust_ends_it() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    let out = world.at(20).hear("A1", "A2", "+B1");
    assert_eq!(world.decided(&out), "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn only_a_later_trust_of_the_same_speaker_ends_it() {
    for (time, level) in [(9, Level::Distrusted), (10, Level::Distrusted), (11, Level::Authenticated)] {
        let mut in_order = world();
        in_order.at(30).hear_late("A1", "A2", "-B1", 10);
        let out = in_order.at(30).hear_late("A1", "A2", "+B1", time);
        assert_eq!(out.refused.is_empty(), level == Level::Authenticated);
        assert!(in_order.refusals(&out.refused).iter().all(|refusal| refusal == "stale +B1"));
        assert_eq!(in_order.level("A1", "B1"), level);

        let mut reversed = world();
        reversed.at(30).hear_late("A1", "A2", "+B1", time);
        reversed.at(30).hear_late("A1", "A2", "-B1", 10);
        assert_eq!(reversed.level("A1", "B1"), level);
    }
}

#[test]
fn each_distrust_is_ended_by_its_own_speaker() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(11).hear("A1", "A3", "-B1");
    let out = world.at(20).hear("A1", "A2", "+B1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(21).hear("A1", "A3", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_person_ends_every_distrust() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(11).hear("A1", "A3", "-B1");
    world.at(20).decide("A1", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn a_person_ends_a_distrust_of_the_same_moment() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(10).decide("A1", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_persons_trust_ends_distrusts_that_arrive_after_it() {
    for (time, level) in [(19, Level::Authenticated), (20, Level::Distrusted), (21, Level::Distrusted)] {
        let mut world = world();
        world.at(20).decide("A1", "+B1");
        let out = world.at(30).hear_late("A1", "A2", "-B1", time);
        let expected: &[&str] = if level == Level::Authenticated { &["stale -B1"] } else { &[] };
        assert_eq!(world.refusals(&out.refused), expected);
        assert_eq!(world.level("A1", "B1"), level);
    }
}

#[test]
fn a_distrust_after_a_persons_trust_stands_against_others() {
    let mut world = world();
    world.at(10).decide("A1", "+B1");
    world.at(20).hear("A1", "A2", "-B1");
    let out = world.at(30).hear("A1", "A3", "+B1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_persons_distrust_stands_until_the_person_trusts() {
    let mut world = world();
    world.at(10).decide("A1", "-B1");
    for speaker in ["A2", "A3", "A4"] {
        let out = world.at(20).hear("A1", speaker, "+B1");
        assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    }
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(30).decide("A1", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_speakers_trust_does_not_end_the_persons_distrust_however_late() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(20).decide("A1", "-B1");
    let out = world.at(30).hear("A1", "A2", "+B1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
}

#[test]
fn without_a_distrust_trust_is_repeated_and_moves_the_time() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "+B1");
    let out = world.at(20).hear("A1", "A3", "+B1");
    assert!(matches!(out.changes[..], [Change::Confirmed { time, .. }] if time == stamp(20)));
    assert_eq!(out.refused, []);
    // The person's decision is at least one millisecond later than the last one.
    let out = world.at(15).decide("A1", "-B1");
    assert_eq!(out.outgoing[0].envelope.time, Some(stamp(21)));
}

#[test]
fn a_repeated_distrust_needs_both_speakers_to_end() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    let out = world.at(20).hear("A1", "A3", "-B1");
    assert!(matches!(out.changes[..], [Change::Confirmed { time, .. }] if time == stamp(20)));
    assert_eq!(out.refused, []);
    world.at(30).hear("A1", "A3", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn an_old_distrust_that_comes_late_does_not_move_the_time_back() {
    let mut world = world();
    world.at(100).hear("A1", "A3", "+B1");
    world.at(110).hear_late("A1", "A2", "-B1", 10);
    // Both decisions precede the person's.
    let out = world.at(50).decide("A1", "+B1");
    assert_eq!(out.outgoing[0].envelope.time, Some(stamp(101)));
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn an_old_trust_that_comes_late_does_not_move_the_time_back() {
    let mut world = world();
    world.at(100).hear("A1", "A3", "+B1");
    world.at(110).hear_late("A1", "A2", "+B1", 10);
    // The person's decision is later than both.
    let out = world.at(50).decide("A1", "-B1");
    assert_eq!(out.outgoing[0].envelope.time, Some(stamp(101)));
}

#[test]
fn a_repeated_distrust_is_ended_by_a_trust_after_the_repetition_only() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(30).hear("A1", "A2", "-B1");
    let out = world.at(40).hear_late("A1", "A2", "+B1", 20);
    assert_eq!(world.refusals(&out.refused), ["stale +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(50).hear("A1", "A2", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn an_old_distrust_that_comes_late_gives_no_earlier_word_back() {
    // B1's decision of 15 precedes A2's distrust of 20, although A3's distrust of 10 was the last to arrive and to end.
    let [distrust, trust] = [("A3", "-B1", 10), ("A2", "+B1", 25)];
    for order in [[distrust, trust], [trust, distrust]] {
        let mut world = world();
        world.discover("A1", "B2");
        world.at(20).hear("A1", "A2", "-B1");
        for (sender, decision, time) in order {
            world.at(30).hear_late("A1", sender, decision, time);
        }
        assert_eq!(world.level("A1", "B1"), Level::Distrusted);
        world.at(40).hear_late("A1", "A3", "+B1", 12);
        assert_eq!(world.level("A1", "B1"), Level::Authenticated);
        let out = world.at(50).hear_late("A1", "B1", "+B2", 15);
        assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    }
}

#[test]
fn after_a_distrust_counts_what_its_key_dates_after_the_trust_that_ended_it() {
    // A3 trusted B1 at 100. A2's distrust of 20 outweighs that until A2 trusts B1 at 60.
    let mut world = world();
    world.discover("A1", "B2 B3");
    world.at(100).hear("A1", "A3", "+B1");
    world.at(110).hear_late("A1", "A2", "-B1", 20);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(120).hear_late("A1", "A2", "+B1", 60);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    let out = world.at(130).hear_late("A1", "B1", "+B2", 59);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    world.at(130).hear_late("A1", "B1", "+B3", 60);
    assert_eq!(world.level("A1", "B3"), Level::Authenticated);
}

#[test]
fn an_announced_distrust_refuses_until_the_time_of_the_announcement() {
    let mut world = world();
    world.discover("A1", "A5 B2");
    world.at(100).hear("A1", "A3", "+B1");
    world.at(110).hear_late("A1", "A2", "-B1", 20);
    // The clock was set back. The summary for A5 is dated 100, because A3 trusted B1 then.
    let out = world.at(50).decide("A1", "+A5");
    let summary = out.outgoing.iter().find(|outgoing| outgoing.envelope.message.decisions.len() > 1).unwrap();
    assert_eq!(world.messages(std::slice::from_ref(summary)), ["to A for A5: +A2 +A3 +A4 -B1"]);
    assert_eq!(summary.envelope.time, Some(stamp(100)));
    // A2 trusts B1 again, with an earlier time.
    world.at(200).hear_late("A1", "A2", "+B1", 60);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    let out = world.at(200).hear_late("A1", "B1", "+B2", 100);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    world.at(200).hear_late("A1", "B1", "+B2", 101);
    assert_eq!(world.level("A1", "B2"), Level::Authenticated);
}

#[test]
fn what_is_released_obeys_the_rule() {
    let mut world = world();
    world.discover("A1", "A5");
    world.at(5).hear("A1", "A5", "-B1");
    world.at(10).hear("A1", "A2", "+B1");
    world.at(20).decide("A1", "+A5");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    let out = world.at(30).hear("A1", "A2", "+B1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
}

#[test]
fn distrusts_of_other_keys_do_not_matter() {
    let mut world = world();
    world.discover("A1", "B2");
    world.at(10).hear("A1", "A2", "-B2");
    world.at(20).hear("A1", "A3", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn one_tie_is_a_distrust() {
    for order in [["+B1", "-B1"], ["-B1", "+B1"]] {
        let mut world = world();
        world.at(10).hear("A1", "A2", order[0]);
        world.at(10).hear("A1", "A3", order[1]);
        assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    }
}
