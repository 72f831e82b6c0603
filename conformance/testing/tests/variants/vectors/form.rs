//! Checks the XML of sent messages by the rules of a vector.

use atm_adapter_protocol::Exchange;
use atm_engine::codec::stamp_from_date_time;
use atm_engine::jid::{BareJid, Jid};
use atm_suite::vectors::{FormDemand, FormRule, MessagePart};
use data_encoding::BASE64;
use rxml::Event;

use super::playing::Broken;

/// An element with its attributes and its text.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(other, _)| other == name);
        found.map_or("", |(_, value)| value)
    }
}

/// All elements of a text, if it is XML.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = rxml::Reader::new(xml.as_bytes());
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    while let Ok(Some(event)) = reader.read() {
        match event {
            Event::StartElement(_, (namespace, name), attributes) => {
                open.push(all.len());
                let attributes = attributes.into_iter().map(|((_, name), value)| (name.to_string(), value));
                let name = format!("{{{namespace}}}{name}");
                all.push(Element { name, attributes: attributes.collect(), text: String::new() });
            }
            Event::Text(_, text) => {
                if let Some(element) = open.last() {
                    all[*element].text.push_str(&text);
                }
            }
            Event::EndElement(_) => drop(open.pop()),
            Event::XmlDeclaration(..) => {}
        }
    }
    all
}

/// The mistakes in the form of all messages in a recording.
pub(super) fn mistakes(rules: &[FormRule], exchanges: &[Exchange]) -> Vec<Broken> {
    let (mut found, mut latest) = (Vec::new(), i64::MIN);
    for Exchange { command, answer } in exchanges {
        let now = millis(command["now"].as_str().unwrap_or_default()).unwrap_or(latest);
        let stated = elements(command["encrypted"]["content"].as_str().unwrap_or_default());
        let stated = stated.iter().filter(|element| element.name == "{urn:xmpp:sce:1}time");
        let stated = stated.filter_map(|element| millis(element.attribute("stamp"))).max();
        latest = latest.max(now).max(stated.unwrap_or(latest));
        let is_again = command["command"] == "restart" || command["command"] == "restore";
        for sent in answer["ok"]["sent"].as_array().into_iter().flatten() {
            let stanza = elements(sent["stanza"].as_str().unwrap_or_default());
            let content = sent["encrypted"]["content"].as_str().map(elements);
            let addressee = |message: &Element| ["to", "from"].map(|name| message.attribute(name).to_owned());
            let [to, own] = stanza.first().map(addressee).unwrap_or_default();
            let to = if to.is_empty() { own } else { to };
            let clock = Clock { now, latest, is_again };
            for rule in rules {
                let part = match rule.part {
                    MessagePart::Stanza => Some(&stanza),
                    MessagePart::Content => content.as_ref(),
                };
                let Some(part) = part else { continue };
                let named: Vec<&Element> =
                    part.iter().filter(|element| element.name == rule.element).collect();
                if !holds(&rule.demand, &named, &to, clock) {
                    found.push((rule.requirement.clone(), format!("{rule:?} does not hold: {named:?}")));
                }
            }
        }
    }
    found
}

/// The time of an input.
#[derive(Clone, Copy)]
struct Clock {
    now: i64,
    /// The latest time that any input had or stated.
    latest: i64,
    /// Whether the messages may be older.
    is_again: bool,
}

fn holds(demand: &FormDemand, named: &[&Element], to: &str, clock: Clock) -> bool {
    match demand {
        FormDemand::Present => !named.is_empty(),
        FormDemand::Absent => named.is_empty(),
        FormDemand::Single => named.len() == 1,
        FormDemand::Attribute { name, value } => named.iter().all(|element| element.attribute(name) == value),
        FormDemand::Account { name, value } => named.iter().all(|element| {
            element.attribute(name).parse::<Jid>().is_ok_and(|jid| jid.to_bare().as_str() == value)
        }),
        FormDemand::Addressee { name } => {
            let addressee = to.parse::<Jid>().ok().map(|jid| jid.to_bare());
            named.iter().all(|element| element.attribute(name).parse::<BareJid>().ok() == addressee)
        }
        FormDemand::Now { name, tolerance } => named.iter().all(|element| {
            let Some(time) = millis(element.attribute(name)) else { return false };
            let tolerance = i64::from(*tolerance) * 1_000;
            clock.is_again || (clock.now - tolerance..=clock.latest + tolerance).contains(&time)
        }),
        FormDemand::Base64 => named.iter().all(|element| {
            let text: String = element.text.split_whitespace().collect();
            BASE64.decode(text.as_bytes()).is_ok_and(|key| !key.is_empty())
        }),
    }
}

fn millis(date_time: &str) -> Option<i64> {
    stamp_from_date_time(date_time).ok().map(|stamp| stamp.as_millis())
}
