//! The random search draws every oddity of an input.

use std::collections::{BTreeMap, BTreeSet};

use atm_simulator::scenario::{
    Code, DecideStep, DeliverStep, DeviceName, DeviceToKeys, Discovery, KeyName, Scenario, StanzaType, Step,
};
use atm_simulator::search::generate::{Bounds, Dice, Mixture, Purpose, scenario};

const SEEDS: u64 = 6_000;

fn bounds() -> Bounds {
    Bounds { accounts: 3, devices: 3, steps: 12, purpose: Purpose::Interpretation, ..Bounds::default() }
}

fn drawn() -> impl Iterator<Item = Scenario> {
    let bounds = bounds();
    (0..SEEDS).map(move |seed| scenario(&mut Dice::new(seed), &bounds))
}

/// The features that occurred in scenarios, with their frequency.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, usize>);

impl Seen {
    fn see(&mut self, name: &'static str, is: bool) {
        *self.0.entry(name).or_default() += usize::from(is);
    }

    fn people(&mut self, scenario: &Scenario) {
        let mut friends: BTreeMap<&DeviceName, BTreeSet<&KeyName>> = BTreeMap::new();
        for step in &scenario.steps {
            let several = |who: &DeviceToKeys| who.keys.len() > 1;
            self.see(
                "several keys are authenticated",
                matches!(step, Step::Authenticate(who) if several(who)),
            );
            self.see("several keys are distrusted", matches!(step, Step::Distrust(who) if several(who)));
            self.see("several keys are clicked", matches!(step, Step::TrustManually(who) if several(who)));
            self.see("some keys are authenticated, others distrusted", matches!(step, Step::Decide(_)));
            if let Step::Authenticate(who) = step {
                friends.entry(&who.device).or_default().extend(&who.keys);
            }
            if let Step::Scan(scan) = step
                && let Code::Uri(uri) = &scan.code
            {
                let is_code = uri.contains("?trust-message;");
                self.see("a code for nothing", !uri.contains('?'));
                self.see("a code without pairs", uri.ends_with("?trust-message"));
                self.see("a code for something else", uri.contains("?roster;"));
                self.see("a code without encryption", is_code && !uri.contains("encryption="));
                self.see("a code of several keys", uri.matches(";trust=").count() > 1);
                self.see("a code that distrusts", uri.contains(";distrust="));
                self.see("a code that does both", uri.contains(";trust=") && uri.contains(";distrust="));
                self.see("a code of an unseen key", uri.contains("5e5e5e"));
                self.see("a code of another encryption", uri.contains("urn:example:encryption:0"));
            }
        }
        let contacts = |(by, keys): (&&DeviceName, &BTreeSet<&KeyName>)| {
            let owners = keys.iter().filter_map(|key| match key {
                KeyName::Device(device) if device.account != by.account => Some(&device.account),
                _ => None,
            });
            owners.collect::<BTreeSet<_>>().len() > 1
        };
        self.see("a device with several contacts", friends.iter().any(contacts));
    }

    fn keys(&mut self, scenario: &Scenario) {
        let given = scenario.accounts.iter().flat_map(|(_, account)| account.devices.iter());
        let given = given.filter(|(_, device)| device.key.is_some()).count();
        self.see("two keys with one identifier", given > 1);
        let mut discovered: Vec<(&DeviceName, &KeyName)> = Vec::new();
        let mut decided: Vec<(&DeviceName, &KeyName)> = Vec::new();
        for step in &scenario.steps {
            match step {
                Step::AddDevice(added) => self.see("a twin is added", added.key.is_some()),
                Step::Authenticate(who) | Step::Distrust(who) => {
                    decided.extend(who.keys.iter().map(|key| (&who.device, key)));
                }
                Step::Discover(who) => {
                    for key in &who.keys {
                        let pair = (&who.device, key);
                        let is_known = scenario.discovery == Discovery::AtStart || discovered.contains(&pair);
                        self.see("a key is discovered twice", is_known);
                        self.see(
                            "a key is discovered after a decision",
                            !is_known && decided.contains(&pair),
                        );
                        discovered.push(pair);
                    }
                }
                _ => {}
            }
        }
    }

    fn stanzas(&mut self, scenario: &Scenario) {
        let mut before: Vec<&DeliverStep> = Vec::new();
        for step in &scenario.steps {
            let Step::Deliver(deliver) = step else { continue };
            self.see("a stanza comes again", before.contains(&deliver));
            let same = before.iter().filter(|other| other.to == deliver.to && other.from == deliver.from);
            let is_new = !before.contains(&deliver);
            let at_once = same.clone().any(|other| stamp(other).is_some() && stamp(other) == stamp(deliver));
            self.see("two messages of one sender with one time", is_new && at_once);
            let is_older = |other: &&&DeliverStep| stamp(deliver).is_some() && stamp(deliver) < stamp(other);
            self.see("an older message after a newer one", same.clone().any(|other| is_older(&other)));
            self.stanza(deliver);
            before.push(deliver);
        }
    }

    fn stanza(&mut self, deliver: &DeliverStep) {
        let bare = |xml: &str| xml.starts_with("<trust-message");
        let clear = deliver.clear.as_deref().unwrap_or_default();
        let is_encrypted = deliver.encrypted.is_some();
        let own = format!("{}@example.org", deliver.to.account);
        let from = deliver.from.as_ref().map(|from| from.0.as_str());
        let (from, _) = from.and_then(|from| from.split_once('/')).unwrap_or_default();
        self.see("no sender", from.is_empty());
        self.see("an error", deliver.stanza_type == StanzaType::Error);
        self.see("of a group", deliver.stanza_type == StanzaType::Groupchat);
        self.see("a headline", deliver.stanza_type == StanzaType::Headline);
        self.see("of no conversation", deliver.stanza_type == StanzaType::Normal);
        self.see("in the clear", !is_encrypted && !bare(clear));
        self.see("in the clear without envelope", !is_encrypted && bare(clear));
        self.see("in the clear beside", is_encrypted && !clear.is_empty() && !bare(clear));
        self.see("in the clear beside without envelope", is_encrypted && bare(clear));
        if let Some(carbon) = &deliver.carbon_from {
            let carbon = carbon.0.as_str();
            self.see("a carbon of the sender", carbon == from && from != own);
            self.see("a carbon of nobody", carbon.starts_with("nobody@"));
            self.see("a carbon of what was received", carbon == own && from != own);
            let is_sent = deliver.addressed_to.is_some();
            self.see("a carbon of what was sent", carbon == own && from == own && is_sent);
        }
        let Some(encrypted) = &deliver.encrypted else { return };
        let xml = &encrypted.xml;
        let verdicts = |name: &str| xml.matches(&format!("<{name}>")).count();
        let owners: Vec<&str> =
            xml.split("<key-owner jid='").skip(1).filter_map(|owner| owner.split('\'').next()).collect();
        let texts =
            xml.split("trust>").filter_map(|text| text.strip_suffix("</").or(text.strip_suffix("</dis")));
        let identifiers: Vec<&str> = texts.collect();
        let repeats = |all: &[&str]| all.iter().collect::<BTreeSet<_>>().len() < all.len();
        self.see("several keys", verdicts("trust") + verdicts("distrust") > 1);
        self.see("trust and distrust", verdicts("trust") > 0 && verdicts("distrust") > 0);
        self.see("an owner twice", repeats(&owners));
        self.see("keys of an owner together", owners.len() < verdicts("trust") + verdicts("distrust"));
        self.see("several owners", owners.iter().collect::<BTreeSet<_>>().len() > 1);
        self.see("a key trusted and distrusted", repeats(&identifiers));
        self.see("quoted", xml.contains("urn:example:quote"));
        self.see("no padding", xml.contains("</content>") && !xml.contains("<rpad"));
        self.see("long padding", xml.len() > 1_200);
        self.see("years ago", xml.contains("stamp='2018-"));
        self.see("in the far future", xml.contains("stamp='2021-"));
        self.see("a day old", xml.contains("stamp='2019-12-31"));
        self.see("another namespace", xml.contains("urn:example:tm:1"));
        self.see("another usage", xml.contains("urn:xmpp:atm:0"));
        self.see("no end", xml.contains("</content>") && !xml.contains("</envelope>"));
        self.see("no time", xml.contains("</content>") && !xml.contains("<time"));
        self.see("for somebody else", xml.contains("<to jid='nobody@"));
        self.see("from somebody else", xml.contains("<from jid='nobody@"));
    }
}

fn stamp(deliver: &DeliverStep) -> Option<&str> {
    let (_, rest) = deliver.encrypted.as_ref()?.xml.split_once("stamp='")?;
    rest.split('\'').next()
}

#[test]
fn everything_odd_is_drawn() {
    let mut seen = Seen::default();
    for scenario in drawn() {
        seen.people(&scenario);
        seen.keys(&scenario);
        seen.stanzas(&scenario);
    }
    assert!(seen.0.len() > 50);
    let seldom: Vec<_> = seen.0.iter().filter(|(_, count)| **count < 5).collect();
    assert!(seldom.is_empty(), "{seldom:?}");
}

/// Decisions about an undiscovered key, some of them contradicting, before its discovery.
#[test]
fn contrary_words_come_before_discovery() {
    let mut count = 0;
    for scenario in drawn().filter(|scenario| scenario.discovery == Discovery::BySteps) {
        let mut said: BTreeMap<(&DeviceName, String), BTreeSet<bool>> = BTreeMap::new();
        for step in &scenario.steps {
            match step {
                Step::Deliver(deliver) => {
                    let Some(encrypted) = &deliver.encrypted else { continue };
                    for (tag, is_trust) in [("<trust>", true), ("<distrust>", false)] {
                        let texts = encrypted.xml.split(tag).skip(1);
                        for text in texts.filter_map(|text| text.split('<').next()) {
                            said.entry((&deliver.to, text.to_owned())).or_default().insert(is_trust);
                        }
                    }
                }
                Step::Discover(who) => {
                    let contrary =
                        said.iter().filter(|((to, _), verdicts)| *to == &who.device && verdicts.len() > 1);
                    count += contrary.count();
                }
                _ => {}
            }
        }
    }
    assert!(count > 20, "{count}");
}

/// A decision names each key only once, and only keys of one owner.
#[test]
fn mixed_decisions_do_not_contradict_themselves() {
    for scenario in drawn() {
        for step in &scenario.steps {
            let Step::Decide(DecideStep { authenticate, distrust, .. }) = step else { continue };
            assert!(!authenticate.is_empty() && !distrust.is_empty());
            assert!(authenticate.iter().all(|key| !distrust.contains(key)));
        }
    }
}

/// The share of all stanzas that goes to the most addressed device of each scenario.
fn part_of_busiest(mixture: Mixture) -> f64 {
    let bounds = Bounds { mixture, ..bounds() };
    let (mut to_busiest, mut all) = (0, 0);
    for seed in 0..500 {
        let mut addressed: BTreeMap<DeviceName, usize> = BTreeMap::new();
        for step in scenario(&mut Dice::new(seed), &bounds).steps {
            if let Step::Deliver(deliver) = step {
                *addressed.entry(deliver.to).or_default() += 1;
            }
        }
        to_busiest += addressed.values().max().copied().unwrap_or_default();
        all += addressed.values().sum::<usize>();
    }
    to_busiest as f64 / all as f64
}

#[test]
fn most_happens_to_one_device_where_few_kinds_are_drawn() {
    // There are more accounts in which the stanzas could be spread than in plain scenarios.
    let (plain, few) = (part_of_busiest(Mixture::All), part_of_busiest(Mixture::Few));
    assert!(few > 0.7 && few > plain, "{few}, and {plain} in plain scenarios");
}
