use std::net::{Ipv4Addr, Ipv6Addr};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

use super::error::{BadJid, JidPart};
use super::profile::map_width;
use super::string_class::StringClass;

/// Prepares a domain (RFC 7622 §3.2): an IP address, or a name of LDH labels and U-labels.
pub(super) fn prepare_domain(text: &str) -> Result<String, BadJid> {
    JidPart::Domain.check_length_read(text)?;
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return prepare_ipv6(address).ok_or_else(|| label_refused(text));
    }
    let name = map(text);
    let name = name.strip_suffix('.').unwrap_or(&name);
    JidPart::Domain.check_length(name)?;
    if name.parse::<Ipv4Addr>().is_ok() {
        return Ok(name.to_owned());
    }
    let prepared = name.split('.').map(prepare_label).collect::<Result<Vec<_>, _>>()?.join(".");
    check_directions(&prepared)?;
    Ok(prepared)
}

/// Prepares an IPv6 address, with or without a zone (RFC 3986 §3.2.2, RFC 6874 §2), in the form of RFC 5952.
fn prepare_ipv6(text: &str) -> Option<String> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let address: Ipv6Addr = address.parse().ok()?;
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    match zone {
        None => Some(format!("[{address}]")),
        Some(zone) if !zone.is_empty() && zone.bytes().all(is_unreserved) => {
            Some(format!("[{address}%{zone}]"))
        }
        Some(_) => None,
    }
}

/// Applies the mappings that precede the split into labels (RFC 7622 §3.2.2, RFC 5895 §2): width, normalisation, and
/// the ideographic full stop.
fn map(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    map_width(text).nfc().map(|character| if character == '\u{3002}' { '.' } else { character }).collect()
}

/// Converts a mapped label to a U-label or an LDH label (RFC 5891 §5.3 and §5.4).
///
/// The crate `idna` follows UTS #46, which is laxer: it drops or replaces characters, and allows symbols. So a label
/// that is not an A-label is refused if the crate changes more than the case of its letters. A label is also refused if
/// it has characters that IDNA2008 does not allow.
fn prepare_label(label: &str) -> Result<String, BadJid> {
    let (read, checked) = Uts46::new().to_unicode(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    let is_a_label = label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    let is_read_as_written = match is_a_label {
        true => !read.is_ascii(),
        false => read == label || read.chars().eq(label.chars().flat_map(char::to_lowercase)),
    };
    let is_good = checked.is_ok() && is_read_as_written && !label.is_empty();
    match forbidden_in_label(if is_good { &read } else { label }) {
        Some(character) => Err(BadJid::Character { part: JidPart::Domain, character }),
        None if is_good => check_label_length(&read).map(|()| read.into_owned()),
        None => Err(label_refused(label)),
    }
}

/// Finds a character that IDNA2008 does not allow (RFC 5892 §3). Its classes are those of PRECIS identifiers, except
/// for ASCII and the IgnorableBlocks (§2.4).
fn forbidden_in_label(label: &str) -> Option<char> {
    let is_in_ignorable_block =
        |character: char| matches!(character, '\u{20D0}'..='\u{20FF}' | '\u{1D100}'..='\u{1D24F}');
    let is_other_ascii = |character: char| character.is_ascii() && !is_ldh(character);
    StringClass::Identifier.find_forbidden(label).or_else(|| {
        label.chars().find(|&character| is_in_ignorable_block(character) || is_other_ascii(character))
    })
}

fn is_ldh(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

/// Checks the Bidi rule, which concerns all labels together (RFC 5893 §2).
fn check_directions(name: &str) -> Result<(), BadJid> {
    to_ascii(name, DnsLength::Ignore).map_err(|_| label_refused(name))
}

/// Checks that U-labels are short enough for DNS (RFC 5890 §2.3.2.1). Other labels need not be in DNS: RFC 7622 §3.2
/// sets no limit.
fn check_label_length(label: &str) -> Result<(), BadJid> {
    if label.is_ascii() {
        Ok(())
    } else {
        to_ascii(label, DnsLength::Verify).map_err(|_| BadJid::LabelLength)
    }
}

fn to_ascii(name: &str, length: DnsLength) -> Result<(), idna::Errors> {
    Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, length).map(drop)
}

/// The error for a label or a whole domain. The quotation is shortened, so a stranger cannot make the error long.
fn label_refused(label: &str) -> BadJid {
    const SHOWN: usize = 63;
    BadJid::Label { label: label.chars().take(SHOWN).collect() }
}
