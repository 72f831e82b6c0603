use atm_suite::json;

use super::{acts_on_terminals, one_line};

/// A text in which all characters with a meaning in Mermaid are references.
pub(crate) fn mermaid(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars().map(one_line) {
        match character {
            '#' | ';' | '%' | '<' | '>' | '"' | '`' | '\\' | '{' | '}' => {
                plain.push_str(&format!("#{};", character as u32));
            }
            acting if acts_on_terminals(acting) => plain.push_str(&format!("#{};", acting as u32)),
            other => plain.push(other),
        }
    }
    plain
}

/// A title in the YAML front matter of a diagram.
pub(crate) fn mermaid_title(text: &str) -> String {
    let plain: String = text.chars().map(one_line).collect();
    json::escaped(&serde_json::Value::from(plain).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escape::terminal::tests::hostile;

    proptest! {
        #[test]
        fn a_text_is_one_line_that_means_nothing(text in hostile()) {
            let plain = mermaid(&text);
            prop_assert!(!plain.contains(acts_on_terminals), "{}", plain);
            prop_assert!(!plain.contains(['\u{2028}', '<', '%', '"', '{']), "{}", plain);
            prop_assert_eq!(plain.matches('#').count(), plain.matches(';').count());
            let title = mermaid_title(&text);
            prop_assert!(serde_json::from_str::<String>(&title).is_ok(), "{}", title);
            prop_assert!(!title.contains(acts_on_terminals), "{}", title);
        }
    }
}
