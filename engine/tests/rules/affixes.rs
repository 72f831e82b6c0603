//! The affixes of the envelope.

use std::time::Duration;

use atm_engine::{Notice, Reason, Received, Rules};

use crate::driver::{TestWorld, assert_untouched, envelope_of, only_reason, stamp};

const MINUTE: i64 = 60_000;

fn world_with(rules: Rules) -> TestWorld {
    let mut world = TestWorld::with(rules, "A1");
    world.discover("A1", "A2 B1 B2");
    world.decide("A1", "+A2");
    world.decide("A1", "+B1");
    world
}

fn receive(change: impl FnOnce(&mut TestWorld, &mut Received)) -> Result<(), Reason> {
    receive_with(Rules::default(), change)
}

/// Lets A1 receive a message with `+B2` at the time 0, after `change`.
fn receive_with(rules: Rules, change: impl FnOnce(&mut TestWorld, &mut Received)) -> Result<(), Reason> {
    let mut world = world_with(rules);
    let mut message = world.message("A1", "B1", "+B2");
    change(&mut world, &mut message);
    let before = world.device("A1").clone();
    let out = world.receive("A1", message);
    if out.refused.is_empty() {
        assert_eq!(world.decided(&out), "+B2");
        return Ok(());
    }
    assert_untouched(&out);
    assert_eq!(out.notices, []);
    assert_eq!(*world.device("A1"), before);
    assert_eq!(out.refused[0].decision, None);
    assert_eq!(out.refused[0].sender, Some(world.key("B1")));
    Err(*only_reason(&out))
}

#[test]
fn all_four_are_written() {
    let mut world = world_with(Rules::default());
    let out = world.at(9).decide("A1", "+B2");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B2", "to B for B2: +A2"]);
    for outgoing in &out.outgoing {
        assert!(outgoing.envelope.padded);
        assert_eq!(outgoing.envelope.time, Some(stamp(9)));
        assert_eq!(outgoing.envelope.from, Some(world.account("A")));
        assert_eq!(outgoing.envelope.to, Some(outgoing.to));
    }
}

#[test]
fn from_matches_the_stanza() {
    for stranger in ["A", "C"] {
        let result = receive(|world, message| envelope_of(message).from = Some(world.account(stranger)));
        assert_eq!(result, Err(Reason::AffixMismatch));
    }
}

#[test]
fn to_matches_the_stanza() {
    for stranger in ["B", "C"] {
        let result = receive(|world, message| envelope_of(message).to = Some(world.account(stranger)));
        assert_eq!(result, Err(Reason::AffixMismatch));
    }
    let result = receive(|world, message| message.to = world.account("C"));
    assert_eq!(result, Err(Reason::AffixMismatch));
}

#[test]
fn from_and_to_may_be_missing() {
    assert_eq!(receive(|_, message| envelope_of(message).from = None), Ok(()));
    assert_eq!(receive(|_, message| envelope_of(message).to = None), Ok(()));
}

#[test]
fn time_may_not_be_missing() {
    assert_eq!(receive(|_, message| envelope_of(message).time = None), Err(Reason::MissingTime));
}

#[test]
fn time_is_within_five_minutes_of_the_arrival() {
    for (time, result) in [
        (-5 * MINUTE, Ok(())),
        (-5 * MINUTE - 1, Err(Reason::Clock)),
        (5 * MINUTE, Ok(())),
        (5 * MINUTE + 1, Err(Reason::Clock)),
    ] {
        let got = receive(|_, message| envelope_of(message).time = Some(stamp(time)));
        assert_eq!(got, result, "dated {time} ms");
    }
}

#[test]
fn the_margin_can_be_set() {
    let rules = Rules { clock_margin: Duration::from_secs(1), ..Rules::default() };
    for (time, result) in [(-1_000, Ok(())), (-1_001, Err(Reason::Clock)), (1_001, Err(Reason::Clock))] {
        let got = receive_with(rules, |_, message| envelope_of(message).time = Some(stamp(time)));
        assert_eq!(got, result);
    }
}

#[test]
fn the_servers_delay_stamp_says_when_it_was_sent() {
    let day = 24 * 60 * MINUTE;
    for (offset, result) in [
        (-5 * MINUTE, Ok(())),
        (-5 * MINUTE - 1, Err(Reason::Clock)),
        (0, Ok(())),
        (5 * MINUTE, Ok(())),
        (5 * MINUTE + 1, Err(Reason::Clock)),
    ] {
        let got = receive(|world, message| {
            message.delayed_since = Some(stamp(0));
            envelope_of(message).time = Some(stamp(offset));
            world.at(day);
        });
        assert_eq!(got, result, "dated {offset} ms after the stamp");
    }
}

#[test]
fn with_a_delay_stamp_the_arrival_does_not_matter() {
    let got = receive(|_, message| message.delayed_since = Some(stamp(-6 * MINUTE)));
    assert_eq!(got, Err(Reason::Clock));
}

#[test]
fn missing_padding_is_only_reported() {
    let mut world = world_with(Rules::default());
    let mut message = world.message("A1", "B1", "+B2");
    envelope_of(&mut message).padded = false;
    let out = world.receive("A1", message);
    assert_eq!(world.decided(&out), "+B2");
    assert_eq!(out.notices, [Notice::MissingPadding { sender: world.key("B1") }]);
    assert_eq!(out.refused, []);
}

#[test]
fn padding_that_is_there_is_not_reported() {
    let mut world = world_with(Rules::default());
    assert_eq!(world.hear("A1", "B1", "+B2").notices, []);
}
