use std::time::Duration;

use atm_engine::Stamp;
use atm_engine::codec::stamp_to_date_time;

use super::drawing::{Drawing, Spoken};
use crate::cast::Cast;
use crate::scenario::{DeliverStep, DeviceName, EncryptedPart, KeyName, StanzaType, Step, default_start};

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
    /// It was written a day ago, and the server says so.
    Late,
    /// The end of the XML is missing.
    CutShort,
    /// There is much padding.
    LongPadding,
    /// The trust message is in another namespace.
    OtherNamespace,
    /// The key in it is said to be somebody else's.
    OtherOwner,
}

impl Oddity {
    /// What adversaries do.
    const OF_ADVERSARIES: [Self; 21] = [
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

    /// What is odd in other ways.
    const OTHER: [Self; 5] =
        [Self::Late, Self::CutShort, Self::LongPadding, Self::OtherNamespace, Self::OtherOwner];

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

/// What is encrypted and has nothing to do with trust.
const HARMLESS: &str = "<envelope xmlns='urn:xmpp:sce:1'><rpad>x</rpad><content>\
                        <body xmlns='jabber:client'>Good morning</body></content></envelope>";

impl Drawing<'_> {
    /// A stanza made by hand. Unless there is something about it for which it must not count, it is made with
    /// the key of a device that an adversary has.
    pub(super) fn stanza(&mut self) -> Option<DeliverStep> {
        let oddity = Oddity::OF_ADVERSARIES[self.dice.below(Oddity::OF_ADVERSARIES.len())];
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
        let verdict = self.verdict();
        let cast = Cast::new(&self.scenario).ok()?;
        let envelope = self.envelope(oddity, (&by, &to), &[(about, verdict)], &cast)?;
        Some(self.wrap(oddity, (&by, &to, &other), envelope))
    }

    /// A stanza made by hand with whatever key, often one that the receiver has authenticated. Half of them are not odd at
    /// all.
    pub(super) fn any_stanza(&mut self) -> Option<DeliverStep> {
        let odd = [&Oddity::OF_ADVERSARIES[..], &Oddity::OTHER].concat();
        let oddity = if self.dice.one_in(2) { Oddity::None } else { odd[self.dice.below(odd.len())] };
        // Often several speak to one device about one key.
        let again = match self.spoken.last() {
            Some(last) if self.dice.one_in(3) && self.actors.is_there(&last.to) => Some(last.clone()),
            _ => None,
        };
        let to = match &again {
            Some(last) => last.to.clone(),
            None => self.actors.device(self.dice)?,
        };
        let known = self.authenticated_by(&to);
        let sender = |drawing: &mut Self| {
            if known.is_empty() || drawing.dice.one_in(2) {
                return drawing.actors.device(drawing.dice);
            }
            Some(known[drawing.dice.below(known.len())].clone())
        };
        // And often somebody speaks whom the one before spoke of.
        let spoken_of = match &again {
            Some(Spoken { about: KeyName::Device(device), .. }) if self.dice.one_in(3) => {
                Some(device.clone())
            }
            _ => None,
        };
        let by = match spoken_of {
            Some(device) => device,
            None => sender(self)?,
        };
        let other = sender(self)?;
        if by == to || other.account == by.account && oddity == Oddity::SpoofedSender {
            return None;
        }
        let mut about: Vec<(KeyName, &str)> = Vec::new();
        let several = if oddity == Oddity::None { 1 + self.dice.below(2) } else { 1 };
        for _ in 0..several {
            let key = match (oddity, &again) {
                (Oddity::AboutReceiver, _) => self.actors.key_of(&to),
                // Or somebody vouches for the one who spoke before.
                (_, Some(last)) if about.is_empty() && self.dice.one_in(3) => self.actors.key_of(&last.by),
                (_, Some(last)) if about.is_empty() && self.dice.one_in(2) => last.about.clone(),
                _ if self.dice.one_in(2) => {
                    self.actors.key_of(&self.actors.device_of(&by.account, self.dice)?)
                }
                _ => self.actors.key(self.dice)?,
            };
            if about.iter().all(|(other, _)| *other != key) {
                about.push((key, self.verdict()));
            }
        }
        self.say(oddity, (&by, &to, &other), about)
    }

    /// What is not odd and may count, if the receiver comes to trust who says it: somebody tells a device about a key of the
    /// own account, or a device of its own account tells it about any. Often it is the key of which it heard last.
    pub(super) fn word_to(&mut self, to: &DeviceName) -> Option<DeliverStep> {
        let last = self.spoken.last().filter(|last| last.to == *to).cloned();
        let by = match &last {
            Some(Spoken { about: KeyName::Device(device), .. })
                if self.dice.one_in(4) && self.actors.is_there(device) =>
            {
                device.clone()
            }
            _ => self.actors.device(self.dice)?,
        };
        let about = match &last {
            Some(last) if self.dice.one_in(2) => last.about.clone(),
            _ if by.account == to.account => self.actors.key(self.dice)?,
            _ => self.actors.key_of(&self.actors.device_of(&by.account, self.dice)?),
        };
        let (key_of_by, key_of_to) = (self.actors.key_of(&by), self.actors.key_of(to));
        if [&key_of_by, &key_of_to].contains(&&about) || key_of_by == key_of_to {
            return None;
        }
        let verdict = self.verdict();
        self.say(Oddity::None, (&by, to, &by), vec![(about, verdict)])
    }

    /// A device that was authenticated speaks of the key of one that spoke to the same device before.
    pub(super) fn vouch_for(&mut self, Spoken { to, by: speaker, .. }: &Spoken) -> Option<DeliverStep> {
        let known = self.authenticated_by(to);
        if known.is_empty() {
            return None;
        }
        let by = known[self.dice.below(known.len())].clone();
        if by == *speaker || by == *to || by.account != to.account && by.account != speaker.account {
            return None;
        }
        let about = vec![(self.actors.key_of(speaker), "trust")];
        self.say(Oddity::None, (&by, to, &by), about)
    }

    fn say(
        &mut self,
        oddity: Oddity,
        (by, to, other): (&DeviceName, &DeviceName, &DeviceName),
        mut about: Vec<(KeyName, &str)>,
    ) -> Option<DeliverStep> {
        let cast = Cast::new(&self.scenario).ok()?;
        let envelope = self.envelope(oddity, (by, to), &about, &cast)?;
        let mut stanza = self.wrap(oddity, (by, to, other), envelope);
        if let (Oddity::BesideEncrypted, Some(encrypted)) = (oddity, &mut stanza.encrypted) {
            encrypted.xml = HARMLESS.to_owned();
        }
        let (about, _) = about.swap_remove(0);
        self.spoken.push(Spoken { to: to.clone(), by: by.clone(), about });
        Some(stanza)
    }

    fn verdict(&mut self) -> &'static str {
        if self.dice.one_in(3) { "distrust" } else { "trust" }
    }

    /// The devices whose own keys a person at a device has authenticated.
    fn authenticated_by(&self, device: &DeviceName) -> Vec<DeviceName> {
        let decided = self.scenario.steps.iter().filter_map(|step| match step {
            Step::Authenticate(who) if who.device == *device => Some(&who.keys),
            _ => None,
        });
        let known = decided.flatten().filter_map(|key| match key {
            KeyName::Device(known) => Some(known.clone()),
            KeyName::Named(_) => None,
        });
        known.filter(|known| self.actors.is_there(known)).collect()
    }

    fn envelope(
        &self,
        oddity: Oddity,
        (by, to): (&DeviceName, &DeviceName),
        about: &[(KeyName, &str)],
        cast: &Cast,
    ) -> Option<String> {
        let names = cast.directory();
        let mut owners = String::new();
        for (about, verdict) in about {
            let key = cast.key(about).ok()?;
            let owner = match oddity {
                Oddity::OtherOwner => names.jid(cast.member(cast.device(by).ok()?).account),
                _ => names.jid(names.owner(key)),
            };
            let identifier = match oddity {
                Oddity::EmptyKey => String::new(),
                Oddity::OddKey => "Zm9v".to_owned(),
                _ => names.identifier(key).to_base64(),
            };
            owners += &format!("<key-owner jid='{owner}'><{verdict}>{identifier}</{verdict}></key-owner>");
        }
        let usage = if oddity == Oddity::WrongUsage { "urn:xmpp:atm:0" } else { "urn:xmpp:atm:1" };
        let namespace = if oddity == Oddity::OtherNamespace { "urn:example:tm:1" } else { "urn:xmpp:tm:1" };
        let encryption = match oddity {
            Oddity::WrongEncryption => "urn:example:encryption:0",
            _ => names.encryption_name(cast.encryption()).as_str(),
        };
        let padding = "x".repeat(if oddity == Oddity::LongPadding { 1_000 } else { 1 });
        let now = self.now();
        let time = match oddity {
            Oddity::LongAgo | Oddity::Late => a_day_before(now),
            Oddity::InTheFuture => now + DAY,
            _ => now,
        };
        let time = match oddity {
            Oddity::NoTime => String::new(),
            _ => format!("<time stamp='{}'/>", stamp_to_date_time(time)),
        };
        let from = if oddity == Oddity::FromSomebodyElse { "nobody@example.net".to_owned() } else { jid(by) };
        let to = if oddity == Oddity::ForSomebodyElse { "nobody@example.net".to_owned() } else { jid(to) };
        let mut xml = format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>{padding}</rpad>{time}<from jid='{from}'/><to jid='{to}'/><content>\
             <trust-message xmlns='{namespace}' usage='{usage}' encryption='{encryption}'>{owners}</trust-message>\
             </content></envelope>"
        );
        match oddity {
            Oddity::Malformed => xml.truncate(xml.len() / 2),
            Oddity::CutShort => xml.truncate(xml.len() - "</envelope>".len()),
            _ => {}
        }
        Some(xml)
    }

    /// The time at which what is drawn next happens.
    fn now(&self) -> Stamp {
        default_start().stamp() + Duration::from_millis(self.elapsed())
    }

    fn wrap(
        &self,
        oddity: Oddity,
        (by, to, other): (&DeviceName, &DeviceName, &DeviceName),
        envelope: String,
    ) -> DeliverStep {
        let sender = match oddity {
            Oddity::SpoofedSender => other,
            Oddity::OwnMessage => to,
            _ => by,
        };
        let full = |device: &DeviceName| format!("{}/{}", jid(device), device.device);
        let encrypted = |xml: String| EncryptedPart {
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
        DeliverStep {
            to: to.clone(),
            from: Some(full(sender).parse().expect("a full JID")),
            addressed_to: None,
            stanza_type: StanzaType::Chat,
            id: (oddity == Oddity::OwnId).then(|| format!("{}-0", to.device)),
            encrypted,
            clear,
            carbon_from: (oddity == Oddity::ForgedCarbon)
                .then(|| "nobody@example.net".parse().expect("a bare JID")),
            delayed_since: match oddity {
                Oddity::Delayed => Some(default_start()),
                Oddity::Late => Some(a_day_before(self.now()).into()),
                _ => None,
            },
        }
    }
}

fn a_day_before(time: Stamp) -> Stamp {
    time.offset(-i64::try_from(DAY.as_millis()).unwrap_or(0))
}

fn jid(device: &DeviceName) -> String {
    format!("{}@example.org", device.account)
}
