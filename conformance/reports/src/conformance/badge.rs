//! A badge for a README: how many of the demanded requirements an implementation keeps.

use atm_suite::json::escaped;
use atm_suite::run_file::{Conclusion, RunFile};
use serde_json::json;

use super::summary::{Column, RunSummary};
use super::wording;
use crate::escape::xml;

const LABEL: &str = "ATM";
const PADDING: usize = 6;
const HEIGHT: usize = 20;

/// The text and the colour of a badge.
struct Badge {
    message: String,
    /// The name of the colour at shields.io, and its hexadecimal value, which is dark enough for white text.
    color: (&'static str, &'static str),
}

/// The badge of a run as SVG.
#[must_use]
pub fn badge(file: &RunFile) -> String {
    let Badge { message, color: (_, color) } = of(file);
    let (left, right) = (width(LABEL) + 2 * PADDING, width(&message) + 2 * PADDING);
    let all = left + right;
    // `textLength` fits the text into its box in every font.
    let text = |x: usize, text: &str| {
        format!(r#"<text x="{x}" y="14" textLength="{}">{}</text>"#, width(text), xml(text))
    };
    let (label, said) = (text(PADDING, LABEL), text(left + PADDING, &message));
    // The names of implementations are untrusted text.
    let message = xml(&message);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{LABEL}: {message}\">\n\
         <title>{LABEL}: {message}</title>\n\
         <clipPath id=\"rounded\"><rect width=\"{all}\" height=\"{HEIGHT}\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#rounded)\">\
         <rect width=\"{left}\" height=\"{HEIGHT}\" fill=\"#444c56\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"{HEIGHT}\" fill=\"{color}\"/></g>\n\
         <g fill=\"#fff\" font-family=\"Verdana, 'DejaVu Sans', Geneva, sans-serif\" font-size=\"11\">\
         {label}{said}</g>\n\
         </svg>\n"
    )
}

/// The badge of a run as an endpoint for <https://shields.io/badges/endpoint-badge>.
#[must_use]
pub fn badge_json(file: &RunFile) -> String {
    let Badge { message, color: (color, _) } = of(file);
    let endpoint = json!({ "schemaVersion": 1, "label": LABEL, "message": message, "color": color });
    escaped(&format!("{endpoint:#}\n"))
}

fn of(file: &RunFile) -> Badge {
    let summary = RunSummary::of(file);
    let scores: Vec<String> = match summary.columns.as_slice() {
        [column] => vec![score(column)],
        columns => columns.iter().map(named_score).collect(),
    };
    let complete = summary.columns.iter().all(|column| {
        let (kept, all) = column.demanded();
        kept == all
    });
    let color = match file.conclusion() {
        Conclusion::NotAsExpected => ("red", "#b3261e"),
        Conclusion::Inconclusive => ("lightgrey", "#6a737d"),
        Conclusion::AsExpected if complete => ("brightgreen", "#1a7f37"),
        Conclusion::AsExpected => ("yellow", "#8a5a00"),
    };
    Badge { message: scores.join(", "), color }
}

/// The score of one implementation. A badge has no room for the number of untested requirements, so they count as not
/// kept.
fn score(column: &Column<'_>) -> String {
    let (kept, all) = column.demanded();
    format!("{kept} of {}", wording::counted(all, "requirement"))
}

fn named_score(column: &Column<'_>) -> String {
    format!("{} {}", column.implementation.name, score(column))
}

/// The approximate width of a text in Verdana at 11 pixels.
fn width(text: &str) -> usize {
    let tenths = |character: char| match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' => 33,
        'f' | 'r' | 't' | ' ' | '-' | '(' | ')' => 44,
        'm' | 'w' | 'M' | 'W' => 100,
        'A'..='Z' => 77,
        _ => 68,
    };
    text.chars().map(tenths).sum::<usize>().div_ceil(10)
}
