//! Devices that are trusted again, under `named` and `relay`, say once more what nobody heard.

use atm_engine::{AnnouncementRule, ConflictRule, Level, Rules};

use crate::driver::TestWorld;

fn with(announcement: AnnouncementRule, conflict: ConflictRule) -> TestWorld {
    let mut world = TestWorld::with(Rules { announcement, conflict, ..Rules::default() }, "A1 A2 A3");
    world.discover_all();
    world.discover("A1 A2 A3", "B1 B2");
    for (time, who, key) in [(1, "A1", "+A2"), (2, "A2", "+A1"), (3, "A2", "+A3"), (4, "A3", "+A2")] {
        world.at(time).decide(who, key);
        world.drain();
    }
    world
}

fn linked() -> TestWorld {
    with(AnnouncementRule::Relay, ConflictRule::Named)
}

#[test]
fn a_device_that_is_trusted_again_is_told_so() {
    let mut world = linked();
    world.at(10).decide("A2", "-A1");
    world.drain();
    let out = world.at(20).decide("A2", "+A1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A1: +A1", "to A for A1: +A3", "to A for A3: +A1"]);
}

#[test]
fn nobody_is_told_so_who_was_never_distrusted() {
    let mut world = linked();
    let out = world.at(10).decide("A1", "+B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2 A3: +B1", "to B for B1: +A2 +A3"]);
}

#[test]
fn it_answers_with_what_it_knows() {
    let mut world = linked();
    world.at(10).decide("A1", "+B1");
    world.drain();
    let out = world.at(20).hear("A1", "A2", "+A1/7");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +A3 +B1"]);
    // Nothing was overruled, or somebody says so whom it has not authenticated.
    for (sender, said) in [("A2", "+A1"), ("A2", "+A1#7"), ("B2", "+A1/7")] {
        let out = world.at(30).hear("A1", sender, said);
        assert_eq!(world.messages(&out.outgoing), Vec::<String>::new(), "{sender} {said}");
    }
}

#[test]
fn a_contact_is_answered_about_own_keys() {
    let mut world = linked();
    world.at(10).decide("A1", "+B1 +B2");
    world.drain();
    let out = world.at(20).hear("A1", "B1", "+A1/7");
    assert_eq!(world.messages(&out.outgoing), ["to B for B1: +A2 +A3"]);
}

#[test]
fn what_nobody_heard_counts_in_the_end() {
    let mut world = linked();
    world.at(10).decide("A2", "-A1");
    world.drain();
    world.at(20).decide("A1", "+B1 -B2");
    world.drain();
    assert_eq!([world.level("A2", "B1"), world.level("A3", "B2")], [Level::AutomaticallyTrusted; 2]);
    world.at(30).decide("A3", "+A1");
    world.drain();
    for device in ["A1", "A2", "A3"] {
        assert_eq!(world.level(device, "B1"), Level::Authenticated, "{device}");
        assert_eq!(world.level(device, "B2"), Level::Distrusted, "{device}");
    }
}

#[test]
fn the_news_is_sent_again_if_it_waited_too_long() {
    let mut world = linked();
    world.at(10).decide("A2", "-A1");
    world.drain();
    world.confirm_all("A2");
    world.at(20).decide("A2", "+A1");
    let ten_minutes = 10 * 60 * 1_000;
    let out = world.at(20 + ten_minutes).resume("A2");
    assert_eq!(world.messages(&out.outgoing), ["to A for A1: +A1", "to A for A1: +A3", "to A for A3: +A1"]);
}

#[test]
fn it_takes_both_rules() {
    for (announcement, conflict) in [
        (AnnouncementRule::Direct, ConflictRule::Named),
        (AnnouncementRule::Cascade, ConflictRule::Named),
        (AnnouncementRule::Relay, ConflictRule::Newest),
        (AnnouncementRule::Relay, ConflictRule::Cautious),
    ] {
        let mut world = with(announcement, conflict);
        world.at(10).decide("A2", "-A1");
        world.drain();
        let out = world.at(20).decide("A2", "+A1");
        let messages = world.messages(&out.outgoing);
        assert!(
            !messages.contains(&"to A for A1: +A1".to_owned()),
            "{announcement:?} {conflict:?}: {messages:?}"
        );
    }
}
