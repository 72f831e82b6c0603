//! E2: a manual decision that comes as a Trust Message URI.

use atm_engine::codec::TrustMessageUri;
use atm_engine::{Level, Origin, Outcome};

use crate::driver::{World, stamp};

/// Lets A1 scan what `query` says about the account B. The keys B1 and B2 are 4231 and 4232 in Base16.
fn scan(world: &mut World, account: &str, query: &str) -> Outcome {
    let uri = format!("xmpp:{account}@example.org?trust-message;encryption=urn:example:encryption;{query}");
    let uri = TrustMessageUri::parse(&uri).unwrap();
    world.devices[0].scan(&uri, stamp(10), &mut world.names)
}

#[test]
fn a_scanned_key_is_authenticated_manually() {
    let mut world = World::new("A1");
    world.discover("A1", "A2 B1");
    world.decide("A1", "+A2");
    let out = scan(&mut world, "b", "trust=4231");
    assert_eq!(world.decided(&out), "+B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1", "to B for B1: +A2"]);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.origin("A1", "B1"), Some(Origin::Manual));
}

#[test]
fn its_distrust_part_counts() {
    let mut world = World::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    let out = scan(&mut world, "b", "trust=4231;distrust=4232");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1 -B2", "to B for B1: +A2"]);
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    assert_eq!(world.level("A1", "B2"), Level::Distrusted);
}

#[test]
fn scanning_the_own_key_decides_nothing() {
    let mut world = World::new("A1");
    let out = scan(&mut world, "a", "trust=4131");
    assert_eq!(world.refusals(&out.refused), ["own-key +A1"]);
    assert_eq!(out.changes, []);
}
