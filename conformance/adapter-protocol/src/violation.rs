use std::borrow::Cow;
use std::fmt;

use super::clipping::clip;

/// The reason why a line is not a valid answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolViolation {
    /// It is not UTF-8.
    NotUtf8,
    /// It is not JSON, or it is more than one value. Contains the parser's error.
    NotJson(String),
    /// It contains too many values.
    TooManyValues {
        /// The greatest permitted number.
        limit: usize,
    },
    /// It is JSON, but not an object.
    NotAnObject,
    /// It has no `id`.
    NoId,
    /// Its `id` is not that of the command.
    OtherId {
        /// Its id, as written.
        found: String,
        /// The id of the command.
        expected: u64,
    },
    /// It has none of `ok`, `unsupported` and `error`.
    NoBody,
    /// It has two of `ok`, `unsupported` and `error`.
    TwoBodies(&'static str, &'static str),
    /// A member is missing or has the wrong form.
    Member {
        /// The place, such as `ok.sent[0].stanza`. For a missing member, the object that lacks it.
        place: String,
        /// The error.
        what: String,
    },
    /// An unknown command is not answered with `unsupported`.
    NonsenseTaken {
        /// Whether it is answered with `error`.
        with_error: bool,
    },
    /// The adapter speaks another version of the protocol.
    OtherProtocol {
        /// The version of the adapter.
        theirs: u32,
        /// The version of `atm`.
        ours: u32,
    },
    /// A level has a name that `hello` does not explain.
    UnknownLevel {
        /// The place, such as `ok.levels[0]`.
        place: String,
        /// The name.
        name: String,
    },
}

impl fmt::Display for ProtocolViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::NotJson(error) => write!(f, "it is not one JSON object ({error})"),
            Self::TooManyValues { limit } => write!(f, "it holds more than {limit} values"),
            Self::NotAnObject => f.write_str("it is not a JSON object"),
            Self::NoId => f.write_str("it has no `id`"),
            Self::OtherId { found, expected } => {
                write!(f, "its `id` is {found}, but the command's is {expected}")
            }
            Self::NoBody => f.write_str("it has none of `ok`, `unsupported` and `error`"),
            Self::TwoBodies(one, other) => write!(f, "it has both `{one}` and `{other}`"),
            Self::Member { place, what } => write!(f, "at `{place}`: {what}"),
            Self::NonsenseTaken { .. } => {
                f.write_str("a command that nobody knows is to be answered with `unsupported`")
            }
            Self::OtherProtocol { theirs, ours } => {
                write!(f, "it speaks protocol {theirs}, but this is protocol {ours}")
            }
            Self::UnknownLevel { place, name } => {
                write!(f, "at `{place}`: `hello` does not say what {name:?} means")
            }
        }
    }
}

impl ProtocolViolation {
    /// Truncates the texts of the adapter to the length that is shown.
    pub(super) fn clipped(mut self) -> Self {
        match &mut self {
            Self::NotJson(text)
            | Self::OtherId { found: text, .. }
            | Self::Member { what: text, .. }
            | Self::UnknownLevel { name: text, .. } => clip(text),
            Self::NotUtf8
            | Self::TooManyValues { .. }
            | Self::NotAnObject
            | Self::NoId
            | Self::NoBody
            | Self::TwoBodies(..)
            | Self::NonsenseTaken { .. }
            | Self::OtherProtocol { .. } => {}
        }
        self
    }

    /// The most likely mistake behind the violation.
    #[must_use]
    pub fn likely_mistake(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotUtf8 => {
                "the program writes text in the encoding of the machine: set standard output to UTF-8"
            }
            Self::NotJson(_) => "something else prints to standard output: send logging to standard error",
            Self::TooManyValues { .. } => "it holds more than what one command asks for",
            Self::NotAnObject => "each answer is one object, `{\"id\": …, \"ok\": {…}}`",
            Self::NoId => "`id` was not copied from the command",
            Self::OtherId { found, expected } => return other_id(found, *expected),
            Self::NoBody => "what was asked for goes into `ok`, beside `id`: `{\"id\": …, \"ok\": {…}}`",
            Self::TwoBodies(..) => "an answer has exactly one of `ok`, `unsupported` and `error`",
            Self::Member { place, what } => return belongs(place, what),
            Self::NonsenseTaken { with_error: true } => {
                "`error` is for what went wrong: answer what you do not know with `unsupported` and its name"
            }
            Self::NonsenseTaken { with_error: false } => "commands are not told apart by their `command`",
            Self::OtherProtocol { .. } => {
                "`protocol` is not the version of the implementation, but of ADAPTERS.md"
            }
            Self::UnknownLevel { name, .. } => {
                return Cow::Owned(format!("{name:?} is missing in the map `levels` of `hello`"));
            }
        })
    }
}

fn other_id(found: &str, expected: u64) -> Cow<'static, str> {
    Cow::Borrowed(match found.parse::<u64>() {
        Ok(found) if found < expected => {
            "an earlier answer came twice: print exactly one line for each command"
        }
        Err(_) if found.trim_matches('"') == expected.to_string() => {
            "`id` is a number, and is to be repeated as it came"
        }
        _ => "`id` was not copied from the command",
    })
}

/// The expected form of a member that is missing or wrong.
fn belongs(place: &str, what: &str) -> Cow<'static, str> {
    let missing = what.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    let member = match missing {
        Some((name, _)) => name,
        None => place.rsplit('.').find(|part| !part.starts_with('[')).unwrap_or(place),
    };
    let (member, element) = match member.split_once('[') {
        Some((member, _)) => (member, true),
        None => (member, false),
    };
    let form = match (member, place.starts_with("ok.levels")) {
        // The `levels` of `hello` are a map, those of `read` a list.
        ("levels", true) if element => "the name of a level for each key, as in `hello`",
        _ => match FORMS.iter().find(|(name, _)| *name == member) {
            Some((_, form)) => form,
            None => return Cow::Borrowed("the member has another form than ADAPTERS.md says"),
        },
    };
    Cow::Owned(format!("in `{member}` belongs {form}"))
}

/// The members of answers and their expected forms.
const FORMS: [(&str, &str); 29] = [
    ("ok", "an object; an empty one if the command asks for nothing"),
    ("unsupported", "an object with the name of the `feature`"),
    ("error", "an object with `kind` and `message`"),
    ("sent", "a list with an object for each stanza, empty if nothing was sent"),
    ("stanza", "the stanza as text, with an empty <encrypted/> where the encrypted element is"),
    ("encrypted", "an object with `encryption`, `keys` and `content`, or null"),
    ("encryption", "the namespace of the encryption as text"),
    ("keys", "a list of keys: `{\"owner\": …, \"id\": …}`"),
    ("content", "what was encrypted as text: the whole <envelope/>"),
    ("owner", "the bare JID of the key's owner as text"),
    ("id", "the key's identifier in Base64, as it was said"),
    (
        "levels",
        "what your levels are called: a map from name to meaning in `hello`, a list with one name for each key in `read`",
    ),
    ("postponed", "a list with an object for each sender, or nothing"),
    ("sender", "the key of the sender: `{\"owner\": …, \"id\": …}`"),
    ("trust", "a list of keys: `{\"owner\": …, \"id\": …}`"),
    ("distrust", "a list of keys: `{\"owner\": …, \"id\": …}`"),
    ("protocol", "the number 1"),
    ("implementation", "an object with `name` and `version`"),
    ("name", "what the implementation is called, as text of 1 to 100 characters"),
    ("version", "the version of the implementation, as text of at most 100 characters"),
    ("url", "the address of a page about the implementation, or nothing"),
    ("clock", "`\"injected\"` or `\"system\"`"),
    ("encryptions", "a list of namespaces, or `[\"*\"]`"),
    ("policies", "a list of `\"toakafa\"` and `\"none\"`"),
    ("features", "a list of the features that ADAPTERS.md names"),
    ("asks-before-automatic-decisions", "true or false"),
    ("feature", "the name of what cannot be done, as text"),
    ("kind", "`\"definite\"` or `\"indefinite\"`"),
    ("message", "what went wrong, as text"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn likely(place: &str, what: &str) -> String {
        ProtocolViolation::Member { place: place.to_owned(), what: what.to_owned() }
            .likely_mistake()
            .into_owned()
    }

    #[test]
    fn a_member_is_named_with_what_belongs_there() {
        let sent = "in `sent` belongs a list with an object for each stanza, empty if nothing was sent";
        assert_eq!(likely("ok", "missing field `sent`"), sent);
        assert_eq!(likely("ok.sent", "invalid type: string \"x\", expected a sequence"), sent);
        assert!(
            likely("ok.sent[0].encrypted.keys[1].owner", "invalid type: null")
                .starts_with("in `owner` belongs the bare JID")
        );
        assert!(
            likely("ok.levels.Trusted", "unknown variant `x`").contains("form"),
            "a name is none of ours"
        );
        assert!(
            likely("ok.levels[0]", "invalid type: map")
                .starts_with("in `levels` belongs the name of a level")
        );
        assert!(
            likely("error.kind", "unknown variant `maybe`").starts_with("in `kind` belongs `\"definite\"`")
        );
    }

    #[test]
    fn another_id_is_an_earlier_one_or_no_copy() {
        let likely = |found: &str| {
            ProtocolViolation::OtherId { found: found.to_owned(), expected: 7 }.likely_mistake()
        };
        assert!(likely("6").starts_with("an earlier answer came twice"));
        assert_eq!(likely("999999"), "`id` was not copied from the command");
        assert_eq!(likely("null"), "`id` was not copied from the command");
        assert!(likely("\"7\"").starts_with("`id` is a number"));
    }

    #[test]
    fn every_violation_has_a_mistake_of_its_own() {
        let violations = [
            ProtocolViolation::NotUtf8,
            ProtocolViolation::NotJson("x".to_owned()),
            ProtocolViolation::TooManyValues { limit: 400_000 },
            ProtocolViolation::NotAnObject,
            ProtocolViolation::NoId,
            ProtocolViolation::NoBody,
            ProtocolViolation::TwoBodies("ok", "error"),
            ProtocolViolation::NonsenseTaken { with_error: true },
            ProtocolViolation::NonsenseTaken { with_error: false },
            ProtocolViolation::OtherProtocol { theirs: 2, ours: 1 },
            ProtocolViolation::UnknownLevel { place: "ok.levels[0]".to_owned(), name: "Blind".to_owned() },
        ];
        let mut mistakes: Vec<_> = violations.iter().map(ProtocolViolation::likely_mistake).collect();
        mistakes.sort();
        mistakes.dedup();
        assert_eq!(mistakes.len(), violations.len());
    }
}
