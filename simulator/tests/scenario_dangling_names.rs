//! Every name in a scenario must be defined, and no expectation may be empty.

use atm_simulator::scenario::{Catalog, Scenario};

const TOP: &str = "\
format: 1
title: A test
requirements: [xep-0450/one, xep-0450/other]
accounts:
  alice: { devices: { phone: , notebook: } }
";

/// The mistakes in the base with `rest` from line 6 on.
fn told(rest: &str) -> Vec<String> {
    told_of(&format!("{TOP}{rest}"))
}

fn told_of(text: &str) -> Vec<String> {
    match Scenario::parse("test.yaml", text, &Catalog::unchecked()) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn accounts_have_different_jids_and_only_one_key_accounts_have_a_key() {
    assert_eq!(
        told("  bob: { jid: alice@example.org, devices: {} }\nsteps: []\n"),
        ["test.yaml:6:3: `bob` and `alice` have the same JID alice@example.org"]
    );
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    assert_eq!(
        told(&format!("  bob: {{ key: {key}, devices: {{}} }}\nsteps: []\n")),
        [
            "test.yaml:6:10: only an account with `one-key: true` has a key (give the key to a device, or write \
             `one-key: true`)"
        ]
    );
    assert_eq!(
        told(&format!("  bob: {{ one-key: true, devices: {{ phone: {{ key: {key} }} }} }}\nsteps: []\n")),
        [
            "test.yaml:6:45: the devices of `bob` share one key, so this one has none of its own (give the key to \
             the account)"
        ]
    );
}

#[test]
fn there_are_accounts_and_a_title() {
    assert_eq!(
        told_of("format: 1\ntitle: ''\nrequirements: [a]\naccounts: {}\nsteps: []\n"),
        ["test.yaml:2:8: the title is empty", "test.yaml:4:1: there are no accounts"]
    );
}

#[test]
fn further_keys_have_an_owner_and_a_name_of_their_own() {
    assert_eq!(
        told("keys:\n  alice: { owner: alice }\n  other: { owner: alise }\nsteps: []\n"),
        [
            "test.yaml:7:3: `alice` is the name of an account already",
            "test.yaml:8:19: there is no account `alise` (did you mean `alice`?)",
        ]
    );
}

#[test]
fn a_name_is_not_mistaken_for_a_part_of_another_one_or_for_the_other_side() {
    assert_eq!(
        told(
            "  bob: { devices: {} }\nkeys: { a: { owner: alice } }\nsteps:\n  - discover: alice/phone -> a, alice/phone2, alice/phone, phone\n"
        ),
        [
            "test.yaml:9:33: there is no device `alice/phone2` (did you mean `alice/phone`?)",
            "test.yaml:9:60: there is no key `phone` (the key of a device is written `account/device`)",
        ]
    );
    assert_eq!(
        told("steps:\n  - hold: alice/x -> alice/x\n"),
        [
            "test.yaml:7:11: there is no device `alice/x` (`alice` has alice/phone, alice/notebook)",
            "test.yaml:7:22: there is no device `alice/x` (`alice` has alice/phone, alice/notebook)",
        ]
    );
}

#[test]
fn steps_with_several_names_have_each_of_them_checked() {
    let steps = "\
steps:
  - scan: { by: bob/a, code-of: bob/b }
  - scan: { by: bob/a, uri: broken }
  - deliver: { to: bob/a, from: x@example.org/y, encrypted: { key: bob/b, xml: broken } }
";
    let no_account = |place: &str| format!("test.yaml:{place}: there is no account `bob`");
    assert_eq!(told(steps), ["7:17", "7:33", "8:17", "9:20", "9:68"].map(no_account));
}

#[test]
fn expectations_have_each_of_their_names_checked() {
    let expect = "\
steps: []
expect:
  required:
    xep-0450/one:
      - levels: { distrusted: [bob/a -> bob/b] }
      - complete: [bob]
      - told: { by: bob/a, device: bob/b, trust: [bob/c], distrust: [bob/d] }
      - not-told: { by: bob/a, device: bob/b, about: [bob/c] }
      - may-encrypt: { from: bob/a, to: [bob/b] }
      - may-not-encrypt: { from: bob/a, to: [bob/b] }
";
    let no_account = |place: &str| format!("test.yaml:{place}: there is no account `bob`");
    let places = [
        "10:32", "10:41", "11:20", "12:21", "12:36", "12:51", "12:70", "13:25", "13:40", "13:55", "14:30",
        "14:42", "15:34", "15:46",
    ];
    assert_eq!(told(expect), places.map(no_account));
    let expect = "\
steps: []
expect:
  newest:
    - missing: [bob/a -> bob/b]
    - origins: { manual: [bob/a -> bob/b], message: [bob/b -> bob/a] }
    - authenticated-by: { device: bob/a, key: bob/b, sender: bob/c }
    - refused: [{ by: bob/a, because: stale, from: bob/b, key: bob/c }]
    - postponed: { device: bob/a, from: bob/b, trust: [bob/c], distrust: [bob/d] }
";
    let places = [
        "9:17", "9:26", "10:27", "10:36", "10:54", "10:63", "11:35", "11:47", "11:62", "12:23", "12:52",
        "12:64", "13:28", "13:41", "13:56", "13:75",
    ];
    assert_eq!(told(expect), places.map(no_account));
}

#[test]
fn expectations_expect_something() {
    let expect = "\
steps:
  - expect: {}
expect:
  required:
    xep-0450/one:
      - complete: []
      - told: { by: alice/phone, device: alice/notebook }
      - not-told: { device: alice/notebook, about: [] }
    xep-0450/other: []
  reference:
    - counts: {}
    - origins: {}
    - refused: []
    - sent: []
    - missing: []
";
    let nothing = |place: &str| format!("test.yaml:{place}: this expects nothing");
    let mut expected = vec!["test.yaml:7:5: this step expects nothing".to_owned()];
    expected.extend(["11:9", "12:9", "13:9", "14:5", "16:7", "17:7", "18:7"].map(nothing));
    assert_eq!(told(expect), expected);
}
