use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use super::recorded::RecordedRun;
use crate::escape::permitted;

/// How the page looks.
pub(crate) const STYLE: &str = include_str!("page.css");
/// The script that moves a page through time. It defines `showRun(place, run)`.
pub(crate) const SCRIPT: &str = include_str!("page.js");
/// The script that goes from place to place in a live search.
const LIVE: &str = include_str!("live.js");
const LIVE_STYLE: &str = include_str!("live.css");
const START: &str = "showRun(document.body, JSON.parse(document.getElementById('run').textContent));";

/// Writes a run as one HTML page that loads nothing.
#[must_use]
pub fn page(run: &RecordedRun) -> String {
    let content = markup! {
        noscript { p { "This page needs JavaScript. " code { "atm run" } " tells the same story as text." } }
        script type="application/json" id="run" { (PreEscaped(embedded(run))) }
    };
    document(run.title(), (STYLE, &format!("{SCRIPT}{START}")), "", &content)
}

/// The page of a live search.
pub(super) fn live_document(title: &str) -> String {
    let content = markup! { noscript { p { "This page needs JavaScript." } } };
    document(
        title,
        (&format!("{STYLE}{LIVE_STYLE}"), &format!("{SCRIPT}{LIVE}")),
        "connect-src 'self'; ",
        &content,
    )
}

/// A page with one style and one script. Nothing that a scenario or an adapter says can become another one.
fn document(title: &str, (style, script): (&str, &str), allowed: &str, content: &Markup) -> String {
    let policy = format!(
        "default-src 'none'; {allowed}style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source(style),
        source(script)
    );
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body {
                (content)
                script { (PreEscaped(script)) }
            }
        }
    };
    let mut page = permitted(&page.into_string());
    page.push('\n');
    page
}

/// A run as JSON that can stand inside a `script` element.
fn embedded(run: &RecordedRun) -> String {
    atm_suite::json::escaped(&run.to_json().to_string()).replace('<', "\\u003c")
}

/// The name of an inline style or script in a content security policy.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}
