//! Writes stanzas and envelopes as text, like an implementation without our codec.

use atm_adapter_protocol::protocol::{EncryptedContent, Key, SentStanza};
use atm_engine::codec::stamp_to_date_time;
use atm_engine::{AccountId, Decision, DecisionKind, KeyId, Stamp};
use atm_simulator::cast::{Cast, Member};

/// A deviation in writing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Slip {
    /// The stanza has no type.
    NoType,
    /// The stanza is a headline, which servers do not store.
    Headline,
    /// The stanza has no `<store/>` hint.
    NoStore,
    /// The `<store/>` hint is in the envelope.
    StoreInside,
    /// Nothing is encrypted.
    Clear,
    /// The encrypted content is also in the clear.
    ClearBeside,
    /// A `<body/>` informs clients that cannot decrypt.
    Body,
    /// The envelope has no `<rpad/>`.
    NoPadding,
    /// The envelope has no `<time/>`.
    NoTime,
    /// The `<time/>` is the local time of another zone.
    LocalTime,
    /// The `<time/>` is in seconds since 1970.
    UnixTime,
    /// The `<time/>` has no fraction of a second.
    WholeSeconds,
    /// The `<time/>` has no zone.
    NoZone,
    /// The envelope has no `<from/>`.
    NoFrom,
    /// The envelope has no `<to/>`.
    NoTo,
    /// `<from/>` contains a full JID.
    FullFrom,
    /// `<to/>` contains a full JID.
    FullTo,
    /// `<to/>` contains the sender.
    SenderInTo,
    /// Identifiers are in Base16.
    Base16,
    /// Identifiers are the first four bytes of the fingerprint.
    ShortIdentifiers,
    /// All identifiers with the same verdict are in one element.
    JoinedIdentifiers,
    /// The message has the usage of another protocol.
    OtherUsage,
    /// The message has no usage.
    NoUsage,
    /// The message has no encryption.
    NoEncryption,
    /// The message is about keys of the first version of OMEMO.
    OtherEncryption,
    /// The message is in another namespace.
    OtherNamespace,
    /// Key owners are named by full JIDs.
    FullOwner,
    /// Key owners have no `jid`.
    NoOwner,
    /// A key owner has no verdicts.
    OwnerWithoutVerdict,
    /// The message has no key owners.
    NoKeyOwners,
    /// Each owner has a trust message of its own in the same envelope.
    OneElementEach,
    /// The message is directly in the envelope, without `<content/>`.
    NoContent,
    /// The message is in an additional element in `<content/>`.
    Nested,
    /// All distrusted keys are also trusted.
    BothVerdicts,
    /// Each message has one decision and is encrypted for one key.
    Separate,
    /// Owners and their keys are in reverse order.
    OtherOrder,
    /// Messages are addressed to full JIDs, one for each endpoint.
    FullAddress,
    /// JIDs are written as they are, whatever characters they contain.
    RawJids,
}

/// The content of a stanza to write.
#[derive(Clone, Debug)]
pub(crate) struct StanzaDraft {
    pub(crate) to: AccountId,
    pub(crate) keys: Vec<KeyId>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) time: Stamp,
}

/// The drafts that replace one draft.
pub(crate) fn drafts(mut draft: StanzaDraft, slips: &[Slip]) -> Vec<StanzaDraft> {
    if slips.contains(&Slip::OtherOrder) {
        draft.decisions.reverse();
    }
    let apart = slips.contains(&Slip::Separate);
    if !apart && !slips.contains(&Slip::FullAddress) {
        return vec![draft];
    }
    let said: Vec<Vec<Decision>> = match apart {
        true => draft.decisions.iter().map(|decision| vec![*decision]).collect(),
        false => vec![draft.decisions.clone()],
    };
    let one_each = |key: &KeyId| {
        let for_key = StanzaDraft { keys: vec![*key], ..draft.clone() };
        said.clone().into_iter().map(move |decisions| StanzaDraft { decisions, ..for_key.clone() })
    };
    draft.keys.iter().flat_map(one_each).collect()
}

/// Writes stanzas of a device.
pub(crate) struct Writer<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) member: &'a Member,
    pub(crate) slips: &'a [Slip],
}

impl Writer<'_> {
    pub(crate) fn write(&self, draft: &StanzaDraft, number: u64) -> SentStanza {
        let names = self.cast.directory();
        let encryption = names.encryption_name(self.cast.encryption()).to_string();
        let content = self.envelope(draft);
        let (clear, encrypted) = match () {
            () if self.has(Slip::Clear) => (content.clone(), false),
            () if self.has(Slip::ClearBeside) => (content.clone(), true),
            () if self.has(Slip::Body) => ("<body>I sent you a trust message.</body>".to_owned(), true),
            () => (String::new(), true),
        };
        let kind = match () {
            () if self.has(Slip::NoType) => "",
            () if self.has(Slip::Headline) => " type='headline'",
            () => " type='chat'",
        };
        let store = match self.has(Slip::NoStore) || self.has(Slip::StoreInside) {
            true => "",
            false => "<store xmlns='urn:xmpp:hints'/>",
        };
        let jid = |jid: &str| if self.has(Slip::RawJids) { format!("'{jid}'") } else { quoted(jid) };
        let from = jid(names.full_jid(self.member.endpoint).as_str());
        let to = jid(&self.addressee(draft));
        let marker =
            if encrypted { format!("<encrypted xmlns={}/>", quoted(&encryption)) } else { String::new() };
        let stanza = format!(
            "<message xmlns='jabber:client' from={from} to={to} id='{number}'{kind}>{clear}{marker}{store}</message>"
        );
        let keys = draft.keys.iter().map(|key| Key {
            owner: names.jid(names.owner(*key)).to_string(),
            id: names.identifier(*key).to_base64(),
        });
        let encrypted = encrypted.then(|| EncryptedContent { encryption, keys: keys.collect(), content });
        SentStanza { stanza, encrypted }
    }

    fn has(&self, slip: Slip) -> bool {
        self.slips.contains(&slip)
    }

    fn addressee(&self, draft: &StanzaDraft) -> String {
        let names = self.cast.directory();
        let mut devices = self.cast.devices_of(draft.to).iter().map(|device| self.cast.member(*device));
        match devices.find(|member| draft.keys.contains(&member.key)) {
            // Endpoints that share a key are reached only by their bare JID.
            Some(member)
                if self.has(Slip::FullAddress)
                    && member.sharing == atm_engine::KeySharing::OnePerEndpoint =>
            {
                names.full_jid(member.endpoint).to_string()
            }
            _ => names.jid(draft.to).to_string(),
        }
    }

    fn envelope(&self, draft: &StanzaDraft) -> String {
        let names = self.cast.directory();
        let (sender, addressee) =
            (names.full_jid(self.member.endpoint).to_string(), names.jid(draft.to).to_string());
        let rpad = if self.has(Slip::NoPadding) { "" } else { "<rpad>c1dXq8</rpad>" };
        let time = match self.time(draft.time) {
            Some(time) => format!("<time stamp='{time}'/>"),
            None => String::new(),
        };
        let from = match () {
            () if self.has(Slip::NoFrom) => String::new(),
            () if self.has(Slip::FullFrom) => format!("<from jid={}/>", quoted(&sender)),
            () => format!("<from jid={}/>", quoted(names.jid(self.member.account).as_str())),
        };
        let to = match () {
            () if self.has(Slip::NoTo) => String::new(),
            () if self.has(Slip::FullTo) => format!("<to jid={}/>", quoted(&format!("{addressee}/phone"))),
            () if self.has(Slip::SenderInTo) => {
                format!("<to jid={}/>", quoted(names.jid(self.member.account).as_str()))
            }
            () => format!("<to jid={}/>", quoted(&addressee)),
        };
        let store = if self.has(Slip::StoreInside) { "<store xmlns='urn:xmpp:hints'/>" } else { "" };
        let messages = self.trust_messages(draft);
        let content = match self.has(Slip::Nested) {
            true => format!("<trust xmlns='urn:example:app'>{messages}</trust>"),
            false => messages,
        };
        let content = match self.has(Slip::NoContent) {
            true => content,
            false => format!("<content>{store}{content}</content>"),
        };
        format!("<envelope xmlns='urn:xmpp:sce:1'>{rpad}{time}{from}{to}{content}</envelope>")
    }

    fn time(&self, time: Stamp) -> Option<String> {
        let written = |stamp| stamp_to_date_time(stamp);
        match () {
            () if self.has(Slip::NoTime) => None,
            () if self.has(Slip::LocalTime) => Some(written(time.offset(2 * 3_600_000))),
            () if self.has(Slip::UnixTime) => Some((time.as_millis() / 1000).to_string()),
            () if self.has(Slip::WholeSeconds) => Some(written(time.offset(-(time.as_millis() % 1000)))),
            () if self.has(Slip::NoZone) => Some(written(time).replace('Z', "")),
            () => Some(written(time)),
        }
    }

    fn trust_messages(&self, draft: &StanzaDraft) -> String {
        let owners = self.owners(draft);
        match self.has(Slip::OneElementEach) {
            true => owners.iter().map(|owner| self.trust_message(owner)).collect(),
            false => self.trust_message(&owners.concat()),
        }
    }

    fn trust_message(&self, content: &str) -> String {
        let names = self.cast.directory();
        let namespace = if self.has(Slip::OtherNamespace) { "urn:example:tm" } else { "urn:xmpp:tm:1" };
        let usage = match () {
            () if self.has(Slip::NoUsage) => "",
            () if self.has(Slip::OtherUsage) => " usage='urn:example:atm'",
            () => " usage='urn:xmpp:atm:1'",
        };
        let encryption = match () {
            () if self.has(Slip::NoEncryption) => String::new(),
            () if self.has(Slip::OtherEncryption) => {
                " encryption='eu.siacs.conversations.axolotl'".to_owned()
            }
            () => {
                let name = names.encryption_name(self.cast.encryption()).to_string();
                format!(" encryption={}", quoted(&name))
            }
        };
        let content = if self.has(Slip::NoKeyOwners) { "" } else { content };
        format!("<trust-message xmlns='{namespace}'{usage}{encryption}>{content}</trust-message>")
    }

    /// The `<key-owner/>` elements, one for each account.
    fn owners(&self, draft: &StanzaDraft) -> Vec<String> {
        let names = self.cast.directory();
        let mut accounts: Vec<AccountId> = Vec::new();
        for decision in &draft.decisions {
            let owner = names.owner(decision.key);
            if !accounts.contains(&owner) {
                accounts.push(owner);
            }
        }
        let mut written: Vec<String> = accounts
            .into_iter()
            .map(|account| {
                let jid = names.jid(account).to_string();
                let jid = match () {
                    () if self.has(Slip::NoOwner) => String::new(),
                    () if self.has(Slip::FullOwner) => format!(" jid={}", quoted(&format!("{jid}/phone"))),
                    () => format!(" jid={}", quoted(&jid)),
                };
                let decisions =
                    draft.decisions.iter().filter(|decision| names.owner(decision.key) == account);
                format!("<key-owner{jid}>{}</key-owner>", self.verdicts(decisions))
            })
            .collect();
        if self.has(Slip::OwnerWithoutVerdict) {
            let jid = names.jid(self.member.account).to_string();
            written.push(format!("<key-owner jid={}/>", quoted(&jid)));
        }
        written
    }

    fn verdicts<'a>(&self, decisions: impl Iterator<Item = &'a Decision> + Clone) -> String {
        if self.has(Slip::JoinedIdentifiers) {
            let of = |verdict| {
                let keys = decisions.clone().filter(move |decision| decision.kind == verdict);
                let keys: Vec<String> = keys.map(|decision| self.identifier(decision.key)).collect();
                if keys.is_empty() { String::new() } else { element(verdict, &keys.join(" ")) }
            };
            return of(DecisionKind::Trust) + &of(DecisionKind::Distrust);
        }
        let mut written = String::new();
        for Decision { key, kind: verdict } in decisions {
            written += &element(*verdict, &self.identifier(*key));
            if self.has(Slip::BothVerdicts) && *verdict == DecisionKind::Distrust {
                written += &element(DecisionKind::Trust, &self.identifier(*key));
            }
        }
        written
    }

    fn identifier(&self, key: KeyId) -> String {
        let identifier = self.cast.directory().identifier(key);
        match () {
            () if self.has(Slip::Base16) => identifier.to_base16(),
            () if self.has(Slip::ShortIdentifiers) => {
                data_encoding::BASE64.encode(&identifier.as_bytes()[..4])
            }
            () => identifier.to_base64(),
        }
    }
}

fn element(kind: DecisionKind, identifier: &str) -> String {
    let name = match kind {
        DecisionKind::Trust => "trust",
        DecisionKind::Distrust => "distrust",
    };
    format!("<{name}>{identifier}</{name}>")
}

/// The quoted value of an attribute.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;"))
}
