//! A search finds the wrong step of a device, and its result agrees with the plain search over whole paths.

use std::ops::ControlFlow;
use std::sync::Arc;

use atm_engine::{
    Change, Decision, DecisionKind, Device, Directory, Input, ManualDecision, Outcome, Payload, Protection,
    Received, Stamp, TrustMessage,
};

use super::{ways, worlds};
use crate::invariants::Invariant;
use crate::search::explore::{Behaviour, Defect, Extent, FaultyStep, Orders, Settings, explore_with};

const MISBEHAVIOURS: [(FaultyStep, Invariant); 5] = [
    (authenticates_whoever_speaks, Invariant::Soundness),
    (says_what_it_does_not_hold, Invariant::Soundness),
    (takes_the_word_of_anybody, Invariant::NoPrematureUse),
    (encrypts_for_everybody, Invariant::Confidentiality),
    (loses_what_it_postponed, Invariant::NothingLost),
];

#[test]
fn each_is_found_on_a_short_way_and_is_seen_on_whole_ways() {
    let scenario = worlds::scenario(worlds::LINKS);
    for (step, invariant) in MISBEHAVIOURS {
        let behaviour = Behaviour::Faulty(step);
        for orders in [Orders::Steps, Orders::Free] {
            let settings = Settings { orders, ..Settings::default() };
            let seen =
                explore_with(&scenario, &settings, behaviour, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(seen.extent, Extent::Broken, "{invariant}");
            assert_eq!(seen.counterexample.unwrap().broken, Defect::Invariant(invariant), "{orders:?}");
            let expected = ways::go(&scenario, &settings, behaviour);
            assert!(expected.broken.contains(&invariant), "{invariant} {:?}", expected.broken);
        }
    }
}

fn authenticates_whoever_speaks(
    device: &mut Device,
    input: &Input,
    now: Stamp,
    names: &Directory,
    out: &mut Outcome,
) {
    if let Input::Receive(Received { protection: Protection::Encrypted { by: Some(sender), .. }, .. }) = input
    {
        device.apply(&Input::Decide(ManualDecision::authenticate(*sender)), now, names, out).unwrap();
    }
    device.apply(input, now, names, out).unwrap();
}

/// Adds its own key to each message that it sends.
fn says_what_it_does_not_hold(
    device: &mut Device,
    input: &Input,
    now: Stamp,
    names: &Directory,
    out: &mut Outcome,
) {
    device.apply(input, now, names, out).unwrap();
    let own = Decision { key: device.key(), kind: DecisionKind::Trust };
    for outgoing in &mut out.outgoing {
        let message = &outgoing.envelope.message;
        let decisions: Arc<[Decision]> = message.decisions.iter().copied().chain([own]).collect();
        outgoing.envelope.message = Arc::new(TrustMessage { decisions, ..TrustMessage::clone(message) });
    }
}

/// Reports postponed decisions as applied.
fn takes_the_word_of_anybody(
    device: &mut Device,
    input: &Input,
    now: Stamp,
    names: &Directory,
    out: &mut Outcome,
) {
    device.apply(input, now, names, out).unwrap();
    let Input::Receive(Received { payload: Payload::Parsed(envelope), .. }) = input else { return };
    let time = envelope.time.unwrap_or(now);
    for change in &mut out.changes {
        if let Change::Postponed { sender, decision } = *change {
            *change = Change::Decided {
                decision,
                was: device.level(decision.key),
                origin: atm_engine::Origin::Message { sender },
                time,
                effect: atm_engine::Effect::Now,
                cause: atm_engine::Cause::Received,
            };
        }
    }
}

fn encrypts_for_everybody(
    device: &mut Device,
    input: &Input,
    now: Stamp,
    names: &Directory,
    out: &mut Outcome,
) {
    device.apply(input, now, names, out).unwrap();
    for outgoing in &mut out.outgoing {
        let said = outgoing.envelope.message.decisions.iter().map(|decision| decision.key);
        outgoing.keys = outgoing.keys.iter().copied().chain(said).chain([device.key()]).collect();
    }
}

fn loses_what_it_postponed(
    device: &mut Device,
    input: &Input,
    now: Stamp,
    names: &Directory,
    out: &mut Outcome,
) {
    let before = device.clone();
    device.apply(input, now, names, out).unwrap();
    if out.changes.iter().any(|change| matches!(change, Change::Postponed { .. })) {
        *device = before;
    }
}
