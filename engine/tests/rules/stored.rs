//! The stored form: a stored device is read back with its members in any order. A manipulated one is refused or gives a
//! working device.

use atm_engine::{Atm, ConflictRule, Device, Directory, KeyIdentifier, Level, Stamp, StoredDevice};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::driver::TestWorld;
use crate::state::{NamedStep, apply, input, rules, step};

/// Writes JSON. The numbers choose the order of each object's members.
fn write_shuffled(value: &Value, choices: &mut impl Iterator<Item = Index>, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            out.push('{');
            while !members.is_empty() {
                let choice = choices.next().map_or(0, |choice| choice.index(members.len()));
                let (name, value) = members.swap_remove(choice);
                out.push_str(&format!("{}:", json!(name)));
                write_shuffled(value, choices, out);
                out.push_str(if members.is_empty() { "" } else { "," });
            }
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { "," });
                write_shuffled(element, choices, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The number of values in a value, including itself.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(elements) => elements.iter().map(count).sum(),
        _ => 0,
    }
}

/// The nth value, in depth-first order.
fn nth(value: &Value, n: usize) -> &Value {
    fn find<'a>(value: &'a Value, n: &mut usize) -> Option<&'a Value> {
        if *n == 0 {
            return Some(value);
        }
        *n -= 1;
        match value {
            Value::Object(members) => members.values().find_map(|member| find(member, n)),
            Value::Array(elements) => elements.iter().find_map(|element| find(element, n)),
            _ => None,
        }
    }
    find(value, &mut { n }).expect("there are as many")
}

/// A change of one value: it is replaced, removed, or repeated.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    Repeat,
}

fn change(value: &mut Value, n: &mut usize, change_it: &Change) -> bool {
    if *n == 0 {
        if let Change::Replace(other) = change_it {
            *value = other.clone();
        }
        return true;
    }
    *n -= 1;
    match value {
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                let is_here = *n == 0;
                if change(&mut members[&name], n, change_it) {
                    if is_here && !matches!(change_it, Change::Replace(_)) {
                        members.remove(&name); // an object cannot hold it twice
                    }
                    return true;
                }
            }
            false
        }
        Value::Array(elements) => {
            for position in 0..elements.len() {
                let is_here = *n == 0;
                if change(&mut elements[position], n, change_it) {
                    match change_it {
                        Change::Remove if is_here => drop(elements.remove(position)),
                        Change::Repeat if is_here => elements.insert(position, elements[position].clone()),
                        _ => {}
                    }
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}

/// Applies the steps to A1. Returns the time after them.
fn lived(world: &mut TestWorld, steps: &[(NamedStep, i64)]) -> i64 {
    let mut now = 0;
    for (step, later) in steps {
        now += later;
        let input = input(world, step, now);
        let _ = apply(&mut world.devices[0], &input, now, &world.names);
    }
    now
}

fn steps(range: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(NamedStep, i64)>> {
    prop::collection::vec((step(), 0..400_i64), range)
}

proptest! {
    #[test]
    fn the_order_of_members_does_not_count(
        rules in rules(),
        steps in steps(1..40),
        choices in prop::collection::vec(any::<Index>(), 200),
    ) {
        let mut world = TestWorld::with(rules, "A1");
        lived(&mut world, &steps);
        let stored = world.devices[0].to_stored(&world.names).unwrap();
        let mut written = String::new();
        write_shuffled(&serde_json::to_value(&stored).unwrap(), &mut choices.into_iter().cycle(), &mut written);
        let read: StoredDevice = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &stored);
        // The device does not depend on ids that the directory issued before.
        let (mut names, mut others) = (Directory::new(), Directory::new());
        for account in ["z@example.org", "b@example.org", "a@example.org"] {
            others.account(&account.parse().unwrap());
        }
        let (one, other) = (read.intern(&mut names).unwrap(), read.intern(&mut others).unwrap());
        prop_assert_eq!(one.to_stored(&names).unwrap(), stored.clone());
        prop_assert_eq!(other.to_stored(&others).unwrap(), stored);
    }

    #[test]
    fn what_was_tampered_with_is_refused_or_works(
        rules in rules(),
        one_key in any::<bool>(),
        before in steps(1..40),
        changes in prop::collection::vec(
            (any::<Index>(), any::<Index>(), 0..6_usize, any::<i64>()),
            1..3,
        ),
        after in steps(1..10),
    ) {
        let mut world =
            if one_key { TestWorld::one_key(rules.announcement, "A1") } else { TestWorld::with(rules, "A1") };
        let now = lived(&mut world, &before);
        let stored = world.devices[0].to_stored(&world.names).unwrap();
        let mut value = serde_json::to_value(&stored).unwrap();
        for (place, other, kind, number) in changes {
            let (place, other) = (place.index(count(&value)), other.index(count(&value)));
            let changed = match kind {
                0 => Change::Remove,
                1 => Change::Repeat,
                2 => Change::Replace(json!(number)),
                3 => Change::Replace(if number % 2 == 0 { json!(true) } else { json!(false) }),
                _ => Change::Replace(nth(&value, other).clone()),
            };
            change(&mut value, &mut { place }, &changed);
        }
        let Ok(read) = serde_json::from_value::<StoredDevice>(value) else { return Ok(()) };
        let Ok(mut device) = read.intern(&mut world.names) else { return Ok(()) };
        for (step, later) in &after {
            let now = now + later;
            let input = input(&mut world, step, now);
            let _ = apply(&mut device, &input, now, &world.names);
            // The device is as consistent as an unmodified one.
            let again = device.to_stored(&world.names).unwrap();
            prop_assert_eq!(again.resolve(&world.names).map(|device| device.to_stored(&world.names)), Ok(Ok(again)));
        }
    }
}

/// A1 knows B1, A2 and C1 and authenticated B1.
fn three_keys() -> TestWorld {
    let mut world = TestWorld::new("A1");
    world.discover("A1", "B1 A2 C1");
    world.decide("A1", "+B1");
    world
}

fn stored(world: &TestWorld) -> Value {
    serde_json::to_value(world.devices[0].to_stored(&world.names).unwrap()).unwrap()
}

fn read(value: Value) -> Result<(Device, Directory), String> {
    let stored: StoredDevice = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let mut names = Directory::new();
    let device = stored.intern(&mut names).map_err(|error| error.to_string())?;
    Ok((device, names))
}

#[test]
fn keys_stay_with_their_owners() {
    let mut world = three_keys();
    let (device, names) = read(stored(&world)).unwrap();
    for (owner, authenticated) in [("A", &[][..]), ("B", &["B1"]), ("C", &[])] {
        let account = world.account(owner);
        let account = names.find_account(world.names.jid(account)).unwrap();
        let identifiers: Vec<_> =
            device.authenticated_keys(account).map(|key| names.identifier(key)).collect();
        let expected = authenticated.iter().map(|key| world.key(key)).collect::<Vec<_>>();
        let expected: Vec<_> = expected.iter().map(|key| world.names.identifier(*key)).collect();
        assert_eq!(identifiers, expected, "{owner}");
    }
}

#[test]
fn another_format_is_refused_with_its_number() {
    let world = three_keys();
    for (format, expected) in [
        (json!(2), "the stored device has the format 2, and only format 1 is read"),
        (json!("1"), "invalid type"),
        (Value::Null, "names no format"),
    ] {
        let mut value = stored(&world);
        value["format"] = format;
        let error = read(value).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    // The form in which devices were stored before formats had versions.
    let error = read(json!({ "endpoint": 0, "account": 0, "key": 0, "store": {} })).unwrap_err();
    assert!(error.contains("names no format"), "{error}");
}

#[test]
fn what_is_missing_is_named() {
    let world = three_keys();
    for member in
        ["endpoint", "key", "rules", "keys", "authenticated_owners", "postponed", "next_message", "outbox"]
    {
        let mut value = stored(&world);
        value["state"].as_object_mut().unwrap().remove(member);
        let error = read(value).unwrap_err();
        assert!(error.contains(member), "{error}");
    }
    for member in ["key", "level", "by", "time", "discovered", "distrusted_until", "last_words"] {
        let mut value = stored(&world);
        value["state"]["keys"][0].as_object_mut().unwrap().remove(member);
        let error = read(value).unwrap_err();
        assert!(error.contains(member), "{error}");
    }
}

#[test]
fn contradictions_are_refused_with_a_reason() {
    let mut world = three_keys();
    world.hear("A1", "C1", "+C2");
    assert_eq!(world.level("A1", "B1"), Level::Authenticated);
    type Contradict = fn(&mut Value);
    let contradictions: [(Contradict, &str); 12] = [
        (|state| state["keys"][0]["key"]["identifier"] = json!(""), "the key identifier is empty"),
        (|state| state["keys"][0]["key"]["identifier"] = json!("?"), "not in Base64"),
        (|state| state["keys"][1] = state["keys"][0].clone(), "it is listed more than once"),
        (|state| state["keys"][1]["key"]["identifier"] = state["key"].clone(), "it is the device's own"),
        (|state| state["keys"][0]["by"] = json!("policy"), "nobody who is named can be behind its level"),
        (|state| state["keys"][0]["time"] = Value::Null, "it has a time exactly if"),
        (|state| state["keys"][2]["level"] = json!("automatically-distrusted"), "contradicts the policy"),
        (|state| state["authenticated_owners"] = json!([]), "contradicts the policy"),
        (|state| state["keys"][2]["discovered"] = json!(false), "nothing is known about it"),
        (|state| state["keys"][2]["owed_summary"] = json!(true), "waits for a summary"),
        (|state| state["postponed"][0]["sender"] = state["keys"][0]["key"].clone(), "is not postponed"),
        (|state| state["next_message"] = json!(u64::MAX), "greater than 2^53"),
    ];
    for (contradict, expected) in contradictions {
        let mut value = stored(&world);
        contradict(&mut value["state"]);
        let error = read(value).map(|_| ()).unwrap_err();
        assert!(error.contains(expected), "{error} instead of {expected}");
    }
}

#[test]
fn ids_of_distrusts_that_contradict_something_are_refused() {
    let mut world = TestWorld::settling(ConflictRule::Named, "A1");
    world.discover("A1", "A2 A3 B1");
    world.decide("A1", "+A2");
    world.hear("A1", "A2", "-B1#1,2/3");
    world.hear("A1", "A2", "-A3");
    world.hear("A1", "A3", "+B1/1");
    world.at(10).decide("A1", "-B1");
    assert!(read(stored(&world)).is_ok());
    type Contradict = fn(&mut Value);
    let contradictions: [(Contradict, &str); 7] = [
        (|state| state["rules"]["conflict"] = json!("newest"), "only the conflict rule named keeps ids"),
        (|state| *of_key(state, "B1", "standing") = json!([]), "exactly if a distrust of it stands"),
        (|state| of_key(state, "B1", "standing").as_array_mut().unwrap().reverse(), "in ascending order"),
        (
            |state| *of_key(state, "B1", "overruled") = of_key(state, "B1", "standing").clone(),
            "one of the lists",
        ),
        (|state| *of_key(state, "B1", "standing") = json!(["1"]), "16 digits"),
        (|state| *of_key(state, "A3", "standing") = json!(["0000000000000001"]), "came without an id"),
        (|state| state["distrust_secret"] = json!("AAAA"), "32 bytes in Base64"),
    ];
    for (contradict, expected) in contradictions {
        let mut value = stored(&world);
        contradict(&mut value["state"]);
        let error = read(value).map(|_| ()).unwrap_err();
        assert!(error.contains(expected), "{error} instead of {expected}");
    }
}

/// A list of ids of a key's distrusts in the stored form.
fn of_key<'a>(state: &'a mut Value, name: &str, list: &str) -> &'a mut Value {
    let identifier = data_encoding::BASE64.encode(name.as_bytes());
    let keys = state["keys"].as_array_mut().unwrap();
    let known = keys.iter_mut().find(|known| known["key"]["identifier"] == identifier).unwrap();
    &mut known["distrusts"][list]
}

#[test]
fn numbers_of_messages_begin_anew_before_they_are_too_great_to_be_read() {
    let world = three_keys();
    let mut value = stored(&world);
    value["state"]["next_message"] = json!(1_u64 << 53);
    let stored: StoredDevice = serde_json::from_value(value).unwrap();
    let mut device = Atm::restore(&stored).unwrap();
    let (owner, now) = (device.jid().to_bare(), Stamp::from_millis(1_000_000_000));
    let key = |byte: u8| KeyIdentifier::new(device.encryption(), &[byte; 32]).unwrap();
    let keys = [key(71), key(72)];
    let _ = device.discover(&owner, &keys, now).unwrap();
    let _ = device.decide(&owner, &keys[..1], &[], now).unwrap();
    let _ = device.decide(&owner, &keys[1..], &[], now).unwrap();
    let waiting = device.outbox().count();
    assert!(waiting > 0, "something was sent");
    let stored = device.to_stored();
    let again = Atm::restore(&stored).expect("what a device stores can be read");
    assert_eq!((again.outbox().count(), again.to_stored()), (waiting, stored));
}
