use std::io::Write;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use maud::{PreEscaped, html as markup};
use serde_json::Value;

use super::recorded::RecordedRun;
use crate::document::Document;

/// The style of the page of a run.
pub(crate) const STYLE: &str = include_str!("page.css");
/// The script that moves a page through time. It defines `showRun(place, run)`.
pub(crate) const SCRIPT: &str = include_str!("page.js");
/// The script that moves through a live search.
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
    let script = format!("{SCRIPT}{START}");
    let (title, script) = (run.title(), &*script);
    Document { title, style: STYLE, style_of_a_part: "", script, also_allowed: "" }.write(&content)
}

/// The page of a live search.
pub(super) fn live_document(title: &str) -> String {
    let content = markup! { noscript { p { "This page needs JavaScript." } } };
    let (style, script) = (&*format!("{STYLE}{LIVE_STYLE}"), &*format!("{SCRIPT}{LIVE}"));
    Document { title, style, style_of_a_part: "", script, also_allowed: "connect-src 'self'; " }
        .write(&content)
}

/// A run as JSON that is safe inside a `script` element.
fn embedded(run: &RecordedRun) -> String {
    atm_suite::json::escaped(&run.to_json().to_string()).replace('<', "\\u003c")
}

/// A recorded run as a page of several runs holds it. The script unpacks it with `showPacked` when it is looked at.
pub(crate) fn packed(run: &Value) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let done = encoder.write_all(run.to_string().as_bytes()).and_then(|()| encoder.finish());
    BASE64.encode(&done.expect("memory can be written"))
}
