//! Announcing: the messages of each case, with addressees and content.

use std::sync::Arc;

use atm_engine::{AnnouncementRule, Outcome};

use crate::driver::{TestWorld, stamp};
use AnnouncementRule::{Cascade, Direct, Relay};

const RULES: [AnnouncementRule; 3] = [Direct, Cascade, Relay];
const NONE: [&str; 0] = [];

/// The readme's example: Alice's notebook A1, tablet A2 and smartphone A3, Bob's notebook B1 and smartphone B2.
fn readme(rule: AnnouncementRule) -> TestWorld {
    let mut world = TestWorld::announcing(rule, "A1 A2 A3 B1 B2");
    world.discover_all();
    let scans = [
        ("A1", "+A3"),
        ("A2", "+A3"),
        ("A3", "+A1"),
        ("A3", "+A2"),
        ("B1", "+B2"),
        ("B2", "+B1"),
        ("B2", "+A3"),
        ("A3", "+B2"),
    ];
    for (second, (who, scanned)) in (1..).zip(scans) {
        world.at(second * 1_000).decide(who, scanned);
        world.drain();
    }
    world
}

/// A1 with authenticated keys of its own account and of two contacts. Its earlier messages are confirmed.
fn world(rule: AnnouncementRule) -> TestWorld {
    let mut world = TestWorld::announcing(rule, "A1");
    world.discover("A1", "A2 A3 A4 B1 B2 C1 D1");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    world.decide("A1", "+C1");
    world.confirm_all("A1");
    world
}

/// A1 without any authenticated key.
fn alone(rule: AnnouncementRule) -> TestWorld {
    let mut world = TestWorld::announcing(rule, "A1");
    world.discover("A1", "A2 A3 A4 B1 B2 C1");
    world
}

fn said(world: &TestWorld, out: &Outcome) -> Vec<String> {
    world.messages(&out.outgoing)
}

#[test]
fn the_readmes_eight_scans_authenticate_everything() {
    for (rule, messages) in [(Cascade, 6), (Relay, 20)] {
        let world = readme(rule);
        assert_eq!(world.counts(), (8, 12), "{rule:?}");
        assert_eq!(world.missing(), NONE, "{rule:?}");
        assert_eq!(world.sent.len(), messages, "{rule:?}");
    }
}

#[test]
fn directly_two_authentications_of_the_readme_are_missing() {
    let world = readme(Direct);
    assert_eq!(world.counts(), (8, 10));
    assert_eq!(world.missing(), ["A1 B1", "A2 B1"]);
    assert_eq!(world.sent.len(), 6);
}

#[test]
fn the_readmes_messages_are_those_it_names() {
    let world = readme(Cascade);
    let sent: Vec<_> = world.sent.iter().map(|(_, outgoing)| outgoing.clone()).collect();
    let mut expected = [
        // The fourth scan.
        "to A for A1: +A2",
        "to A for A2: +A1",
        // The seventh scan.
        "to B for B1: +A3",
        "to A for A3: +B1",
        // The eighth scan, which releases the decisions of B1.
        "to A for A1 A2: +B1 +B2",
        "to B for B1 B2: +A1 +A2",
    ];
    expected.sort_unstable();
    assert_eq!(world.messages(&sent), expected);
}

#[test]
fn directly_the_released_endpoint_gets_its_summary_all_the_same() {
    let world = readme(Direct);
    let eighth: Vec<_> = world.sent[4..].iter().map(|(_, outgoing)| outgoing.clone()).collect();
    assert_eq!(world.messages(&eighth), ["to A for A1 A2: +B2", "to B for B1 B2: +A1 +A2"]);
}

#[test]
fn an_own_key_is_announced_to_all_and_its_endpoint_gets_a_summary() {
    for rule in RULES {
        let mut world = world(rule);
        world.at(5).decide("A1", "-D1");
        world.at(6).decide("A1", "-A4");
        let out = world.at(10).decide("A1", "+A3");
        assert_eq!(
            said(&world, &out),
            ["to A for A2: +A3", "to A for A3: +A2 -A4 +B1 +C1 -D1", "to B for B1: +A3", "to C for C1: +A3"]
        );
    }
}

#[test]
fn a_contacts_key_is_announced_to_the_own_account_and_gets_the_own_keys() {
    for rule in RULES {
        let mut world = world(rule);
        world.at(5).decide("A1", "-A4");
        let out = world.at(10).decide("A1", "+B2");
        assert_eq!(said(&world, &out), ["to A for A2: +B2", "to B for B2: +A2 -A4"]);
    }
}

#[test]
fn the_distrust_of_an_own_key_is_announced_to_all_others() {
    for rule in RULES {
        let mut world = world(rule);
        world.at(5).decide("A1", "+A3");
        let out = world.at(10).decide("A1", "-A3");
        assert_eq!(said(&world, &out), ["to A for A2: -A3", "to B for B1: -A3", "to C for C1: -A3"]);
    }
}

#[test]
fn the_distrust_of_a_contacts_key_is_announced_to_the_own_account_only() {
    for rule in RULES {
        let mut world = world(rule);
        world.at(5).decide("A1", "+B2");
        let out = world.at(10).decide("A1", "-B1");
        assert_eq!(said(&world, &out), ["to A for A2: -B1"]);
    }
}

#[test]
fn several_keys_make_one_message_per_account() {
    let mut world = world(Cascade);
    let out = world.at(10).decide("A1", "+A3 +A4");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 +A4",
            "to A for A3 A4: +A2 +A3 +A4 +B1 +C1",
            "to B for B1: +A3 +A4",
            "to C for C1: +A3 +A4"
        ]
    );
}

#[test]
fn trust_and_distrust_go_in_one_message() {
    let mut world = world(Cascade);
    let out = world.at(10).decide("A1", "+A3 -A4");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 -A4",
            "to A for A3: +A2 -A4 +B1 +C1",
            "to B for B1: +A3 -A4",
            "to C for C1: +A3 -A4"
        ]
    );
}

#[test]
fn nobody_is_told_about_its_own_key_only() {
    for rule in RULES {
        let mut world = alone(rule);
        let out = world.decide("A1", "+A2");
        assert_eq!(said(&world, &out), NONE);
    }
}

#[test]
fn two_endpoints_are_told_about_each_other() {
    let mut world = alone(Cascade);
    let out = world.decide("A1", "+A2 +A3");
    assert_eq!(said(&world, &out), ["to A for A2 A3: +A2 +A3"]);
}

#[test]
fn one_endpoint_is_told_about_the_other_only() {
    let mut world = alone(Cascade);
    world.decide("A1", "+A2");
    let out = world.decide("A1", "+A3");
    assert_eq!(said(&world, &out), ["to A for A2: +A3", "to A for A3: +A2"]);
}

#[test]
fn nothing_empty_is_sent() {
    for rule in RULES {
        let mut world = alone(rule);
        let out = world.decide("A1", "+B1");
        assert_eq!(said(&world, &out), NONE);
        let out = world.decide("A1", "-B2");
        assert_eq!(said(&world, &out), NONE);
    }
}

#[test]
fn a_single_distrust_is_no_summary_for_nobody() {
    let mut world = alone(Cascade);
    let out = world.decide("A1", "+A2 -A3");
    assert_eq!(said(&world, &out), ["to A for A2: -A3"]);
}

#[test]
fn levels_by_policy_and_manual_trust_are_not_sent() {
    let mut world = alone(Cascade);
    let out = world.trust_manually("A1", "C1");
    assert_eq!(said(&world, &out), NONE);
    world.decide("A1", "+B1");
    let out = world.decide("A1", "+A2");
    // The policy distrusts B2 and A3.
    assert_eq!(said(&world, &out), ["to A for A2: +B1", "to B for B1: +A2"]);
}

#[test]
fn contacts_share_what_they_are_told() {
    // With many contacts, a decision's content is neither stored nor dated once per contact.
    let mut world = world(Cascade);
    let out = world.at(10).decide("A1", "+A3");
    let own = world.account("A");
    let to_contacts: Vec<_> = out.outgoing.iter().filter(|outgoing| outgoing.to != own).collect();
    let [to_b, to_c] = to_contacts[..] else { panic!("two contacts, not {to_contacts:?}") };
    assert!(Arc::ptr_eq(&to_b.envelope.message, &to_c.envelope.message));
}

#[test]
fn all_messages_of_a_decision_have_its_time() {
    let mut world = world(Cascade);
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(out.outgoing.len(), 4);
    assert!(out.outgoing.iter().all(|outgoing| outgoing.envelope.time == Some(stamp(10))));
    let mut ids: Vec<_> = out.outgoing.iter().map(|outgoing| outgoing.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

// Undiscovered keys.

#[test]
fn an_own_key_not_seen_yet_gets_its_summary_on_discovery() {
    for rule in RULES {
        let mut world = world(rule);
        let out = world.at(10).decide("A1", "+A9");
        assert_eq!(said(&world, &out), ["to A for A2: +A9", "to B for B1: +A9", "to C for C1: +A9"]);
        let out = world.at(20).discover("A1", "A9");
        assert_eq!(said(&world, &out), ["to A for A9: +A2 +B1 +C1"]);
        assert_eq!(out.outgoing[0].envelope.time, Some(stamp(20)));
    }
}

#[test]
fn a_contacts_key_not_seen_yet_gets_its_summary_on_discovery() {
    for rule in RULES {
        let mut world = world(rule);
        let out = world.at(10).decide("A1", "+B9");
        assert_eq!(said(&world, &out), ["to A for A2: +B9"]);
        let out = world.at(20).discover("A1", "B9");
        assert_eq!(said(&world, &out), ["to B for B9: +A2"]);
    }
}

#[test]
fn a_confirmed_key_not_seen_yet_gets_its_summary_on_discovery() {
    let mut world = world(Cascade);
    world.at(5).hear("A1", "A2", "+B9");
    world.at(10).decide("A1", "+B9");
    let out = world.at(20).discover("A1", "B9");
    assert_eq!(said(&world, &out), ["to B for B9: +A2"]);
}

#[test]
fn a_key_distrusted_before_discovery_gets_nothing() {
    let mut world = world(Cascade);
    world.at(10).decide("A1", "+B9");
    world.at(20).decide("A1", "-B9");
    assert_eq!(world.discover("A1", "B9").outgoing, []);
}

#[test]
fn a_key_distrusted_before_discovery_is_owed_no_summary_later() {
    // The person authenticated B9, one message distrusted it, and another trusted it again. The last decision was not
    // manual and is not announced.
    let mut world = world(Cascade);
    world.at(10).decide("A1", "+B9");
    world.at(20).hear("A1", "A2", "-B9");
    world.at(30).hear("A1", "A2", "+B9");
    assert_eq!(world.discover("A1", "B9").outgoing, []);
}

#[test]
fn what_a_message_decided_before_discovery_is_not_announced() {
    for rule in [Direct, Cascade] {
        let mut world = world(rule);
        world.discover("A1", "B3");
        world.at(5).hear("A1", "B9", "+B3");
        world.at(10).hear("A1", "B1", "+B9");
        let out = world.at(20).discover("A1", "B9");
        assert_eq!(world.decided(&out), "+B3");
        assert_eq!(said(&world, &out), NONE);
    }
}

#[test]
fn what_discovery_releases_is_part_of_the_manual_decision() {
    for (rule, told) in
        [(Direct, None), (Cascade, Some("to A for A2: +B2")), (Relay, Some("to A for A2: +B2"))]
    {
        let mut world = world(rule);
        world.at(5).hear("A1", "B9", "+B2");
        world.at(10).decide("A1", "+B9");
        let out = world.at(20).discover("A1", "B9");
        let mut expected: Vec<&str> = told.into_iter().collect();
        expected.push("to B for B9 B2: +A2");
        let expected: Vec<String> = expected.iter().map(|text| text.replace("B9 B2", "B2 B9")).collect();
        assert_eq!(said(&world, &out), expected, "{rule:?}");
    }
}

// Decisions that a decision releases.

/// A1 with postponed decisions of A3.
fn with_left(rule: AnnouncementRule, left: &str) -> TestWorld {
    let mut world = world(rule);
    world.at(5).hear("A1", "A3", left);
    world
}

#[test]
fn the_whole_change_is_announced() {
    for rule in [Cascade, Relay] {
        let mut world = with_left(rule, "+B2 -D1");
        let out = world.at(10).decide("A1", "+A3");
        assert_eq!(
            said(&world, &out),
            [
                "to A for A2: +A3 +B2 -D1",
                "to A for A3: +A2 +B1 +B2 +C1 -D1",
                "to B for B1: +A3",
                "to B for B2: +A2 +A3",
                "to C for C1: +A3",
            ]
        );
    }
}

#[test]
fn directly_only_the_decided_keys_are_announced() {
    let mut world = with_left(Direct, "+B2 -D1");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3",
            "to A for A3: +A2 +B1 +B2 +C1 -D1",
            "to B for B1: +A3",
            "to B for B2: +A2 +A3",
            "to C for C1: +A3",
        ]
    );
}

#[test]
fn released_own_keys_are_announced_to_contacts_too() {
    let mut world = with_left(Cascade, "+A4");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 +A4",
            "to A for A3 A4: +A2 +A3 +A4 +B1 +C1",
            "to B for B1: +A3 +A4",
            "to C for C1: +A3 +A4"
        ]
    );
}

#[test]
fn directly_released_own_keys_are_announced_to_nobody() {
    let mut world = with_left(Direct, "+A4");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(
        said(&world, &out),
        ["to A for A2: +A3", "to A for A3 A4: +A2 +A3 +A4 +B1 +C1", "to B for B1: +A3", "to C for C1: +A3"]
    );
}

#[test]
fn first_the_whole_change_is_applied() {
    // A decision of A3 distrusts A2, so nothing is encrypted for A2 any longer.
    let mut world = with_left(Cascade, "-A2");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(
        said(&world, &out),
        ["to A for A3: -A2 +B1 +C1", "to B for B1: -A2 +A3", "to C for C1: -A2 +A3"]
    );
}

#[test]
fn what_a_release_takes_back_is_not_announced_as_trust() {
    // A4 is trusted by a decision of A3, and distrusted by one of A5.
    let mut world = world(Cascade);
    world.discover("A1", "A5");
    world.at(5).hear("A1", "A3", "+A4 +A5");
    world.at(6).hear("A1", "A5", "-A4");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(world.decided(&out), "+A3 +A4 +A5 -A4");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 -A4 +A5",
            "to A for A3 A5: +A2 +A3 -A4 +A5 +B1 +C1",
            "to B for B1: +A3 -A4 +A5",
            "to C for C1: +A3 -A4 +A5",
        ]
    );
}

#[test]
fn a_key_that_changes_twice_and_ends_authenticated_is_announced_so() {
    let mut world = world(Cascade);
    world.discover("A1", "A5");
    world.at(5).hear("A1", "A3", "+A5 -A4");
    world.at(6).hear("A1", "A5", "+A4");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(world.decided(&out), "+A3 -A4 +A5 +A4");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 +A4 +A5",
            "to A for A3 A4 A5: +A2 +A3 +A4 +A5 +B1 +C1",
            "to B for B1: +A3 +A4 +A5",
            "to C for C1: +A3 +A4 +A5",
        ]
    );
}

#[test]
fn released_words_that_change_nothing_are_not_announced() {
    let mut world = with_left(Cascade, "+B1");
    let out = world.at(10).decide("A1", "+A3");
    assert_eq!(
        said(&world, &out),
        ["to A for A2: +A3", "to A for A3: +A2 +B1 +C1", "to B for B1: +A3", "to C for C1: +A3"]
    );
}

// Received messages.

#[test]
fn a_received_message_is_not_announced() {
    for rule in [Direct, Cascade] {
        for (sender, decision) in [("A2", "+A3"), ("A2", "+B2"), ("A2", "-B2"), ("B1", "+B2")] {
            let mut world = world(rule);
            assert_eq!(world.at(10).hear("A1", sender, decision).outgoing, []);
        }
    }
}

#[test]
fn what_a_received_message_releases_is_not_announced() {
    for rule in [Direct, Cascade] {
        let mut world = with_left(rule, "+B2");
        let out = world.at(10).hear("A1", "A2", "+A3");
        assert_eq!(world.decided(&out), "+A3 +B2");
        assert_eq!(out.outgoing, []);
    }
}

#[test]
fn relay_announces_what_a_message_decides_first() {
    let mut world = world(Relay);
    let out = world.at(10).hear("A1", "A2", "+B2 -D1");
    assert_eq!(said(&world, &out), ["to A for A2: +B2 -D1", "to B for B2: +A2"]);
    let out = world.at(20).hear("A1", "A2", "+A3");
    assert_eq!(
        said(&world, &out),
        ["to A for A2: +A3", "to A for A3: +A2 +B1 +B2 +C1 -D1", "to B for B1 B2: +A3", "to C for C1: +A3"]
    );
}

#[test]
fn relay_announces_what_a_contact_decides_first() {
    let mut world = world(Relay);
    let out = world.at(10).hear("A1", "B1", "+B2");
    assert_eq!(said(&world, &out), ["to A for A2: +B2", "to B for B2: +A2"]);
}

#[test]
fn relay_announces_what_a_message_releases() {
    let mut world = with_left(Relay, "+B2");
    let out = world.at(10).hear("A1", "A2", "+A3");
    assert_eq!(
        said(&world, &out),
        [
            "to A for A2: +A3 +B2",
            "to A for A3: +A2 +B1 +B2 +C1",
            "to B for B1: +A3",
            "to B for B2: +A2 +A3",
            "to C for C1: +A3"
        ]
    );
}

#[test]
fn relay_does_not_announce_changes_of_mind() {
    let mut world = world(Relay);
    assert_eq!(world.at(10).hear("A1", "A2", "-B1").outgoing, []);
    assert_eq!(world.at(20).hear("A1", "A2", "+B1").outgoing, []);
    assert_eq!(world.at(30).hear("A1", "A2", "+B1").outgoing, []);
}

#[test]
fn relay_does_not_announce_what_is_postponed_or_refused() {
    let mut world = world(Relay);
    assert_eq!(world.at(10).hear("A1", "A3", "+B2").outgoing, []);
    assert_eq!(world.at(10).hear("A1", "B1", "+D1").outgoing, []);
}

#[test]
fn relay_announces_a_key_not_seen_yet_and_sends_its_summary_on_discovery() {
    let mut world = world(Relay);
    let out = world.at(10).hear("A1", "A2", "+B9");
    assert_eq!(said(&world, &out), ["to A for A2: +B9"]);
    let out = world.at(20).discover("A1", "B9");
    assert_eq!(said(&world, &out), ["to B for B9: +A2"]);
}

#[test]
fn relay_does_not_announce_a_change_of_mind_about_a_key_not_seen_yet() {
    let mut world = world(Relay);
    world.at(10).hear("A1", "A2", "-B9");
    assert_eq!(world.at(20).hear("A1", "A2", "+B9").outgoing, []);
    assert_eq!(world.discover("A1", "B9").outgoing, []);
}

#[test]
fn relay_announces_what_discovery_releases_in_any_case() {
    // B9's authentication reversed an earlier distrust and was not announced. The decisions of B9 are new.
    let mut world = world(Relay);
    world.at(10).hear("A1", "A2", "-B9");
    world.at(20).hear("A1", "A2", "+B9");
    world.at(30).hear("A1", "B9", "+B2");
    let out = world.at(40).discover("A1", "B9");
    assert_eq!(said(&world, &out), ["to A for A2: +B2", "to B for B2: +A2"]);
}

#[test]
fn relay_announces_a_persons_change_of_mind() {
    let mut world = world(Relay);
    let out = world.at(10).decide("A1", "-B1");
    assert_eq!(said(&world, &out), ["to A for A2: -B1"]);
}

#[test]
fn discovery_of_a_manually_authenticated_key_releases_changes_of_mind_too() {
    // As for any manual decision, all changes are announced, not only first decisions.
    for rule in [Cascade, Relay] {
        let mut world = world(rule);
        world.at(5).decide("A1", "+A9");
        world.at(10).hear("A1", "A9", "-B1");
        let out = world.at(20).discover("A1", "A9");
        assert_eq!(said(&world, &out), ["to A for A2: -B1", "to A for A9: +A2 -B1 +C1"]);
    }
}
