use atm_simulator::run::Options;
use atm_simulator::scenario::{DeviceToKeys, Required, Scenario};

use super::with_demands;
use crate::fuzz::written::{Carried, SCANS_A_DISTRUST, SpokenWord, parsed, phone, scenario};

/// What is demanded of how Alice's phone regards a key at the end, each with its requirement.
fn demanded_in_the_end(scenario: &Scenario, key: &str) -> Vec<String> {
    let demanding = with_demands(scenario, &phone(), &Options::default()).expect("it can be cast");
    let mut demanded = Vec::new();
    for (id, list) in demanding.scenario.expect.required.iter() {
        for required in list {
            let Required::Levels(levels) = required else { continue };
            for (kind, arrows) in [
                ("authenticated", &levels.authenticated),
                ("distrusted", &levels.distrusted),
                ("not authenticated", &levels.not_authenticated),
                ("not distrusted", &levels.not_distrusted),
            ] {
                let is_about = |arrow: &DeviceToKeys| arrow.keys.iter().any(|other| other.to_string() == key);
                if arrows.iter().any(is_about) {
                    demanded.push(format!("{kind}: {}", id.as_str()));
                }
            }
        }
    }
    demanded
}

fn steps<const N: usize>(steps: [&str; N]) -> Vec<String> {
    steps.map(ToOwned::to_owned).to_vec()
}

/// Whoever ignores the distrusts of codes authenticates the key in the second step and leaves it so in the third.
#[test]
fn each_distrust_of_a_code_may_be_ignored() {
    let scanned_twice =
        scenario(&steps([SCANS_A_DISTRUST, "authenticate: alice/phone -> bob/tablet", SCANS_A_DISTRUST]));
    assert_eq!(demanded_in_the_end(&scanned_twice, "bob/tablet"), Vec::<String>::new());
}

/// Whoever keeps both words may let either of them count.
#[test]
fn contradicting_words_of_a_sender_are_left_open_when_they_waited() {
    let says = |at, verdict| {
        let says = &[(verdict, "tablet")];
        let carried = Carried::EncryptedBy("bob/phone");
        SpokenWord { from: "bob@example.com/phone", carried, at: Some(at), says }.step()
    };
    let released = "authenticate: alice/phone -> bob/phone".to_owned();
    for [one, other] in [["distrust", "trust"], ["trust", "distrust"]] {
        let contradicting = scenario(&[says(0, one), says(1, other), released.clone()]);
        assert_eq!(demanded_in_the_end(&contradicting, "bob/tablet"), Vec::<String>::new());
    }
    let repeated = scenario(&[says(0, "trust"), says(1, "trust"), released]);
    assert_eq!(
        demanded_in_the_end(&repeated, "bob/tablet"),
        ["authenticated: xep-0450/storing/unauthenticated-sender"]
    );
}

/// What comes from the device itself is for it to judge.
#[test]
fn a_reflection_is_no_stanza_that_must_not_count() {
    let word = |from, carried| SpokenWord { from, carried, at: Some(0), says: &[("trust", "tablet")] }.step();
    let steps = [
        word("alice@example.org/phone", Carried::EncryptedBy("bob/phone")),
        word("alice@example.org/phone", Carried::InTheClear),
        word("alice@example.org/tablet", Carried::Unsigned),
        word("bob@example.com/phone", Carried::InTheClear),
    ];
    let demanding = with_demands(&scenario(&steps), &phone(), &Options::default()).expect("it can be cast");
    assert_eq!(
        demanding.of_no_account,
        [(2, "xep-0434/structure/signed"), (3, "xep-0420/rules/plaintext-ignored")]
    );
}

/// Nothing but the use cases for one key applies to it.
#[test]
fn an_own_endpoint_with_the_same_key_is_believed_by_the_rules_for_one_key() {
    let accounts = "
format: 1
title: One key
requirements: [xep-0450/ook]
encryption: urn:xmpp:openpgp:0
accounts:
  alice: { one-key: true, devices: { phone: , notebook: } }
  bob: { one-key: true, devices: { phone: } }
steps:
";
    for (verb, verdict) in [("authenticate", "authenticated"), ("distrust", "distrusted")] {
        let decided = parsed(accounts, &[format!("{verb}: alice/notebook -> bob")]);
        assert_eq!(demanded_in_the_end(&decided, "bob"), [format!("{verdict}: xep-0450/ook")]);
    }
}
