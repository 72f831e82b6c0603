use std::fmt;

use atm_adapter_protocol::protocol::{
    Clock, Command, Create, Decide, Decrypted, DeliverStanza, Feature, Hello, Key, KeyPolicy, Keys,
    SentStanza, SentStanzas,
};
use atm_adapter_protocol::{AdapterError, AdapterSpec, Session};
use atm_engine::{Encryption, Level, Stamp};

use super::Wrong;
use super::parts::{Need, WalkPart};
use crate::messages::names;

/// The reason why a part stops early.
pub(super) enum Stop {
    Skip(String),
    Wrong(String, Option<String>),
}

impl From<AdapterError> for Stop {
    fn from(error: AdapterError) -> Self {
        let mistake = match &error {
            AdapterError::Unsupported(_) => {
                Some("every adapter can do this: only what needs a feature may be missing".into())
            }
            error => error.likely_mistake(),
        };
        Self::Wrong(error.to_string(), mistake.map(Into::into))
    }
}

pub(super) fn wrong<T>(what: impl fmt::Display, mistake: &str) -> Result<T, Stop> {
    Err(Stop::Wrong(what.to_string(), Some(mistake.to_owned())))
}

/// 2020-01-01T12:00:00Z.
const START: Stamp = Stamp::from_millis(1_577_880_000_000);

pub(super) const PHONE: &str = "alice/phone";
pub(super) const TABLET: &str = "alice/tablet";
pub(super) const BOB: &str = "bob/phone";

/// The state of a walk.
pub(super) struct Walk {
    pub(super) session: Session,
    pub(super) hello: Option<Hello>,
    pub(super) clock: Stamp,
    notes: Vec<String>,
    /// Whether the devices are in the state that the previous parts established.
    stands: bool,
    /// The earliest state whose own part was reported as wrong.
    told: Option<Need>,
    /// The state that cannot be reached any more.
    broken: Option<Need>,
}

impl Walk {
    pub(super) fn new(spec: AdapterSpec) -> Self {
        Self {
            session: Session::new(spec),
            hello: None,
            clock: START,
            notes: Vec::new(),
            stands: true,
            told: None,
            broken: None,
        }
    }

    pub(super) fn has_greeted(&self) -> bool {
        self.hello.is_some()
    }

    pub(super) fn has_injected_clock(&self) -> bool {
        self.hello.as_ref().is_some_and(|hello| hello.clock == Clock::Injected)
    }

    /// Adds a note about permitted behaviour, but only once.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Describes a misbehaviour. The state of the devices is not reliable after it. If there are `more` parts, a lost
    /// process is started again.
    pub(super) fn wrong(
        &mut self,
        part: &WalkPart,
        what: String,
        likely_mistake: Option<String>,
        more: bool,
    ) -> Wrong {
        self.stands = false;
        self.told = self.told.into_iter().chain(part.shows).min();
        let last = self.session.last();
        Wrong {
            what,
            command: last.map(|(command, _)| command.to_owned()),
            answer: last.map(|(_, answer)| answer.to_owned()).filter(|answer| !answer.is_empty()),
            likely_mistake,
            started_anew: more && !self.session.is_running(),
        }
    }

    /// Brings the devices into the state that a part needs. A failure that another part has reported is not reported
    /// again.
    pub(super) fn prepare(&mut self, part: &WalkPart) -> Result<(), Stop> {
        if let Some(feature) = part.feature {
            self.needs(feature)?;
        }
        if part.needs == Need::Nothing || self.stands && !part.anew {
            return Ok(());
        }
        let skip = |need: Need| Err(Stop::Skip(format!("not tried, since {} does not work", need.command())));
        match self.broken {
            Some(broken) if broken <= part.needs => return skip(broken),
            _ => {}
        }
        for need in [Need::Created, Need::Discovered, Need::Authenticated] {
            if need > part.needs {
                break;
            }
            if let Err(stop) = self.provide(need) {
                self.broken = Some(need);
                return if self.told.is_some_and(|told| told <= need) { skip(need) } else { Err(stop) };
            }
        }
        self.stands = true;
        Ok(())
    }

    fn provide(&mut self, need: Need) -> Result<(), Stop> {
        match need {
            Need::Nothing => Ok(()),
            Need::Created => self.begin(),
            Need::Discovered => self.discover_all().map(|_| ()),
            Need::Authenticated => self.authenticate_own(),
        }
    }

    /// Creates the devices.
    pub(super) fn begin(&mut self) -> Result<(), Stop> {
        self.session.begin(false)?;
        self.clock = START;
        for device in [PHONE, TABLET, BOB] {
            let (account, resource) = device.split_once('/').expect("a device of an account");
            let create = Create {
                device: device.to_owned(),
                now: names::time(self.clock),
                jid: format!("{account}@example.org/{resource}"),
                encryption: self.encryption(),
                key: key(device).id,
                shared_key: false,
                policy: KeyPolicy::Toakafa,
            };
            self.session.create(&Command::Create(create))?;
        }
        Ok(())
    }

    pub(super) fn discover_all(&mut self) -> Result<usize, Stop> {
        let mut sent = 0;
        for device in [PHONE, TABLET, BOB] {
            let others = [PHONE, TABLET, BOB].into_iter().filter(|other| *other != device).map(key);
            let command = Command::Discover(self.keys(device, others.collect()));
            sent += self.session.happen(&command)?.len();
        }
        Ok(sent)
    }

    /// Lets the own devices authenticate each other.
    pub(super) fn authenticate_own(&mut self) -> Result<(), Stop> {
        self.authenticate(TABLET, PHONE)?;
        self.authenticate(PHONE, TABLET)?;
        Ok(())
    }

    fn needs(&self, feature: Feature) -> Result<(), Stop> {
        let has = self.hello.as_ref().is_some_and(|hello| hello.features.contains(&feature));
        if has { Ok(()) } else { Err(Stop::Skip(format!("`features` does not name {}", feature.name()))) }
    }

    /// Lets a person authenticate the key of `other` on a device, two seconds later.
    pub(super) fn authenticate(&mut self, device: &str, other: &str) -> Result<Vec<SentStanza>, Stop> {
        self.clock = Stamp::from_millis(self.clock.as_millis() + 2_000);
        let Key { owner, id } = key(other);
        let (device, now) = self.at(device);
        let decide = Decide { device, now, owner, trust: vec![id], distrust: Vec::new() };
        Ok(self.session.happen(&Command::Decide(decide))?)
    }

    pub(super) fn levels(&mut self, device: &str, keys: Vec<Key>) -> Result<Vec<Level>, Stop> {
        let asked = keys.len();
        let command = Command::Read(self.keys(device, keys));
        let names = self.session.read(&command)?.levels;
        if names.len() != asked {
            return wrong(
                format!("{} levels for {asked} keys", names.len()),
                "one level belongs to each key",
            );
        }
        let known = self.hello.as_ref().map(|hello| hello.levels.clone()).unwrap_or_default();
        let meaning = names.iter().map(|name| match known.get(name) {
            Some(level) => Ok(names::level(*level)),
            None => {
                wrong(format!("`hello` does not say what the level {name:?} means"), "the map is incomplete")
            }
        });
        meaning.collect()
    }

    /// A trust message from the phone that trusts the key of `other`.
    pub(super) fn trust_message(&self, other: &str) -> Decrypted {
        Decrypted {
            encryption: self.encryption(),
            sender: Some(key(PHONE)),
            content: self.envelope(&key(other)),
        }
    }

    /// A chat message from the phone.
    pub(super) fn chat_message(&self, body: &str) -> Decrypted {
        let content = self.around(&format!("<body xmlns='jabber:client'>{body}</body>"));
        Decrypted { encryption: self.encryption(), sender: Some(key(PHONE)), content }
    }

    pub(super) fn envelope(&self, trusted: &Key) -> String {
        self.around(&format!(
            "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='{}'><key-owner jid='{}'>\
             <trust>{}</trust></key-owner></trust-message>",
            self.encryption(),
            trusted.owner,
            trusted.id
        ))
    }

    /// An envelope with this content.
    fn around(&self, content: &str) -> String {
        let time = names::time(self.clock);
        format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>x7</rpad><time stamp='{time}'/><from jid='alice@example.org'/>\
             <to jid='alice@example.org'/><content>{content}</content></envelope>"
        )
    }

    pub(super) fn deliver_to_tablet(
        &mut self,
        encrypted: Option<Decrypted>,
        clear: &str,
    ) -> Result<SentStanzas, Stop> {
        let placeholder = match &encrypted {
            Some(encrypted) => format!("<encrypted xmlns='{}'/>", encrypted.encryption),
            None => clear.to_owned(),
        };
        let stanza = format!(
            "<message xmlns='jabber:client' type='chat' from='alice@example.org/phone' to='alice@example.org' \
             id='phone-7'>{placeholder}<store xmlns='urn:xmpp:hints'/></message>"
        );
        let (device, now) = self.at(TABLET);
        Ok(self.session.deliver(&Command::Deliver(DeliverStanza { device, now, stanza, encrypted }))?)
    }

    pub(super) fn at(&self, device: &str) -> (String, String) {
        (device.to_owned(), names::time(self.clock))
    }

    pub(super) fn keys(&self, device: &str, keys: Vec<Key>) -> Keys {
        let (device, now) = self.at(device);
        Keys { device, now, keys }
    }

    /// The first encryption that the adapter announces, or OMEMO.
    pub(super) fn encryption(&self) -> String {
        let first = self.hello.as_ref().and_then(|hello| hello.encryptions.first());
        match first {
            Some(encryption) if encryption != "*" => encryption.clone(),
            _ => Encryption::OMEMO.to_owned(),
        }
    }
}

/// The key of a device of the walk: 32 bytes that no other device has.
pub(super) fn key(device: &str) -> Key {
    let (account, _) = device.split_once('/').expect("a device of an account");
    let mut bytes = [0x5a; 32];
    bytes[..device.len()].copy_from_slice(device.as_bytes());
    Key { owner: format!("{account}@example.org"), id: data_encoding::BASE64.encode(&bytes) }
}
