//! The random search draws everything that a scenario can contain.

use std::collections::{BTreeMap, BTreeSet};

use atm_simulator::scenario::{
    Catalog, Code, Delivery, Discovery, Latency, LimitsSpec, PolicySpec, SCHEMA, Scenario, Skew, Step,
};
use atm_simulator::script::Script;
use atm_simulator::search::generate::{Bounds, Dice, Purpose, scenario};
use atm_simulator::search::shrink::shrink;

const SEEDS: u64 = 3_000;

fn drawn() -> impl Iterator<Item = Scenario> {
    (0..SEEDS).map(|seed| scenario(&mut Dice::new(seed), &Bounds::default()))
}

#[test]
fn every_scenario_can_be_cast() {
    for (seed, scenario) in drawn().enumerate() {
        if let Err(miscast) = Script::new(&scenario) {
            panic!("seed {seed}: {miscast}\n{}", scenario.to_yaml());
        }
    }
}

#[test]
fn what_is_drawn_can_be_read_as_a_file_and_so_can_what_is_left_of_it() {
    for (purpose, seed) in [Purpose::Promises, Purpose::Interpretation]
        .into_iter()
        .flat_map(|purpose| (0..500).map(move |seed| (purpose, seed)))
    {
        let drawn = scenario(&mut Dice::new(seed), &Bounds { purpose, ..Bounds::default() });
        // It does not matter which steps are left, but some must be.
        let enough = drawn.steps.len().div_ceil(2).min(5);
        let left = shrink(&drawn, |candidate| candidate.steps.len() >= enough);
        for scenario in [drawn, left] {
            let text = scenario.to_yaml();
            if let Err(mistakes) = Scenario::parse("drawn.yaml", &text, &Catalog::unchecked()) {
                panic!("{purpose:?}, seed {seed}: {mistakes}\n{text}");
            }
        }
    }
}

#[test]
fn every_kind_of_step_is_drawn() {
    let mut counts: BTreeMap<String, u32> = kinds().into_iter().map(|kind| (kind, 0)).collect();
    assert!(counts.remove("expect").is_some(), "what is expected is not drawn");
    for step in drawn().flat_map(|scenario| scenario.steps) {
        let step = serde_json::to_value(&step).unwrap();
        let kind = step.as_object().and_then(|step| step.keys().next()).cloned().unwrap();
        *counts.get_mut(&kind).unwrap_or_else(|| panic!("{kind} is a kind of step")) += 1;
    }
    let never: Vec<&String> = counts.iter().filter(|(_, count)| **count == 0).map(|(kind, _)| kind).collect();
    assert!(never.is_empty(), "never drawn: {never:?}");
}

/// The kinds of steps in the schema of the format.
fn kinds() -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
    let kinds = schema["$defs"]["Step"]["oneOf"].as_array().expect("the kinds of steps");
    let kinds = kinds.iter().map(|kind| kind["required"][0].as_str().expect("a name").to_owned());
    kinds.collect()
}

/// The names of the features that occur in a scenario.
fn settings(scenario: &Scenario) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut see = |name, is: bool| seen.extend(is.then_some(name));
    let LimitsSpec {
        own_sender,
        own_account,
        contact_sender,
        contact_account,
        contacts_total,
        undiscovered_per_contact,
    } = scenario.limits;
    see("limits: own-sender", own_sender.is_some());
    see("limits: own-account", own_account.is_some());
    see("limits: contact-sender", contact_sender.is_some());
    see("limits: contact-account", contact_account.is_some());
    see("limits: contacts-total", contacts_total.is_some());
    see("limits: undiscovered-per-contact", undiscovered_per_contact.is_some());
    see("limits: none", scenario.limits == LimitsSpec::default());
    see("policy: none", scenario.policy == PolicySpec::None);
    see("policy: toakafa", scenario.policy == PolicySpec::Toakafa);
    see("delivery: in-flight", scenario.network.delivery == Delivery::InFlight);
    see("delivery: drained", scenario.network.delivery == Delivery::Drained);
    see("latency: fixed", matches!(scenario.network.latency, Latency::Fixed(_)));
    see("latency: between", matches!(scenario.network.latency, Latency::Between { .. }));
    see("discovery: at-start", scenario.discovery == Discovery::AtStart);
    see("discovery: by-steps", scenario.discovery == Discovery::BySteps);
    see("encryption: OMEMO", scenario.encryption == Default::default());
    see("encryption: another one", scenario.encryption != Default::default());
    see("a key that no device has", !scenario.keys.is_empty());
    for (_, account) in scenario.accounts.iter() {
        see("one key for all endpoints", account.one_key);
        see("a key for each endpoint", !account.one_key);
        for (_, device) in account.devices.iter() {
            see("a device without carbons", !device.carbons);
            see("a device that is offline at the start", device.offline);
        }
    }
    for step in &scenario.steps {
        match step {
            Step::Scan(scan) => {
                see("a code", matches!(scan.code, Code::Of(_)));
                see("a broken code", matches!(scan.code, Code::Uri(_)));
            }
            Step::AddDevice(added) => {
                see("an added device without carbons", !added.carbons);
                see("an added device that is offline", added.offline);
            }
            Step::SkewClock(skew) => {
                see("a clock ahead", matches!(skew.by, Skew::Ahead(_)));
                see("a clock behind", matches!(skew.by, Skew::Behind(_)));
            }
            Step::Forge(forge) => {
                see("a forged trust", !forge.trust.is_empty());
                see("a forged distrust", !forge.distrust.is_empty());
                see("a forged date", forge.dated.is_some());
            }
            Step::Deliver(deliver) => {
                see("a stanza in the clear", deliver.encrypted.is_none() && deliver.clear.is_some());
                see("clear beside encrypted", deliver.encrypted.is_some() && deliver.clear.is_some());
                see("a forged carbon", deliver.carbon_from.is_some());
                see("a delay stamp", deliver.delayed_since.is_some());
                see("an id of the receiver", deliver.id.is_some());
                let Some(encrypted) = &deliver.encrypted else { continue };
                let xml = &encrypted.xml;
                let sender = format!("{}@example.org/{}", deliver.to.account, deliver.to.device);
                see(
                    "the receiver's own message",
                    deliver.from.as_ref().is_some_and(|from| from.0.as_str() == sender),
                );
                see("a carrier of another encryption", encrypted.with.is_some());
                see("a sender without a key", encrypted.key.is_none());
                see("no time", !xml.contains("<time"));
                see("broken XML", !xml.contains("</envelope>"));
                see("another usage", !xml.contains("urn:xmpp:atm:1"));
                see("keys of another encryption", xml.contains("encryption='urn:example"));
                see("an empty key", xml.contains("<trust></trust>") || xml.contains("<distrust></distrust>"));
                see("a key of an odd length", xml.contains("Zm9v"));
                see("another affix", xml.contains("nobody@example.net"));
            }
            _ => {}
        }
    }
    seen
}

#[test]
fn every_setting_is_drawn() {
    let drawn: Vec<Scenario> = drawn().collect();
    let seen: BTreeSet<&str> = drawn.iter().flat_map(settings).collect();
    // The names of all features are in the source of `settings`.
    let call = ["see", "(\""].concat();
    let source: String = include_str!("generator.rs").split_whitespace().collect::<Vec<_>>().join(" ");
    let source = source.replace("( \"", "(\"");
    let named = source.split(&call).skip(1).filter_map(|rest| rest.split('"').next());
    let named: BTreeSet<&str> = named.collect();
    assert!(named.contains("another affix"), "the last one is found: {named:?}");
    let never: Vec<&&str> = named.difference(&seen).collect();
    assert!(never.is_empty(), "never drawn: {never:?}");
}
