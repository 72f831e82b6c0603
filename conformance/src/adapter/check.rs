//! Walks the author of an adapter through the protocol, one command after the other.

use std::fmt;

use atm_engine::codec::{MessageStanza, NamedEnvelope};
use atm_engine::{Encryption, Level, Stamp};

use super::ending::Ending;
use super::names;
use super::process::PATIENCE;
use super::protocol::{
    At, Command, Create, Decide, Decrypted, Deliver, Encrypted, Feature, Hello, Key, Keys, Policy, Scan,
    SentStanza,
};
use super::session::{AdapterSpec, Session};
use super::trouble::Trouble;

/// What one part of the walk came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it should be.
    Right(String),
    /// The adapter says that it cannot do that.
    Skipped(String),
    /// It is not as it should be.
    Wrong(Wrong),
}

/// What is wrong, where, and why that may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub what: String,
    /// The command.
    pub command: Option<String>,
    /// The line that answered it.
    pub answer: Option<String>,
    /// The mistake that most likely is behind it.
    pub likely_mistake: Option<String>,
}

/// Walks through the protocol with an adapter. `told` hears of each part as it is done with. Says whether all is as
/// it should be.
pub fn check(spec: AdapterSpec, told: &mut dyn FnMut(&str, &Outcome)) -> bool {
    let mut walk = Walk { session: Session::new(spec), hello: None, clock: START };
    let mut right = true;
    for (title, part) in PARTS {
        let outcome = match part(&mut walk) {
            Ok(said) => Outcome::Right(said),
            Err(Stop::Skip(why)) => Outcome::Skipped(why),
            Err(Stop::Wrong(what, mistake)) => Outcome::Wrong(walk.wrong(what, mistake)),
        };
        let is_wrong = matches!(outcome, Outcome::Wrong(_));
        right &= !is_wrong;
        told(title, &outcome);
        if is_wrong && walk.hello.is_none() {
            break;
        }
    }
    right
}

type Part = fn(&mut Walk) -> Result<String, Stop>;

const PARTS: [(&str, Part); 14] = [
    ("it starts, and answers nonsense with `unsupported`", Walk::greet),
    ("`create` makes devices", Walk::create),
    ("`discover` shows them keys", Walk::discover),
    ("`read` tells levels", Walk::read_levels),
    ("`decide` authenticates a key", Walk::decide),
    ("what `decide` sends is told", Walk::announce),
    ("`deliver` brings a trust message to another device", Walk::deliver),
    ("`deliver` of plaintext changes nothing", Walk::deliver_plaintext),
    ("`scan` takes a Trust Message URI", Walk::scan),
    ("`trust-manually` is no authentication", Walk::trust_manually),
    ("`restart` loses nothing", Walk::restart),
    ("a device that does not exist is an error", Walk::unknown_device),
    ("`reset` forgets all, and the same words get the same answers", Walk::reset),
    ("`stop` ends it", Walk::stop),
];

/// Why a part ends before its end.
enum Stop {
    Skip(String),
    Wrong(String, Option<String>),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unsupported(unsupported) => Self::Skip(format!("unsupported: {}", unsupported.feature)),
            trouble => Self::Wrong(trouble.to_string(), trouble.likely_mistake().map(Into::into)),
        }
    }
}

fn wrong<T>(what: impl fmt::Display, mistake: &str) -> Result<T, Stop> {
    Err(Stop::Wrong(what.to_string(), Some(mistake.to_owned())))
}

/// 2020-01-01T12:00:00Z.
const START: Stamp = Stamp::from_millis(1_577_880_000_000);

const PHONE: &str = "alice/phone";
const TABLET: &str = "alice/tablet";
const BOB: &str = "bob/phone";

/// An adapter on its walk.
struct Walk {
    session: Session,
    hello: Option<Hello>,
    clock: Stamp,
}

impl Walk {
    fn wrong(&self, what: String, likely_mistake: Option<String>) -> Wrong {
        let last = self.session.last();
        Wrong {
            what,
            command: last.map(|(command, _)| command.to_owned()),
            answer: last.map(|(_, answer)| answer.to_owned()).filter(|answer| !answer.is_empty()),
            likely_mistake,
        }
    }

    fn greet(&mut self) -> Result<String, Stop> {
        let hello = self.session.hello()?.clone();
        let mut features: Vec<&str> = hello.features.iter().map(|feature| feature.name()).collect();
        features.sort_unstable();
        let said = format!(
            "{} {}, features: {}",
            hello.implementation.name,
            hello.implementation.version,
            if features.is_empty() { "none".to_owned() } else { features.join(", ") }
        );
        let has = |level: Level| hello.levels.values().any(|name| Level::from(*name) == level);
        let complete = has(Level::Authenticated) && has(Level::Undecided);
        self.hello = Some(hello);
        if complete {
            return Ok(said);
        }
        wrong("no level means `authenticated`, or none means `undecided`", "the map `levels` is incomplete")
    }

    fn create(&mut self) -> Result<String, Stop> {
        self.begin()?;
        Ok("three devices of two accounts".to_owned())
    }

    /// Creates the devices, and lets them know each other's keys.
    fn begin(&mut self) -> Result<(), Stop> {
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
                policy: Policy::Toakafa,
            };
            self.session.create(&Command::Create(create))?;
        }
        Ok(())
    }

    fn discover_all(&mut self) -> Result<usize, Stop> {
        let mut sent = 0;
        for device in [PHONE, TABLET, BOB] {
            let others = [PHONE, TABLET, BOB].into_iter().filter(|other| *other != device).map(key);
            let command = Command::Discover(self.keys(device, others.collect()));
            sent += self.session.happen(&command)?.len();
        }
        Ok(sent)
    }

    fn discover(&mut self) -> Result<String, Stop> {
        let sent = self.discover_all()?;
        if sent > 0 {
            return wrong(
                "a trust message was sent although nobody decided anything",
                "trust by the policy was taken for an authentication",
            );
        }
        Ok("two keys each, nothing sent".to_owned())
    }

    fn read_levels(&mut self) -> Result<String, Stop> {
        let stranger = Key { owner: "carol@example.org".to_owned(), id: key("carol/phone").id };
        let levels = self.levels(PHONE, vec![key(TABLET), key(BOB), stranger])?;
        if levels.contains(&Level::Authenticated) {
            return wrong(
                "a key is authenticated although nobody decided anything",
                "the map `levels` is wrong",
            );
        }
        if levels[2] != Level::Undecided {
            return wrong(
                format!("a key that was never seen is {}", levels[2].name()),
                "a level is made up for keys that are not stored",
            );
        }
        Ok(format!("a key that nobody decided on is {}", levels[0].name()))
    }

    fn decide(&mut self) -> Result<String, Stop> {
        self.authenticate(TABLET, PHONE)?;
        self.authenticate(PHONE, TABLET)?;
        let levels = self.levels(PHONE, vec![key(TABLET), key(BOB)])?;
        if levels[0] != Level::Authenticated {
            return wrong(
                format!("the key that was just authenticated is {}", levels[0].name()),
                "the answer was written before the decision was stored, or key and owner do not fit together",
            );
        }
        if levels[1] == Level::Authenticated {
            return wrong("another key is authenticated as well", "keys are told apart by their owner only");
        }
        if self.levels(BOB, vec![key(TABLET)])?[0] == Level::Authenticated {
            return wrong("another device has authenticated the key as well", "devices share their trust");
        }
        Ok("that key, on that device".to_owned())
    }

    fn announce(&mut self) -> Result<String, Stop> {
        let sent = self.authenticate(PHONE, BOB)?;
        if sent.is_empty() {
            return wrong(
                "nothing was sent after a contact's key was authenticated, but the own tablet and the contact \
                 are to be told",
                "the answer was written before a task or future was done",
            );
        }
        let mut told = Vec::new();
        for stanza in &sent {
            let (to, keys) = self.look(stanza)?;
            told.push(format!("{to} ({keys} keys)"));
        }
        Ok(format!("stanzas to {}", told.join(", ")))
    }

    /// Looks at something that was sent.
    fn look(&self, stanza: &SentStanza) -> Result<(String, usize), Stop> {
        let message = match MessageStanza::parse(&stanza.stanza) {
            Ok(stanza) => stanza.message,
            Err(malformed) => {
                return wrong(
                    format!("`stanza` is none: {malformed}"),
                    "the namespace jabber:client is missing",
                );
            }
        };
        let Some(Encrypted { keys, content, .. }) = &stanza.encrypted else {
            return wrong("a stanza is not encrypted", "`encrypted` was forgotten");
        };
        let envelope = match NamedEnvelope::parse(content) {
            Ok(envelope) => envelope,
            Err(malformed) => {
                return wrong(
                    format!("`content` is no envelope with a trust message: {malformed}"),
                    "`content` is what is encrypted: the whole <envelope/>, and nothing else",
                );
            }
        };
        for key in keys {
            if ![PHONE, TABLET, BOB].into_iter().any(|device| self::key(device) == *key) {
                return wrong(
                    format!("it is encrypted for {}, which nobody has", key.describe()),
                    "an identifier was decoded twice or as Base16, or owner and key were mixed up",
                );
            }
        }
        let injected =
            self.hello.as_ref().is_some_and(|hello| hello.clock == super::protocol::Clock::Injected);
        if let Some(time) = envelope.time
            && injected
            && time.as_millis().abs_diff(self.clock.as_millis()) > 2_000
        {
            return wrong(
                format!("its <time/> is {}, but `now` is {}", names::time(time), names::time(self.clock)),
                "the clock is not injected everywhere: say `\"clock\": \"system\"`, or pass `now` on",
            );
        }
        let to = message.to.map_or_else(|| "the own account".to_owned(), |jid| jid.to_string());
        Ok((to, keys.len()))
    }

    fn deliver(&mut self) -> Result<String, Stop> {
        let message = self.trust_message(BOB);
        self.deliver_to_tablet(Some(message), "")?;
        let level = self.levels(TABLET, vec![key(BOB)])?[0];
        if level != Level::Authenticated {
            return wrong(
                format!("the key that an authenticated own device trusts is {} after that", level.name()),
                "`encrypted.sender` is not used as the sender's key, or `content` was not read",
            );
        }
        Ok("what an authenticated own device says is believed".to_owned())
    }

    fn deliver_plaintext(&mut self) -> Result<String, Stop> {
        let carol = Key { owner: "carol@example.org".to_owned(), id: key("carol/phone").id };
        let command = Command::Discover(self.keys(TABLET, vec![carol.clone()]));
        self.session.happen(&command)?;
        let message = self.envelope(&carol);
        self.deliver_to_tablet(None, &message)?;
        let level = self.levels(TABLET, vec![carol])?[0];
        if level == Level::Authenticated {
            return wrong(
                "a trust message that stood in the clear was believed",
                "the adapter puts what stands in `stanza` in the place of what was encrypted",
            );
        }
        Ok("nothing did".to_owned())
    }

    fn scan(&mut self) -> Result<String, Stop> {
        self.needs(Feature::Scan)?;
        self.begin()?;
        self.discover_all()?;
        let bytes = data_encoding::BASE64.decode(key(BOB).id.as_bytes()).unwrap_or_default();
        let uri = format!(
            "xmpp:bob@example.org?trust-message;encryption={};trust={}",
            self.encryption(),
            data_encoding::HEXLOWER.encode(&bytes)
        );
        let (device, now) = self.at(PHONE);
        self.session.happen(&Command::Scan(Scan { device, now, uri }))?;
        let level = self.levels(PHONE, vec![key(BOB)])?[0];
        if level != Level::Authenticated {
            return wrong(
                format!("the key in the code is {}", level.name()),
                "the identifier in a URI is Base16",
            );
        }
        let (device, now) = self.at(PHONE);
        let uri = "xmpp:bob@example.org?trust-message;trust=nonsense".to_owned();
        self.session.happen(&Command::Scan(Scan { device, now, uri }))?;
        Ok("and a broken one does no harm".to_owned())
    }

    fn trust_manually(&mut self) -> Result<String, Stop> {
        self.needs(Feature::TrustManually)?;
        self.begin()?;
        self.discover_all()?;
        let command = Command::TrustManually(self.keys(PHONE, vec![key(BOB)]));
        self.session.happen(&command)?;
        let level = self.levels(PHONE, vec![key(BOB)])?[0];
        if level == Level::Authenticated {
            return wrong("the key is authenticated", "a click on \"trust\" was taken for a comparison");
        }
        Ok(format!("the key is {}", level.name()))
    }

    fn restart(&mut self) -> Result<String, Stop> {
        self.needs(Feature::Restart)?;
        self.begin()?;
        self.discover_all()?;
        self.authenticate(PHONE, TABLET)?;
        let (device, now) = self.at(PHONE);
        self.session.happen(&Command::Restart(At { device, now }))?;
        let level = self.levels(PHONE, vec![key(TABLET)])?[0];
        if level != Level::Authenticated {
            return wrong(
                format!("an authenticated key is {} afterwards", level.name()),
                "nothing was stored, or what was stored is not read",
            );
        }
        Ok("an authenticated key still is".to_owned())
    }

    fn unknown_device(&mut self) -> Result<String, Stop> {
        let command = Command::Read(self.keys("nobody/nowhere", vec![key(BOB)]));
        match self.session.read(&command) {
            Err(Trouble::Failed { .. }) => Ok("and the adapter goes on".to_owned()),
            Err(trouble) => Err(trouble.into()),
            Ok(_) => wrong("it answered `ok`", "devices are made up as they are named"),
        }
    }

    fn reset(&mut self) -> Result<String, Stop> {
        let mut answers = Vec::new();
        for _ in 0..2 {
            self.begin()?;
            self.discover_all()?;
            if self.levels(PHONE, vec![key(TABLET)])?[0] == Level::Authenticated {
                return wrong("a key is still authenticated", "`reset` does not forget everything");
            }
            self.authenticate(PHONE, TABLET)?;
            let sent = self.authenticate(PHONE, BOB)?;
            answers.push(sent);
        }
        let injected =
            self.hello.as_ref().is_some_and(|hello| hello.clock == super::protocol::Clock::Injected);
        if injected && answers[0] != answers[1] {
            return Ok(format!(
                "it does, but the stanzas differ (ids or padding): recordings show that\n      first:  {}\n      \
                 second: {}",
                shown(&answers[0]),
                shown(&answers[1])
            ));
        }
        Ok("they do".to_owned())
    }

    fn stop(&mut self) -> Result<String, Stop> {
        match self.session.stop()? {
            None => Err(Stop::Skip("it does not run any more".to_owned())),
            Some(Ending::Code(0)) => Ok("with exit code 0".to_owned()),
            Some(Ending::StillRuns) => wrong(
                format!("it did not end within {} s", PATIENCE.as_secs()),
                "a thread or timer keeps the program alive",
            ),
            Some(ending) => wrong(
                format!("it ended with {ending}"),
                "something goes wrong as the program ends: the exit code is to be 0",
            ),
        }
    }

    fn needs(&self, feature: Feature) -> Result<(), Stop> {
        let has = self.hello.as_ref().is_some_and(|hello| hello.features.contains(&feature));
        if has { Ok(()) } else { Err(Stop::Skip(format!("`features` does not name {}", feature.name()))) }
    }

    /// Lets a person authenticate the key of `other` at a device, two seconds later.
    fn authenticate(&mut self, device: &str, other: &str) -> Result<Vec<SentStanza>, Stop> {
        self.clock = Stamp::from_millis(self.clock.as_millis() + 2_000);
        let Key { owner, id } = key(other);
        let (device, now) = self.at(device);
        let decide = Decide { device, now, owner, trust: vec![id], distrust: Vec::new() };
        Ok(self.session.happen(&Command::Decide(decide))?)
    }

    fn levels(&mut self, device: &str, keys: Vec<Key>) -> Result<Vec<Level>, Stop> {
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
            Some(level) => Ok(Level::from(*level)),
            None => {
                wrong(format!("`hello` does not say what the level {name:?} means"), "the map is incomplete")
            }
        });
        meaning.collect()
    }

    /// A trust message of the phone that trusts the key of `other`.
    fn trust_message(&self, other: &str) -> Decrypted {
        Decrypted {
            encryption: self.encryption(),
            sender: Some(key(PHONE)),
            content: self.envelope(&key(other)),
        }
    }

    fn envelope(&self, trusted: &Key) -> String {
        let time = names::time(self.clock);
        format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>x7</rpad><time stamp='{time}'/><from jid='alice@example.org'/>\
             <to jid='alice@example.org'/><content><trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' \
             encryption='{}'><key-owner jid='{}'><trust>{}</trust></key-owner></trust-message></content></envelope>",
            self.encryption(),
            trusted.owner,
            trusted.id
        )
    }

    fn deliver_to_tablet(&mut self, encrypted: Option<Decrypted>, clear: &str) -> Result<(), Stop> {
        let placeholder = match &encrypted {
            Some(encrypted) => format!("<encrypted xmlns='{}'/>", encrypted.encryption),
            None => clear.to_owned(),
        };
        let stanza = format!(
            "<message xmlns='jabber:client' type='chat' from='alice@example.org/phone' to='alice@example.org' \
             id='phone-7'>{placeholder}<store xmlns='urn:xmpp:hints'/></message>"
        );
        let (device, now) = self.at(TABLET);
        self.session.happen(&Command::Deliver(Deliver { device, now, stanza, encrypted }))?;
        Ok(())
    }

    fn at(&self, device: &str) -> (String, String) {
        (device.to_owned(), names::time(self.clock))
    }

    fn keys(&self, device: &str, keys: Vec<Key>) -> Keys {
        let (device, now) = self.at(device);
        Keys { device, now, keys }
    }

    /// The first encryption that the adapter names, or OMEMO.
    fn encryption(&self) -> String {
        let first = self.hello.as_ref().and_then(|hello| hello.encryptions.first());
        match first {
            Some(encryption) if encryption != "*" => encryption.clone(),
            _ => Encryption::OMEMO.to_owned(),
        }
    }
}

/// The key of a device of the walk: 32 bytes that nothing else has.
fn key(device: &str) -> Key {
    let (account, _) = device.split_once('/').expect("a device of an account");
    let mut bytes = [0x5a; 32];
    bytes[..device.len()].copy_from_slice(device.as_bytes());
    Key { owner: format!("{account}@example.org"), id: data_encoding::BASE64.encode(&bytes) }
}

fn shown(sent: &[SentStanza]) -> String {
    super::quoted(&serde_json::to_string(sent).unwrap_or_default())
}
