//! Escaping of untrusted text, by medium. Titles, URIs, names, errors and the output of adapters may contain anything.
//!
//! Each medium has a file here, and every text goes through it. On a terminal, a text inside a line is a [`OneLine`].
//! That type is in the crate of the adapter protocol, which quotes adapters too. `atm_suite::json` writes JSON, and
//! `maud` escapes HTML tags.

mod link;
mod markdown;
mod mermaid;
mod quoted;
mod terminal;
mod xml;

use atm_adapter_protocol::acts_on_terminals;

pub use atm_adapter_protocol::OneLine;
pub(crate) use link::link;
pub(crate) use markdown::{block, code, escape, linked, prose};
pub(crate) use mermaid::{mermaid, mermaid_title};
pub(crate) use quoted::dot;
pub use terminal::{Terminal, readable};
pub(crate) use xml::{permitted, xml};

/// A reference in XML, HTML, Markdown and Graphviz to a character on which terminals act.
fn reference(character: char) -> String {
    format!("&#x{:x};", u32::from(character))
}

/// The character itself, or a replacement for a line break or a control character.
fn one_line(character: char) -> char {
    match character {
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        control if control.is_control() => ' ',
        other => other,
    }
}
