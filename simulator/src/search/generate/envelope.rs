//! The text of handwritten stanzas.

use std::time::Duration;

use atm_engine::codec::stamp_to_date_time;
use atm_engine::{DecisionKind, Stamp};

use super::drawing::Drawing;
use super::oddity::Oddity;
use crate::cast::Cast;
use crate::scenario::{DeliverStep, DeviceName, EncryptedPart, KeyName, StanzaType, default_start};

/// The content of a stanza and its form.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub(super) oddity: Oddity,
    pub(super) by: DeviceName,
    pub(super) to: DeviceName,
    /// The third device involved: the claimed sender of the stanza, or the addressee of the original of a carbon.
    pub(super) other: DeviceName,
    pub(super) about: Vec<(KeyName, DecisionKind)>,
    pub(super) layout: Layout,
    pub(super) time: Stamp,
}

impl Speech {
    /// The device that the message is written for. A carbon to an own device copies a message to another device.
    fn recipient(&self) -> &DeviceName {
        let is_of_sent = self.oddity == Oddity::OwnCarbon && self.by.account == self.to.account;
        if is_of_sent { &self.other } else { &self.to }
    }
}

/// The grouping of an owner's keys into elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// All keys in one element.
    Together,
    /// Each key in its own element.
    Apart,
}

/// A time difference that no wrong clock reaches.
const FAR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An encrypted content that is unrelated to trust.
const HARMLESS: &str = "<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad><content>\
                        <body xmlns='jabber:client'>Good morning</body></content></envelope>";

const NOBODY: &str = "nobody@example.net";

impl Drawing<'_> {
    /// The stanza; `None` if it names an impossible key.
    pub(super) fn written(&self, speech: &Speech) -> Option<DeliverStep> {
        let cast = Cast::new(&self.scenario).ok()?;
        let message = message(speech, &cast)?;
        let envelope = envelope(speech, &message);
        Some(self.wrapped(speech, (message, envelope)))
    }

    fn wrapped(&self, speech: &Speech, (message, envelope): (String, String)) -> DeliverStep {
        let Speech { oddity, by, to, other, .. } = speech;
        let sender = match oddity {
            Oddity::SpoofedSender => other,
            Oddity::OwnMessage => to,
            _ => by,
        };
        let encrypted = |xml: String| EncryptedPart {
            with: (*oddity == Oddity::OtherCarrier)
                .then(|| super::settings::encryption("urn:example:encryption:0")),
            key: (*oddity != Oddity::UnnamedKey).then(|| self.actors.key_of(by)),
            xml,
        };
        let harmless = || Some(encrypted(HARMLESS.to_owned()));
        let (encrypted, clear) = match oddity {
            Oddity::InTheClear => (None, Some(envelope)),
            Oddity::BareInTheClear => (None, Some(message)),
            Oddity::BesideEncrypted => (harmless(), Some(envelope)),
            Oddity::BareBesideEncrypted => (harmless(), Some(message)),
            _ => (Some(encrypted(envelope)), None),
        };
        let carbon_from = match oddity {
            Oddity::ForgedCarbon => Some(NOBODY.to_owned()),
            Oddity::SendersCarbon => Some(jid(by)),
            Oddity::OwnCarbon => Some(jid(to)),
            _ => None,
        };
        DeliverStep {
            to: to.clone(),
            from: (*oddity != Oddity::NoFrom)
                .then(|| format!("{}/{}", jid(sender), sender.device).parse().expect("a full JID")),
            addressed_to: (speech.recipient() != to)
                .then(|| jid(speech.recipient()).parse().expect("a bare JID")),
            stanza_type: match oddity {
                Oddity::OfType(stanza_type) => *stanza_type,
                _ => StanzaType::Chat,
            },
            id: (*oddity == Oddity::OwnId).then(|| format!("{}-0", to.device)),
            encrypted,
            clear,
            carbon_from: carbon_from.map(|jid| jid.parse().expect("a bare JID")),
            delayed_since: match oddity {
                Oddity::Delayed => Some(default_start()),
                Oddity::Late => Some(before(self.now(), DAY).into()),
                _ => None,
            },
        }
    }

    /// The time of the step that is drawn next.
    pub(super) fn now(&self) -> Stamp {
        default_start().stamp() + Duration::from_millis(self.elapsed())
    }
}

fn message(speech: &Speech, cast: &Cast) -> Option<String> {
    let names = cast.directory();
    let oddity = speech.oddity;
    let mut about = speech.about.clone();
    if oddity == Oddity::Contradiction {
        let (key, kind) = about.first()?.clone();
        about.push((key, opposite(kind)));
    }
    // Trusted keys precede distrusted ones.
    about.sort_by_key(|(_, kind)| *kind == DecisionKind::Distrust);
    let mut owners: Vec<(String, String)> = Vec::new();
    for (key, kind) in &about {
        let key = cast.key(key).ok()?;
        let owner = match oddity {
            Oddity::OtherOwner => jid(&speech.by),
            _ => names.jid(names.owner(key)).to_string(),
        };
        let identifier = match oddity {
            Oddity::EmptyKey => String::new(),
            Oddity::OddKey => "Zm9v".to_owned(),
            _ => names.identifier(key).to_base64(),
        };
        let verdict = if *kind == DecisionKind::Trust { "trust" } else { "distrust" };
        let element = format!("<{verdict}>{identifier}</{verdict}>");
        match owners.iter_mut().find(|(other, _)| *other == owner) {
            Some((_, elements)) if speech.layout == Layout::Together => *elements += &element,
            _ => owners.push((owner, element)),
        }
    }
    let owners =
        owners.iter().map(|(jid, elements)| format!("<key-owner jid='{jid}'>{elements}</key-owner>"));
    let usage = if oddity == Oddity::WrongUsage { "urn:xmpp:atm:0" } else { "urn:xmpp:atm:1" };
    let namespace = if oddity == Oddity::OtherNamespace { "urn:example:tm:1" } else { "urn:xmpp:tm:1" };
    let encryption = match oddity {
        Oddity::WrongEncryption => "urn:example:encryption:0",
        _ => names.encryption_name(cast.encryption()).as_str(),
    };
    let owners = owners.collect::<String>();
    Some(format!(
        "<trust-message xmlns='{namespace}' usage='{usage}' encryption='{encryption}'>{owners}</trust-message>"
    ))
}

fn envelope(speech: &Speech, message: &str) -> String {
    let Speech { oddity, by, time, .. } = speech;
    let padding = match oddity {
        Oddity::NoPadding => String::new(),
        Oddity::LongPadding => format!("<rpad>{}</rpad>", "x".repeat(1_000)),
        _ => "<rpad>x</rpad>".to_owned(),
    };
    let time = match oddity {
        Oddity::LongAgo => before(*time, FAR),
        Oddity::Late => before(*time, DAY),
        Oddity::InTheFuture => *time + FAR,
        _ => *time,
    };
    let time = match oddity {
        Oddity::NoTime => String::new(),
        _ => format!("<time stamp='{}'/>", stamp_to_date_time(time)),
    };
    let from = if *oddity == Oddity::FromSomebodyElse { NOBODY.to_owned() } else { jid(by) };
    let to = if *oddity == Oddity::ForSomebodyElse { NOBODY.to_owned() } else { jid(speech.recipient()) };
    let content = match oddity {
        Oddity::Quoted => format!("<quote xmlns='urn:example:quote'>{message}</quote>"),
        _ => message.to_owned(),
    };
    let mut xml = format!(
        "<envelope xmlns='urn:xmpp:sce:1'>{padding}{time}<from jid='{from}'/><to jid='{to}'/><content>{content}\
         </content></envelope>"
    );
    match oddity {
        Oddity::Malformed => xml.truncate(xml.len() / 2),
        Oddity::CutShort => xml.truncate(xml.len() - "</envelope>".len()),
        _ => {}
    }
    xml
}

pub(super) fn opposite(kind: DecisionKind) -> DecisionKind {
    match kind {
        DecisionKind::Trust => DecisionKind::Distrust,
        DecisionKind::Distrust => DecisionKind::Trust,
    }
}

fn before(time: Stamp, span: Duration) -> Stamp {
    time.offset(-i64::try_from(span.as_millis()).unwrap_or(0))
}

fn jid(device: &DeviceName) -> String {
    format!("{}@example.org", device.account)
}
