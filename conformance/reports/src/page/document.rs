use data_encoding::BASE64;
use maud::{DOCTYPE, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use super::recorded::RecordedRun;
use crate::escape::permitted;

/// How the page looks.
pub(crate) const STYLE: &str = include_str!("page.css");
/// What moves the page through time. It defines `showRun(place, run)`.
pub(crate) const SCRIPT: &str = include_str!("page.js");
const START: &str = "showRun(document.body, JSON.parse(document.getElementById('run').textContent));";

/// Writes a run as one HTML page that loads nothing.
///
/// # Panics
///
/// Never: a recorded run can be written as JSON.
#[must_use]
pub fn page(run: &RecordedRun) -> String {
    let script = format!("{SCRIPT}{START}");
    // Only this style and this script: nothing that a scenario or an adapter says can become one.
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source(STYLE),
        source(&script)
    );
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (run.title()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                noscript { p { "This page needs JavaScript. " code { "atm run" } " tells the same story as text." } }
                script type="application/json" id="run" { (PreEscaped(embedded(run))) }
                script { (PreEscaped(&script)) }
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
