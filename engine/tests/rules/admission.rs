//! Admission: whether a message counts.

use atm_engine::{
    CarbonFrom, Decision, DecisionKind, Level, MessageRef, OutboxId, Protection, Reason, Received, Usage,
};

use crate::driver::{TestWorld, assert_untouched, envelope_of, only_reason};

/// A1, which authenticated A2 and B1 and knows A3, B2 and B3. Its outbox issued the numbers 0 and 1.
fn world() -> TestWorld {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "A2 A3 B1 B2 B3");
    world.decide("A1", "+A2");
    let out = world.decide("A1", "+B1");
    assert_eq!(world.messages(&out.outgoing), ["to A for A2: +B1", "to B for B1: +A2"]);
    world
}

/// Asserts that a spoilt message is refused as a whole and that nothing of it is kept, whether or not its sender's key
/// is authenticated. Without `spoil`, the message would count.
fn assert_refused(reason: &Reason, spoil: impl Fn(&mut TestWorld, &mut Received)) {
    for (sender, decision) in [("A2", "+B3"), ("A3", "+B3"), ("B1", "+B3"), ("B2", "+B3")] {
        let mut world = world();
        let mut message = world.message("A1", sender, decision);
        spoil(&mut world, &mut message);
        let before = world.device("A1").clone();
        let out = world.receive("A1", message.clone());
        assert_untouched(&out);
        assert_eq!(only_reason(&out), reason);
        assert_eq!(out.refused[0].decision, None);
        let named = match message.protection {
            Protection::Encrypted { by, .. } => by,
            Protection::None => None,
        };
        assert_eq!(out.refused[0].sender, named);
        assert_eq!(*world.device("A1"), before);
    }
}

fn encrypted_by(message: &mut Received) -> &mut Option<atm_engine::KeyId> {
    match &mut message.protection {
        Protection::Encrypted { by, .. } => by,
        Protection::None => panic!("the message is encrypted"),
    }
}

#[test]
fn a_correct_message_counts() {
    let mut world = world();
    let out = world.hear("A1", "A2", "+B3");
    assert_eq!(out.refused, []);
    assert_eq!(out.notices, []);
    assert_eq!(world.level("A1", "B3"), Level::Authenticated);
}

#[test]
fn what_stood_in_the_clear_does_not_count() {
    assert_refused(&Reason::NotEncrypted, |_, message| message.protection = Protection::None);
}

#[test]
fn a_message_for_another_protocol_does_not_count() {
    assert_refused(&Reason::NotAtm, |_, message| {
        let envelope = envelope_of(message);
        let mut other = (*envelope.message).clone();
        other.usage = Usage::Other;
        envelope.message = other.into();
    });
}

#[test]
fn a_message_about_keys_of_another_encryption_than_its_own_does_not_count() {
    assert_refused(&Reason::WrongEncryption, |world, message| {
        let envelope = envelope_of(message);
        let mut other = (*envelope.message).clone();
        other.encryption = world.foreign_encryption();
        envelope.message = other.into();
    });
}

#[test]
fn a_message_that_another_encryption_carried_does_not_count() {
    assert_refused(&Reason::WrongEncryption, |world, message| {
        let by = *encrypted_by(message);
        message.protection = Protection::Encrypted { with: world.foreign_encryption(), by };
    });
}

#[test]
fn a_message_of_an_encryption_that_is_not_this_devices_does_not_count() {
    assert_refused(&Reason::WrongEncryption, |world, message| {
        let with = world.foreign_encryption();
        let by = Some(world.foreign_key("A2"));
        message.protection = Protection::Encrypted { with, by };
        let envelope = envelope_of(message);
        let mut other = (*envelope.message).clone();
        other.encryption = with;
        envelope.message = other.into();
    });
}

#[test]
fn a_decision_on_a_key_of_another_encryption_does_not_count_and_the_rest_does() {
    // A parsed message has one encryption for all its keys. Ids that a caller combines may differ.
    for (sender, rest) in [("A2", vec![]), ("A3", vec!["postponed +B3"])] {
        let mut world = world();
        let mut message = world.message("A1", sender, "+B3");
        let foreign = Decision { key: world.foreign_key("B2"), kind: DecisionKind::Trust };
        let envelope = envelope_of(&mut message);
        let mut mixed = (*envelope.message).clone();
        mixed.decisions = [&[foreign], &mixed.decisions[..]].concat().into();
        envelope.message = mixed.into();
        let out = world.receive("A1", message);
        assert_eq!(world.refusals(&out.refused), [vec!["wrong-encryption +B2"], rest].concat());
        assert_eq!(world.device("A1").kept_decision(foreign.key), None);
        assert_eq!(world.left("A1", sender), if sender == "A2" { "" } else { "+B3" });
        assert_eq!(world.level("A1", "B3") == Level::Authenticated, sender == "A2");
    }
}

#[test]
fn a_message_without_a_sender_key_does_not_count() {
    assert_refused(&Reason::UnboundKey, |_, message| *encrypted_by(message) = None);
}

#[test]
fn a_sender_key_of_another_account_does_not_count() {
    // C1 is a stranger's key. The keys A2 and B1 are authenticated, but belong to other accounts.
    for stranger in ["C1", "A2", "B1"] {
        let mut world = world();
        for sender in ["A2", "B1"] {
            if stranger[..1] == sender[..1] {
                continue;
            }
            let mut message = world.message("A1", sender, "+B3");
            *encrypted_by(&mut message) = Some(world.key(stranger));
            let out = world.receive("A1", message);
            assert_untouched(&out);
            assert_eq!(*only_reason(&out), Reason::UnboundKey);
        }
    }
}

#[test]
fn a_sender_key_of_another_encryption_does_not_count() {
    assert_refused(&Reason::UnboundKey, |world, message| {
        let own = world.names.account_of(message.from) == world.account("A");
        let name = if own { "A2" } else { "B1" };
        *encrypted_by(message) = Some(world.foreign_key(name));
    });
}

#[test]
fn nothing_counts_that_was_encrypted_with_the_own_key() {
    let mut world = world();
    let mut message = world.message("A1", "A2", "+B3");
    *encrypted_by(&mut message) = Some(world.key("A1"));
    let out = world.receive("A1", message);
    assert_untouched(&out);
    assert_eq!(*only_reason(&out), Reason::OwnKey);
}

#[test]
fn a_carbon_counts_if_the_own_account_sent_it() {
    for sender in ["A2", "B1"] {
        let mut world = world();
        let mut message = world.message("A1", sender, "+B3");
        message.carbon_from = Some(CarbonFrom::Account(world.account("A")));
        let out = world.receive("A1", message);
        assert_eq!(world.decided(&out), "+B3");
    }
}

#[test]
fn a_carbon_of_what_a_sibling_sent_to_a_contact_counts() {
    let mut world = world();
    let mut message = world.message("A1", "A2", "+A3");
    message.carbon_from = Some(CarbonFrom::Account(world.account("A")));
    message.to = world.account("B");
    envelope_of(&mut message).to = Some(message.to);
    let out = world.receive("A1", message);
    assert_eq!(world.decided(&out), "+A3");
}

#[test]
fn a_carbon_from_anybody_else_does_not_count() {
    for wrapper in ["A1", "A2"] {
        assert_refused(&Reason::ForgedCarbon, |world, message| {
            message.carbon_from = Some(CarbonFrom::Endpoint(world.endpoint(wrapper)));
        });
    }
    for wrapper in ["B", "C"] {
        assert_refused(&Reason::ForgedCarbon, |world, message| {
            message.carbon_from = Some(CarbonFrom::Account(world.account(wrapper)));
        });
    }
}

#[test]
fn the_own_message_coming_back_is_known_by_its_full_jid() {
    assert_refused(&Reason::OwnReflection, |world, message| {
        message.from = world.endpoint("A1");
        message.id = None;
    });
}

#[test]
fn the_own_message_coming_back_is_known_by_its_id() {
    for number in [0, 1] {
        let mut world = world();
        let mut message = world.message("A1", "A2", "+B3");
        message.id = Some(MessageRef { endpoint: world.endpoint("A1"), number: OutboxId(number) });
        let out = world.receive("A1", message);
        assert_untouched(&out);
        assert_eq!(*only_reason(&out), Reason::OwnReflection);
    }
}

#[test]
fn an_id_that_this_device_never_gave_out_proves_nothing() {
    let mut world = world();
    let mut message = world.message("A1", "A2", "+B3");
    message.id = Some(MessageRef { endpoint: world.endpoint("A1"), number: OutboxId(2) });
    let out = world.receive("A1", message);
    assert_eq!(world.decided(&out), "+B3");
}

#[test]
fn a_contact_cannot_pass_its_message_off_as_a_reflection() {
    let mut world = world();
    let mut message = world.message("A1", "B1", "+B3");
    message.id = Some(MessageRef { endpoint: world.endpoint("A1"), number: OutboxId(0) });
    let out = world.receive("A1", message);
    assert_eq!(world.decided(&out), "+B3");
}

#[test]
fn a_message_without_an_id_counts() {
    let mut world = world();
    let mut message = world.message("A1", "A2", "+B3");
    message.id = None;
    let out = world.receive("A1", message);
    assert_eq!(world.decided(&out), "+B3");
}
