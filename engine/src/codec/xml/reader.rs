use rxml::error::EndOrError;
use rxml::parser::{Options, WithOptions};
use rxml::{Error, Event, Parse, Parser};

use super::element::{Attribute, Element, XmlNode, is_white_space};
use crate::codec::Malformed;
use crate::codec::error::quoted;
use crate::codec::limits::{MAX_DEPTH, MAX_STANZA_BYTES, MAX_VALUE_BYTES, check_size};

/// Parses XML with one root element.
///
/// The function keeps a list of open elements instead of recursing, so nested input cannot exhaust the stack.
pub(super) fn read_element(xml: &str) -> Result<Element, Malformed> {
    check_size(xml, MAX_STANZA_BYTES)?;
    let xml = skip_white_space(xml);
    let mut parser = limited_parser();
    let mut rest = xml.as_bytes();
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = match parser.parse(&mut rest, true) {
            Ok(Some(event)) => event,
            Ok(None) | Err(EndOrError::NeedMoreData) => return Err(unfinished()),
            Err(EndOrError::Error(error)) => return Err(refusal(error, xml, xml.len() - rest.len())),
        };
        match event {
            Event::XmlDeclaration(..) => {}
            Event::StartElement(_, (namespace, name), attributes) => {
                if open.len() == MAX_DEPTH {
                    return Err(Malformed::TooDeep { limit: MAX_DEPTH });
                }
                let attributes = attributes.into_iter().map(|((namespace, name), value)| Attribute {
                    namespace: namespace.to_string(),
                    name,
                    value,
                });
                open.push(Element {
                    namespace: namespace.to_string(),
                    name,
                    attributes: attributes.collect(),
                    children: Vec::new(),
                });
            }
            Event::Text(_, text) => match open.last_mut() {
                Some(parent) => append_text(parent, text),
                None => return Err(unfinished()),
            },
            Event::EndElement(_) => {
                let element = open.pop().ok_or_else(unfinished)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(XmlNode::Element(element)),
                    None => return nothing_follows(&xml[xml.len() - rest.len()..]).map(|()| element),
                }
            }
        }
    }
}

/// Skips white space before the root. XML 1.0 §2.8 allows it, but the parser does not. Before an XML declaration XML
/// does not allow it either.
fn skip_white_space(xml: &str) -> &str {
    let trimmed = xml.trim_start_matches([' ', '\t', '\r', '\n']);
    if trimmed.starts_with("<?xml ") { xml } else { trimmed }
}

/// Limits the parser's buffer. Names and values as long as the whole input would make the parser quadratic.
fn limited_parser() -> Parser {
    Parser::with_options(Options { max_token_length: MAX_VALUE_BYTES, ..Options::default() })
}

/// Appends text. Long text, and text with references, arrives in pieces.
fn append_text(parent: &mut Element, text: String) {
    match parent.children.last_mut() {
        Some(XmlNode::Text(before)) => before.push_str(&text),
        Some(XmlNode::Element(_)) | None => parent.children.push(XmlNode::Text(text)),
    }
}

fn nothing_follows(rest: &str) -> Result<(), Malformed> {
    if is_white_space(rest) { Ok(()) } else { Err(Malformed::Trailing { found: quoted(rest.trim()) }) }
}

fn unfinished() -> Malformed {
    Malformed::NotXml { reason: "it ends before its root element does".to_owned() }
}

/// Converts an error that the parser raised after it had read `position` bytes.
fn refusal(error: Error, xml: &str, position: usize) -> Malformed {
    let seen = &xml.as_bytes()[..position];
    match error {
        Error::InvalidEof(_) => unfinished(),
        Error::UndeclaredEntity => Malformed::Entity { found: reference_before(xml, seen) },
        Error::RestrictedXml(_) => {
            forbidden_construct(xml, seen).unwrap_or(Malformed::TooLong { limit: MAX_VALUE_BYTES })
        }
        Error::InvalidSyntax(_) => forbidden_construct(xml, seen).unwrap_or_else(|| not_xml(error)),
        _ => not_xml(error),
    }
}

fn not_xml(error: Error) -> Malformed {
    Malformed::NotXml { reason: error.to_string() }
}

/// The construct at the last `<`, if XMPP forbids it.
fn forbidden_construct(xml: &str, seen: &[u8]) -> Option<Malformed> {
    let start = seen.iter().rposition(|&byte| byte == b'<')?;
    let construct = &xml[start..];
    if construct.starts_with("<!DOCTYPE") {
        Some(Malformed::Dtd)
    } else if construct.starts_with("<!--") {
        Some(Malformed::Comment)
    } else if construct.starts_with("<?xml ") {
        Some(Malformed::NotXml { reason: "its declaration is not of XML 1.0 in UTF-8".to_owned() })
    } else if construct.starts_with("<?") {
        Some(Malformed::ProcessingInstruction)
    } else {
        None
    }
}

/// The reference at the last `&`.
fn reference_before(xml: &str, seen: &[u8]) -> String {
    let start = seen.iter().rposition(|&byte| byte == b'&').unwrap_or(seen.len());
    let reference = &xml[start..];
    let end = reference.find([';', '<', ' ']).unwrap_or(reference.len());
    let with_semicolon = if reference[end..].starts_with(';') { end + 1 } else { end };
    quoted(&reference[..with_semicolon])
}
