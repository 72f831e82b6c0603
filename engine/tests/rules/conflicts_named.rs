//! The conflict rule `named`: a distrust stands until somebody who knows of it trusts the key.

use atm_engine::{AnnouncementRule, ConflictRule, DistrustId, Level, Rules};

use crate::driver::TestWorld;

/// A1, which authenticated A2, A3 and A4 and knows B1.
fn world() -> TestWorld {
    let mut world = TestWorld::settling(ConflictRule::Named, "A1");
    world.discover("A1", "A2 A3 A4 B1");
    world.decide("A1", "+A2 +A3 +A4");
    world
}

/// Devices under the announcement rule `relay`.
fn relaying(devices: &str) -> TestWorld {
    let (announcement, conflict) = (AnnouncementRule::Relay, ConflictRule::Named);
    let mut world = TestWorld::with(Rules { announcement, conflict, ..Rules::default() }, devices);
    world.discover_all();
    world
}

/// A1, A2 and A3, which know each other.
fn settled() -> TestWorld {
    let mut world = relaying("A1 A2 A3");
    for (time, who, key) in [(1, "A1", "+A2"), (2, "A2", "+A1"), (3, "A2", "+A3"), (4, "A3", "+A2")] {
        world.at(time).decide(who, key);
        world.drain();
    }
    assert_eq!(world.missing(), Vec::<String>::new());
    world
}

/// The ids of a key's distrusts that a device knows: standing ones, then overruled ones.
fn ids(world: &mut TestWorld, who: &str, key: &str) -> (Vec<u64>, Vec<u64>) {
    let key = world.key(key);
    let ids = world.device(who).known_distrusts(key).unwrap();
    let numbers = |ids: &[DistrustId]| ids.iter().map(|id| id.number()).collect();
    (numbers(ids.standing()), numbers(ids.overruled()))
}

#[test]
fn a_trust_undoes_the_distrusts_that_it_names() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1#1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    let out = world.at(20).hear("A1", "A3", "+B1/2");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    let out = world.at(30).hear("A1", "A3", "+B1/1,2");
    assert_eq!(world.decided(&out), "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn no_time_decides() {
    for (first, second) in [(10, 20), (20, 10), (10, 10)] {
        let mut world = world();
        world.at(30).hear_late("A1", "A2", "-B1#1", first);
        world.at(30).hear_late("A1", "A3", "+B1", second);
        assert_eq!(world.level("A1", "B1"), Level::Distrusted);
        world.at(30).hear_late("A1", "A3", "+B1/1", second);
        assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    }
}

#[test]
fn a_trust_may_arrive_before_the_distrust_that_it_undoes() {
    let mut world = world();
    world.at(10).hear("A1", "A3", "+B1/1");
    let out = world.at(20).hear("A1", "A2", "-B1#1");
    assert_eq!(world.refusals(&out.refused), ["stale -B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    world.at(30).hear("A1", "A2", "-B1#2/1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn two_distrusts_that_overrule_each_other_leave_trust() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1#1");
    let out = world.at(20).hear("A1", "A3", "-B1#2/1");
    assert_eq!(world.decided(&out), "");
    let out = world.at(30).hear("A1", "A4", "-B1#1/2");
    assert_eq!(world.decided(&out), "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn a_person_overrules_what_has_reached_the_device() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1#7");
    world.at(20).decide("A1", "+B1");
    assert_eq!(ids(&mut world, "A1", "B1"), (vec![], vec![7]));
    let key = world.key("B1");
    let told = world.sent.iter().find_map(|(_, outgoing)| outgoing.envelope.message.distrusts.of(key));
    assert_eq!(told.unwrap().overruled(), [DistrustId::new(7)]);
    world.at(30).hear("A1", "A3", "-B1#8");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_person_who_repeats_a_distrust_makes_another_one() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1#7");
    world.at(20).decide("A1", "-B1");
    let out = world.at(30).hear("A1", "A3", "+B1/7");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_trust_that_crosses_a_distrust_does_not_undo_it() {
    let mut world = settled();
    world.at(10).decide("A2", "-A1");
    world.at(10).decide("A3", "+A1");
    world.drain();
    assert_eq!([world.level("A2", "A1"), world.level("A3", "A1")], [Level::Distrusted; 2]);
    // Both devices now know the distrust, so each of them can end it for both.
    world.at(20).decide("A3", "+A1");
    world.drain();
    assert_eq!([world.level("A2", "A1"), world.level("A3", "A1")], [Level::Authenticated; 2]);
}

#[test]
fn what_a_distrusted_sender_says_never_counts() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-A4#1");
    let out = world.at(20).hear("A1", "A4", "+B1");
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    world.crash();
    world.at(30).hear("A1", "A3", "+A4/1");
    assert_eq!(world.level("A1", "A4"), Level::Authenticated);
    // What it dated before counts no more, however late it comes.
    let out = world.at(40).hear_late("A1", "A4", "+B1", 29);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
    world.at(40).hear("A1", "A4", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

/// Both have to trust it again before the second trust counts, and that one was said earlier.
#[test]
fn what_a_sender_said_under_any_of_several_distrusts_never_counts() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-A4#1");
    world.at(10).hear("A1", "A3", "-A4#2");
    world.at(60).hear_late("A1", "A3", "+A4/2", 50);
    world.at(60).hear_late("A1", "A2", "+A4/1", 20);
    assert_eq!(world.level("A1", "A4"), Level::Authenticated);
    let out = world.at(70).hear_late("A1", "A4", "+B1", 30);
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender"]);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
}

#[test]
fn a_distrust_drops_what_waits() {
    let mut world = TestWorld::settling(ConflictRule::Named, "A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2");
    world.at(10).hear("A1", "A3", "+B1");
    world.at(20).hear("A1", "A2", "-A3#1");
    assert_eq!(world.left("A1", "A3"), "");
    world.at(30).decide("A1", "+A3");
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
}

#[test]
fn words_that_wait_keep_the_ids_of_all_that_their_sender_said() {
    let mut world = TestWorld::settling(ConflictRule::Named, "A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2");
    world.at(5).hear("A1", "A2", "-B1#1");
    world.at(10).hear("A1", "A3", "-B1#2/1");
    world.at(20).hear("A1", "A3", "+B1/2");
    world.crash();
    world.at(30).decide("A1", "+A3");
    assert_eq!(ids(&mut world, "A1", "B1"), (vec![], vec![1, 2]));
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn the_rest_of_a_message_that_leads_to_the_distrust_of_its_sender_is_refused() {
    let mut world = world();
    world.discover("A1", "B2 B3");
    world.at(5).hear("A1", "B2", "-B3#5");
    world.at(10).hear("A1", "B2", "-B1#1");
    world.at(15).decide("A1", "+B1");
    let out = world.at(20).hear("A1", "B1", "+B2 +B3");
    assert_eq!(world.refusals(&out.refused), ["distrusted-sender +B3"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
}

#[test]
fn a_distrust_without_an_id_gets_the_same_one_everywhere() {
    let said = |world: &mut TestWorld| {
        world.at(30).hear_late("A1", "A2", "-B1", 10);
        ids(world, "A1", "B1").0
    };
    let one = said(&mut world());
    assert_eq!((one.len(), &said(&mut world())), (1, &one));
    let mut world = world();
    world.at(30).hear_late("A1", "A3", "-B1", 10);
    assert_ne!(ids(&mut world, "A1", "B1").0, one);
}

#[test]
fn a_trust_takes_back_what_its_speaker_said_before_without_an_id() {
    let mut world = world();
    world.at(10).hear("A1", "A2", "-B1");
    world.at(20).hear("A1", "A3", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.crash();
    world.at(20).hear_late("A1", "A2", "+B1", 10);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(20).hear_late("A1", "A2", "+B1", 11);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    // A replay of the distrust changes nothing.
    world.at(20).hear_late("A1", "A2", "-B1", 10);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn what_a_message_adds_is_relayed_once() {
    let mut world = relaying("A1 A2 A3");
    world.decide("A1", "+A2");
    world.decide("A1", "+A3");
    world.at(10).hear("A1", "A2", "-B1#1");
    let out = world.at(20).hear("A1", "A2", "-B1#2");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2 A3: -B1"]);
    let out = world.at(30).hear("A1", "A3", "-B1#1,2");
    assert_eq!(world.messages(&out.outgoing), Vec::<String>::new());
    let out = world.at(40).hear("A1", "A3", "+B1/1");
    assert_eq!(world.refusals(&out.refused), ["standing-distrust +B1"]);
    assert_eq!(world.messages(&out.outgoing), ["to A for A2 A3: -B1"]);
}

#[test]
fn an_endpoint_that_is_trusted_again_gets_a_summary() {
    let mut world = settled();
    world.at(10).decide("A2", "-A1");
    world.drain();
    world.discover("A2 A3", "B1");
    world.at(20).decide("A2", "+B1");
    world.drain();
    world.at(30).decide("A3", "+A1");
    world.drain();
    assert_eq!(world.level("A1", "B1"), Level::Undecided);
    world.discover("A1", "B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}

#[test]
fn no_number_of_ids_keeps_a_distrust_away() {
    let mut world = world();
    let numbers = |numbers: std::ops::Range<u64>| {
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(",")
    };
    world.at(10).hear("A1", "A2", &format!("-B1#{}", numbers(0..64)));
    let out = world.at(20).hear("A1", "A2", "-B1#64");
    assert_eq!(world.refusals(&out.refused), ["quota -B1"]);
    world.at(30).hear("A1", "A2", &format!("+B1/{}", numbers(0..64)));
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    world.at(40).hear("A1", "A2", "-B1#64");
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    let out = world.at(50).hear("A1", "A2", "+B1/64");
    assert_eq!(world.refusals(&out.refused), ["quota +B1"]);
    assert_eq!(world.level("A1", "B1"), Level::Distrusted);
    world.at(60).decide("A1", "+B1");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
}
