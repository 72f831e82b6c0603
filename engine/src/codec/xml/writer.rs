use std::borrow::Cow;

use rxml::{Encoder, Item, Namespace};

use super::element::{Element, XmlNode};

/// Writes an element without an XML declaration and without additional white space.
///
/// Characters that XML 1.0 cannot express (§2.2), such as control characters, are written as U+FFFD.
pub(super) fn write_element(element: &Element) -> String {
    let mut encoder = Encoder::new();
    let mut xml = Vec::new();
    write_into(element, &mut |item| {
        encoder.encode(item, &mut xml).expect("items in order, of valid characters");
    });
    String::from_utf8(xml).expect("what is written is UTF-8")
}

/// Recursive: no deeper than [`MAX_DEPTH`](crate::codec::MAX_DEPTH).
fn write_into(element: &Element, write: &mut impl FnMut(Item<'_>)) {
    write(Item::ElementHeadStart(namespace(&element.namespace), &element.name));
    for attribute in &element.attributes {
        let value = expressible(&attribute.value);
        write(Item::Attribute(namespace(&attribute.namespace), &attribute.name, &value));
    }
    if element.children.is_empty() {
        write(Item::ElementFoot);
        return;
    }
    write(Item::ElementHeadEnd);
    for child in &element.children {
        match child {
            XmlNode::Element(element) => write_into(element, write),
            XmlNode::Text(text) => write(Item::Text(&expressible(text))),
        }
    }
    write(Item::ElementFoot);
}

fn namespace(name: &str) -> Namespace<'_> {
    Namespace::from(name)
}

fn expressible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml_character) {
        return Cow::Borrowed(text);
    }
    let replaced = text.chars().map(|c| if is_xml_character(c) { c } else { char::REPLACEMENT_CHARACTER });
    Cow::Owned(replaced.collect())
}

/// XML 1.0 §2.2, `Char`.
fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
