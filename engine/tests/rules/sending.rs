//! Sending: the keys that messages are encrypted for, and the content for contacts.

use atm_engine::{AnnouncementRule, Level, Usage};

use crate::driver::TestWorld;

#[test]
fn a_message_is_about_one_encryption_and_for_atm() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    let out = world.decide("A1", "+B1");
    assert_eq!(out.outgoing.len(), 2);
    for outgoing in &out.outgoing {
        assert_eq!(outgoing.envelope.message.usage, Usage::Atm);
        assert_eq!(outgoing.envelope.message.encryption, world.encryption());
    }
}

#[test]
fn messages_are_encrypted_for_authenticated_keys_only() {
    let mut world = TestWorld::new("A1");
    // B2 is automatically trusted until B1 is authenticated, C2 manually; B3 and A4 are distrusted.
    world.discover("A1", "A2 A3 A4 A5 B1 B2 B3 C2 D1");
    world.trust_manually("A1", "C2");
    world.decide("A1", "+A2 -A4");
    world.decide("A1", "+B1 -B3");
    assert_eq!(world.level("A1", "A3"), Level::AutomaticallyDistrusted);
    assert_eq!(world.level("A1", "D1"), Level::AutomaticallyTrusted);
    assert_eq!(world.level("A1", "C2"), Level::ManuallyTrusted);
    let out = world.at(10).decide("A1", "+A5");
    assert_eq!(
        world.messages(&out.outgoing),
        ["to A for A2: +A5", "to A for A5: +A2 -A4 +B1 -B3", "to B for B1: +A5"]
    );
}

#[test]
fn a_distrust_is_not_encrypted_for_the_distrusted_key() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2");
    world.decide("A1", "+A2 +A3");
    world.decide("A1", "+B1 +B2");
    let out = world.at(10).decide("A1", "-A3");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: -A3", "to B for B1 B2: -A3"]);
    let out = world.at(20).decide("A1", "-B2");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: -B2"]);
}

#[test]
fn a_contact_without_an_authenticated_key_gets_nothing() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+B1");
    world.at(10).decide("A1", "-B1");
    let out = world.at(20).decide("A1", "+A2");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: -B1"]);
}

#[test]
fn a_contact_gets_only_decisions_about_the_own_account() {
    for announcement in [AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay] {
        let mut world = TestWorld::announcing(announcement, "A1");
        world.discover("A1", "A2 A3 A4 B1 B2 B3 C1 C2");
        world.decide("A1", "+A2 -A4");
        world.hear("A1", "A3", "+C1 -C2 +B3");
        world.decide("A1", "+B1");
        world.decide("A1", "+B2");
        world.at(10).decide("A1", "+A3");
        world.at(20).decide("A1", "-C1");
        let own = world.account("A");
        let mut to_contacts = 0;
        for (_, outgoing) in world.sent.iter().filter(|(_, outgoing)| outgoing.to != own) {
            to_contacts += 1;
            let decisions = outgoing.envelope.message.decisions.iter();
            assert!(decisions.into_iter().all(|decision| world.names.owner(decision.key) == own));
        }
        assert!(to_contacts >= 5, "{to_contacts}");
    }
}
