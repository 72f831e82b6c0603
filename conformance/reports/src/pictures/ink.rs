//! How pictures look: fonts, colours, and how much room a text needs.

use graphlay::svg::{FontSpec, HeuristicMeasurer, TextMeasurer, WidthTable};

/// The fonts that a viewer is asked for. None is embedded.
const FAMILY: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";
pub(super) const TEXT: f64 = 12.0;
pub(super) const SMALL: f64 = 11.0;
pub(super) const TITLE: f64 = 17.0;
pub(super) const LINE: f64 = 16.0;

pub(super) const BLACK: &str = "#1b1f24";
pub(super) const GREY: &str = "#6a737d";
pub(super) const PALE: &str = "#c6ccd2";
pub(super) const PAPER: &str = "#ffffff";
pub(super) const ACCOUNT: &str = "#f3f5f7";
/// By a person.
pub(super) const MANUAL: &str = "#0b3d91";
/// By a trust message.
pub(super) const AUTOMATIC: &str = "#2f7dd1";
pub(super) const DISTRUST: &str = "#b3261e";
/// Kept until its sender is authenticated.
pub(super) const WAITING: &str = "#8a5a00";
pub(super) const MANUAL_FILL: &str = "#dfe9fb";
pub(super) const AUTOMATIC_FILL: &str = "#eef5fd";
pub(super) const DISTRUST_FILL: &str = "#fbe4e2";
pub(super) const WAITING_FILL: &str = "#fff4d6";

/// Measures text as wide as the widest of the usual sans-serif fonts sets it, so that nothing is cut or
/// overlaps whatever font a viewer has.
pub(super) fn measurer() -> HeuristicMeasurer {
    let table = WidthTable { narrow: 0.42, normal: 0.64, wide: 0.9, space: 0.32, ..WidthTable::default() };
    HeuristicMeasurer { table }
}

pub(super) fn font(size: f64) -> FontSpec {
    FontSpec { family: FAMILY.to_owned(), size, ..FontSpec::default() }
}

/// The width of a line of text; bold text of the same size fits as well.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let bold = FontSpec { weight: 700.0, ..font(size) };
    measurer().measure(text, &bold).width
}

/// Breaks a text into lines that are not wider than `room`, unless a single word is.
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
