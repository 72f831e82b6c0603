//! Names and their ids: the same name has the same id.

use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{Directory, Encryption, KeyIdentifier};

fn bare(jid: &str) -> BareJid {
    jid.parse().unwrap()
}

fn encryption(namespace: &str) -> Encryption {
    Encryption::new(namespace).unwrap()
}

#[test]
fn a_name_keeps_its_id() {
    let mut names = Directory::new();
    let alice = names.account(&bare("alice@example.org"));
    let bob = names.account(&bare("bob@example.com"));
    assert_ne!(alice, bob);
    assert_eq!(names.account(&bare("alice@example.org")), alice);
    assert_eq!((names.jid(alice), names.jid(bob)), (&bare("alice@example.org"), &bare("bob@example.com")));

    let phone: FullJid = "alice@example.org/phone".parse().unwrap();
    let endpoint = names.endpoint(&phone);
    assert_eq!(names.endpoint(&phone), endpoint);
    assert_eq!((names.full_jid(endpoint), names.account_of(endpoint)), (&phone, alice));
}

#[test]
fn a_key_is_a_triple() {
    let mut names = Directory::new();
    let (alice, bob) = (names.account(&bare("alice@example.org")), names.account(&bare("bob@example.com")));
    let (omemo, other) = (encryption(Encryption::OMEMO), encryption("urn:example:other"));
    let identifier = KeyIdentifier::new(&omemo, &[7; 32]).unwrap();
    let (omemo, other) = (names.encryption(&omemo), names.encryption(&other));
    let keys = [(omemo, alice), (omemo, bob), (other, alice)]
        .map(|(with, owner)| names.key(with, owner, &identifier));
    assert!(keys[0] != keys[1] && keys[0] != keys[2] && keys[1] != keys[2]);
    assert_eq!(names.key(omemo, bob, &identifier), keys[1]);
    assert_eq!(keys.map(|key| names.owner(key)), [alice, bob, alice]);
    assert_eq!(keys.map(|key| names.encryption_of(key)), [omemo, omemo, other]);
    assert_eq!(names.identifier(keys[2]), &identifier);
}

#[test]
fn names_are_told_as_they_are_written() {
    let omemo = encryption(Encryption::OMEMO);
    assert_eq!(omemo.to_string(), "urn:xmpp:omemo:2");
    let identifier = KeyIdentifier::new(&omemo, &[0xab; 32]).unwrap();
    assert_eq!(format!("{identifier:?}"), format!("KeyIdentifier({})", "ab".repeat(32)));
}
