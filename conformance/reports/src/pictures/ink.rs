//! Fonts, colours, and the measuring of text.

/// The preferred fonts. None is embedded.
pub(super) const FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";
pub(super) const TEXT: f64 = 12.0;
pub(super) const SMALL: f64 = 11.0;
pub(super) const TITLE: f64 = 17.0;
pub(super) const LINE: f64 = 16.0;

pub(super) const BLACK: &str = "#1b1f24";
pub(super) const GREY: &str = "#6a737d";
pub(super) const PALE: &str = "#c6ccd2";
pub(super) const PAPER: &str = "#ffffff";
pub(super) const ACCOUNT: &str = "#f3f5f7";
/// The ground of the text of a step.
pub(super) const STEP: &str = "#e6e9ed";
/// A manual authentication.
pub(super) const MANUAL: &str = "#0b3d91";
/// An authentication by a trust message.
pub(super) const AUTOMATIC: &str = "#2f7dd1";
/// A distrust, or a mistake.
pub(super) const DISTRUST: &str = "#b3261e";
/// A postponed decision.
pub(super) const WAITING: &str = "#8a5a00";
pub(super) const MANUAL_FILL: &str = "#dfe9fb";
pub(super) const AUTOMATIC_FILL: &str = "#eef5fd";
pub(super) const DISTRUST_FILL: &str = "#fbe4e2";
pub(super) const WAITING_FILL: &str = "#fff4d6";

/// All colours, each with its counterpart in dark mode.
const COLORS: [(&str, &str); 14] = [
    (BLACK, "#e6e9ed"),
    (GREY, "#a3adb8"),
    (PALE, "#4a525c"),
    (PAPER, "#14181d"),
    (ACCOUNT, "#1e242b"),
    (STEP, "#2a3139"),
    (MANUAL, "#8ab8ff"),
    (AUTOMATIC, "#5e9fe8"),
    (DISTRUST, "#ff8a80"),
    (WAITING, "#ffd479"),
    (MANUAL_FILL, "#17294a"),
    (AUTOMATIC_FILL, "#162433"),
    (DISTRUST_FILL, "#4a1712"),
    (WAITING_FILL, "#40300a"),
];

/// The style sheet for dark mode. A viewer without support for style sheets shows the light picture.
pub(super) fn dark_style() -> String {
    let rule = |(light, dark): &(&str, &str)| {
        format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
    };
    let rules: String = COLORS.iter().map(rule).collect();
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}")
}

/// The width of a line of text, measured for the widest of the usual sans-serif fonts and for bold text. So nothing is
/// cut or overlaps in any viewer.
pub(super) fn width(text: &str, size: f64) -> f64 {
    const BOLD: f64 = 1.045;
    text.chars().map(character_width).sum::<f64>() * size * BOLD
}

/// The width of a character, as a fraction of the font size.
fn character_width(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '"' | '!' | '|' | '('
        | ')' | '[' | ']' | '{' | '}' | '`' | '-' => 0.42,
        'm' | 'w' | '@' | '%' | '\u{2014}' | 'A'..='Z' => 0.9,
        blank if blank.is_whitespace() => 0.32,
        // Hangul, Kana, Han and other full-width characters.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{3ffff}' => 1.0,
        _ => 0.64,
    }
}

/// Wraps a text into lines of at most this width. A wider word gets a line of its own.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
