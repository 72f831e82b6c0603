//! Properties of all sequences of inputs: storing loses nothing, the same inputs give the same outcomes, and the order
//! of arrival does not matter.

use atm_engine::{
    AnnouncementRule, ConflictRule, Device, Directory, Input, KeySharing, Level, ManualDecision, NotItsKey,
    OutboxId, Outcome, Policy, Rules, StoredDevice,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::driver::{Happened, TestWorld, envelope_of, stamp};

/// An input of A1, with names.
#[derive(Clone, Debug)]
pub(crate) enum NamedStep {
    Discover(&'static str),
    Decide(&'static str),
    TrustManually(&'static str),
    Hear { from: &'static str, text: String, age: i64, padded: bool },
    Sent(u64),
    Resume,
}

pub(crate) const KEYS: [&str; 9] = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "C1", "C2"];
/// Ids of distrusts. They only count under `named`.
const IDS: [&str; 6] = ["", "#1", "#2/1", "/1", "/1,2", ""];
const SIGNED: [&str; 18] = [
    "+A1", "-A1", "+A2", "-A2", "+A3", "-A3", "+A4", "-A4", "+B1", "-B1", "+B2", "-B2", "+B3", "-B3", "+C1",
    "-C1", "+C2", "-C2",
];

pub(crate) fn step() -> impl Strategy<Value = NamedStep> {
    let hear = (
        select(&KEYS[..]),
        prop::collection::vec(any::<bool>(), KEYS.len()),
        any::<Index>(),
        0..400_i64,
        any::<bool>(),
    )
        .prop_map(|(from, signs, start, age, padded)| {
            // One to three distinct keys.
            let first = start.index(KEYS.len());
            let count = 1 + first % 3;
            let words = (0..count).map(|offset| {
                let key = (first + offset) % KEYS.len();
                let ids = IDS[(age as usize + offset) % IDS.len()];
                format!("{}{}{ids}", if signs[key] { '+' } else { '-' }, KEYS[key])
            });
            let text = words.collect::<Vec<_>>().join(" ");
            NamedStep::Hear { from, text, age, padded }
        });
    prop_oneof![
        3 => select(&KEYS[..]).prop_map(NamedStep::Discover),
        3 => select(&SIGNED[..]).prop_map(NamedStep::Decide),
        1 => select(&KEYS[..]).prop_map(NamedStep::TrustManually),
        6 => hear,
        1 => (0..20_u64).prop_map(NamedStep::Sent),
        1 => Just(NamedStep::Resume),
    ]
}

pub(crate) fn rules() -> impl Strategy<Value = Rules> {
    let announcement =
        select(&[AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay][..]);
    let conflict = select(&[ConflictRule::Newest, ConflictRule::Cautious, ConflictRule::Named][..]);
    let policy = select(&[Policy::Toakafa, Policy::None][..]);
    (announcement, conflict, policy).prop_map(|(announcement, conflict, policy)| Rules {
        announcement,
        conflict,
        policy,
        ..Rules::default()
    })
}

pub(crate) fn input(world: &mut TestWorld, step: &NamedStep, now: i64) -> Input {
    match step {
        NamedStep::Discover(key) => Input::Discover(world.key(key)),
        NamedStep::Decide(decision) => {
            let key = world.key(&decision[1..]);
            Input::Decide(match decision.split_at(1).0 {
                "+" => ManualDecision::authenticate(key),
                _ => ManualDecision::distrust(key),
            })
        }
        NamedStep::TrustManually(key) => Input::TrustManually(world.key(key)),
        NamedStep::Hear { from, text, age, padded } => {
            let mut message = world.message("A1", from, text);
            let envelope = envelope_of(&mut message);
            envelope.time = Some(stamp(now - age));
            envelope.padded = *padded;
            Input::Receive(message)
        }
        NamedStep::Sent(number) => Input::Sent(OutboxId(*number)),
        NamedStep::Resume => Input::Resume,
    }
}

pub(crate) fn apply(device: &mut Device, input: &Input, now: i64, names: &Directory) -> Outcome {
    let mut out = Outcome::default();
    device.apply(input, stamp(now), names, &mut out).unwrap();
    out
}

/// A message to A1, delivered in shuffled order.
#[derive(Clone, Debug)]
struct Heard {
    from: &'static str,
    text: &'static str,
    time: i64,
}

impl Heard {
    /// Returns the message as an endpoint under `named` would send it. The time determines its ids and those that it
    /// overrules.
    fn with_ids(self) -> Self {
        let (id, over) = (self.time, self.time * 5 % 12);
        let word = |word: &str| match word.split_at(1).0 {
            "-" => format!("{word}#{id}/{over}"),
            _ => format!("{word}/{over}"),
        };
        let text = self.text.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
        Self { text: text.leak(), ..self }
    }
}

/// Messages of the own endpoints A2 and A3 and of the contact's B1. None of these is ever distrusted.
fn heard() -> impl Strategy<Value = Heard> {
    let own = (
        select(&["A2", "A3"][..]),
        select(
            &[
                "+A2", "+A3", "+B1", "+A4", "-A4", "+B2", "-B2", "+B3", "-B3", "+C1", "-C1", "+A4 -B2",
                "-C1 +B3",
            ][..],
        ),
    );
    let contact = (Just("B1"), select(&["+B2", "-B2", "+B3", "-B3", "+B2 -B3"][..]));
    (prop_oneof![3 => own, 1 => contact], 0..12_i64).prop_map(|((from, text), time)| Heard {
        from,
        text,
        time,
    })
}

fn heard_in_two_orders() -> impl Strategy<Value = (Vec<Heard>, Vec<Heard>)> {
    prop::collection::vec(heard(), 1..14)
        .prop_flat_map(|heard| (Just(heard.clone()), Just(heard).prop_shuffle()))
}

/// The levels at A1 after it received everything. A2 is authenticated at the start, A3 at the end, and B1 by the
/// messages or at the end.
fn levels_after(rules: Rules, heard: &[Heard]) -> Vec<(Level, Option<atm_engine::DecisionKind>)> {
    let mut world = TestWorld::with(rules, "A1");
    world.discover("A1", "A2 A3 A4 B1 B2");
    world.at(-100).decide("A1", "+A2");
    for Heard { from, text, time } in heard {
        world.at(20).hear_late("A1", from, text, *time);
    }
    world.at(30).decide("A1", "+A3");
    world.at(30).decide("A1", "+B1");
    let mut levels = Vec::new();
    for name in KEYS {
        let (level, key) = (world.level("A1", name), world.key(name));
        levels.push((level, world.device("A1").kept_decision(key)));
    }
    levels
}

proptest! {
    #[test]
    fn the_state_is_written_out_without_loss(
        rules in rules(),
        one_key in any::<bool>(),
        steps in prop::collection::vec((step(), 0..400_i64), 1..40),
    ) {
        let mut world = if one_key {
            TestWorld::one_key(rules.announcement, "A1")
        } else {
            TestWorld::with(rules, "A1")
        };
        let mut now = 0;
        for (step, later) in &steps {
            now += later;
            let input = input(&mut world, step, now);
            let device = &mut world.devices[0];
            let stored = device.to_stored(&world.names).unwrap();
            let read: StoredDevice = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            prop_assert_eq!(&read, &stored);
            let mut read = read.resolve(&world.names).unwrap();
            prop_assert_eq!(&read.to_stored(&world.names).unwrap(), &stored);
            // The copy behaves like the original: no relevant state is missing.
            let ours = apply(device, &input, now, &world.names);
            let theirs = apply(&mut read, &input, now, &world.names);
            prop_assert_eq!(ours, theirs);
            prop_assert_eq!(read.to_stored(&world.names).unwrap(), device.to_stored(&world.names).unwrap());
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_show(
        (one, other) in heard_in_two_orders(),
        announcement in select(&[AnnouncementRule::Direct, AnnouncementRule::Cascade][..]),
        policy in select(&[Policy::Toakafa, Policy::None][..]),
    ) {
        let rules = Rules { announcement, conflict: ConflictRule::Newest, policy, ..Rules::default() };
        prop_assert_eq!(levels_after(rules, &one), levels_after(rules, &other));
    }

    #[test]
    fn the_order_of_arrival_does_not_show_to_the_cautious(
        (one, other) in heard_in_two_orders(),
        announcement in select(&[AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay][..]),
        policy in select(&[Policy::Toakafa, Policy::None][..]),
    ) {
        let rules = Rules { announcement, conflict: ConflictRule::Cautious, policy, ..Rules::default() };
        prop_assert_eq!(levels_after(rules, &one), levels_after(rules, &other));
    }

    #[test]
    fn the_order_of_arrival_does_not_show_where_distrusts_have_names(
        (one, other) in heard_in_two_orders(),
        announcement in select(&[AnnouncementRule::Direct, AnnouncementRule::Cascade, AnnouncementRule::Relay][..]),
        policy in select(&[Policy::Toakafa, Policy::None][..]),
    ) {
        let rules = Rules { announcement, conflict: ConflictRule::Named, policy, ..Rules::default() };
        let named = |heard: Vec<Heard>| heard.into_iter().map(Heard::with_ids).collect::<Vec<_>>();
        let (one, other) = (named(one), named(other));
        prop_assert_eq!(levels_after(rules, &one), levels_after(rules, &other));
    }

    #[test]
    fn of_two_decisions_the_later_and_of_the_same_time_the_distrust_counts(
        (first, second) in (0..4_i64, 0..4_i64),
        trust_comes_first in any::<bool>(),
    ) {
        let mut world = TestWorld::new("A1");
        world.discover("A1", "A2 A3 B1");
        world.at(-100).decide("A1", "+A2 +A3");
        let mut said = [("A2", "+B1", first), ("A3", "-B1", second)];
        if !trust_comes_first {
            said.reverse();
        }
        for (from, text, time) in said {
            world.at(20).hear_late("A1", from, text, time);
        }
        let expected = if first > second { Level::Authenticated } else { Level::Distrusted };
        prop_assert_eq!(world.level("A1", "B1"), expected);
    }
}

#[test]
fn the_same_inputs_at_the_same_times_give_the_same_outcomes() {
    let run = || {
        let mut world = TestWorld::announcing(AnnouncementRule::Relay, "A1 A2 A3 B1 B2");
        world.discover_all();
        for (second, (who, text)) in (1..).zip([
            ("A1", "+A2"),
            ("A2", "+A1"),
            ("B1", "+B2"),
            ("B2", "+B1"),
            ("A2", "+B1"),
            ("B1", "+A2"),
            ("A2", "+A3"),
        ]) {
            world.at(second * 1_000).decide(who, text);
            world.drain();
        }
        (world.devices, world.sent)
    };
    assert_eq!(run(), run());
}

#[test]
fn a_device_says_who_it_is() {
    let mut world = TestWorld::new("A1 B1");
    let (endpoint, account, key) = (world.endpoint("B1"), world.account("B"), world.key("B1"));
    let device = world.device("B1");
    assert_eq!((device.endpoint(), device.account(), device.key()), (endpoint, account, key));
}

#[test]
fn a_device_does_not_have_somebody_elses_key() {
    let mut world = TestWorld::new("A1");
    let (endpoint, key) = (world.endpoint("A2"), world.key("B1"));
    let new = |endpoint, key| {
        Device::new(endpoint, key, KeySharing::OnePerEndpoint, Rules::default(), &world.names)
    };
    assert_eq!(new(endpoint, key), Err(NotItsKey::OtherOwner));
}

#[test]
fn an_outcome_can_be_emptied_and_used_again() {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    let Happened(mut out) = world.decide("A1", "+B1");
    out.refused.extend(world.hear("A1", "B2", "+B1").refused.iter().cloned());
    let mut unpadded = world.message("A1", "A2", "+B2");
    envelope_of(&mut unpadded).padded = false;
    out.notices.extend(world.receive("A1", unpadded).0.notices);
    assert!(!out.changes.is_empty() && !out.outgoing.is_empty());
    assert!(!out.refused.is_empty() && !out.notices.is_empty());
    out.clear();
    assert_eq!(out, Outcome::default());
}

#[test]
fn the_calls_of_a_device_are_its_inputs() {
    let mut world = TestWorld::new("A1");
    let (own, key, other) = (world.key("A2"), world.key("B1"), world.key("B2"));
    let message = world.message("A1", "A2", "+B2");
    let (device, names) = (&mut world.devices[0], &world.names);
    let mut twin = device.clone();
    let _ = device.discover(own, stamp(0), names).unwrap();
    let _ = device.discover(key, stamp(0), names).unwrap();
    let _ = device.decide(ManualDecision::authenticate(own), stamp(1), names).unwrap();
    let decided = device.decide(ManualDecision::authenticate(key), stamp(2), names).unwrap();
    let received = device.receive(message.clone(), stamp(3), names).unwrap();
    device.sent(decided.outgoing[0].id);

    let _ = apply(&mut twin, &Input::Discover(own), 0, names);
    let _ = apply(&mut twin, &Input::Discover(key), 0, names);
    let _ = apply(&mut twin, &Input::Decide(ManualDecision::authenticate(own)), 1, names);
    assert_eq!(apply(&mut twin, &Input::Decide(ManualDecision::authenticate(key)), 2, names), decided);
    assert_eq!(apply(&mut twin, &Input::Receive(message), 3, names), received);
    let _ = apply(&mut twin, &Input::Sent(decided.outgoing[0].id), 4, names);
    assert_eq!(*device, twin);
    assert_eq!(device.kept_decision(other), Some(atm_engine::DecisionKind::Trust));
}
