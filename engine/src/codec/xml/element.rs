use rxml::NcName;

use crate::codec::Malformed;
use crate::codec::error::quoted;

/// A complete XML element: the input of the readers and the output of the writers.
///
/// The depth of the tree is at most [`MAX_DEPTH`](crate::codec::MAX_DEPTH), so it can be walked and dropped
/// recursively.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) namespace: String,
    pub(super) name: NcName,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<XmlNode>,
}

/// An attribute; its namespace is empty unless its name has a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) namespace: String,
    pub(super) name: NcName,
    pub(super) value: String,
}

/// The content of an element. Adjacent texts are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum XmlNode {
    Element(Element),
    Text(String),
}

/// Methods for readers.
impl Element {
    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// Whether an element inside a protocol's element is a foreign extension: it has another namespace and none of the
    /// `known` names.
    pub(super) fn is_extension_of(&self, namespace: &str, known: &[&str]) -> bool {
        self.namespace != namespace && !known.contains(&self.name.as_str())
    }

    /// Refuses an element in `parent` unless it has this namespace and name.
    pub(super) fn expect(
        &self,
        namespace: &'static str,
        name: &str,
        parent: &Parent<'_>,
    ) -> Result<(), Malformed> {
        if self.is(namespace, name) {
            return Ok(());
        }
        if self.name == name { Err(self.in_wrong_namespace(namespace)) } else { Err(self.unknown_in(parent)) }
    }

    /// The value of an attribute without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let is_it = |attribute: &&Attribute| attribute.namespace.is_empty() && attribute.name == name;
        self.attributes.iter().find(is_it).map(|attribute| &*attribute.value)
    }

    /// The children of an element that contains only elements. White space between them is ignored.
    pub(super) fn elements(&self) -> Result<impl Iterator<Item = &Element>, Malformed> {
        let stray = self.children.iter().find_map(|child| match child {
            XmlNode::Text(text) if !is_white_space(text) => Some(text),
            XmlNode::Text(_) | XmlNode::Element(_) => None,
        });
        if let Some(text) = stray {
            return Err(Malformed::StrayText { element: quoted(&self.name), found: quoted(text.trim()) });
        }
        Ok(self.children.iter().filter_map(|child| match child {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) => None,
        }))
    }

    /// The text of an element that contains only text.
    pub(super) fn text(&self) -> Result<&str, Malformed> {
        match &*self.children {
            [] => Ok(""),
            [XmlNode::Text(text)] => Ok(text),
            children => {
                let child = children.iter().find_map(|child| match child {
                    XmlNode::Element(element) => Some(element),
                    XmlNode::Text(_) => None,
                });
                Err(child.expect("no text follows another").unknown_in(&Parent::Element(&self.name)))
            }
        }
    }

    /// Refuses an element that is not empty.
    pub(super) fn only_empty(&self) -> Result<(), Malformed> {
        match self.elements()?.next() {
            Some(child) => Err(child.unknown_in(&Parent::Element(&self.name))),
            None => Ok(()),
        }
    }

    /// The error for this element if another namespace was expected.
    pub(super) fn in_wrong_namespace(&self, expected: &'static str) -> Malformed {
        Malformed::WrongNamespace { element: quoted(&self.name), found: quoted(&self.namespace), expected }
    }

    /// The error for this element as a child of `parent`.
    pub(super) fn unknown_in(&self, parent: &Parent<'_>) -> Malformed {
        Malformed::UnknownElement {
            parent: match parent {
                Parent::Root => "the place of the root".to_owned(),
                Parent::Element(name) => format!("<{}/>", quoted(name)),
            },
            element: quoted(&self.name),
            namespace: quoted(&self.namespace),
        }
    }
}

/// The parent of an element.
pub(super) enum Parent<'a> {
    Root,
    Element(&'a str),
}

/// Methods for writers. The names are those of the XEPs.
impl Element {
    pub(super) fn new(namespace: &str, name: &'static str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: nc_name(name),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    pub(super) fn with_attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push(Attribute {
            namespace: String::new(),
            name: nc_name(name),
            value: value.to_owned(),
        });
        self
    }

    pub(super) fn with_text(mut self, text: &str) -> Self {
        self.children.push(XmlNode::Text(text.to_owned()));
        self
    }

    pub(super) fn with_element(mut self, element: Element) -> Self {
        self.children.push(XmlNode::Element(element));
        self
    }
}

impl Attribute {
    /// The name of the attribute, preceded by its namespace in braces if it has one.
    pub(super) fn expanded_name(&self) -> String {
        let Self { namespace, name, .. } = self;
        if namespace.is_empty() { name.to_string() } else { format!("{{{namespace}}}{name}") }
    }
}

/// Whether the text is white space in the sense of XML. Other blanks are text.
pub(super) fn is_white_space(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn nc_name(name: &'static str) -> NcName {
    NcName::try_from(name).expect("a name out of a XEP")
}
