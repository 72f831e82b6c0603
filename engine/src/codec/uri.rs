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

/// A Trust Message URI (XEP-0434 §9.1.1): decisions about the keys of one owner, to scan or click.
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
    /// Creates a URI with `decisions` about the keys that `owner` uses with `encryption`.
    ///
    /// # Errors
    ///
    /// If there is no decision, if the length of an identifier is not valid for `encryption`, or if a key is both
    /// trusted and distrusted.
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

    /// Parses a Trust Message URI.
    ///
    /// An authority (`xmpp://alice@example.org/bob@example.com?…`) names the account that should use the URI (RFC 5122
    /// §2.3): see [`account`](Self::account). Base16 may be in upper or lower case. Values may contain the characters
    /// that RFC 3986 §3.4 allows in a query, such as the colons of the XEP's example, but not `;`, `&` and `=`, which
    /// are separators or look like them.
    ///
    /// # Errors
    ///
    /// If the URI does not have exactly the form of XEP-0434 §9.1.1, or is not encoded according to RFC 5122 §2.2.
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

    /// The account that should use the URI, if it names one. The caller must check that it is the own account.
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

    /// The decisions, in the order in which they are written. A decision may be repeated.
    #[must_use]
    pub fn decisions(&self) -> &[(DecisionKind, KeyIdentifier)] {
        &self.decisions
    }
}

/// Writes the form of XEP-0434 §9.1.1: Base16 in lower case, colons not encoded.
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

/// All characters except those that RFC 3986 §2.3 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// An IPv6 address has brackets and colons (RFC 3986 §3.2.2).
const RESERVED_IN_DOMAIN: &AsciiSet = &RESERVED.remove(b'[').remove(b']').remove(b':');
/// The example of XEP-0434 §9.1.1 does not encode its colons.
const RESERVED_IN_VALUE: &AsciiSet = &RESERVED.remove(b':');

fn write_jid(jid: &BareJid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(localpart) = jid.localpart() {
        write!(f, "{}@", utf8_percent_encode(localpart, RESERVED))?;
    }
    write!(f, "{}", utf8_percent_encode(jid.domain(), RESERVED_IN_DOMAIN))
}

/// The parts of a URI with the scheme `xmpp` and without a fragment (RFC 5122 §2.2).
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

/// Parses the account in the authority, which must have a localpart.
fn read_authority(authority: &str) -> Result<BareJid, Malformed> {
    if authority.contains('@') {
        read_path(authority)
    } else {
        Err(Malformed::UriAuthority { found: quoted(authority) })
    }
}

/// Refuses other query types. Recognises the codes that other clients display.
fn check_query_type(query_type: &str, query: &str) -> Result<(), Malformed> {
    if query.split(';').any(|pair| pair.starts_with("omemo-sid-") || pair.starts_with("omemo2-sid-")) {
        return Err(Malformed::UriOmemoFingerprints);
    }
    match decode(query_type, IN_LOCALPART)?.as_str() {
        "trust-message" => Ok(()),
        _ => Err(Malformed::UriQueryType { found: quoted(query_type) }),
    }
}

/// Parses the bare JID in the path. The path is split before it is decoded (RFC 5122 §2.4), so an encoded character is
/// never a separator.
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

/// Decodes a part of a URI. Only letters, digits and the `literal` characters may occur unencoded.
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

/// The characters that need no encoding in a localpart, besides letters and digits (RFC 5122 §2.2): unreserved
/// characters and `nodeallow`.
const IN_LOCALPART: &[u8] = b"-._~!$()*+,;=";

/// The characters that need no encoding in a domain (RFC 3986 §3.2.2): the same, and those of an IPv6 address.
const IN_DOMAIN: &[u8] = b"-._~!$()*+,;=[]:";

/// The characters that RFC 3986 §3.4 allows in a query, except the separators of pairs.
const IN_QUERY: &[u8] = b"-._~!$'()*+,:@/?";
