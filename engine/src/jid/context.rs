use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::char::canonical_combining_class;
use unicode_script::{Script, UnicodeScript};

/// Whether a character that is only allowed in some context is in such a context (RFC 5892, appendix A).
pub(super) fn is_in_context(text: &str, position: usize, character: char) -> bool {
    let before = &text[..position];
    let after = &text[position + character.len_utf8()..];
    let follows = |scripts: &[Script]| before.chars().next_back().is_some_and(|c| is_of(c, scripts));
    match character {
        '\u{200C}' => follows_virama(before) || joins(before, after),
        '\u{200D}' => follows_virama(before),
        '\u{B7}' => before.ends_with('l') && after.starts_with('l'),
        '\u{375}' => after.chars().next().is_some_and(|c| is_of(c, &[Script::Greek])),
        '\u{5F3}' | '\u{5F4}' => follows(&[Script::Hebrew]),
        '\u{30FB}' => text.chars().any(|c| is_of(c, &[Script::Hiragana, Script::Katakana, Script::Han])),
        '\u{660}'..='\u{669}' => !text.contains(|c| matches!(c, '\u{6F0}'..='\u{6F9}')),
        '\u{6F0}'..='\u{6F9}' => !text.contains(|c| matches!(c, '\u{660}'..='\u{669}')),
        _ => false,
    }
}

fn is_of(character: char, scripts: &[Script]) -> bool {
    scripts.contains(&character.script())
}

fn follows_virama(before: &str) -> bool {
    const VIRAMA: u8 = 9;
    before.chars().next_back().is_some_and(|character| canonical_combining_class(character) == VIRAMA)
}

/// Whether the letters around a zero width non-joiner would join without it.
fn joins(before: &str, after: &str) -> bool {
    let is_opaque = |kind: &JoiningType| *kind != JoiningType::Transparent;
    let left = before.chars().rev().map(get_joining_type).find(is_opaque);
    let right = after.chars().map(get_joining_type).find(is_opaque);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}
