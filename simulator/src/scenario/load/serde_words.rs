//! Parses the error messages of serde and rewrites them for authors of scenarios. These messages are not a stable
//! interface, so tests check them.

/// A kind of error that serde reports.
pub(super) enum Complaint<'a> {
    UnknownField {
        field: &'a str,
        known: Vec<&'a str>,
    },
    UnknownVariant {
        variant: &'a str,
        known: Vec<&'a str>,
    },
    MissingField {
        field: &'a str,
    },
    /// From [`BadText`](crate::scenario::BadText): a text of the wrong form.
    BadText {
        text: &'a str,
    },
    Other,
}

impl<'a> Complaint<'a> {
    pub(super) fn of(error: &'a str) -> Self {
        if let Some((field, known)) = unknown(error, "unknown field `") {
            return Self::UnknownField { field, known };
        }
        if let Some((variant, known)) = unknown(error, "unknown variant `") {
            return Self::UnknownVariant { variant, known };
        }
        if let Some(field) = error.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            return Self::MissingField { field };
        }
        match error.strip_prefix('`').and_then(|rest| rest.split_once("` is not ")) {
            Some((text, _)) => Self::BadText { text },
            None => Self::Other,
        }
    }
}

/// The unknown word and the known ones, each between backquotes in the message.
fn unknown<'a>(error: &'a str, start: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (word, known) = error.strip_prefix(start)?.rsplit_once("`, expected ")?;
    Some((word, known.split('`').skip(1).step_by(2).collect()))
}

/// A message about a type or value without terms of Rust. `written` is the value in the file, if it is one word.
pub(super) fn plain_words(error: &str, written: Option<&str>) -> String {
    let told = error.strip_prefix("invalid type: ").or_else(|| error.strip_prefix("invalid value: "));
    match told.and_then(|told| told.split_once(", expected ")) {
        Some((found, expected)) => {
            format!("{} stands here; expected {}", plain_found(found, written), plain_expected(expected))
        }
        None => error.to_owned(),
    }
}

fn plain_found(found: &str, written: Option<&str>) -> String {
    match found {
        "map" => "a map".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit value" => "nothing".to_owned(),
        "unit variant" => "a name alone".to_owned(),
        _ => match found.split_once(' ') {
            Some(("string", text)) => format!("the text {text}"),
            Some(("integer" | "floating", number)) => {
                let number = number.trim_start_matches("point ");
                written.map_or_else(
                    || format!("the number {number}"),
                    |written| format!("the number `{written}`"),
                )
            }
            Some(("boolean", value)) => value.to_owned(),
            _ => found.to_owned(),
        },
    }
}

fn plain_expected(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a string" => "text (in quotes, if it looks like a number)",
        "a boolean" => "`true` or `false`",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0 to 18446744073709551615",
        "field identifier" => "the name of a setting",
        "map with a single key" => "a map with exactly one key; the next step or expectation begins with `-`",
        "newtype variant" | "enum Step" | "enum Required" | "enum Reference" => {
            "a name and what belongs to it: `name: ...`"
        }
        "unit variant" => "a single word",
        _ if expected.starts_with("enum ") => "a single word",
        _ if expected.starts_with("struct ") => "a map with its settings",
        _ => expected,
    }
}
