use super::{acts_on_terminals, one_line, reference};

/// A text in quotation marks for Graphviz. Graphviz also decodes the entities of HTML, so `&` is escaped.
pub(crate) fn dot(text: &str) -> String {
    let mut escaped = String::from("\"");
    for character in text.chars().map(one_line) {
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            '&' => escaped.push_str("&amp;"),
            acting if acts_on_terminals(acting) => escaped.push_str(&reference(acting)),
            other => escaped.push(other),
        }
    }
    escaped.push('"');
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escape::terminal::tests::hostile;

    proptest! {
        #[test]
        fn a_text_ends_with_its_last_quotation_mark(text in hostile()) {
            let quoted = dot(&text);
            let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotation marks");
            let inner = inner.replace(r"\\", "").replace(r#"\""#, "");
            prop_assert!(!inner.contains(['"', '\\']) && !inner.contains(acts_on_terminals), "{}", quoted);
        }
    }
}
