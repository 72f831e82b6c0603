use atm_adapter_protocol::protocol::{At, Command, Feature, Key, ScanCode};
use atm_adapter_protocol::{AdapterError, Ending, PATIENCE};
use atm_engine::codec::TrustMessageUri;
use atm_engine::{DecisionKind, KeyIdentifier, Level};

use super::likeness;
use super::walk::{BOB, PHONE, Stop, TABLET, Walk, key, wrong};
use crate::messages::names;

/// The state of the devices that a part needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    Nothing,
    Created,
    Discovered,
    /// The own devices have authenticated each other.
    Authenticated,
}

impl Need {
    /// The command that leads to this state.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Nothing => "`hello`",
            Self::Created => "`create`",
            Self::Discovered => "`discover`",
            Self::Authenticated => "`decide`",
        }
    }
}

/// A part of the walk.
pub(super) struct WalkPart {
    pub(super) title: &'static str,
    /// The feature that the part checks, if any. Without it, the part is skipped.
    pub(super) feature: Option<Feature>,
    pub(super) needs: Need,
    /// Whether the part starts with new devices.
    pub(super) anew: bool,
    /// The state that the part establishes for later parts.
    pub(super) shows: Option<Need>,
    pub(super) run: fn(&mut Walk) -> Result<String, Stop>,
}

impl WalkPart {
    const fn new(title: &'static str, needs: Need, run: fn(&mut Walk) -> Result<String, Stop>) -> Self {
        Self { title, feature: None, needs, anew: false, shows: None, run }
    }

    const fn showing(self, need: Need) -> Self {
        Self { shows: Some(need), ..self }
    }

    const fn anew(self) -> Self {
        Self { anew: true, ..self }
    }

    const fn if_it_can(self, feature: Feature) -> Self {
        Self { feature: Some(feature), ..self }
    }
}

pub(super) const PARTS: [WalkPart; 18] = [
    WalkPart::new("it starts, and answers nonsense with `unsupported`", Need::Nothing, Walk::greet),
    WalkPart::new("`create` makes devices", Need::Nothing, Walk::create).showing(Need::Created),
    WalkPart::new("`discover` shows them keys", Need::Created, Walk::discover).showing(Need::Discovered),
    WalkPart::new("`read` tells levels", Need::Discovered, Walk::read_levels),
    WalkPart::new("`decide` authenticates a key", Need::Discovered, Walk::decide)
        .showing(Need::Authenticated),
    WalkPart::new("what `decide` sends is told", Need::Authenticated, Walk::announce),
    WalkPart::new("`deliver` brings a trust message to another device", Need::Authenticated, Walk::deliver),
    WalkPart::new("`deliver` of plaintext changes nothing", Need::Authenticated, Walk::deliver_plaintext),
    WalkPart::new("`deliver` tells what is shown", Need::Authenticated, Walk::show).if_it_can(Feature::Shown),
    WalkPart::new("`scan` takes a Trust Message URI", Need::Discovered, Walk::scan)
        .anew()
        .if_it_can(Feature::Scan),
    WalkPart::new("`own-code` tells the Trust Message URI of a device", Need::Created, Walk::own_code)
        .if_it_can(Feature::OwnCode),
    WalkPart::new("`trust-manually` is no authentication", Need::Discovered, Walk::trust_manually)
        .anew()
        .if_it_can(Feature::TrustManually),
    WalkPart::new("`restart` loses nothing", Need::Discovered, Walk::restart)
        .anew()
        .if_it_can(Feature::Restart),
    WalkPart::new("`forget` takes keys off their list", Need::Discovered, Walk::forget)
        .anew()
        .if_it_can(Feature::Forget),
    WalkPart::new("`restore` goes back to the last `back-up`", Need::Discovered, Walk::restore)
        .anew()
        .if_it_can(Feature::Backup),
    WalkPart::new("a device that does not exist is an error", Need::Nothing, Walk::unknown_device),
    WalkPart::new(
        "`reset` forgets all, and the same words get the same answers",
        Need::Authenticated,
        Walk::reset,
    )
    .anew(),
    WalkPart::new("`stop` ends it", Need::Nothing, Walk::stop),
];

impl Walk {
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
        let has = |level: Level| hello.levels.values().any(|name| names::level(*name) == level);
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
        self.authenticate_own()?;
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
            told.push(format!("{to} ({keys} {})", if keys == 1 { "key" } else { "keys" }));
        }
        Ok(format!("stanzas to {}", told.join(", ")))
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
        let bytes = data_encoding::BASE64.decode(key(BOB).id.as_bytes()).unwrap_or_default();
        let uri = format!(
            "xmpp:bob@example.org?trust-message;encryption={};trust={}",
            self.encryption(),
            data_encoding::HEXLOWER.encode(&bytes)
        );
        let (device, now) = self.at(PHONE);
        self.session.happen(&Command::Scan(ScanCode { device, now, uri }))?;
        let level = self.levels(PHONE, vec![key(BOB)])?[0];
        if level != Level::Authenticated {
            return wrong(
                format!("the key in the code is {}", level.name()),
                "the identifier in a URI is Base16",
            );
        }
        let (device, now) = self.at(PHONE);
        let uri = "xmpp:bob@example.org?trust-message;trust=nonsense".to_owned();
        self.session.happen(&Command::Scan(ScanCode { device, now, uri }))?;
        Ok("and a broken one does no harm".to_owned())
    }

    fn show(&mut self) -> Result<String, Stop> {
        let message = self.chat_message("Good morning");
        let shown = self.deliver_to_tablet(Some(message), "")?.shown;
        match shown.as_deref() {
            Some([body]) if body == "Good morning" => Ok("a chat message of an own device".to_owned()),
            Some(bodies) => wrong(
                format!("the person sees {bodies:?} instead of \"Good morning\""),
                "the <body/> in `content` was not read",
            ),
            None => wrong("the answer has no `shown`", "the member stands beside `sent`"),
        }
    }

    fn own_code(&mut self) -> Result<String, Stop> {
        let (device, now) = self.at(PHONE);
        let uri = self.session.own_code(&Command::OwnCode(At { device, now }))?;
        let Key { owner, id } = key(PHONE);
        let read = match TrustMessageUri::parse(&uri) {
            Ok(read) => read,
            Err(malformed) => {
                return wrong(malformed, "the identifier in a URI is Base16, the JID a bare one");
            }
        };
        let trusts = |(kind, key): &(DecisionKind, KeyIdentifier)| {
            *kind == DecisionKind::Trust && key.to_base64() == id
        };
        if read.owner().to_string() != owner || !read.decisions().iter().any(trusts) {
            return wrong(
                format!("{uri} does not trust the key of {PHONE}"),
                "it is about another key or another account",
            );
        }
        Ok(uri)
    }

    fn trust_manually(&mut self) -> Result<String, Stop> {
        let command = Command::TrustManually(self.keys(PHONE, vec![key(BOB)]));
        self.session.happen(&command)?;
        let level = self.levels(PHONE, vec![key(BOB)])?[0];
        if level == Level::Authenticated {
            return wrong("the key is authenticated", "a click on \"trust\" was taken for a comparison");
        }
        Ok(format!("the key is {}", level.name()))
    }

    fn restart(&mut self) -> Result<String, Stop> {
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

    fn forget(&mut self) -> Result<String, Stop> {
        self.authenticate(PHONE, TABLET)?;
        let forget = Command::Forget(self.keys(PHONE, vec![key(BOB)]));
        self.session.happen(&forget)?;
        let level = self.levels(PHONE, vec![key(TABLET)])?[0];
        if level != Level::Authenticated {
            return wrong(format!("another key is {} afterwards", level.name()), "all keys were forgotten");
        }
        let discover = Command::Discover(self.keys(PHONE, vec![key(BOB)]));
        self.session.happen(&discover)?;
        let level = self.levels(PHONE, vec![key(BOB)])?[0];
        Ok(format!("one that nobody decided on is {} when it returns", level.name()))
    }

    fn restore(&mut self) -> Result<String, Stop> {
        self.authenticate(PHONE, TABLET)?;
        let (device, now) = self.at(PHONE);
        self.session.happen(&Command::BackUp(At { device, now }))?;
        self.authenticate(PHONE, BOB)?;
        let (device, now) = self.at(PHONE);
        self.session.happen(&Command::Restore(At { device, now }))?;
        let discover = Command::Discover(self.keys(PHONE, vec![key(TABLET), key(BOB)]));
        self.session.happen(&discover)?;
        let levels = self.levels(PHONE, vec![key(TABLET), key(BOB)])?;
        if levels[0] != Level::Authenticated {
            return wrong(
                format!("a key that was authenticated before `back-up` is {}", levels[0].name()),
                "the copy is empty, or it is not read",
            );
        }
        if levels[1] == Level::Authenticated {
            return wrong("a key that was authenticated after `back-up` still is", "nothing was thrown away");
        }
        Ok("what came after it is gone".to_owned())
    }

    fn unknown_device(&mut self) -> Result<String, Stop> {
        let command = Command::Read(self.keys("nobody/nowhere", vec![key(BOB)]));
        match self.session.read(&command) {
            Err(AdapterError::Failed { .. }) => Ok("and the adapter goes on".to_owned()),
            Err(error) => Err(error.into()),
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
        if self.has_injected_clock()
            && let Some(difference) = likeness::difference(&answers[0], &answers[1])
        {
            self.note(format!("recordings will differ: {difference}"));
            return Ok("it does".to_owned());
        }
        Ok("they do".to_owned())
    }

    fn stop(&mut self) -> Result<String, Stop> {
        // If the process was lost, a new one is started, to check how it ends.
        self.session.hello()?;
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
}
