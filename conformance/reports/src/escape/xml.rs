use super::{acts_on_terminals, one_line, reference};

/// A text in XML, on one line. It is also safe inside an attribute.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().map(one_line) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            acting if acts_on_terminals(acting) => out.push_str(&reference(acting)),
            other => out.push(other),
        }
    }
    out
}

/// A whole XML or HTML document in permitted characters. Control characters other than tabs and line breaks, and
/// characters that XML forbids, become U+FFFD. Other characters on which terminals act become references, so none may
/// stand where references are text, such as in scripts.
pub(crate) fn permitted(document: &str) -> String {
    let mut permitted = String::with_capacity(document.len());
    for character in document.chars() {
        match character {
            '\t' | '\n' => permitted.push(character),
            '\u{fffe}' | '\u{ffff}' => permitted.push('\u{fffd}'),
            control if control.is_control() => permitted.push('\u{fffd}'),
            acting if acts_on_terminals(acting) => permitted.push_str(&reference(acting)),
            other => permitted.push(other),
        }
    }
    permitted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escape::terminal::tests::hostile;

    fn is_well_formed(document: &str) -> bool {
        rxml::Reader::new(document.as_bytes()).all(|event| event.is_ok())
    }

    proptest! {
        #[test]
        fn a_text_is_well_formed(text in hostile()) {
            let text = xml(&text);
            prop_assert!(!text.contains(acts_on_terminals), "{}", text);
            prop_assert!(is_well_formed(&format!("<a b=\"{text}\" c='{text}'>{text}</a>")), "{}", text);
        }

        #[test]
        fn a_document_has_permitted_characters_only(text in hostile()) {
            let text = text.replace(['<', '&', ']'], "");
            let document = permitted(&format!("<a>{text}</a>"));
            prop_assert!(is_well_formed(&document), "{}", text);
            let acts = |c: char| acts_on_terminals(c) && c != '\t' && c != '\n';
            prop_assert!(!document.contains(acts), "{}", text);
        }
    }
}
