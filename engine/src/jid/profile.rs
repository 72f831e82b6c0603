use unicode_bidi::BidiClass;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::error::{BadJid, JidPart};
use super::string_class::StringClass;

/// Prepares a localpart (RFC 7622 §3.3): UsernameCaseMapped (RFC 8265 §3.3), without the separators of a JID and
/// without characters that must be escaped in XML.
pub(super) fn prepare_localpart(text: &str) -> Result<String, BadJid> {
    stable(JidPart::Localpart, text, username_case_mapped)
}

/// Prepares a resource (RFC 7622 §3.4): OpaqueString (RFC 8265 §4.2). A leading space is allowed: erratum 4560
/// withdraws that example of RFC 7622 §3.5.
pub(crate) fn prepare_resource(text: &str) -> Result<String, BadJid> {
    stable(JidPart::Resource, text, opaque_string)
}

/// Maps the width of single characters (RFC 8264 §5.2.1).
pub(super) fn map_width(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(|character| {
        let is_wide_or_narrow = matches!(character, '\u{3000}' | '\u{FF01}'..='\u{FFEE}');
        let mapped = is_wide_or_narrow.then(|| std::iter::once(character).nfkd());
        let kept = (!is_wide_or_narrow).then_some(character);
        mapped.into_iter().flatten().chain(kept)
    })
}

/// Prepares a part. Refuses it if a second preparation would change it (RFC 8264 §7).
fn stable(
    part: JidPart,
    text: &str,
    prepare: impl Fn(&str) -> Result<String, BadJid>,
) -> Result<String, BadJid> {
    part.check_length_read(text)?;
    let prepared = prepare(text)?;
    part.check_length(&prepared)?;
    if prepared == text || prepare(&prepared)? == prepared {
        Ok(prepared)
    } else {
        Err(BadJid::Unstable(part))
    }
}

fn username_case_mapped(text: &str) -> Result<String, BadJid> {
    // Saves three quarters of the time to parse an ordinary JID: ASCII only needs case mapping.
    let prepared = if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        text.to_ascii_lowercase()
    } else {
        let mapped: String = map_width(text).collect();
        check_class(JidPart::Localpart, StringClass::Identifier, &mapped)?;
        mapped.to_lowercase().nfc().collect()
    };
    if let Some(character) = prepared.chars().find(|character| "\"&'/:<>@".contains(*character)) {
        return Err(BadJid::Character { part: JidPart::Localpart, character });
    }
    if keeps_bidi_rule(&prepared) { Ok(prepared) } else { Err(BadJid::Direction) }
}

fn opaque_string(text: &str) -> Result<String, BadJid> {
    check_class(JidPart::Resource, StringClass::Freeform, text)?;
    let is_space = |character: char| character.general_category() == GeneralCategory::SpaceSeparator;
    let map_space = |character| if is_space(character) { ' ' } else { character };
    Ok(text.chars().map(map_space).nfc().collect())
}

fn check_class(part: JidPart, class: StringClass, text: &str) -> Result<(), BadJid> {
    match class.find_forbidden(text) {
        Some(character) => Err(BadJid::Character { part, character }),
        None => Ok(()),
    }
}

/// Checks the directionality rule (RFC 8265 §3.3.2): a text with right-to-left characters must satisfy the six
/// conditions of RFC 5893 §2.
fn keeps_bidi_rule(text: &str) -> bool {
    use BidiClass::{AL, AN, B, BN, CS, EN, ES, ET, L, NSM, ON, R};

    if text.is_ascii() {
        return true;
    }
    let classes: Vec<BidiClass> = text.chars().map(unicode_bidi::bidi_class).collect();
    if !classes.iter().any(|class| matches!(class, R | AL | AN)) {
        return true;
    }
    let has = |wanted| classes.contains(&wanted);
    let last = classes.iter().rev().find(|class| **class != NSM).copied().unwrap_or(B);
    match classes.first() {
        Some(R | AL) => {
            classes.iter().all(|class| matches!(class, R | AL | AN | EN | ES | CS | ET | ON | BN | NSM))
                && matches!(last, R | AL | EN | AN)
                && !(has(EN) && has(AN))
        }
        // A left-to-right text must not contain any of these.
        Some(L) | Some(_) | None => false,
    }
}
