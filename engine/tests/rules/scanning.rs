//! A Trust Message URI counts like a manual decision.

use atm_engine::codec::TrustMessageUri;
use atm_engine::{Level, ManualDecision, Origin, Outcome, Reason};

use crate::driver::{TestWorld, assert_untouched, only_reason, stamp};

/// The keys B1, B2 and B9 as Base16.
const B1: &str = "4231";
const B2: &str = "4232";
const B9: &str = "4239";

/// Lets A1, the first device, scan Bob's code at 10.
fn scan(world: &mut TestWorld, encryption: &str, pairs: &str) -> Outcome {
    let code = format!("xmpp:b@example.org?trust-message;encryption={encryption};{pairs}");
    let uri = TrustMessageUri::parse(&code).unwrap();
    world.devices[0].scan(&uri, stamp(10), &mut world.names).unwrap()
}

#[test]
fn both_parts_of_a_uri_count() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2 B3");
    world.decide("A1", "+A2");
    let out = scan(&mut world, "urn:example:encryption", &format!("trust={B1};distrust={B2}"));
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
    assert_eq!(world.level("A1", "B3"), Level::AutomaticallyDistrusted);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1 -B2", "to B for B1: +A2"]);
    assert!(out.outgoing.iter().all(|outgoing| outgoing.envelope.time == Some(stamp(10))));
}

#[test]
fn scanning_does_what_deciding_does() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    let mut decided = world.device("A1").clone();
    let manual = ManualDecision::new(&[world.key("B1")], &[world.key("B2")], &world.names).unwrap();
    let expected = decided.decide(manual, stamp(10), &world.names).unwrap();
    let out = scan(&mut world, "urn:example:encryption", &format!("trust={B1};distrust={B2}"));
    assert_eq!(out, expected);
    assert_eq!(*world.device("A1"), decided);
}

#[test]
fn a_scanned_key_that_was_never_seen_waits_for_its_discovery() {
    let mut world = TestWorld::new("A1");
    let _ = scan(&mut world, "urn:example:encryption", &format!("trust={B9}"));
    assert_eq!(world.level("A1", "B9"), Level::Undecided);
    world.discover("A1", "B9");
    assert_eq!(world.level("A1", "B9"), Level::Authenticated);
}

#[test]
fn a_uri_of_another_encryption_changes_nothing() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1");
    let out = scan(&mut world, "urn:example:other", &format!("trust={B1}"));
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::WrongEncryption);
    assert_eq!(world.level("A1", "B1"), Level::AutomaticallyTrusted);
}
