use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::address::read_key_owner;
use super::error::quoted;
use super::limits::check_uri_size;
use super::trust_message::{check_contradictions, check_lengths, element_name, identifier, read_encryption};
use super::{Malformed, NamedKeyOwner};
use crate::jid::BareJid;
use crate::message::DecisionKind;
use crate::names::{Encryption, KeyIdentifier};

/// A Trust Message URI (XEP-0434 §9.1.1): decisions about the keys of one owner, to be scanned or clicked.
///
/// `xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust=…;distrust=…`
///
/// It has at least one decision, and no key is both trusted and distrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustMessageUri {
    account: Option<BareJid>,
    owner: BareJid,
    encryption: Encryption,
    decisions: Vec<(DecisionKind, KeyIdentifier)>,
}

impl TrustMessageUri {
    /// A URI with `decisions` about the keys that `owner` uses with `encryption`.
    ///
    /// # Errors
    ///
    /// If there is no decision, an identifier has a length that those of `encryption` never have, or a key is
    /// both trusted and distrusted.
    pub fn new(
        owner: BareJid,
        encryption: Encryption,
        decisions: Vec<(DecisionKind, KeyIdentifier)>,
    ) -> Result<Self, Malformed> {
        if decisions.is_empty() {
            return Err(Malformed::UriWithoutDecision);
        }
        check_lengths(&encryption, &decisions)?;
        let key_owner = NamedKeyOwner { jid: owner, decisions };
        check_contradictions(std::slice::from_ref(&key_owner))?;
        let NamedKeyOwner { jid: owner, decisions } = key_owner;
        Ok(Self { account: None, owner, encryption, decisions })
    }

    /// Reads a Trust Message URI.
    ///
    /// An authority (`xmpp://alice@example.org/bob@example.com?…`) names the account that is to use the URI (RFC 5122 §2.3):
    /// see [`account`](Self::account). Base16 may be in upper or lower case. Values may contain what RFC 3986 §3.4 allows in a query, such as
    /// the colons of the XEP's example, apart from `;`, `&` and `=`, which separate or look as if they did.
    ///
    /// # Errors
    ///
    /// If it is not exactly what XEP-0434 §9.1.1 describes, or not encoded as RFC 5122 §2.2 says.
    pub fn parse(uri: &str) -> Result<Self, Malformed> {
        check_uri_size(uri)?;
        let Parts { authority, path, query } = Parts::of(uri)?;
        let account = authority.map(read_authority).transpose()?;
        let owner = read_path(path)?;
        let mut pairs = query.split(';');
        check_query_type(pairs.next().unwrap_or_default(), query)?;
        let encryption = match pairs.next().map(read_pair).transpose()? {
            Some((key, value)) if key == "encryption" => read_encryption(&value)?,
            Some(_) | None => return Err(Malformed::MissingEncryption),
        };
        let decisions = pairs.map(|pair| read_decision(pair, &encryption)).collect::<Result<_, _>>()?;
        Ok(Self { account, ..Self::new(owner, encryption, decisions)? })
    }

    /// The account that is to use the URI, if it names one: the own account of whoever scans it. Whether it is the own
    /// account indeed is for the reader to check.
    #[must_use]
    pub fn account(&self) -> Option<&BareJid> {
        self.account.as_ref()
    }

    /// The owner of the keys.
    #[must_use]
    pub fn owner(&self) -> &BareJid {
        &self.owner
    }

    /// The encryption protocol that uses the keys.
    #[must_use]
    pub fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The decisions, in the order in which they are written. A key may stand there twice with one kind.
    #[must_use]
    pub fn decisions(&self) -> &[(DecisionKind, KeyIdentifier)] {
        &self.decisions
    }
}

/// As XEP-0434 §9.1.1 writes it: Base16 in lower case, colons as they are.
impl fmt::Display for TrustMessageUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("xmpp:")?;
        if let Some(account) = &self.account {
            f.write_str("//")?;
            write_jid(account, f)?;
            f.write_str("/")?;
        }
        write_jid(&self.owner, f)?;
        let encryption = utf8_percent_encode(self.encryption.as_str(), RESERVED_IN_VALUE);
        write!(f, "?trust-message;encryption={encryption}")?;
        for (kind, key) in &self.decisions {
            write!(f, ";{}={}", element_name(*kind), key.to_base16())?;
        }
        Ok(())
    }
}

/// Everything that RFC 3986 §2.3 does not call unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// An IPv6 address is in brackets and has colons (RFC 3986 §3.2.2).
const RESERVED_IN_DOMAIN: &AsciiSet = &RESERVED.remove(b'[').remove(b']').remove(b':');
/// The example of XEP-0434 §9.1.1 has its colons as they are.
const RESERVED_IN_VALUE: &AsciiSet = &RESERVED.remove(b':');

fn write_jid(jid: &BareJid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(localpart) = jid.localpart() {
        write!(f, "{}@", utf8_percent_encode(localpart, RESERVED))?;
    }
    write!(f, "{}", utf8_percent_encode(jid.domain(), RESERVED_IN_DOMAIN))
}

/// The parts of a URI of the scheme `xmpp` that has no fragment (RFC 5122 §2.2).
struct Parts<'a> {
    authority: Option<&'a str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(uri: &'a str) -> Result<Self, Malformed> {
        let (scheme, rest) = uri.split_once(':').unwrap_or((uri, ""));
        if !scheme.eq_ignore_ascii_case("xmpp") {
            return Err(Malformed::UriScheme { found: quoted(scheme) });
        }
        if let Some(position) = rest.find('#') {
            return Err(Malformed::UriFragment { found: quoted(&rest[position..]) });
        }
        let (place, query) =
            rest.split_once('?').ok_or_else(|| Malformed::UriQueryType { found: String::new() })?;
        let Some(place) = place.strip_prefix("//") else {
            return Ok(Self { authority: None, path: place, query });
        };
        let (authority, path) =
            place.split_once('/').ok_or_else(|| Malformed::UriAuthority { found: quoted(place) })?;
        Ok(Self { authority: Some(authority), path, query })
    }
}

/// The account in the authority, which has a localpart.
fn read_authority(authority: &str) -> Result<BareJid, Malformed> {
    if authority.contains('@') {
        read_path(authority)
    } else {
        Err(Malformed::UriAuthority { found: quoted(authority) })
    }
}

/// Refuses another query type, and tells codes apart that other clients show.
fn check_query_type(query_type: &str, query: &str) -> Result<(), Malformed> {
    if query.split(';').any(|pair| pair.starts_with("omemo-sid-") || pair.starts_with("omemo2-sid-")) {
        return Err(Malformed::UriOmemoFingerprints);
    }
    match decode(query_type, IN_LOCALPART)?.as_str() {
        "trust-message" => Ok(()),
        _ => Err(Malformed::UriQueryType { found: quoted(query_type) }),
    }
}

/// The bare JID in the path. It is taken apart before it is decoded (RFC 5122 §2.4), so that no encoded
/// character separates its parts.
fn read_path(path: &str) -> Result<BareJid, Malformed> {
    if path.contains('/') {
        return Err(Malformed::FullJidOwner { found: quoted(path) });
    }
    let domain_at = path.rfind('@').map_or(0, |at| at + 1);
    let localparts = path[..domain_at].split_terminator('@').map(|part| decode(part, IN_LOCALPART));
    let domain = decode(&path[domain_at..], IN_DOMAIN);
    let parts = localparts.chain([domain]).collect::<Result<Vec<_>, _>>()?;
    if parts.iter().any(|part| part.contains(['@', '/'])) {
        return Err(Malformed::BadJid {
            found: quoted(path),
            reason: "an encoded @ or / cannot be part of a bare JID".to_owned(),
        });
    }
    read_key_owner(&parts.join("@"))
}

fn read_decision(pair: &str, encryption: &Encryption) -> Result<(DecisionKind, KeyIdentifier), Malformed> {
    let (key, value) = read_pair(pair)?;
    let kind = match &*key {
        "trust" => DecisionKind::Trust,
        "distrust" => DecisionKind::Distrust,
        "encryption" => return Err(Malformed::UriRepeatedEncryption { found: quoted(pair) }),
        _ => return Err(Malformed::UriPair { found: quoted(pair) }),
    };
    let bytes = HEXLOWER_PERMISSIVE
        .decode(value.as_bytes())
        .map_err(|error| Malformed::BadBase16 { found: quoted(&value), reason: error.to_string() })?;
    Ok((kind, identifier(encryption, &bytes, kind, &value)?))
}

fn read_pair(pair: &str) -> Result<(String, String), Malformed> {
    let (key, value) = pair.split_once('=').ok_or_else(|| Malformed::UriPair { found: quoted(pair) })?;
    Ok((decode(key, IN_QUERY)?, decode(value, IN_QUERY)?))
}

/// The text that a part of a URI stands for, in which the `literal` characters stand as they are.
fn decode(part: &str, literal: &[u8]) -> Result<String, Malformed> {
    let refused = || Malformed::UriEncoding { found: quoted(part) };
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        let is_allowed = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || literal.contains(&byte),
        };
        if !is_allowed {
            return Err(refused());
        }
    }
    percent_decode_str(part).decode_utf8().map(String::from).map_err(|_| refused())
}

/// What stands in a localpart as it is, apart from letters and digits (RFC 5122 §2.2): unreserved characters and
/// `nodeallow`.
const IN_LOCALPART: &[u8] = b"-._~!$()*+,;=";

/// What stands in a domain as it is (RFC 3986 §3.2.2): the same, and what an IPv6 address has.
const IN_DOMAIN: &[u8] = b"-._~!$()*+,;=[]:";

/// What RFC 3986 §3.4 allows in a query, but for the separators of pairs.
const IN_QUERY: &[u8] = b"-._~!$'()*+,:@/?";
