use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::context::is_in_context;

/// A class of strings (RFC 8264 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StringClass {
    /// For names of accounts and rooms.
    Identifier,
    /// For freely chosen text.
    Freeform,
}

impl StringClass {
    /// The first character that the class does not allow at its position.
    pub(super) fn find_forbidden(self, text: &str) -> Option<char> {
        let is_forbidden = |&(position, character): &(usize, char)| match property(character) {
            Property::Valid => false,
            Property::FreeformOnly => self == Self::Identifier,
            Property::InContext => !is_in_context(text, position, character),
            Property::Forbidden => true,
        };
        text.char_indices().find(is_forbidden).map(|(_, character)| character)
    }
}

/// The derived property of a character (RFC 8264 §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    /// PVALID.
    Valid,
    /// `ID_DIS` or `FREE_PVAL`.
    FreeformOnly,
    /// CONTEXTJ or CONTEXTO.
    InContext,
    /// DISALLOWED or UNASSIGNED.
    Forbidden,
}

/// The algorithm of RFC 8264 §8. Its steps have the names of §9. ASCII is decided first, because no other step concerns
/// it.
fn property(character: char) -> Property {
    if character.is_ascii_graphic() {
        return Property::Valid;
    }
    if let Some(property) = exception(character) {
        return property;
    }
    let category = character.general_category();
    let is_refused = category == GeneralCategory::Unassigned
        || is_old_hangul_jamo(character)
        || is_ignorable(character)
        || category == GeneralCategory::Control;
    match character {
        '\u{200C}' | '\u{200D}' => Property::InContext,
        _ if is_refused => Property::Forbidden,
        _ if has_compatibility_form(character) => Property::FreeformOnly,
        _ => of_category(category),
    }
}

/// Exceptions (RFC 8264 §9.6).
fn exception(character: char) -> Option<Property> {
    match character {
        '\u{DF}' | '\u{3C2}' | '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' => Some(Property::Valid),
        '\u{B7}' | '\u{375}' | '\u{5F3}' | '\u{5F4}' | '\u{30FB}' => Some(Property::InContext),
        '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' => Some(Property::InContext),
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => {
            Some(Property::Forbidden)
        }
        _ => None,
    }
}

/// OldHangulJamo (RFC 8264 §9.9).
fn is_old_hangul_jamo(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}')
}

/// PrecisIgnorableProperties (RFC 8264 §9.13): the default-ignorable code points and the noncharacters.
fn is_ignorable(character: char) -> bool {
    let is_default_ignorable = matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}');
    is_default_ignorable
        || matches!(character, '\u{FDD0}'..='\u{FDEF}')
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// HasCompat (RFC 8264 §9.17).
fn has_compatibility_form(character: char) -> bool {
    !std::iter::once(character).nfkc().eq([character])
}

/// The steps that depend on the general category (RFC 8264 §9.1, §9.14 to §9.16 and §9.18).
fn of_category(category: GeneralCategory) -> Property {
    use GeneralCategory as Category;

    match category {
        Category::LowercaseLetter
        | Category::UppercaseLetter
        | Category::OtherLetter
        | Category::ModifierLetter
        | Category::DecimalNumber
        | Category::NonspacingMark
        | Category::SpacingMark => Property::Valid,
        Category::TitlecaseLetter
        | Category::LetterNumber
        | Category::OtherNumber
        | Category::EnclosingMark
        | Category::SpaceSeparator => Property::FreeformOnly,
        _ if is_symbol_or_punctuation(category) => Property::FreeformOnly,
        _ => Property::Forbidden,
    }
}

fn is_symbol_or_punctuation(category: GeneralCategory) -> bool {
    use GeneralCategory as Category;

    matches!(
        category,
        Category::MathSymbol
            | Category::CurrencySymbol
            | Category::ModifierSymbol
            | Category::OtherSymbol
            | Category::ConnectorPunctuation
            | Category::DashPunctuation
            | Category::OpenPunctuation
            | Category::ClosePunctuation
            | Category::InitialPunctuation
            | Category::FinalPunctuation
            | Category::OtherPunctuation
    )
}
