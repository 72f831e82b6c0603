//! XML as a tree that can be changed and written in several forms.

use std::fmt::Write;

use super::variation::Variation;

/// An XML element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) namespace: String,
    pub(super) name: String,
    /// Pairs of a name and a value.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Child>,
}

/// A child of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    /// Reads XML. Returns `None` if it is not well-formed or has attributes with namespaces, which cannot be written
    /// again.
    pub(super) fn read(xml: &str) -> Option<Self> {
        let document = roxmltree::Document::parse(xml).ok()?;
        Self::of(document.root_element())
    }

    fn of(node: roxmltree::Node<'_, '_>) -> Option<Self> {
        let attributes = node.attributes().map(|attribute| {
            let is_plain = attribute.namespace().is_none();
            is_plain.then(|| (attribute.name().to_owned(), attribute.value().to_owned()))
        });
        let children = node.children().filter_map(|child| match child {
            child if child.is_element() => Some(Self::of(child).map(Child::Element)),
            child if child.is_text() => child.text().map(|text| Some(Child::Text(text.to_owned()))),
            _ => None,
        });
        Some(Self {
            namespace: node.tag_name().namespace().unwrap_or_default().to_owned(),
            name: node.tag_name().name().to_owned(),
            attributes: attributes.collect::<Option<_>>()?,
            children: children.collect::<Option<_>>()?,
        })
    }

    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// Creates an element of a namespace that no specification defines.
    pub(super) fn foreign(name: &str) -> Self {
        let namespace = "urn:example:extension".to_owned();
        Self { namespace, name: name.to_owned(), attributes: Vec::new(), children: Vec::new() }
    }

    pub(super) fn attribute_mut(&mut self, name: &str) -> Option<&mut String> {
        self.attributes.iter_mut().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    pub(super) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        self.children.iter_mut().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// Applies a change to this element and all its descendants.
    pub(super) fn each(&mut self, change: &mut dyn FnMut(&mut Self)) {
        change(self);
        for element in self.elements_mut() {
            element.each(change);
        }
    }

    /// Whether the children are elements and white space, with at least one element.
    fn has_only_elements(&self) -> bool {
        let is_blank = |child: &Child| match child {
            Child::Element(_) => true,
            Child::Text(text) => text.trim().is_empty(),
        };
        self.children.iter().all(is_blank)
            && self.children.iter().any(|child| matches!(child, Child::Element(_)))
    }

    /// Writes the XML in this form.
    pub(super) fn write(&self, form: Option<Variation>) -> String {
        let mut writer = Writer { form, namespaces: Vec::new(), out: String::new() };
        if form == Some(Variation::Prefixes) {
            self.clone().each(&mut |element| {
                let namespace = &element.namespace;
                if namespace != CLIENT && !writer.namespaces.contains(namespace) {
                    writer.namespaces.push(namespace.clone());
                }
            });
        }
        writer.write(self, None);
        writer.out
    }
}

const CLIENT: &str = "jabber:client";

struct Writer {
    form: Option<Variation>,
    /// The namespaces that have prefixes.
    namespaces: Vec<String>,
    out: String,
}

impl Writer {
    fn has(&self, form: Variation) -> bool {
        self.form == Some(form)
    }

    /// Writes an element whose parent has the default namespace `outer`; `None` for the root.
    fn write(&mut self, element: &Element, outer: Option<&str>) {
        let prefix = self.namespaces.iter().position(|namespace| *namespace == element.namespace);
        let name = prefix.map_or_else(|| element.name.clone(), |at| format!("x{at}:{}", element.name));
        let mut attributes = Vec::new();
        if outer.is_none() {
            let declared = self.namespaces.iter().enumerate();
            attributes.extend(declared.map(|(at, namespace)| (format!("xmlns:x{at}"), namespace.clone())));
        }
        if prefix.is_none() && outer != Some(&*element.namespace) {
            attributes.push(("xmlns".to_owned(), element.namespace.clone()));
        }
        attributes.extend(element.attributes.iter().cloned());
        if self.has(Variation::AttributesReversed) {
            attributes.reverse();
        }
        self.out += &format!("<{name}");
        for (attribute, value) in attributes {
            let is_declaration = attribute.starts_with("xmlns");
            let quote = if self.has(Variation::DoubleQuotes) { '"' } else { '\'' };
            let value = self.escaped(&value, !is_declaration);
            let _ = write!(self.out, " {attribute}={quote}{value}{quote}");
        }
        if element.children.is_empty() && !self.has(Variation::LongTags) {
            self.out += "/>";
            return;
        }
        self.out.push('>');
        let is_spaced = self.has(Variation::WhiteSpace) && element.has_only_elements();
        // Inside the element, the default namespace is its own, or still `outer` if the element has a prefix.
        let inner = if prefix.is_none() { &element.namespace } else { outer.unwrap_or_default() };
        for child in &element.children {
            match child {
                _ if is_spaced && matches!(child, Child::Text(_)) => continue,
                Child::Element(child) => {
                    if is_spaced {
                        self.out += "\n\t ";
                    }
                    self.write(child, Some(inner));
                }
                Child::Text(text) => self.out += &self.escaped(text, true),
            }
        }
        if is_spaced {
            self.out.push('\n');
        }
        let _ = write!(self.out, "</{name}>");
    }

    /// Escapes special characters, and every fifth character if references are tried.
    fn escaped(&self, text: &str, may_refer: bool) -> String {
        let mut out = String::new();
        for (at, c) in text.chars().enumerate() {
            match c {
                '&' => out += "&amp;",
                '<' => out += "&lt;",
                '>' => out += "&gt;",
                '\'' => out += "&apos;",
                '"' => out += "&quot;",
                _ if may_refer
                    && self.has(Variation::CharacterReferences)
                    && at % 5 == 0
                    && !c.is_whitespace() =>
                {
                    let _ = write!(out, "&#x{:x};", u32::from(c));
                }
                _ => out.push(c),
            }
        }
        out
    }
}
