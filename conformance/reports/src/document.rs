//! Self-contained HTML pages.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use crate::escape::permitted;

/// A page with its style and its script. The browser accepts no others, so no text of a scenario or an adapter can
/// become one. The page loads nothing.
pub(crate) struct Document<'a> {
    pub(crate) title: &'a str,
    pub(crate) style: &'a str,
    /// The style that the script gives to a shadow root.
    pub(crate) style_of_a_part: &'a str,
    pub(crate) script: &'a str,
    /// Further sources of the content security policy, each followed by `; `.
    pub(crate) also_allowed: &'a str,
}

impl Document<'_> {
    /// Writes the page with this content.
    pub(crate) fn write(&self, content: &Markup) -> String {
        let Self { title, style, style_of_a_part, script, also_allowed } = *self;
        let [style_source, part_source, script_source] = [style, style_of_a_part, script].map(source);
        let policy = format!(
            "default-src 'none'; {also_allowed}style-src '{style_source}' '{part_source}'; script-src '{script_source}'; \
             base-uri 'none'; form-action 'none'"
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
}

/// The hash of an inline style or script, as a source of a content security policy.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}
