//! What one device needs for a message: 1, 100 or 10,000 decisions of an authenticated own endpoint.

use std::hint::black_box;
use std::sync::Arc;

use atm_engine::jid::{BareJid, FullJid};
use atm_engine::{
    Decision, Device, Directory, Encryption, Envelope, Input, KeyId, KeyIdentifier, KeySharing,
    ManualDecision, Outcome, Payload, Protection, Received, Rules, Stamp, TrustMessage, Usage, Verdict,
};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const NOW: Stamp = Stamp::from_millis(1_577_880_000_000);

/// A device that authenticated another one of its account, and a message of that one about `keys` keys.
fn device_and_message(keys: u32) -> (Device, Directory, Input) {
    let mut names = Directory::new();
    let omemo = Encryption::new(Encryption::OMEMO).expect("a namespace");
    let encryption = names.encryption(&omemo);
    let jid = BareJid::new("alice@example.org").expect("a JID");
    let account = names.account(&jid);
    let mut key = |number: u32| -> KeyId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        names.key(encryption, account, &KeyIdentifier::new(&omemo, &bytes).expect("32 bytes"))
    };
    let (own, sender) = (key(0), key(1));
    let decisions: Arc<[Decision]> =
        (0..keys).map(|number| Decision { key: key(number + 2), verdict: Verdict::Trust }).collect();
    let endpoint = |names: &mut Directory, resource| -> atm_engine::EndpointId {
        let full: FullJid = jid.with_resource_str(resource).expect("a resource");
        names.endpoint(&full)
    };
    let (phone, notebook) = (endpoint(&mut names, "phone"), endpoint(&mut names, "notebook"));

    let mut device = Device::new(phone, own, KeySharing::OnePerEndpoint, Rules::default(), &names);
    device.discover(sender, NOW, &names);
    device.decide(ManualDecision::authenticate(sender), NOW, &names);
    for decision in decisions.iter() {
        device.discover(decision.key, NOW, &names);
    }
    let message = Arc::new(TrustMessage { usage: Usage::Atm, encryption, decisions });
    let received = Received {
        from: notebook,
        to: account,
        id: None,
        carbon_from: None,
        protection: Protection::Encrypted { with: encryption, by: Some(sender) },
        delayed_since: None,
        payload: Payload::Parsed(Envelope {
            padded: true,
            time: Some(NOW),
            from: Some(account),
            to: Some(account),
            message,
        }),
    };
    (device, names, Input::Receive(received))
}

fn received_message(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("received message");
    for keys in [1, 100, 10_000] {
        let (device, names, input) = device_and_message(keys);
        group.throughput(Throughput::Elements(u64::from(keys)));
        group.bench_with_input(BenchmarkId::from_parameter(keys), &input, |bencher, input| {
            bencher.iter_batched_ref(
                || (device.clone(), Outcome::default()),
                |(device, out)| device.apply(black_box(input), NOW, &names, out),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, received_message);
criterion_main!(benches);
