//! The engine from a client's point of view: inputs and outcomes use names, and strangers' messages do not accumulate.

use atm_engine::codec::{Malformed, NAMESPACE_ATM, NamedEnvelope, NamedKeyOwner, NamedTrustMessage};
use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{
    Atm, BadDecision, BadIdentifier, ConflictRule, DecisionKind, DistrustId, Encryption, KeyIdentifier,
    KeySharing, Level, Limits, MessageId, NamedChange, NamedOrigin, NamedOutcome, NamedProtection,
    NamedReceived, NotOneDecision, Reason, Rules, Stamp,
};

fn omemo() -> Encryption {
    Encryption::new(Encryption::OMEMO).unwrap()
}

fn bare(jid: &str) -> BareJid {
    jid.parse().unwrap()
}

fn key(number: u32) -> KeyIdentifier {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    KeyIdentifier::new(&omemo(), &bytes).unwrap()
}

fn now() -> Stamp {
    Stamp::from_millis(1_600_000_000_000)
}

fn alice(limits: Limits) -> Atm {
    let rules = Rules { limits, ..Rules::default() };
    let jid = "alice@example.org/phone".parse().unwrap();
    Atm::new(jid, omemo(), &key(0), KeySharing::OnePerEndpoint, rules).unwrap()
}

/// A message from the endpoint `from`, with the key number `sender`, that trusts the key number `about` of `owner`.
fn said(from: &str, sender: u32, owner: &str, about: u32) -> NamedReceived {
    let from: FullJid = from.parse().unwrap();
    let decisions = vec![(DecisionKind::Trust, key(about))];
    let owners = vec![NamedKeyOwner { jid: bare(owner), decisions }];
    let message = NamedTrustMessage::new(NAMESPACE_ATM, omemo(), owners).unwrap();
    let to = bare("alice@example.org");
    NamedReceived {
        content: Ok(NamedEnvelope::new("padding", now(), from.to_bare(), to.clone(), message)),
        protection: NamedProtection::Encrypted { with: omemo(), by: Some((from.to_bare(), key(sender))) },
        id: Some(format!("{}-0", from.resource())),
        carbon_from: None,
        delayed_since: None,
        from,
        to,
    }
}

fn reasons(outcome: &NamedOutcome) -> Vec<Reason> {
    outcome.refused.iter().map(|refusal| refusal.reason).collect()
}

#[test]
fn names_of_strangers_do_not_pile_up() {
    let limits = Limits { contacts_total: 1_000, ..Limits::default() };
    let mut atm = alice(limits);
    let bob = bare("bob@example.com");
    let _ = atm.discover(&bob, &[key(1), key(2)], now()).unwrap();
    let _ = atm.decide(&bob, &[key(1)], &[], now()).unwrap();
    let (mut postponed, mut most) = (0, 0);
    for number in 0..100_000 {
        let stranger = format!("stranger{number}@example.net");
        let mut message = said(&format!("{stranger}/x"), 10 + number, &stranger, 200_000 + number);
        if number % 4 == 0 {
            message.protection = NamedProtection::None;
        }
        let outcome = atm.receive(message, now());
        let expected = match number {
            number if number % 4 == 0 => Reason::NotEncrypted,
            _ if postponed < 1_000 => Reason::Postponed,
            _ => Reason::Quota,
        };
        assert_eq!(reasons(&outcome), [expected]);
        postponed += usize::from(expected == Reason::Postponed);
        most = most.max(atm.held_names());
    }
    // Each of the 1,000 postponed decisions keeps an account and two keys.
    assert!(most < 2 * 3_010 + 1_010, "{most} names");
    assert_eq!(atm.level(&bob, &key(1)), Level::Authenticated);
    assert_eq!(atm.origin(&bob, &key(1)), Some(NamedOrigin::Manual));
    assert_eq!(atm.level(&bob, &key(2)), Level::AutomaticallyDistrusted);
    // The postponed decisions are still there.
    let one = bare("stranger1@example.net");
    let _ = atm.discover(&one, &[key(11), key(200_001)], now()).unwrap();
    let _ = atm.decide(&one, &[key(11)], &[], now().next()).unwrap();
    assert_eq!(atm.level(&one, &key(200_001)), Level::Authenticated);
}

#[test]
fn names_that_were_asked_for_in_vain_do_not_pile_up() {
    let mut atm = alice(Limits::default());
    for number in 0..10_000 {
        let owner = bare(&format!("stranger{number}@example.net"));
        let outcome = atm.trust_manually(&owner, &key(number), now()).unwrap();
        assert_eq!(reasons(&outcome), [Reason::NotDiscovered]);
        assert!(atm.held_names() < 1_100);
    }
}

#[test]
fn a_device_goes_on_where_it_was_stored() {
    let mut atm = alice(Limits::default());
    let (own, bob) = (bare("alice@example.org"), bare("bob@example.com"));
    let _ = atm.discover(&own, &[key(7)], now()).unwrap();
    let _ = atm.discover(&bob, &[key(1)], now()).unwrap();
    let _ = atm.decide(&own, &[key(7)], &[], now()).unwrap();
    let outcome = atm.decide(&bob, &[key(1)], &[], now().next()).unwrap();
    assert_eq!(outcome.outgoing.len(), 2);
    atm.sent(&outcome.outgoing[0].id);

    let written = serde_json::to_vec(&atm.to_stored()).unwrap();
    let mut again = Atm::restore(&serde_json::from_slice(&written).unwrap()).unwrap();
    assert_eq!(again.jid(), atm.jid());
    assert_eq!(again.own_uri(), atm.own_uri());
    assert_eq!(again.keys_of(&bob).collect::<Vec<_>>(), [(&key(1), Level::Authenticated)]);
    assert_eq!(again.outbox().collect::<Vec<_>>(), &outcome.outgoing[1..]);
    assert_eq!(again.resume(now().next()).outgoing, &outcome.outgoing[1..]);
    let message = || said("alice@example.org/tablet", 7, "carol@example.com", 9);
    assert_eq!(again.receive(message(), now()), atm.receive(message(), now()));
    assert_eq!(again.kept_decision(&bare("carol@example.com"), &key(9)), Some(DecisionKind::Trust));
    assert_eq!(again.to_stored(), atm.to_stored());
}

#[test]
fn outcomes_name_keys() {
    let mut atm = alice(Limits::default());
    let bob = bare("bob@example.com");
    let _ = atm.discover(&bob, &[key(1)], now()).unwrap();
    let outcome = atm.receive(said("bob@example.com/laptop", 1, "bob@example.com", 2), now());
    let [NamedChange::Postponed { sender, decision }] = &outcome.changes[..] else { panic!("{outcome:?}") };
    assert_eq!((&sender.encryption, &sender.owner, &sender.identifier), (&omemo(), &bob, &key(1)));
    assert_eq!((&decision.key.owner, &decision.key.identifier), (&bob, &key(2)));
    let foreign = atm.receive(said("bob@example.com/laptop", 1, "carol@example.com", 2), now());
    assert_eq!(reasons(&foreign), [Reason::NoAuthority]);
    let mut malformed = said("bob@example.com/laptop", 1, "bob@example.com", 2);
    malformed.content = Err(Malformed::NoKeyOwner);
    let outcome = atm.receive(malformed, now());
    assert_eq!(outcome.refused[0].malformed.as_deref(), Some(&Malformed::NoKeyOwner));
}

#[test]
fn the_own_message_that_comes_back_is_known_by_its_id() {
    let mut atm = alice(Limits::default());
    let own = bare("alice@example.org");
    let _ = atm.discover(&own, &[key(7)], now()).unwrap();
    let outcome = atm.decide(&own, &[key(7)], &[], now()).unwrap();
    assert_eq!(outcome.outgoing.len(), 0);
    let bob = bare("bob@example.com");
    let _ = atm.discover(&bob, &[key(1)], now()).unwrap();
    let outcome = atm.decide(&bob, &[key(1)], &[], now().next()).unwrap();
    let id = outcome.outgoing[0].id.to_string();
    assert_eq!(id, "phone-0");
    // Some servers change the resource of a message that comes back.
    for (id, expected) in
        [(&*id, &[Reason::OwnReflection][..]), ("tablet-0", &[Reason::Stale]), ("phone-2", &[Reason::Stale])]
    {
        let mut message = said("alice@example.org/tablet", 7, "bob@example.com", 1);
        message.id = Some(id.to_owned());
        assert_eq!(reasons(&atm.clone().receive(message, now().next())), expected, "{id}");
    }
    let mut back = said("alice@example.org/phone", 7, "bob@example.com", 1);
    back.id = None;
    assert_eq!(reasons(&atm.receive(back, now())), [Reason::OwnReflection]);
}

#[test]
fn keys_that_cannot_be_are_errors() {
    let mut atm = alice(Limits::default());
    let bob = bare("bob@example.com");
    let short = KeyIdentifier::new(&Encryption::new("urn:example").unwrap(), &[1, 2]).unwrap();
    let length = BadIdentifier::Length { encryption: omemo(), length: 2 };
    assert_eq!(atm.trust_manually(&bob, &short, now()), Err(length.clone()));
    let short = [short];
    assert_eq!(atm.discover(&bob, &short, now()), Err(length.clone()));
    assert_eq!(atm.decide(&bob, &short, &[], now()), Err(BadDecision::Identifier(length)));
    let not_one = |error| Err(BadDecision::NotOneDecision(error));
    assert_eq!(atm.decide(&bob, &[], &[], now()), not_one(NotOneDecision::Empty));
    assert_eq!(atm.decide(&bob, &[key(1)], &[key(1)], now()), not_one(NotOneDecision::Contradiction));
}

#[test]
fn only_the_devices_own_message_is_confirmed() {
    let mut atm = alice(Limits::default());
    let bob = bare("bob@example.com");
    for (owner, number) in [(&bare("alice@example.org"), 1), (&bob, 2)] {
        let _ = atm.discover(owner, &[key(number)], now()).unwrap();
    }
    let _ = atm.decide(&bare("alice@example.org"), &[key(1)], &[], now()).unwrap();
    let outcome = atm.decide(&bob, &[key(2)], &[], now()).unwrap();
    let waiting = atm.outbox().count();
    let own = &outcome.outgoing[0].id;
    let of_another: MessageId = own.to_string().replace("phone", "tablet").parse().unwrap();
    atm.sent(&of_another);
    assert_eq!(atm.outbox().count(), waiting);
    atm.sent(own);
    assert_eq!(atm.outbox().count(), waiting - 1);
}

#[test]
fn more_unknown_keys_than_the_limits_allow_are_not_read() {
    let mut atm = alice(Limits { undiscovered_per_contact: 2, ..Limits::default() });
    let bob = bare("bob@example.com");
    let _ = atm.discover(&bob, &[key(1)], now()).unwrap();
    let _ = atm.decide(&bob, &[key(1)], &[], now()).unwrap();
    for about in [2, 3] {
        let _ = atm.receive(said("bob@example.com/laptop", 1, "bob@example.com", about), now());
    }
    let mut stored = serde_json::to_value(atm.to_stored()).unwrap();
    let restore = |stored: &serde_json::Value| {
        Atm::restore(&serde_json::from_value(stored.clone()).unwrap()).map_err(|error| error.to_string())
    };
    assert!(restore(&stored).is_ok());
    let keys = stored["state"]["keys"].as_array_mut().unwrap();
    let mut third = keys.iter().find(|known| known["takes_room"] == true).unwrap().clone();
    third["key"]["identifier"] = key(4).to_base64().into();
    keys.push(third);
    let refused = restore(&stored).unwrap_err();
    assert!(refused.contains("than the limits allow"), "{refused}");
}

/// The id of a distrust that a device with the conflict rule `named` announces.
fn announced_distrust(atm: &mut Atm) -> DistrustId {
    let (own, bob) = (bare("alice@example.org"), bare("bob@example.com"));
    let _ = atm.discover(&own, &[key(1)], now()).unwrap();
    let _ = atm.decide(&own, &[key(1)], &[], now()).unwrap();
    let outcome = atm.decide(&bob, &[], &[key(2)], now()).unwrap();
    let [announced] = &outcome.outgoing[..] else { panic!("one message, not {:?}", outcome.outgoing) };
    let ids = announced.envelope.message.distrusts_of(&bob, &key(2)).unwrap();
    assert_eq!((ids.standing().len(), ids.overruled()), (1, &[][..]));
    assert!(announced.to_xml("padding").contains(&format!("id='{}'", ids.standing()[0])));
    ids.standing()[0]
}

#[test]
fn ids_of_distrusts_follow_from_the_secret() {
    let device = |secret: Option<u8>| {
        let rules = Rules { conflict: ConflictRule::Named, ..Rules::default() };
        let jid = "alice@example.org/phone".parse().unwrap();
        let atm = Atm::new(jid, omemo(), &key(0), KeySharing::OnePerEndpoint, rules).unwrap();
        secret.map_or(atm.clone(), |secret| atm.with_distrust_secret([secret; 32]))
    };
    let [numbered, one, other] =
        [None, Some(1), Some(2)].map(|secret| announced_distrust(&mut device(secret)));
    assert_eq!(numbered, DistrustId::new(1 << 32));
    assert!(one != other && one != numbered);
    // The secret is stored.
    let mut restored = Atm::restore(&device(Some(1)).to_stored()).unwrap();
    assert_eq!(announced_distrust(&mut restored), one);
    let shown = format!("{:?}", device(Some(77)));
    assert!(!shown.contains("77, 77"), "{shown}");
}
