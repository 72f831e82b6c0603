use std::time::Duration;

use atm_engine::codec::stamp_to_date_time;

use super::drawing::Drawing;
use crate::cast::Cast;
use crate::scenario::{Deliver, DeviceName, Encrypted, KeyName, default_start};

/// What is odd about a stanza that an adversary makes by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oddity {
    /// Nothing: it is what the holder of the key might send.
    None,
    /// The trust message stands in the clear.
    InTheClear,
    /// It stands in the clear beside an encrypted one that says something harmless.
    BesideEncrypted,
    WrongUsage,
    /// It speaks of keys of another encryption than the one that carries it.
    WrongEncryption,
    /// Another encryption carries it.
    OtherCarrier,
    Malformed,
    EmptyKey,
    /// The key in it has a length that no key has.
    OddKey,
    /// The stanza comes from somebody else than the holder of the key.
    SpoofedSender,
    /// The encryption names no key.
    UnnamedKey,
    ForgedCarbon,
    NoTime,
    LongAgo,
    InTheFuture,
    /// The receiver's own message comes back, as its JID says.
    OwnMessage,
    /// The same, as its id says.
    OwnId,
    AboutReceiver,
    ForSomebodyElse,
    FromSomebodyElse,
    /// The server says that it is old.
    Delayed,
}

impl Oddity {
    const ALL: [Self; 21] = [
        Self::None,
        Self::InTheClear,
        Self::BesideEncrypted,
        Self::WrongUsage,
        Self::WrongEncryption,
        Self::OtherCarrier,
        Self::Malformed,
        Self::EmptyKey,
        Self::OddKey,
        Self::SpoofedSender,
        Self::UnnamedKey,
        Self::ForgedCarbon,
        Self::NoTime,
        Self::LongAgo,
        Self::InTheFuture,
        Self::OwnMessage,
        Self::OwnId,
        Self::AboutReceiver,
        Self::ForSomebodyElse,
        Self::FromSomebodyElse,
        Self::Delayed,
    ];

    /// Whether only somebody who has the key can make such a stanza: what it says may count.
    fn needs_key(self) -> bool {
        matches!(
            self,
            Self::None | Self::AboutReceiver | Self::Delayed | Self::NoTime | Self::BesideEncrypted
        )
    }
}

/// A long time before or after: no clock is that wrong.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Drawing<'_> {
    /// A stanza made by hand. Unless there is something about it for which it must not count, it is made with
    /// the key of a device that an adversary has.
    pub(super) fn stanza(&mut self) -> Option<Deliver> {
        let oddity = Oddity::ALL[self.dice.below(Oddity::ALL.len())];
        let to = self.actors.device(self.dice)?;
        let by = match oddity.needs_key() {
            true => self.actors.adversary(self.dice)?,
            false => self.actors.device(self.dice)?,
        };
        let other = self.actors.device(self.dice)?;
        let about = match oddity {
            Oddity::AboutReceiver => self.actors.key_of(&to),
            _ => self.actors.key(self.dice)?,
        };
        if by == to || other.account == by.account && oddity == Oddity::SpoofedSender {
            return None;
        }
        let verdict = if self.dice.one_in(3) { "distrust" } else { "trust" };
        let cast = Cast::new(&self.scenario).ok()?;
        let envelope = self.envelope(oddity, (&by, &to), (&about, verdict), &cast)?;
        Some(self.wrap(oddity, (&by, &to, &other), envelope))
    }

    fn envelope(
        &self,
        oddity: Oddity,
        (by, to): (&DeviceName, &DeviceName),
        (about, verdict): (&KeyName, &str),
        cast: &Cast,
    ) -> Option<String> {
        let names = cast.directory();
        let key = cast.key(about).ok()?;
        let owner = names.jid(names.owner(key));
        let identifier = match oddity {
            Oddity::EmptyKey => String::new(),
            Oddity::OddKey => "Zm9v".to_owned(),
            _ => names.identifier(key).to_base64(),
        };
        let usage = if oddity == Oddity::WrongUsage { "urn:xmpp:atm:0" } else { "urn:xmpp:atm:1" };
        let encryption = match oddity {
            Oddity::WrongEncryption => "urn:example:encryption:0",
            _ => names.encryption_name(cast.encryption()).as_str(),
        };
        let now = default_start().stamp() + Duration::from_millis(self.elapsed());
        let day = i64::try_from(DAY.as_millis()).ok()?;
        let time = match oddity {
            Oddity::LongAgo => now.offset(-day),
            Oddity::InTheFuture => now.offset(day),
            _ => now,
        };
        let time = match oddity {
            Oddity::NoTime => String::new(),
            _ => format!("<time stamp='{}'/>", stamp_to_date_time(time)),
        };
        let from = if oddity == Oddity::FromSomebodyElse { "nobody@example.net".to_owned() } else { jid(by) };
        let to = if oddity == Oddity::ForSomebodyElse { "nobody@example.net".to_owned() } else { jid(to) };
        let mut xml = format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad>{time}<from jid='{from}'/><to jid='{to}'/><content>\
             <trust-message xmlns='urn:xmpp:tm:1' usage='{usage}' encryption='{encryption}'>\
             <key-owner jid='{owner}'><{verdict}>{identifier}</{verdict}></key-owner></trust-message></content>\
             </envelope>"
        );
        if oddity == Oddity::Malformed {
            xml.truncate(xml.len() / 2);
        }
        Some(xml)
    }

    fn wrap(
        &self,
        oddity: Oddity,
        (by, to, other): (&DeviceName, &DeviceName, &DeviceName),
        envelope: String,
    ) -> Deliver {
        let sender = match oddity {
            Oddity::SpoofedSender => other,
            Oddity::OwnMessage => to,
            _ => by,
        };
        let full = |device: &DeviceName| format!("{}/{}", jid(device), device.device);
        let encrypted = |xml: String| Encrypted {
            with: (oddity == Oddity::OtherCarrier)
                .then(|| super::settings::encryption("urn:example:encryption:0")),
            key: (oddity != Oddity::UnnamedKey).then(|| self.actors.key_of(by)),
            xml,
        };
        let (encrypted, clear) = match oddity {
            Oddity::InTheClear => (None, Some(envelope)),
            Oddity::BesideEncrypted => (Some(encrypted(envelope.clone())), Some(envelope)),
            _ => (Some(encrypted(envelope)), None),
        };
        Deliver {
            to: to.clone(),
            from: full(sender).parse().expect("a full JID"),
            addressed_to: None,
            id: (oddity == Oddity::OwnId).then(|| format!("{}-0", to.device)),
            encrypted,
            clear,
            carbon_from: (oddity == Oddity::ForgedCarbon)
                .then(|| "nobody@example.net".parse().expect("a bare JID")),
            delayed_since: (oddity == Oddity::Delayed).then(default_start),
        }
    }
}

fn jid(device: &DeviceName) -> String {
    format!("{}@example.org", device.account)
}
