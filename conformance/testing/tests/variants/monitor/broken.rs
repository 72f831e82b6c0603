//! The monitor finds mistakes under the requirement that they break.

use std::collections::BTreeSet;

use atm_simulator::run::Options;
use atm_simulator::scenario::{Catalog, Scenario};
use atm_suite::library;
use atm_suite::monitor::{Effect, JUDGED};
use atm_suite::requirements::{Observability, find};
use atm_testing::{BrokenVariant, broken};

use super::watched::watch;
use crate::demonstrations::demonstrations;
use crate::standings::sample;

const TABLET: &str = "tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=";
const NOTEBOOK: &str = "dGhlIG5vdGVib29rIG9mIGJvYi4uLi4uLi4uLi4uLi4=";

/// The mistakes that are not found yet, with reasons.
const NOT_FOUND: &str = include_str!("not-found.txt");

/// The variants that the monitor attributes to another requirement than the scenarios do, with that requirement.
///
/// A device that cannot read a code or refuses a message does not follow the decisions in it, and the monitor reports
/// that. Only a scenario that tests the form shows which rule about forms is broken.
const UNDER_ANOTHER: [(&str, &str); 5] = [
    ("code-with-path-not-decoded", "xep-0434/uri/verdicts"),
    ("uri-in-base64", "xep-0434/uri/verdicts"),
    ("uri-other-names", "xep-0434/uri/verdicts"),
    ("refuses-long-padding", "xep-0450/ac-r/contact-endpoint"),
    ("no-padding-beyond-recommended", "xep-0450/ac-r/contact-endpoint"),
];

/// The variants whose mistakes the monitor does not judge, with reasons.
const NOT_JUDGED: [(&str, &str); 8] = [
    ("no-time-check", "between some seconds and a day, any margin is lawful"),
    ("no-delay", "a device may go by the arrival of a message that was delayed"),
    ("shows-base64", SHOWN),
    ("shows-encryption-last", SHOWN),
    ("shows-other-names", SHOWN),
    ("shows-full-jid", SHOWN),
    ("shows-path-not-encoded", SHOWN),
    ("shows-distrust", SHOWN),
];

const SHOWN: &str = "the code that a device shows is looked at by itself";

#[test]
fn what_devices_make_of_what_happens_is_found() {
    let library = library_scenarios();
    let mut escaped = Vec::new();
    for broken in sample(chosen().filter(|broken| !is_listed(broken.name)), SAMPLE) {
        let (found, is_right) = found_in(&broken, &library);
        if !is_right {
            let (name, wrong, fails) = (broken.name, broken.wrong, broken.fails);
            escaped.push(format!("{name} ({wrong}): found as {found:?}, not as {fails:?}"));
        }
    }
    assert!(
        escaped.is_empty(),
        "the monitor does not find these; not-found.txt is for the reasons:\n{}",
        escaped.join("\n")
    );
}

#[test]
fn what_is_not_found_yet_is_not_found() {
    let library = library_scenarios();
    let mut found_now = Vec::new();
    for broken in sample(chosen().filter(|broken| is_listed(broken.name)), SAMPLE) {
        let (found, is_right) = found_in(&broken, &library);
        if is_right {
            found_now.push(format!("{}: {found:?}", broken.name));
        }
    }
    assert!(found_now.is_empty(), "found, so not-found.txt is wrong:\n{}", found_now.join("\n"));
}

#[test]
fn what_counts_although_it_stands_in_the_clear_breaks_one_requirement() {
    for name in ["hears-cleartext-beside", "hears-bare-trust-messages-beside"] {
        let found = found_in_scenario("attacks/plaintext-beside-encrypted-content", name);
        assert_eq!(found, BTreeSet::from(["xep-0420/rules/plaintext-ignored"]), "{name}");
    }
}

/// A distrust that was never applied is not undone, so nobody is let in.
#[test]
fn a_distrust_that_is_lost_before_the_key_is_known_is_an_omission() {
    let id = "xep-0450/unknown-key-is-trusted-then-distrusted";
    let file = library::files().into_iter().find(|file| file.id() == id).expect(id);
    let scenario = file.load().expect("the library has no mistakes");
    let forgetful = broken().find(|broken| broken.name == "forgets-unknown-keys").expect("a variant");
    let found = watch(&scenario, Options::default(), Some(forgetful.variant));
    assert!(!found.is_empty());
    for found in found {
        assert_eq!(found.effect(), Effect::Omission, "{found:#?}");
    }
}

#[test]
fn what_follows_from_a_key_that_is_not_authenticated_is_not_found_again() {
    let found = found_in_scenario("test-cases/b1-for-b2-authenticate", "deaf-to-contacts-trust");
    assert_eq!(found, BTreeSet::from(["xep-0450/ac-r/contact-endpoint"]));
}

#[test]
fn what_is_released_by_a_message_that_does_not_count_is_blamed_on_that_message() {
    let message = |by: &str, time: &str, key: &str| {
        let names = "<from jid='bob@example.com'/><to jid='alice@example.org'/>";
        let owner = format!("<key-owner jid='bob@example.com'><trust>{key}</trust></key-owner>");
        let attributes = "xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'";
        let content = format!("<content><trust-message {attributes}>{owner}</trust-message></content>");
        let affixes = format!("<rpad>x</rpad><time stamp='{time}'/>{names}");
        let xml = format!("<envelope xmlns='urn:xmpp:sce:1'>{affixes}{content}</envelope>");
        let encrypted = format!("{{ key: bob/{by}, xml: \"{xml}\" }}");
        format!("  - deliver: {{ to: alice/phone, from: bob@example.com/{by}, encrypted: {encrypted} }}\n")
    };
    let steps = [
        &*message("phone", "2018-01-01T12:00:00Z", TABLET),
        &message("tablet", "2020-01-01T12:00:00Z", NOTEBOOK),
        "  - authenticate: alice/phone -> bob/phone\n",
    ];
    let accounts = format!(
        "  alice: {{ jid: alice@example.org, devices: {{ phone: }} }}\n  bob:\n    jid: bob@example.com\n    devices: \
         {{ phone: , tablet: {{ key: {TABLET} }}, notebook: {{ key: {NOTEBOOK} }} }}\n"
    );
    let text = format!(
        "format: 1\ntitle: Released\nrequirements: [xep-0420/affixes/time]\naccounts:\n{accounts}steps:\n{}",
        steps.concat()
    );
    let scenario = Scenario::parse("released.yaml", &text, &Catalog::unchecked()).expect("a scenario");
    assert_eq!(found_with(&scenario, "takes-any-past-time"), BTreeSet::from(["xep-0420/affixes/time"]));
}

#[test]
fn of_two_messages_that_do_not_count_the_less_grave_one_is_blamed() {
    let message = |time: &str, usage: &str| {
        let names = "<from jid='bob@example.com'/><to jid='alice@example.org'/>";
        let owner = format!("<key-owner jid='bob@example.com'><trust>{NOTEBOOK}</trust></key-owner>");
        let attributes = format!("xmlns='urn:xmpp:tm:1' usage='{usage}' encryption='urn:xmpp:omemo:2'");
        let content = format!("<content><trust-message {attributes}>{owner}</trust-message></content>");
        let xml = format!("<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad>{time}{names}{content}</envelope>");
        let encrypted = format!("{{ key: bob/tablet, xml: \"{xml}\" }}");
        format!("  - deliver: {{ to: alice/phone, from: bob@example.com/tablet, encrypted: {encrypted} }}\n")
    };
    let steps = [
        &*message("", "urn:xmpp:atm:1"),
        &message("<time stamp='2020-01-01T12:00:00Z'/>", "urn:example:other"),
        "  - authenticate: alice/phone -> bob/tablet\n",
    ];
    let accounts = format!(
        "  alice: {{ jid: alice@example.org, devices: {{ phone: }} }}\n  bob:\n    jid: bob@example.com\n    devices: \
         {{ tablet: {{ key: {TABLET} }}, notebook: {{ key: {NOTEBOOK} }} }}\n"
    );
    let text = format!(
        "format: 1\ntitle: Two\nrequirements: [xep-0434/sce-profile/time]\naccounts:\n{accounts}steps:\n{}",
        steps.concat()
    );
    let scenario = Scenario::parse("two.yaml", &text, &Catalog::unchecked()).expect("a scenario");
    assert_eq!(found_with(&scenario, "no-time-needed"), BTreeSet::from(["xep-0434/sce-profile/time"]));
}

/// A message to Alice's phone with these decisions about Bob's keys, each as an element name and a key.
struct Said<'a> {
    by: &'a str,
    from: &'a str,
    to: &'a str,
    usage: &'a str,
    decisions: &'a [(&'a str, &'a str)],
}

impl Said<'_> {
    /// The step that delivers it. The names of the sender and the recipient stand in the envelope.
    fn step(&self) -> String {
        let Self { by, from, to, usage, decisions } = self;
        let said = decisions.iter().map(|(kind, key)| format!("<{kind}>{key}</{kind}>"));
        let said = format!("<key-owner jid='bob@example.com'>{}</key-owner>", said.collect::<String>());
        let attributes = format!("xmlns='urn:xmpp:tm:1'{usage} encryption='urn:xmpp:omemo:2'");
        let content = format!("<content><trust-message {attributes}>{said}</trust-message></content>");
        let affixes = "<rpad>x</rpad><time stamp='2020-01-01T12:00:00Z'/>";
        let names = format!("<from jid='{from}'/><to jid='{to}'/>");
        let xml = format!("<envelope xmlns='urn:xmpp:sce:1'>{affixes}{names}{content}</envelope>");
        let (owner, device) = by.split_once('/').expect("a device");
        let account = if owner == "bob" { BOB } else { ALICE };
        let stanza = format!("from: {account}/{device}, encrypted: {{ key: {by}, xml: \"{xml}\" }}");
        format!("  - deliver: {{ to: alice/phone, {stanza} }}\n")
    }
}

const BOB: &str = "bob@example.com";
const ALICE: &str = "alice@example.org";
const ATM: &str = " usage='urn:xmpp:atm:1'";

/// The findings in a variant if these steps happen to Alice's phone.
fn found_in_steps(discovery: &str, steps: &[String], name: &str) -> BTreeSet<&'static str> {
    let devices = format!("phone: , tablet: {{ key: {TABLET} }}, notebook: {{ key: {NOTEBOOK} }}");
    let accounts = format!(
        "  alice: {{ jid: {ALICE}, devices: {{ phone: , desktop: }} }}\n  bob: {{ jid: {BOB}, devices: {{ {devices} }} }}\n"
    );
    let text = format!(
        "format: 1\ntitle: Steps\nrequirements: [xep-0434/structure/usage]\ndiscovery: {discovery}\naccounts:\n{accounts}steps:\n{}",
        steps.concat()
    );
    let scenario = Scenario::parse("steps.yaml", &text, &Catalog::unchecked())
        .unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
    found_with(&scenario, name)
}

#[test]
fn a_senders_word_for_itself_is_not_blamed_if_the_device_does_not_follow_it() {
    let found = found_in_scenario("attacks/compromised-device", "hears-distrusted");
    assert_eq!(found, BTreeSet::from(["xep-0450/introduction/security-level"]));
}

#[test]
fn an_unreadable_message_is_blamed_for_a_key_that_is_discovered_later() {
    let said = Said { by: "bob/phone", from: BOB, to: ALICE, usage: "", decisions: &[("trust", TABLET)] };
    let steps = [
        "  - discover: alice/phone -> bob/phone\n".to_owned(),
        "  - authenticate: alice/phone -> bob/phone\n".to_owned(),
        said.step(),
        "  - discover: alice/phone -> bob/tablet\n".to_owned(),
    ];
    let found = found_in_steps("by-steps", &steps, "usage-not-needed");
    assert_eq!(found, BTreeSet::from(["xep-0434/structure/usage"]));
}

#[test]
fn messages_for_a_key_that_a_void_message_names_break_the_requirement_that_voids_it() {
    // Nobody discovers this key, so nobody reads its level.
    let unknown = ("trust", "dHdpbnMgaGF2ZSB0aGUgc2FtZSBpZGVudGlmaWVyLi4=");
    let said =
        Said { by: "bob/phone", from: BOB, to: "nobody@example.net", usage: ATM, decisions: &[unknown] };
    let steps = [
        said.step(),
        "  - authenticate: alice/phone -> bob/phone\n".to_owned(),
        "  - authenticate: alice/phone -> alice/desktop\n".to_owned(),
    ];
    assert_eq!(found_in_steps("at-start", &steps, "no-to-check"), BTreeSet::from(["xep-0420/affixes/to"]));
}

#[test]
fn a_void_message_that_is_released_is_blamed_before_one_that_still_waits() {
    let decisions = &[("distrust", TABLET)][..];
    let void = Said { by: "alice/desktop", from: BOB, to: ALICE, usage: ATM, decisions };
    let waiting = Said { by: "bob/tablet", from: BOB, to: ALICE, usage: ATM, decisions };
    let steps = [void.step(), waiting.step(), "  - authenticate: alice/phone -> alice/desktop\n".to_owned()];
    let found = found_in_steps("at-start", &steps, "no-from-check");
    assert_eq!(found, BTreeSet::from(["xep-0420/affixes/from"]));
}

/// The findings in a variant in one scenario of the library.
fn found_in_scenario(scenario: &str, name: &str) -> BTreeSet<&'static str> {
    let file = library::files().into_iter().find(|file| file.id() == scenario);
    found_with(&file.expect("it is in the library").load().expect("the library has no mistakes"), name)
}

fn found_with(scenario: &Scenario, name: &str) -> BTreeSet<&'static str> {
    let variant = broken().find(|broken| broken.name == name).map(|broken| broken.variant);
    assert!(variant.is_some(), "{name}");
    watch(scenario, Options::default(), variant).iter().map(|finding| finding.requirement).collect()
}

fn library_scenarios() -> Vec<Scenario> {
    library::files().iter().map(|file| file.load().expect("the library has no mistakes")).collect()
}

/// The findings in a variant in the library and its demonstrations, and whether they include the expected requirement.
fn found_in(broken: &BrokenVariant, library: &[Scenario]) -> (BTreeSet<&'static str>, bool) {
    let demonstrations = demonstrations().into_iter().filter(|shown| shown.shows.contains(&broken.name));
    let demonstrated = demonstrations.map(|shown| {
        let text = shown.scenario();
        Scenario::parse("demonstration.yaml", &text, &Catalog::unchecked()).expect("a scenario")
    });
    let scenarios = library.iter().cloned().chain(demonstrated);
    let found = scenarios.flat_map(|scenario| watch(&scenario, Options::default(), Some(broken.variant)));
    let found: BTreeSet<&str> = found.map(|finding| finding.requirement).collect();
    let other = UNDER_ANOTHER.iter().find(|(other, _)| *other == broken.name).map(|(_, id)| *id);
    let is_right = broken.fails.iter().copied().chain(other).any(|id| found.contains(id));
    (found, is_right)
}

fn is_listed(name: &str) -> bool {
    NOT_FOUND.lines().any(|line| line.split_once(": ").is_some_and(|(listed, _)| listed == name))
}

/// One of this many variants is watched if `ATM_SEEDS` is not set.
const SAMPLE: usize = 8;

/// The variants with mistakes in handling inputs, and not in writing.
fn chosen() -> impl Iterator<Item = BrokenVariant> {
    broken().filter(|broken| {
        // Mistakes that only another form reveals are found by variations of a scenario.
        let is_varied = |id: &str| find(id).is_some_and(|found| found.coverage == Observability::Variations);
        let is_written = |id: &str| id.ends_with("-written") && !JUDGED.contains(&id);
        let is_of_form = broken.fails.iter().any(|id| is_written(id) || is_varied(id));
        !is_of_form && NOT_JUDGED.iter().all(|(name, _)| *name != broken.name)
    })
}

#[test]
fn the_lists_name_variants() {
    let is_one = |name: &str| broken().any(|broken| broken.name == name);
    let named = UNDER_ANOTHER.iter().chain(&NOT_JUDGED).map(|(name, _)| *name);
    let listed = NOT_FOUND.lines().filter_map(|line| line.split_once(": ").map(|(name, _)| name));
    let unknown: Vec<&str> = named.chain(listed).filter(|name| !is_one(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
