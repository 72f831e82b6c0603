use super::one_line;

/// A text as XML takes it, on one line, in an attribute as well.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().map(one_line) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A whole document in XML or HTML without the characters that these have no way to write, and without control
/// characters apart from tabs and line breaks.
pub(crate) fn permitted(document: &str) -> String {
    let is_permitted =
        |c: char| matches!(c, '\t' | '\n') || !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    document.chars().map(|c| if is_permitted(c) { c } else { '\u{fffd}' }).collect()
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
            prop_assert!(is_well_formed(&format!("<a b=\"{text}\" c='{text}'>{text}</a>")), "{}", text);
        }

        #[test]
        fn a_document_has_permitted_characters_only(text in hostile()) {
            let text = text.replace(['<', '&', ']'], "");
            let document = permitted(&format!("<a>{text}</a>"));
            prop_assert!(is_well_formed(&document), "{}", text);
            prop_assert!(!document.contains(|c: char| c.is_control() && c != '\t' && c != '\n'), "{}", text);
        }
    }
}
