//! Changes of texts by string search.

pub(crate) mod codes;
pub(crate) mod envelopes;
pub(crate) mod forms;
pub(crate) mod sent;

/// Changes each shortest piece of a text between two delimiters, including these.
fn replace_each(text: &str, [begin, end]: [&str; 2], mut change: impl FnMut(&str) -> String) -> String {
    let (mut done, mut rest) = (String::new(), text);
    while let Some(from) = rest.find(begin) {
        let after = from + begin.len();
        let Some(length) = rest[after..].find(end) else { break };
        let to = after + length + end.len();
        done += &rest[..from];
        done += &change(&rest[from..to]);
        rest = &rest[to..];
    }
    done + rest
}

/// The pieces of a text between two delimiters.
fn pieces<'a>(text: &'a str, [begin, end]: [&str; 2]) -> Vec<&'a str> {
    let after = text.split(begin).skip(1);
    after.filter_map(|piece| piece.split_once(end).map(|(piece, _)| piece)).collect()
}

/// The text, or an empty one if it is not in the expected form.
fn unless(is_odd: bool, text: &str) -> String {
    if is_odd { String::new() } else { text.to_owned() }
}

/// The delimiters of elements and attributes.
const TRUST: [&str; 2] = ["<trust>", "</trust>"];
const DISTRUST: [&str; 2] = ["<distrust>", "</distrust>"];
const KEY_OWNER: [&str; 2] = ["<key-owner", "</key-owner>"];
const STAMP: [&str; 2] = ["stamp='", "'"];
