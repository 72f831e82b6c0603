use atm_adapter_protocol::protocol::SentStanza;

/// The first difference between the stanzas of two plays, in full. `None` if they differ only in paddings and ids,
/// which are random by design.
pub(super) fn difference(first: &[SentStanza], second: &[SentStanza]) -> Option<String> {
    if first.len() != second.len() {
        return Some(format!("{} stanzas were sent first, then {}", first.len(), second.len()));
    }
    for (position, (first, second)) in first.iter().zip(second).enumerate() {
        for ((name, first), (_, second)) in members(first).into_iter().zip(members(second)) {
            if first != second {
                let number = position + 1;
                return Some(format!("in stanza {number}, at `{name}`\nfirst:  {first}\nsecond: {second}"));
            }
        }
    }
    None
}

/// The parts of a stanza, without the random ones.
fn members(sent: &SentStanza) -> [(&'static str, String); 4] {
    let encrypted = sent.encrypted.as_ref();
    let text = |text: Option<String>| text.unwrap_or_else(|| "null".to_owned());
    let keys = encrypted.map(|encrypted| {
        let keys: Vec<String> =
            encrypted.keys.iter().map(|key| format!("{}/{}", key.owner, key.id)).collect();
        keys.join(", ")
    });
    [
        ("stanza", without_ids(&sent.stanza)),
        ("encrypted.encryption", text(encrypted.map(|encrypted| encrypted.encryption.clone()))),
        ("encrypted.keys", text(keys)),
        ("encrypted.content", text(encrypted.map(|encrypted| without_padding(&encrypted.content)))),
    ]
}

/// XML without its `id` attributes.
fn without_ids(xml: &str) -> String {
    let (mut kept, mut rest) = (String::new(), xml);
    while let Some(start) = rest.find(" id=") {
        let value = &rest[start + " id=".len()..];
        let end = value.chars().next().and_then(|quote| Some(value[1..].find(quote)? + 2));
        let Some(end) = end else { break };
        kept.push_str(&rest[..start]);
        rest = &value[end..];
    }
    kept + rest
}

/// An envelope without the content of its `<rpad/>`.
fn without_padding(xml: &str) -> String {
    let opened = xml.match_indices("rpad").find(|(at, _)| {
        // The name may have a prefix.
        let before = xml[..*at].rfind('<').map(|open| &xml[open + 1..*at]);
        before.is_some_and(|prefix| {
            prefix.is_empty() || prefix.ends_with(':') && !prefix.contains(['/', '>', ' '])
        })
    });
    let Some((at, _)) = opened else { return xml.to_owned() };
    let Some(begin) = xml[at..].find('>').map(|end| at + end + 1) else { return xml.to_owned() };
    let close = if xml[..begin].ends_with("/>") { None } else { xml[begin..].find("</") };
    match close {
        Some(close) => format!("{}{}", &xml[..begin], &xml[begin + close..]),
        None => xml.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atm_adapter_protocol::protocol::EncryptedContent;

    fn sent(stanza: &str, content: &str) -> Vec<SentStanza> {
        let encrypted = EncryptedContent {
            encryption: "urn:x".to_owned(),
            keys: Vec::new(),
            content: content.to_owned(),
        };
        vec![SentStanza { stanza: stanza.to_owned(), encrypted: Some(encrypted) }]
    }

    #[test]
    fn paddings_and_ids_make_no_difference() {
        let first = sent("<message id='1' to='b'/>", "<envelope><rpad>x&lt;</rpad><time/></envelope>");
        let second = sent("<message id=\"2x\" to='b'/>", "<envelope><rpad>yyy</rpad><time/></envelope>");
        assert_eq!(difference(&first, &second), None);
        let prefixed =
            |pad: &str| sent("<message/>", &format!("<e:envelope><e:rpad>{pad}</e:rpad></e:envelope>"));
        assert_eq!(difference(&prefixed("x"), &prefixed("")), None);
    }

    #[test]
    fn the_first_difference_is_told_in_full() {
        let long = "<trust>".repeat(200);
        let first = sent("<message id='1'/>", &format!("<rpad/>{long}a"));
        let second = sent("<message id='2'/>", &format!("<rpad/>{long}b"));
        let told = difference(&first, &second).expect("there is one");
        assert!(told.starts_with("in stanza 1, at `encrypted.content`\nfirst:  <rpad/><trust>"), "{told}");
        assert!(told.contains(&format!("{long}a\n")) && told.ends_with(&format!("{long}b")), "{told}");
    }

    #[test]
    fn a_stanza_more_is_a_difference() {
        assert_eq!(
            difference(&sent("<message/>", ""), &[]).as_deref(),
            Some("1 stanzas were sent first, then 0")
        );
    }
}
