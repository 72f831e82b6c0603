//! Texts that are changed by string search, as somebody would who is in a hurry.

pub(crate) mod codes;
pub(crate) mod envelopes;
pub(crate) mod forms;
pub(crate) mod sent;

/// Changes each piece of a text that begins and ends as given, these included. A piece is the shortest there is.
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

/// The pieces of a text that begin and end as given, without these.
fn pieces<'a>(text: &'a str, [begin, end]: [&str; 2]) -> Vec<&'a str> {
    let after = text.split(begin).skip(1);
    after.filter_map(|piece| piece.split_once(end).map(|(piece, _)| piece)).collect()
}

/// The text, or nothing if it has something that is not expected.
fn unless(is_odd: bool, text: &str) -> String {
    if is_odd { String::new() } else { text.to_owned() }
}

/// How an element with this name begins and ends that holds text only.
const TRUST: [&str; 2] = ["<trust>", "</trust>"];
const DISTRUST: [&str; 2] = ["<distrust>", "</distrust>"];
const KEY_OWNER: [&str; 2] = ["<key-owner", "</key-owner>"];
const STAMP: [&str; 2] = ["stamp='", "'"];
