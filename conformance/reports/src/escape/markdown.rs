use super::link::link;
use super::{acts_on_terminals, one_line, reference};

/// A text in Markdown, on one line. It is also safe inside a table.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars().map(one_line) {
        match character {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            acting if acts_on_terminals(acting) => escaped.push_str(&reference(acting)),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A sentence of a person in Markdown. Its code between backticks stays code.
pub(crate) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let is_code = |(position, part): &(usize, &str)| !position.is_multiple_of(2) && !part.is_empty();
    let parts = parts.into_iter().enumerate();
    parts.map(|part| if is_code(&part) { code(part.1) } else { escape(part.1) }).collect()
}

/// A link in Markdown, or only the text if the URL may not become a link.
pub(crate) fn linked(text: &str, url: &str) -> String {
    let Some(url) = link(url) else { return escape(text) };
    let mut target = String::new();
    for character in url.chars().map(one_line) {
        match character {
            '<' | '>' | '|' | '\\' | '`' | '"' => target.push_str(&format!("%{:02X}", character as u32)),
            other => target.push(other),
        }
    }
    format!("[{}](<{target}>)", escape(text))
}

/// A text as code in Markdown, on one line. It is also safe inside a table.
pub(crate) fn code(text: &str) -> String {
    let text: String = text.chars().map(one_line).collect();
    // A bar in code ends a cell, even after a backslash. Between backticks, references are shown literally.
    if text.contains(|c| c == '|' || acts_on_terminals(c)) {
        return format!("<code>{}</code>", escape(&text).replace("\\|", "&#124;"));
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

/// A text of several lines as a block of code in a Markdown list whose items have this indent.
pub(crate) fn block(text: &str, language: &str, indent: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut block = format!("{indent}{fence}{language}\n");
    for line in text.lines() {
        block.push_str(indent);
        let shown = |c: char| if acts_on_terminals(c) { char::REPLACEMENT_CHARACTER } else { c };
        block.extend(line.chars().map(one_line).map(shown));
        block.push('\n');
    }
    block + indent + &fence
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escape::terminal::tests::hostile;

    #[test]
    fn what_others_wrote_stays_text() {
        assert_eq!(escape("a|b <script> *x*\n# y"), r"a\|b &lt;script> \*x\* \# y");
        assert_eq!(escape("[x](javascript:y)"), r"\[x\](javascript:y)");
        assert_eq!(escape(r"a\|b"), r"a\\\|b");
        assert_eq!(linked("x|", "https://a.example/?b|c<>"), r"[x\|](<https://a.example/?b%7Cc%3C%3E>)");
        assert_eq!(linked("[x", "javascript:alert(1)"), r"\[x");
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a `b`"), "`` a `b` ``");
        assert_eq!(code(r"a\|<b"), r"<code>a\\&#124;&lt;b</code>");
    }

    #[test]
    fn code_in_a_sentence_stays_code() {
        assert_eq!(prose("call `a_b()` in *x*"), r"call `a_b()` in \*x\*");
        assert_eq!(prose("one ` alone"), r"one \` alone");
        assert_eq!(prose("`` none"), " none");
    }

    /// The number of cells that GitHub sees in a row: a bar ends a cell unless a backslash escapes it.
    fn cells(row: &str) -> usize {
        let (mut is_escaped, mut bars) = (false, 0);
        for character in row.chars() {
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '|' => bars += 1,
                _ => {}
            }
        }
        bars - 1
    }

    proptest! {
        #[test]
        fn a_table_keeps_its_columns(one in hostile(), other in hostile()) {
            let url = linked(&one, &format!("https://example.org/{other}"));
            let row = format!("| {} | {} | {url} |", escape(&one), code(&other));
            prop_assert_eq!(cells(&row), 3, "{}", row);
            prop_assert!(!row.contains(acts_on_terminals), "{}", row);
        }

        #[test]
        fn a_block_ends_with_its_last_line(lines in prop::collection::vec(hostile(), 0..4)) {
            let block = block(&lines.join("\n"), "yaml", "  ");
            let fence = block.trim_start().split("yaml").next().expect("a fence");
            let closing = block.lines().skip(1).filter(|line| line.contains(fence)).count();
            prop_assert_eq!(closing, 1, "{}", block);
            prop_assert!(block.ends_with(fence), "{}", block);
            prop_assert!(block.lines().all(|line| !line.contains(acts_on_terminals)), "{}", block);
        }

        #[test]
        fn a_text_opens_no_tag_and_no_link(text in hostile()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains('<'), "{}", escaped);
            let unescaped = escaped.replace(r"\\", "").replace(r"\]", "").replace(r"\[", "").replace(r"\`", "");
            prop_assert!(!unescaped.contains(['[', ']', '`']), "{}", escaped);
        }
    }
}
