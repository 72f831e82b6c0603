use std::net::{Ipv4Addr, Ipv6Addr};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;

use super::error::{BadJid, JidPart};
use super::profile::map_width;
use super::string_class::StringClass;

/// The domain that `text` stands for (RFC 7622 §3.2): an IP address, or a name of LDH labels and U-labels.
pub(super) fn prepare_domain(text: &str) -> Result<String, BadJid> {
    JidPart::Domain.check_length_read(text)?;
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let address: Ipv6Addr = address.parse().map_err(|_| label_refused(text))?;
        return Ok(format!("[{address}]"));
    }
    let name = map(text);
    let name = name.strip_suffix('.').unwrap_or(&name);
    JidPart::Domain.check_length(name)?;
    if name.parse::<Ipv4Addr>().is_ok() {
        return Ok(name.to_owned());
    }
    let prepared = name.split('.').map(prepare_label).collect::<Result<Vec<_>, _>>()?.join(".");
    check_whole(&prepared)?;
    Ok(prepared)
}

/// The mappings that are made before labels are told apart (RFC 7622 §3.2.2, RFC 5895 §2): width, normalisation, and the
/// ideographic full stop.
fn map(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    map_width(text).nfc().map(|character| if character == '\u{3002}' { '.' } else { character }).collect()
}

/// The U-label or LDH label that a mapped label stands for (RFC 5891 §5.3 and §5.4).
///
/// The crate `idna` follows UTS #46, which is laxer: it drops or replaces characters, and allows symbols. So a label is
/// refused if it changes anything but the case of letters, unless it is an A-label; and so is one whose characters are
/// not those of IDNA2008.
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
        None if is_good => Ok(read.into_owned()),
        None => Err(label_refused(label)),
    }
}

/// A character that IDNA2008 does not allow (RFC 5892 §3). Its classes are those of PRECIS identifiers, apart from ASCII
/// and the IgnorableBlocks (§2.4).
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

/// What is asked of all labels together: the directions of their writing (RFC 5893) and their lengths.
fn check_whole(name: &str) -> Result<(), BadJid> {
    let check = |length| {
        Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, length).map(drop)
    };
    check(DnsLength::Verify).map_err(|_| match check(DnsLength::Ignore) {
        Ok(()) => BadJid::DomainLength,
        Err(_) => label_refused(name),
    })
}

/// The refusal of a label, or of a whole domain, shortened so that no stranger decides how long a message gets.
fn label_refused(label: &str) -> BadJid {
    const SHOWN: usize = 63;
    BadJid::Label { label: label.chars().take(SHOWN).collect() }
}
