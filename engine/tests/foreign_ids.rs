//! Ids that another directory issued are errors: nothing panics, and nothing changes.

use std::sync::Arc;

use atm_engine::codec::{NamedEnvelope, NamedTrustMessage, TrustMessageUri, Unwritable};
use atm_engine::jid::FullJid;
use atm_engine::{
    AccountId, Decision, DecisionKind, Device, Directory, DistrustsByKey, Encryption, EndpointId, Envelope,
    Input, KeyId, KeyIdentifier, KeySharing, ManualDecision, MessageId, MessageRef, NotItsKey,
    NotOneDecision, OutboxId, Outcome, Payload, Protection, Received, Rules, Stamp, TrustMessage, UnknownId,
    Usage,
};
use proptest::prelude::*;
use proptest::sample::Index;

const NOW: Stamp = Stamp::from_millis(1_600_000_000_000);

/// A directory with a number of endpoints, each with a key. Every third endpoint starts a new account.
struct Names {
    directory: Directory,
    endpoints: Vec<EndpointId>,
    accounts: Vec<AccountId>,
    keys: Vec<KeyId>,
}

fn names(endpoints: usize, per_account: usize) -> Names {
    let mut names =
        Names { directory: Directory::new(), endpoints: Vec::new(), accounts: Vec::new(), keys: Vec::new() };
    let omemo = Encryption::new(Encryption::OMEMO).unwrap();
    let encryption = names.directory.encryption(&omemo);
    for number in 0..endpoints {
        let jid: FullJid = format!("a{}@example.org/{number}", number / per_account).parse().unwrap();
        names.endpoints.push(names.directory.endpoint(&jid));
        let account = names.directory.account(&jid.to_bare());
        names.accounts.push(account);
        let number = u8::try_from(number).unwrap();
        let identifier = KeyIdentifier::new(&omemo, &[number; 32]).unwrap();
        names.keys.push(names.directory.key(encryption, account, &identifier));
    }
    names
}

fn device(names: &Names) -> Device {
    Device::new(
        names.endpoints[0],
        names.keys[0],
        KeySharing::OnePerEndpoint,
        Rules::default(),
        &names.directory,
    )
    .unwrap()
}

fn message(from: &Names, sender: usize, said: &[(usize, DecisionKind)]) -> Received {
    let decisions = said.iter().map(|(key, kind)| Decision { key: from.keys[*key], kind: *kind });
    let encryption = from.directory.encryption_of(from.keys[sender]);
    let message = TrustMessage {
        usage: Usage::Atm,
        encryption,
        decisions: decisions.collect(),
        distrusts: DistrustsByKey::default(),
    };
    let envelope = Envelope {
        padded: true,
        time: Some(NOW),
        from: Some(from.accounts[sender]),
        to: Some(from.accounts[0]),
        message: Arc::new(message),
    };
    Received {
        from: from.endpoints[sender],
        to: from.accounts[0],
        id: Some(MessageRef { endpoint: from.endpoints[sender], number: OutboxId(3) }),
        carbon_from: None,
        protection: Protection::Encrypted { with: encryption, by: Some(from.keys[sender]) },
        delayed_since: None,
        payload: Payload::Parsed(envelope),
    }
}

#[test]
fn ids_of_a_larger_directory_are_unknown() {
    let (small, large) = (names(2, 1), names(9, 1));
    let key = large.keys[8];
    let mut device = device(&small);
    let before = device.clone();
    let unknown = |key| Err(UnknownId::Key(key));
    let inputs = [
        Input::Discover(key),
        Input::TrustManually(key),
        Input::Decide(ManualDecision::authenticate(key)),
        Input::Receive(message(&large, 1, &[(0, DecisionKind::Trust), (8, DecisionKind::Trust)])),
    ];
    for input in inputs {
        let mut out = Outcome::default();
        assert_eq!(device.apply(&input, NOW, &small.directory, &mut out), unknown(key), "{input:?}");
        assert_eq!((out, &device), (Outcome::default(), &before));
    }
    let stranger = message(&large, 8, &[(0, DecisionKind::Trust)]);
    let endpoint = UnknownId::Endpoint(large.endpoints[8]);
    assert_eq!(device.receive(stranger, NOW, &small.directory), Err(endpoint));
    let decided = ManualDecision::new(&[key], &[], &small.directory);
    assert_eq!(decided, Err(NotOneDecision::UnknownId(UnknownId::Key(key))));
    assert!(device.level(key) == atm_engine::Level::Undecided && device.origin(key).is_none());
}

#[test]
fn a_device_needs_the_directory_that_it_is_from() {
    let (small, large) = (names(2, 1), names(9, 1));
    let new = |endpoint, key| {
        Device::new(endpoint, key, KeySharing::OnePerEndpoint, Rules::default(), &small.directory)
    };
    let unknown = UnknownId::Endpoint(large.endpoints[8]);
    assert_eq!(new(large.endpoints[8], large.keys[0]), Err(NotItsKey::UnknownId(unknown)));
    let unknown = UnknownId::Key(large.keys[8]);
    assert_eq!(new(large.endpoints[0], large.keys[8]), Err(NotItsKey::UnknownId(unknown)));
    let mut device = device(&large);
    let _ = device.discover(large.keys[8], NOW, &large.directory).unwrap();
    for input in [Input::Discover(small.keys[1]), Input::Resume] {
        let result = device.apply(&input, NOW, &small.directory, &mut Outcome::default());
        assert_eq!(result, Err(UnknownId::OtherDirectory));
    }
    assert_eq!(device.to_stored(&small.directory), Err(UnknownId::OtherDirectory));
    // This directory has as many keys, and the first ones are the same.
    let other = names(9, 2);
    assert_eq!(device.discover(other.keys[8], NOW, &other.directory), Err(UnknownId::OtherDirectory));
    // A copy that grows is still the same directory.
    let mut grown = large.directory.clone();
    let encryption = grown.encryption_of(large.keys[0]);
    let omemo = Encryption::new(Encryption::OMEMO).unwrap();
    let new = KeyIdentifier::new(&omemo, &[99; 32]).unwrap();
    let new = grown.key(encryption, large.accounts[1], &new);
    let _ = device.discover(new, NOW, &grown).unwrap();
    assert_eq!(device.discover(large.keys[7], NOW, &large.directory), Err(UnknownId::OtherDirectory));
}

#[test]
fn a_device_is_not_stored_with_the_jid_of_another_endpoint() {
    let names = names(2, 1);
    let device = device(&names);
    // These directories have the same keys, under the same ids.
    let with_endpoint = |jid: Option<&str>| {
        let mut directory = Directory::new();
        let omemo = Encryption::new(Encryption::OMEMO).unwrap();
        let encryption = directory.encryption(&omemo);
        for number in [0, 1] {
            let account = directory.account(&format!("a{number}@example.org").parse().unwrap());
            directory.key(encryption, account, &KeyIdentifier::new(&omemo, &[number; 32]).unwrap());
        }
        if let Some(jid) = jid {
            directory.endpoint(&jid.parse().unwrap());
        }
        directory
    };
    assert!(device.to_stored(&with_endpoint(Some("a0@example.org/0"))).is_ok());
    let unknown = Err(UnknownId::Endpoint(names.endpoints[0]));
    for directory in [with_endpoint(None), with_endpoint(Some("a1@example.org/1"))] {
        assert_eq!(device.to_stored(&directory), unknown);
    }
}

#[test]
fn unknown_ids_cannot_be_written() {
    let (small, large) = (names(2, 1), names(9, 1));
    let Payload::Parsed(envelope) = message(&large, 1, &[(8, DecisionKind::Trust)]).payload else {
        unreachable!()
    };
    let unknown = UnknownId::Key(large.keys[8]);
    let written = NamedTrustMessage::of(&envelope.message, &small.directory);
    assert_eq!(written, Err(Unwritable::UnknownId(unknown)));
    let uri = TrustMessageUri::of(&ManualDecision::authenticate(large.keys[8]), &small.directory);
    assert_eq!(uri, Err(Unwritable::UnknownId(unknown)));
    let account = large.accounts[8];
    let written = NamedEnvelope::of(&Envelope { to: Some(account), ..envelope }, "", &small.directory);
    assert_eq!(written, Err(Unwritable::UnknownId(UnknownId::Account(account))));
    let message = MessageRef { endpoint: large.endpoints[8], number: OutboxId(0) };
    assert_eq!(MessageId::of(message, &small.directory), Err(UnknownId::Endpoint(message.endpoint)));
}

/// An input with ids of one directory, applied with a possibly different directory.
#[derive(Clone, Debug)]
struct Happening {
    ids: Index,
    directory: Index,
    kind: usize,
    key: Index,
    sender: Index,
    distrust: bool,
}

fn happening() -> impl Strategy<Value = Happening> {
    (any::<Index>(), any::<Index>(), 0..5_usize, any::<Index>(), any::<Index>(), any::<bool>()).prop_map(
        |(ids, directory, kind, key, sender, distrust)| Happening {
            ids,
            directory,
            kind,
            key,
            sender,
            distrust,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_directories_panics(happenings in prop::collection::vec(happening(), 1..40)) {
        let directories = [names(3, 1), names(6, 2), names(6, 3), names(9, 2)];
        let mut devices = [device(&directories[0]), device(&directories[1]), device(&directories[3])];
        for Happening { ids, directory, kind, key, sender, distrust } in happenings {
            let ids = ids.get(&directories);
            let names = &directory.get(&directories).directory;
            let (key, sender) = (key.index(ids.keys.len()), sender.index(ids.keys.len()));
            let decision = if distrust { DecisionKind::Distrust } else { DecisionKind::Trust };
            let input = match kind {
                0 => Input::Discover(ids.keys[key]),
                1 if distrust => Input::Decide(ManualDecision::distrust(ids.keys[key])),
                1 => Input::Decide(ManualDecision::authenticate(ids.keys[key])),
                2 => Input::TrustManually(ids.keys[key]),
                3 => Input::Resume,
                _ => Input::Receive(message(ids, sender, &[(key, decision), (0, DecisionKind::Trust)])),
            };
            for device in &mut devices {
                let mut out = Outcome::default();
                let _ = device.apply(&input, NOW, names, &mut out);
                let _ = device.to_stored(names).map(|stored| stored.resolve(names));
                for outgoing in out.outgoing {
                    let _ = NamedEnvelope::of(&outgoing.envelope, "", names);
                }
            }
        }
    }
}
