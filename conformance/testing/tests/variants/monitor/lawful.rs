//! The monitor finds nothing in lawful devices.

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::search::generate::{self, Bounds, Dice, Purpose};
use atm_suite::library;
use atm_testing::{LawfulVariant, lawful_variants};

use super::watched::{cases, watch};
use crate::standings::sample;

const RULES: [(AnnouncementRule, ConflictRule); 6] = [
    (AnnouncementRule::Cascade, ConflictRule::Newest),
    (AnnouncementRule::Direct, ConflictRule::Newest),
    (AnnouncementRule::Relay, ConflictRule::Newest),
    (AnnouncementRule::Cascade, ConflictRule::Cautious),
    (AnnouncementRule::Direct, ConflictRule::Cautious),
    (AnnouncementRule::Relay, ConflictRule::Cautious),
];

fn drawn(seed: u64) -> (Scenario, Options) {
    let mut dice = Dice::new(seed);
    let purpose = if seed.is_multiple_of(2) { Purpose::Promises } else { Purpose::Interpretation };
    let bounds = Bounds { accounts: 3, devices: 3, steps: 16, purpose, ..Bounds::default() };
    let scenario = generate::scenario(&mut dice, &bounds);
    let (announcement, conflict) = RULES[dice.below(RULES.len())];
    (scenario, Options { announcement, conflict, seed: 0 })
}

#[test]
fn the_engine_is_lawful_under_all_rules() {
    let mut wrong = Vec::new();
    for seed in 0..cases(2_000) {
        let (scenario, options) = drawn(seed);
        let findings = watch(&scenario, options, None);
        if let Some(first) = findings.first() {
            let shown = format!("seed {seed} {options:?}: {findings:#?}\n{}", scenario.to_yaml());
            wrong.push((first.requirement, shown));
        }
    }
    let number = wrong.len();
    wrong.sort_by_key(|(requirement, shown)| (*requirement, shown.len()));
    wrong.dedup_by_key(|(requirement, _)| *requirement);
    let shortest: Vec<String> = wrong.into_iter().map(|(_, shown)| shown).collect();
    assert_eq!(number, 0, "the shortest of each requirement:\n{}", shortest.join("\n"));
}

fn the_engine_is_lawful_in(text: &str) {
    let scenario = Scenario::parse("lawful.yaml", text, &Catalog::unchecked()).expect("a scenario");
    let findings = watch(&scenario, Options::default(), None);
    assert!(findings.is_empty(), "{findings:#?}");
}

/// The words of a barrage are one input. Random search found the unfair verdict with the seed 457717.
#[test]
fn a_word_of_a_barrage_does_not_undo_an_earlier_one() {
    the_engine_is_lawful_in(
        "\
format: 1
title: A sender that distrusts itself
requirements: [xep-0450/introduction/security-level]
accounts:
  alice: { devices: { phone: , tablet: { key: tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM= } } }
  bob: { devices: { phone: } }
steps:
  - authenticate: bob/phone -> alice/phone
  - deliver:
      to: bob/phone
      from: alice@example.org/tablet
      encrypted:
        key: alice/tablet
        xml: \"<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad><time stamp='2020-01-01T12:00:00Z'/>
          <from jid='alice@example.org'/><to jid='bob@example.org'/><content>
          <trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>
          <key-owner jid='alice@example.org'><distrust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</distrust>
          </key-owner></trust-message></content></envelope>\"
  - chain: { to: bob/phone, from: alice/phone, first: alice/phone, last: alice/tablet, length: 1 }
",
    );
}

/// Words of keys without a name wait, and a broken code permits any standing of all keys. Random search found the unfair
/// verdict with the seed 8605455.
#[test]
fn a_broken_code_does_not_end_the_wait_for_keys_without_a_name() {
    the_engine_is_lawful_in(
        "\
format: 1
title: A chain and a broken code
requirements: [xep-0450/introduction/security-level]
accounts:
  alice: { devices: { phone: , tablet: , notebook: } }
steps:
  - chain: { to: alice/tablet, from: alice/phone, first: alice/phone, last: alice/notebook, length: 3 }
  - scan: { by: alice/tablet, uri: '' }
  - authenticate: alice/tablet -> alice/phone
",
    );
}

/// A message that waited for a connection gets a new time when it is sent, and the device notes that time for its own
/// decision. A distrust from before that time is then old. Random search found the unfair verdict with the seed 3593838.
#[test]
fn a_message_that_waited_is_a_new_announcement() {
    the_engine_is_lawful_in(
        "\
format: 1
title: A decision that waited for a connection
requirements: [xep-0450/introduction/security-level]
accounts:
  alice: { devices: { phone: , tablet: , notebook: } }
steps:
  - authenticate: alice/tablet -> alice/notebook
  - go-offline: alice/tablet
  - authenticate: alice/tablet -> alice/phone
  - wait: 400 s
  - distrust: alice/phone -> alice/notebook
  - authenticate: alice/phone -> alice/tablet
  - go-online: alice/tablet
",
    );
}

/// A device may limit the decisions of a contact that it keeps for keys that it does not know. Random search found the
/// unfair verdict with the seed 7600570.
#[test]
fn a_device_without_room_may_refuse_decisions_about_undiscovered_keys() {
    the_engine_is_lawful_in(
        "\
format: 1
title: No room for keys of contacts
requirements: [xep-0450/storing/unknown-key]
accounts:
  alice: { devices: { phone: , tablet: } }
  bob: { devices: { phone: } }
discovery: by-steps
limits: { undiscovered-per-contact: 0 }
steps:
  - discover: alice/phone -> alice/tablet, bob/phone
  - discover: bob/phone -> alice/phone
  - authenticate: bob/phone -> alice/phone
  - authenticate: alice/phone -> bob/phone
  - authenticate: alice/phone -> alice/tablet
  - discover: bob/phone -> alice/tablet
",
    );
}

#[test]
fn what_differs_in_what_is_open_is_lawful() {
    let mut wrong = Vec::new();
    for variant in chosen() {
        for seed in 0..cases(3_000) / 30 {
            let (scenario, options) = drawn(seed);
            let findings = watch(&scenario, options, Some(variant.variant));
            if !findings.is_empty() {
                let text = scenario.to_yaml();
                wrong.push(format!("{} seed {seed} {options:?}: {findings:#?}\n{text}", variant.name));
            }
        }
    }
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} of them; the shortest:\n{}", wrong.len(), wrong[0]);
}

#[test]
fn the_scenarios_of_the_library_are_lawful() {
    let mut wrong = Vec::new();
    for file in library::files() {
        let scenario = file.load().expect("the library has no mistakes");
        let rules = if cases(0) == 0 { &RULES[..1] } else { &RULES[..] };
        for &(announcement, conflict) in rules {
            let options = Options { announcement, conflict, seed: 0 };
            let variants = chosen().into_iter().map(|lawful| (lawful.name, Some(lawful.variant)));
            for (name, variant) in variants.chain([("engine", None)]) {
                let findings = watch(&scenario, options, variant);
                if !findings.is_empty() {
                    wrong.push(format!("{name} {} {options:?}: {findings:#?}", file.id()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

/// The variants to watch: every other one, or all if `ATM_SEEDS` is set.
fn chosen() -> Vec<LawfulVariant> {
    sample(lawful_variants(), 2)
}
