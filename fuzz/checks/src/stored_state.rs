use atm_engine::jid::BareJid;
use atm_engine::{Atm, KeyIdentifier, NamedProtection, NamedReceived, Stamp, StoredDevice};

/// A stored device is refused with a reason. Otherwise it can be used, and its new stored form can be read.
pub fn stored_state(bytes: &[u8]) {
    let stored: StoredDevice = match serde_json::from_slice(bytes) {
        Ok(stored) => stored,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let written = serde_json::to_vec(&stored).expect("what was read can be written");
    assert_eq!(serde_json::from_slice::<StoredDevice>(&written).expect("it can be read again"), stored);
    match Atm::restore(&stored) {
        Ok(device) => use_device(device),
        Err(bad) => assert!(!bad.to_string().is_empty()),
    }
}

/// Uses a device like a client, at times close to those that it may contain.
fn use_device(mut device: Atm) {
    let bob = BareJid::new("bob@example.com").expect("a bare JID");
    let key = |byte| {
        KeyIdentifier::new(device.encryption(), &[byte; 32])
            .or_else(|_| KeyIdentifier::new(device.encryption(), &[byte; 20]))
    };
    let Ok(keys) = [key(1), key(2)].into_iter().collect::<Result<Vec<_>, _>>() else { return };
    let own = device.jid().to_bare();
    device = reread(&device);
    let mut sent = Vec::new();
    for now in [i64::MIN, 0, 1_577_880_000_000, i64::MAX].map(Stamp::from_millis) {
        for owner in [&own, &bob] {
            let known: Vec<_> = device.keys_of(owner).map(|(key, _)| key.clone()).collect();
            let _ = device.discover(owner, &[known, keys.clone()].concat(), now);
            let _ = device.decide(owner, &keys[..1], &keys[1..], now);
        }
        let uri = device.own_uri();
        let _ = device.scan(&uri, now);
        let outcome = device.resume(now);
        for outgoing in &outcome.outgoing {
            let _ = device.receive(received(&device, outgoing, &keys[0]), now);
        }
        sent.extend(outcome.outgoing);
        device = reread(&device);
    }
    for outgoing in &sent {
        device.sent(&outgoing.id);
    }
    assert_eq!(device.outbox().count(), 0, "what was sent is not sent again");
    reread(&device);
}

/// Returns a message of the device as if Bob had sent it.
fn received(device: &Atm, outgoing: &atm_engine::NamedOutgoing, key: &KeyIdentifier) -> NamedReceived {
    let bob = BareJid::new("bob@example.com").expect("a bare JID");
    let from = bob.with_resource("phone").expect("a resource");
    let by = Some((bob, key.clone()));
    NamedReceived {
        from,
        to: device.jid().to_bare(),
        id: None,
        carbon_from: None,
        protection: NamedProtection::Encrypted { with: device.encryption().clone(), by },
        delayed_since: None,
        content: Ok(outgoing.envelope.clone()),
    }
}

/// Returns the device after a restart.
fn reread(device: &Atm) -> Atm {
    let stored = device.to_stored();
    let again = Atm::restore(&stored).expect("what a device stores can be read");
    assert_eq!(again.to_stored(), stored);
    again
}
