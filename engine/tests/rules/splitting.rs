//! Content that is too long for one stanza is sent in several messages.

use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::codec::{MAX_STANZA_BYTES, NamedEnvelope};
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{
    Device, Directory, Encryption, Input, KeyId, KeyIdentifier, KeySharing, ManualDecision, Outcome,
    Outgoing, Rules, Stamp,
};

/// Creates a device that has authenticated `keys` keys of one contact and then authenticates a new own endpoint.
/// Returns the resulting messages and the contact's keys.
fn summary_of(keys: u32) -> (Directory, Vec<Outgoing>, BTreeSet<KeyId>) {
    let mut names = Directory::new();
    let encryption = names.encryption(&Encryption::new(Encryption::OMEMO).unwrap());
    let [alice, bob] = ["alice@example.org", "bob@example.org"]
        .map(|account| names.account(&BareJid::new(account).unwrap()));
    let identifier = |number: u32| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        KeyIdentifier::new(&Encryption::new(Encryption::OMEMO).unwrap(), &bytes).unwrap()
    };
    let endpoint = names.endpoint(&FullJid::new("alice@example.org/phone").unwrap());
    let own = names.key(encryption, alice, &identifier(0));
    let tablet = names.key(encryption, alice, &identifier(1));
    let theirs: Vec<KeyId> =
        (2..keys + 2).map(|number| names.key(encryption, bob, &identifier(number))).collect();

    let mut device =
        Device::new(endpoint, own, KeySharing::OnePerEndpoint, Rules::default(), &names).unwrap();
    let now = Stamp::from_millis(0);
    for key in theirs.iter().chain([&tablet]) {
        let _ = device.discover(*key, now, &names).unwrap();
    }
    let decision = ManualDecision::new(&theirs, &[], &names).unwrap();
    for sent in device.decide(decision, now, &names).unwrap().outgoing {
        device.sent(sent.id);
    }
    let out = device.decide(ManualDecision::authenticate(tablet), Stamp::from_millis(1_000), &names).unwrap();
    let to_tablet = out.outgoing.into_iter().filter(|outgoing| outgoing.keys.contains(&tablet)).collect();
    (names, to_tablet, theirs.into_iter().collect())
}

#[test]
fn a_long_summary_is_sent_as_several_messages_that_can_be_read() {
    let (names, messages, keys) = summary_of(10_000);
    assert!(messages.len() > 1, "one message has no room for it");
    let mut named = Vec::new();
    for message in &messages {
        let xml = NamedEnvelope::of(&message.envelope, "padding", &names).unwrap().to_xml();
        assert!(xml.len() <= MAX_STANZA_BYTES, "{} bytes", xml.len());
        assert!(NamedEnvelope::parse(&xml).is_ok());
        named.extend(message.envelope.message.decisions.iter().map(|decision| decision.key));
    }
    assert_eq!(named.len(), keys.len(), "no key is named twice");
    assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), keys);
}

#[test]
fn what_fits_into_one_message_is_sent_as_one() {
    let (_, messages, keys) = summary_of(500);
    let [message] = &messages[..] else { panic!("{} messages", messages.len()) };
    assert_eq!(message.envelope.message.decisions.len(), keys.len());
}

/// Each owner's name is written, and it may be longer than many keys.
#[test]
fn long_names_take_room_too() {
    let mut names = Directory::new();
    let omemo = Encryption::new(Encryption::OMEMO).unwrap();
    let encryption = names.encryption(&omemo);
    let alice = names.account(&BareJid::new("alice@example.org").unwrap());
    let identifier = |number: u8| KeyIdentifier::new(&omemo, &[number; 32]).unwrap();
    let [own, tablet] = [0, 1].map(|number| names.key(encryption, alice, &identifier(number)));
    let key_of_contact = |number: usize| {
        let contact = names.account(&BareJid::new(&format!("{number:0>1000}@example.org")).unwrap());
        names.key(encryption, contact, &identifier(2))
    };
    let contacts: Vec<KeyId> = (0..400).map(key_of_contact).collect();
    let endpoint = names.endpoint(&FullJid::new("alice@example.org/phone").unwrap());

    let mut device =
        Device::new(endpoint, own, KeySharing::OnePerEndpoint, Rules::default(), &names).unwrap();
    let now = Stamp::from_millis(0);
    for contact in contacts {
        let _ = device.discover(contact, now, &names).unwrap();
        let _ = device.decide(ManualDecision::authenticate(contact), now, &names).unwrap();
    }
    let _ = device.discover(tablet, now, &names).unwrap();
    let out = device.decide(ManualDecision::authenticate(tablet), now, &names).unwrap();
    let summary: Vec<_> = out.outgoing.iter().filter(|outgoing| outgoing.keys[..] == [tablet]).collect();
    assert!(summary.len() > 1, "one message has no room for it");
    for message in &summary {
        let xml = NamedEnvelope::of(&message.envelope, "padding", &names).unwrap().to_xml();
        assert!(xml.len() <= MAX_STANZA_BYTES, "{} bytes", xml.len());
    }
    let said: usize = summary.iter().map(|message| message.envelope.message.decisions.len()).sum();
    assert_eq!(said, 400);
}

/// Nothing is split, copied or written per contact. That work would grow with both the contacts and the decisions.
#[test]
fn contacts_share_the_parts_of_what_they_are_told_at_first_and_anew() {
    let mut names = Directory::new();
    let omemo = Encryption::new(Encryption::OMEMO).unwrap();
    let encryption = names.encryption(&omemo);
    let [alice, bob, carol] = ["alice", "bob", "carol"]
        .map(|name| names.account(&BareJid::new(&format!("{name}@example.org")).unwrap()));
    let mut number = 0_u32;
    let mut new_key = |account| {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        number += 1;
        names.key(encryption, account, &KeyIdentifier::new(&omemo, &bytes).unwrap())
    };
    let own = new_key(alice);
    let contacts = [new_key(bob), new_key(carol)];
    let others: Vec<KeyId> = (0..3_000).map(|_| new_key(alice)).collect();
    let endpoint = names.endpoint(&FullJid::new("alice@example.org/phone").unwrap());

    let mut device =
        Device::new(endpoint, own, KeySharing::OnePerEndpoint, Rules::default(), &names).unwrap();
    let now = Stamp::from_millis(0);
    for key in contacts.iter().chain(&others) {
        let _ = device.discover(*key, now, &names).unwrap();
    }
    for contact in contacts {
        let _ = device.decide(ManualDecision::authenticate(contact), now, &names).unwrap();
    }
    let decision = ManualDecision::new(&others, &[], &names).unwrap();
    let out = device.decide(decision, Stamp::from_millis(1_000), &names).unwrap();
    assert_shared(&out.outgoing, contacts, others.len());

    // None of the messages was sent. Later one of the keys is distrusted, and the remaining decisions are sent again.
    let a_day_later = Stamp::from_millis(24 * 60 * 60 * 1_000);
    let distrust = ManualDecision::new(&[], &others[..1], &names).unwrap();
    for outgoing in device.decide(distrust, a_day_later, &names).unwrap().outgoing {
        device.sent(outgoing.id);
    }
    let mut anew = Outcome::default();
    device.apply(&Input::Resume, a_day_later, &names, &mut anew).unwrap();
    assert_shared(&anew.outgoing, contacts, others.len() - 1);
    assert!(anew.outgoing.iter().all(|outgoing| outgoing.envelope.time == Some(a_day_later)));
}

/// Asserts that both contacts get so many decisions in identical, shared messages.
#[track_caller]
fn assert_shared(outgoing: &[Outgoing], contacts: [KeyId; 2], decisions: usize) {
    let [to_bob, to_carol] = contacts.map(|contact| {
        let told = outgoing.iter().filter(|outgoing| outgoing.keys[..] == [contact]);
        told.map(|outgoing| &outgoing.envelope.message).collect::<Vec<_>>()
    });
    assert!(to_bob.len() > 1, "one message has no room for it");
    let said: usize = to_bob.iter().map(|message| message.decisions.len()).sum();
    assert_eq!(said, decisions);
    assert_eq!(to_bob.len(), to_carol.len());
    assert!(to_bob.iter().zip(&to_carol).all(|(bobs, carols)| Arc::ptr_eq(bobs, carols)));
}
