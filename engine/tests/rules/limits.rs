//! Limits on the decisions that others can make a device store.

use atm_engine::{BadIdentifier, Encryption, KeyIdentifier, Level, Limits, Rules};

use crate::driver::TestWorld;

const MANY: usize = 1_000;

/// Bounds that no test reaches.
const WIDE: Limits = Limits {
    own_sender: MANY,
    own_account: MANY,
    contact_sender: MANY,
    contact_account: MANY,
    contacts_total: MANY,
    undiscovered_per_contact: MANY,
};

fn world(limits: Limits) -> TestWorld {
    TestWorld::with(Rules { limits, ..Rules::default() }, "A1")
}

/// Lets senders decide. Asserts that only the last decision exceeds a limit.
fn assert_last_refused(limits: Limits, said: &[(&str, &str)]) -> TestWorld {
    let mut world = world(limits);
    let (last, others) = said.split_last().unwrap();
    for (sender, decision) in others {
        let out = world.hear("A1", sender, decision);
        assert_eq!(world.refusals(&out.refused), [format!("postponed {decision}")]);
    }
    let before = world.device("A1").clone();
    let out = world.hear("A1", last.0, last.1);
    assert_eq!(world.refusals(&out.refused), [format!("quota {}", last.1)]);
    assert_eq!(out.changes, []);
    assert_eq!(*world.device("A1"), before, "nothing that is stored is lost");
    world
}

fn stored(world: &mut TestWorld, sender: &str, decision: &str) -> bool {
    let out = world.hear("A1", sender, decision);
    match &world.refusals(&out.refused)[..] {
        [refusal] if *refusal == format!("postponed {decision}") => true,
        [refusal] if *refusal == format!("quota {decision}") => false,
        refusals => panic!("{refusals:?}"),
    }
}

#[test]
fn an_own_sender_is_bounded() {
    let limits = Limits { own_sender: 2, ..WIDE };
    let mut world = assert_last_refused(limits, &[("A2", "+B1"), ("A2", "+B2"), ("A2", "+B3")]);
    assert!(stored(&mut world, "A3", "+B3"), "another key has room of its own");
}

#[test]
fn the_own_account_is_bounded() {
    let limits = Limits { own_account: 2, ..WIDE };
    let mut world = assert_last_refused(limits, &[("A2", "+B1"), ("A3", "+B2"), ("A4", "+B3")]);
    assert!(stored(&mut world, "B1", "+B2"), "contacts have room of their own");
}

#[test]
fn a_contacts_sender_is_bounded() {
    let limits = Limits { contact_sender: 2, ..WIDE };
    let mut world = assert_last_refused(limits, &[("B1", "+B2"), ("B1", "+B3"), ("B1", "+B4")]);
    assert!(stored(&mut world, "B2", "+B3"), "another key has room of its own");
    for decision in ["+C1", "+C2", "+C3"] {
        assert!(stored(&mut world, "A2", decision), "own endpoints have room of their own");
    }
}

#[test]
fn a_contact_is_bounded() {
    let limits = Limits { contact_account: 2, ..WIDE };
    let mut world = assert_last_refused(limits, &[("B1", "+B9"), ("B2", "+B9"), ("B3", "+B9")]);
    assert!(stored(&mut world, "C1", "+C2"), "another contact has room of its own");
    for decision in ["+C1", "+C2", "+C3"] {
        assert!(stored(&mut world, "A2", decision), "own endpoints have room of their own");
    }
}

#[test]
fn all_contacts_are_bounded() {
    let limits = Limits { contacts_total: 2, ..WIDE };
    let mut world = assert_last_refused(limits, &[("B1", "+B9"), ("C1", "+C9"), ("D1", "+D9")]);
    for decision in ["+C1", "+C2", "+C3"] {
        assert!(stored(&mut world, "A2", decision), "own endpoints have room of their own");
    }
}

#[test]
fn own_endpoints_take_no_room_of_contacts() {
    let mut world = world(Limits { contacts_total: 1, contact_account: 1, contact_sender: 1, ..WIDE });
    assert!(stored(&mut world, "A2", "+B1"));
    assert!(stored(&mut world, "A2", "+B2"));
    assert!(stored(&mut world, "B1", "+B2"));
    assert!(!stored(&mut world, "C1", "+C2"));
}

#[test]
fn contacts_take_no_room_of_own_endpoints() {
    let mut world = world(Limits { own_sender: 1, own_account: 1, ..WIDE });
    assert!(stored(&mut world, "B1", "+B2"));
    assert!(stored(&mut world, "B1", "+B3"));
    assert!(stored(&mut world, "A2", "+B2"));
    assert!(!stored(&mut world, "A2", "+B3"));
}

#[test]
fn a_changed_word_needs_no_room() {
    let mut world = world(Limits { contact_sender: 1, contact_account: 1, contacts_total: 1, ..WIDE });
    assert!(stored(world.at(1), "B1", "+B2"));
    assert!(stored(world.at(2), "B1", "-B2"));
    assert!(stored(world.at(3), "B1", "+B2"));
    assert_eq!(world.left("A1", "B1"), "+B2");
    assert!(!stored(&mut world, "B1", "+B3"));
}

#[test]
fn only_what_is_beyond_the_bound_is_refused() {
    let mut world = world(Limits { contact_sender: 2, ..WIDE });
    let out = world.hear("A1", "B1", "+B2 -B3 +B4 -B5");
    assert_eq!(world.refusals(&out.refused), ["postponed +B2", "postponed -B3", "quota +B4", "quota -B5"]);
    assert_eq!(world.left("A1", "B1"), "+B2 -B3");
}

#[test]
fn what_is_released_makes_room() {
    for sender in ["A2", "B1"] {
        let limits = Limits {
            own_sender: 2,
            own_account: 2,
            contact_sender: 2,
            contact_account: 2,
            contacts_total: 2,
            ..WIDE
        };
        let mut world = world(limits);
        world.discover("A1", "A2 B1");
        assert!(stored(&mut world, sender, "+B8"));
        assert!(stored(&mut world, sender, "+B9"));
        let sibling = format!("{}7", &sender[..1]);
        assert!(!stored(&mut world, &sibling, "+B5"));
        world.decide("A1", &format!("+{sender}"));
        assert!(stored(&mut world, &sibling, "+B5"));
        assert!(stored(&mut world, &sibling, "+B6"));
        assert!(!stored(&mut world, &sibling, "+B4"));
    }
}

#[test]
fn what_is_dropped_makes_room_for_as_much() {
    for sender in ["A2", "B1"] {
        let limits = Limits { own_account: 3, contact_account: 3, contacts_total: 3, ..WIDE };
        let mut world = world(limits);
        let sibling = format!("{}7", &sender[..1]);
        assert!(stored(&mut world, &sibling, "+B4"));
        assert!(stored(&mut world, sender, "+B8"));
        assert!(stored(&mut world, sender, "+B9"));
        world.decide("A1", &format!("-{sender}"));
        assert!(stored(&mut world, &sibling, "+B5"));
        assert!(stored(&mut world, &sibling, "+B6"));
        assert!(!stored(&mut world, &sibling, "+B3"));
    }
}

/// A1, which authenticated A2 and B1 and knows no other keys.
fn world_of_unseen_keys() -> TestWorld {
    let mut world = world(Limits { undiscovered_per_contact: 2, ..WIDE });
    world.discover("A1", "A2 B1 C1");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    world.decide("A1", "+C1");
    world
}

#[test]
fn unseen_keys_are_bounded_per_contact() {
    let mut world = world_of_unseen_keys();
    let out = world.hear("A1", "B1", "-B2 +B3 +B4");
    assert_eq!(world.refusals(&out.refused), ["quota +B4"]);
    assert_eq!(world.decided(&out), "-B2 +B3");
    let key = world.key("B4");
    assert_eq!(world.device("A1").kept_decision(key), None);
    let out = world.hear("A1", "C1", "+C2 +C3");
    assert_eq!(out.refused, [], "another contact has room of its own");
}

#[test]
fn own_endpoints_and_persons_are_not_bounded_about_unseen_keys() {
    let mut world = world_of_unseen_keys();
    assert_eq!(world.hear("A1", "B1", "+B2 +B3").refused, []);
    assert_eq!(world.hear("A1", "A2", "+B4 +B5 +B6").refused, []);
    assert_eq!(world.decide("A1", "+B7 +B8 +B9").refused, []);
}

#[test]
fn what_own_endpoints_say_about_unseen_keys_takes_no_room() {
    let mut world = world_of_unseen_keys();
    world.hear("A1", "A2", "+B4 +B5");
    world.decide("A1", "+B6");
    assert_eq!(world.hear("A1", "B1", "+B2 +B3").refused, []);
    // Their discovery does not free any quota either.
    world.discover("A1", "B4 B5 B6");
    let out = world.hear("A1", "B1", "+B7");
    assert_eq!(world.refusals(&out.refused), ["quota +B7"]);
}

#[test]
fn known_keys_take_no_room() {
    let mut world = world_of_unseen_keys();
    world.discover("A1", "B4 B5");
    assert_eq!(world.hear("A1", "B1", "+B4 -B5 +B2 +B3").refused, []);
    // Decisions on discovered keys are accepted even if the limit is reached.
    world.discover("A1", "B6");
    assert_eq!(world.hear("A1", "B1", "+B6").refused, []);
}

#[test]
fn an_unseen_key_takes_room_once() {
    let mut world = world_of_unseen_keys();
    assert_eq!(world.at(1).hear("A1", "B1", "+B2").refused, []);
    assert_eq!(world.at(2).hear("A1", "B1", "-B2").refused, []);
    assert_eq!(world.at(3).hear("A1", "B1", "-B2").refused, []);
    assert_eq!(world.at(4).hear("A1", "B1", "+B3").refused, []);
    let out = world.at(5).hear("A1", "B1", "+B4");
    assert_eq!(world.refusals(&out.refused), ["quota +B4"]);
    // A kept decision can change even if the limit is reached.
    assert_eq!(world.at(6).hear("A1", "B1", "+B2").refused, []);
}

#[test]
fn discovery_makes_room() {
    let mut world = world_of_unseen_keys();
    world.hear("A1", "B1", "+B2 -B3");
    world.discover("A1", "B3");
    assert_eq!(world.hear("A1", "B1", "+B4").refused, []);
    let out = world.hear("A1", "B1", "+B5");
    assert_eq!(world.refusals(&out.refused), ["quota +B5"]);
}

#[test]
fn what_is_released_about_unseen_keys_is_bounded_as_well() {
    let mut world = world_of_unseen_keys();
    world.discover("A1", "B2");
    world.hear("A1", "B2", "+B3 +B4 +B5");
    let out = world.decide("A1", "+B2");
    assert_eq!(world.refusals(&out.refused), ["quota +B5"]);
}

#[test]
fn the_defaults_give_the_own_account_the_largest_share() {
    let limits = Limits::default();
    assert!(limits.contact_sender <= limits.contact_account);
    assert!(limits.contact_account <= limits.contacts_total);
    assert!(limits.own_sender >= 100_000, "a chain of 100,000 decisions fits in");
    assert_eq!(Rules::default().clock_margin.as_secs(), 300);
}

#[test]
fn identifiers_have_a_length_per_encryption() {
    for (encryption, lengths) in [
        (Encryption::OMEMO, &[32][..]),
        (Encryption::LEGACY_OMEMO, &[32, 33][..]),
        (Encryption::OPENPGP, &[20, 32][..]),
    ] {
        let encryption = Encryption::new(encryption).unwrap();
        for length in 1..=70 {
            let identifier = KeyIdentifier::new(&encryption, &vec![7; length]);
            if lengths.contains(&length) {
                assert_eq!(identifier.unwrap().as_bytes(), vec![7; length]);
            } else {
                let encryption = encryption.clone();
                assert_eq!(identifier, Err(BadIdentifier::Length { encryption, length }));
            }
        }
    }
}

#[test]
fn identifiers_of_unknown_encryptions_have_up_to_64_bytes() {
    let encryption = Encryption::new("urn:example:encryption").unwrap();
    assert!(KeyIdentifier::new(&encryption, &[7; 1]).is_ok());
    assert!(KeyIdentifier::new(&encryption, &[7; 64]).is_ok());
    let too_long = BadIdentifier::Length { encryption: encryption.clone(), length: 65 };
    assert_eq!(KeyIdentifier::new(&encryption, &[7; 65]), Err(too_long));
}

#[test]
fn no_identifier_is_empty() {
    for encryption in [Encryption::OMEMO, Encryption::OPENPGP, "urn:example:encryption"] {
        let encryption = Encryption::new(encryption).unwrap();
        assert_eq!(KeyIdentifier::new(&encryption, &[]), Err(BadIdentifier::Empty));
    }
}

#[test]
fn a_message_beyond_a_bound_leaves_levels_alone() {
    let mut world = world(Limits { contact_sender: 0, ..WIDE });
    world.discover("A1", "B1 B2");
    let out = world.hear("A1", "B1", "+B2");
    assert_eq!(world.refusals(&out.refused), ["quota +B2"]);
    assert_eq!(world.level("A1", "B2"), Level::AutomaticallyTrusted);
}
