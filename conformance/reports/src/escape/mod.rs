//! What others wrote, for each medium: titles, URIs, names, errors and whatever adapters say may hold anything.
//!
//! Each medium has a file here, through which texts are written. At the terminal, a text that stands inside one line is a
//! [`OneLine`], which the crate of the adapter protocol has, since adapters are the first to be quoted. JSON is written by
//! `atm_suite::json`, and HTML tags are escaped by their crate.

mod link;
mod markdown;
mod mermaid;
mod quoted;
mod terminal;
mod xml;

use atm_adapter_protocol::acts_on_terminals;

pub use atm_adapter_protocol::OneLine;
pub(crate) use link::link;
pub(crate) use markdown::{block, code, escape, linked};
pub(crate) use mermaid::{mermaid, mermaid_title};
pub(crate) use quoted::dot;
pub use terminal::{Terminal, readable};
pub(crate) use xml::{permitted, xml};

/// The text that stands in XML, HTML, Markdown and Graphviz for a character on which terminals act.
fn reference(character: char) -> String {
    format!("&#x{:x};", u32::from(character))
}

/// One line without control characters.
fn one_line(character: char) -> char {
    match character {
        '\u{2028}' | '\u{2029}' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        control if control.is_control() => ' ',
        other => other,
    }
}
