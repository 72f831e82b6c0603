use super::acts_on_terminals;

/// The schemes that a link may have.
const SCHEMES: [&str; 3] = ["https://", "http://", "xmpp:"];

/// The URL, if it may become a link. `javascript:` and similar schemes may not.
pub(crate) fn link(url: &str) -> Option<&str> {
    let is_plain = url.chars().all(|c| !acts_on_terminals(c) && !c.is_whitespace());
    let has_scheme =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (is_plain && SCHEMES.into_iter().any(has_scheme)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_and_xmpp_become_links() {
        for url in ["https://example.org/?a|b", "HTTP://example.org", "xmpp:alice@example.org"] {
            assert_eq!(link(url), Some(url));
        }
        for url in [
            "javascript:alert(1)",
            " https://example.org",
            "java\nscript:x",
            "data:text/html,x",
            "",
            "é",
            "https://a.example/\u{202e}x",
        ] {
            assert_eq!(link(url), None, "{url}");
        }
    }
}
