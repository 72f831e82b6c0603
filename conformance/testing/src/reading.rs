//! Misreadings of XML and codes. They use string search, like a quick implementation without a parser.

use std::sync::Arc;

use atm_engine::codec::{TrustMessageUri, stamp_from_date_time};
use atm_engine::jid::Jid;
use atm_engine::{AccountId, Decision, DecisionKind, DistrustsByKey, Envelope, KeyId, TrustMessage, Usage};
use atm_simulator::cast::Cast;

use crate::text::codes::decoded;

/// A misreading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Misreading {
    /// The readable parts of truncated XML count.
    BrokenXml,
    /// An end tag closes any open element.
    AnyEndTag,
    /// The valid parts of a partly malformed message count.
    SkipsOddParts,
    /// A `<trust-message/>` of any namespace counts.
    AnyNamespace,
    /// Envelopes with a long padding are refused.
    NoLongPadding,
    /// After a malformed message, all further messages are ignored.
    StopsAtMalformed,
    /// Identifiers in a code are read as Base64.
    UriInBase64,
    /// The pairs of a code are expected under other names.
    UriOtherNames,
    /// All keys of a code are authenticated.
    UriTrustsAll,
    /// Distrusts in a code are ignored.
    UriWithoutDistrusts,
    /// Only the first key of a code counts.
    UriFirstKey,
    /// The encryption in a code is taken for the own one.
    UriAnyEncryption,
    /// A code concerns all keys with the identifiers in it, whatever their owners.
    UriAnyOwner,
}

/// The depth of the content of an envelope: inside `<envelope/>` and `<content/>`.
const IN_CONTENT: usize = 2;

/// The envelope that string search finds in `xml`. `None` if these misreadings do not apply.
pub(crate) fn search(xml: &str, cast: &Cast, misreadings: &[Misreading]) -> Option<Envelope> {
    let has = |misreading| misreadings.contains(&misreading);
    let is_well_formed = is_whole(xml);
    let tags = tags(xml);
    let message = tags.iter().find(|tag| tag.name == "trust-message" && tag.depth == IN_CONTENT)?;
    let envelope = tags.iter().find(|tag| tag.name == "envelope")?;
    let is_ours = message.attribute("xmlns") == Some("urn:xmpp:tm:1")
        && envelope.attribute("xmlns") == Some("urn:xmpp:sce:1");
    let is_read = match (is_well_formed, is_ours) {
        (false, _) => {
            has(Misreading::BrokenXml) || has(Misreading::AnyEndTag) && is_whole(&with_right_end_tags(xml))
        }
        (true, false) => has(Misreading::AnyNamespace),
        (true, true) => has(Misreading::SkipsOddParts) || has(Misreading::AnyNamespace),
    };
    if !is_read {
        return None;
    }
    let account = |name: &str| {
        let tag = tags.iter().find(|tag| tag.name == name)?;
        find_account(tag.attribute("jid")?, cast)
    };
    let time = tags.iter().find(|tag| tag.name == "time").and_then(|tag| tag.attribute("stamp"));
    let decisions = decisions(&tags, cast);
    Some(Envelope {
        padded: tags.iter().any(|tag| tag.name == "rpad"),
        time: time.and_then(|stamp| stamp_from_date_time(stamp).ok()),
        from: account("from"),
        to: account("to"),
        message: Arc::new(TrustMessage {
            usage: match message.attribute("usage") {
                Some("urn:xmpp:atm:1") => Usage::Atm,
                _ => Usage::Other,
            },
            encryption: cast.encryption(),
            decisions: decisions.into(),
            distrusts: DistrustsByKey::default(),
        }),
    })
}

/// The same XML with each end tag replaced by the one that fits.
fn with_right_end_tags(xml: &str) -> String {
    let (mut right, mut open) = (String::new(), Vec::new());
    for piece in xml.split_inclusive('>') {
        let Some((text, tag)) = piece.split_once('<') else {
            right += piece;
            continue;
        };
        right += text;
        if tag.starts_with('/') {
            right += &format!("</{}>", open.pop().unwrap_or_default());
        } else {
            right += &format!("<{tag}");
            if !tag.ends_with("/>") {
                open.push(tag.split([' ', '>']).next().unwrap_or_default());
            }
        }
    }
    right
}

fn is_whole(xml: &str) -> bool {
    let mut reader = rxml::Reader::new(xml.trim().as_bytes());
    loop {
        match reader.next().transpose() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Whether the padding in `xml` has more than 200 characters.
pub(crate) fn has_long_padding(xml: &str) -> bool {
    tags(xml).iter().any(|tag| tag.name == "rpad" && tag.text.len() > 200)
}

/// The decisions of a code on known keys, parsed by our codec.
pub(crate) fn read_whole_code(uri: &str, cast: &Cast) -> Vec<Decision> {
    let Ok(uri) = TrustMessageUri::parse(uri) else { return Vec::new() };
    let names = cast.directory();
    let (Some(owner), Some(encryption)) =
        (names.find_account(uri.owner()), names.find_encryption(uri.encryption()))
    else {
        return Vec::new();
    };
    let decision = |(kind, identifier): &(DecisionKind, _)| {
        Some(Decision { key: names.find_key(encryption, owner, identifier)?, kind: *kind })
    };
    uri.decisions().iter().filter_map(decision).collect()
}

/// The decisions of a code; none if it is malformed.
pub(crate) fn read_code(uri: &str, cast: &Cast, misreadings: &[Misreading]) -> Vec<Decision> {
    read_pairs(uri, cast, misreadings).unwrap_or_default()
}

fn read_pairs(uri: &str, cast: &Cast, misreadings: &[Misreading]) -> Option<Vec<Decision>> {
    let has = |misreading| misreadings.contains(&misreading);
    let names = cast.directory();
    let (path, query) = uri.strip_prefix("xmpp:")?.split_once('?')?;
    let owner = find_account(&decoded(path), cast)?;
    let mut pairs = query.strip_prefix("trust-message;")?.split(';').filter_map(|pair| pair.split_once('='));
    let (first, encryption) = pairs.next()?;
    let encryption = encryption.replace("%3A", ":").replace("%3a", ":");
    let is_ours = encryption == names.encryption_name(cast.encryption()).to_string();
    if first != "encryption" || !is_ours && !has(Misreading::UriAnyEncryption) {
        return None;
    }
    let mut decisions = Vec::new();
    for (name, value) in pairs {
        let bytes = match has(Misreading::UriInBase64) {
            true => data_encoding::BASE64.decode(value.as_bytes()).ok()?,
            false => data_encoding::HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok()?,
        };
        let verdict = match name {
            "authenticate" if has(Misreading::UriOtherNames) => DecisionKind::Trust,
            "trust" if !has(Misreading::UriOtherNames) => DecisionKind::Trust,
            "distrust" if has(Misreading::UriTrustsAll) => DecisionKind::Trust,
            "distrust" if !has(Misreading::UriWithoutDistrusts) => DecisionKind::Distrust,
            _ => continue,
        };
        let is_owner = |key: KeyId| has(Misreading::UriAnyOwner) || names.owner(key) == owner;
        let is_meant = |key: &KeyId| is_owner(*key) && names.identifier(*key).as_bytes() == bytes;
        decisions.extend(cast.keys().filter(is_meant).map(|key| Decision { key, kind: verdict }));
        if has(Misreading::UriFirstKey) {
            break;
        }
    }
    Some(decisions)
}

/// A start tag and the text that follows it.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    text: &'a str,
    /// The number of open elements around it.
    depth: usize,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.attributes.split_once(&format!("{name}='"))?;
        rest.split_once('\'').map(|(value, _)| value)
    }
}

fn tags(xml: &str) -> Vec<Tag<'_>> {
    let mut open: usize = 0;
    let tag = |piece| {
        let (tag, text) = str::split_once(piece, '>')?;
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let depth = open;
        open = match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => open.saturating_sub(1),
            (false, true) => open,
            (false, false) => open + 1,
        };
        Some(Tag { name: name.trim_end_matches('/'), attributes, text: text.trim(), depth })
    };
    xml.split('<').filter_map(tag).collect()
}

fn decisions(tags: &[Tag<'_>], cast: &Cast) -> Vec<Decision> {
    let names = cast.directory();
    let (mut owner, mut decisions): (Option<AccountId>, Vec<Decision>) = (None, Vec::new());
    // Extensions may have decisions of their own namespace in them.
    let is_ours =
        |tag: &&Tag<'_>| tag.attribute("xmlns").is_none_or(|namespace| namespace == "urn:xmpp:tm:1");
    for tag in tags.iter().filter(is_ours) {
        let verdict = match tag.name {
            "trust" => DecisionKind::Trust,
            "distrust" => DecisionKind::Distrust,
            "key-owner" => {
                owner = tag.attribute("jid").and_then(|jid| find_account(jid, cast));
                continue;
            }
            _ => continue,
        };
        let key = data_encoding::BASE64.decode(tag.text.as_bytes()).ok().and_then(|bytes| {
            let is_meant =
                |key: &KeyId| Some(names.owner(*key)) == owner && names.identifier(*key).as_bytes() == bytes;
            cast.keys().find(is_meant)
        });
        if let Some(key) = key
            && !decisions.iter().any(|decision| decision.key == key)
        {
            decisions.push(Decision { key, kind: verdict });
        }
    }
    decisions
}

fn find_account(jid: &str, cast: &Cast) -> Option<AccountId> {
    cast.directory().find_account(&Jid::new(jid).ok()?.to_bare())
}
