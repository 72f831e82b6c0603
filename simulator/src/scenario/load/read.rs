use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Track};
use serde_yaml::with::singleton_map_recursive;

use super::examples;
use super::left_out::Reduced;
use super::outline::{Content, Node};
use super::place::FoundPart;
use super::serde_words::{Complaint, plain_words};
use super::{MAX_MISTAKES, Mistake, Outline, Place, Source, did_you_mean};
use crate::scenario::FormatVersion;

/// The kinds of expectations that are allowed only in `reference` and the lists for single rules.
const REFERENCE_ONLY: [&str; 7] =
    ["counts", "missing", "origins", "authenticated-by", "sent", "refused", "postponed"];

/// Reads a file with a valid outline into its types. All mistakes are reported, up to a limit.
pub(in crate::scenario) fn read<T: DeserializeOwned>(
    source: &Source,
    outline: &Outline,
) -> Result<T, Vec<Mistake>> {
    check_version(source, outline).map_err(|mistake| vec![mistake])?;
    let mut mistakes = Vec::new();
    check_nulls(source, &outline.root, &mut Vec::new(), &mut mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let value =
        serde_yaml::from_str(source.text()).map_err(|error| vec![not_yaml(source, outline, &error)])?;
    let mut reduced = Reduced::new(value);
    loop {
        let mut track = Track::new();
        let deserializer = serde_path_to_error::Deserializer::new(&reduced.value, &mut track);
        let read: Result<T, serde_yaml::Error> = singleton_map_recursive::deserialize(deserializer);
        let error = match read {
            Ok(read) if mistakes.is_empty() => return Ok(read),
            Ok(_) => return Err(mistakes),
            Err(error) => error.to_string(),
        };
        let path = track.path();
        let is_missing = matches!(Complaint::of(&error), Complaint::MissingField { .. });
        let is_told = is_missing && reduced.lacks_settings(&path);
        if !is_told {
            mistakes.push(mistake(source, outline, (&path, &reduced.place(&path)), &error));
        }
        if !reduced.leave_out(&path) || mistakes.len() >= MAX_MISTAKES {
            return Err(mistakes);
        }
    }
}

/// Checks the version first, since a file of another version is likely to have other keys, too.
fn check_version(source: &Source, outline: &Outline) -> Result<(), Mistake> {
    let found = outline.find(&Place::top().key("format"));
    match &found.node.content {
        Content::Scalar(version) if found.key.is_some() && *version != FormatVersion::NUMBER.to_string() => {
            let message = format!("`{version}` is not a version of the scenario format");
            Err(source.mistake(found.node.span.clone(), message).with_help("write `format: 1`"))
        }
        _ => Ok(()),
    }
}

/// Refuses empty values, which `serde_yaml` would read as an empty list, as text or as a setting that is not given.
fn check_nulls<'a>(source: &Source, node: &'a Node, keys: &mut Vec<&'a str>, mistakes: &mut Vec<Mistake>) {
    if mistakes.len() >= MAX_MISTAKES {
        return;
    }
    match &node.content {
        Content::Null | Content::Scalar(_) => {}
        Content::List(items) => {
            for item in items {
                if matches!(item.content, Content::Null) {
                    mistakes.push(source.mistake(item.span.clone(), "this item of the list is empty"));
                }
                keys.push("-");
                check_nulls(source, item, keys, mistakes);
                keys.pop();
            }
        }
        Content::Map(entries) => {
            for entry in entries {
                let device = matches!(keys[..], ["accounts", _, "devices"]);
                if matches!(entry.value.content, Content::Null) && !device {
                    let message = format!("nothing stands after `{}:`", entry.key);
                    let help = "leave the key out, or write `[]` for an empty list";
                    mistakes.push(source.mistake(entry.key_span.clone(), message).with_help(help));
                }
                keys.push(&entry.key);
                check_nulls(source, &entry.value, keys, mistakes);
                keys.pop();
            }
        }
    }
}

/// The mistake if the two YAML parsers disagree, or if `serde_yaml` cannot represent the value.
fn not_yaml(source: &Source, outline: &Outline, error: &serde_yaml::Error) -> Mistake {
    let at = error.location().map_or(0, |location| location.index());
    if error.to_string().contains("128, expected")
        && let Some(number) = outline.word_at(at)
    {
        let message =
            format!("the number `{}` is larger than any that can stand here", &source.text()[number.clone()]);
        return source.mistake(number, message).with_help("text that looks like a number stands in quotes");
    }
    source.mistake(at..at, format!("this is not YAML: {error}"))
}

fn mistake(source: &Source, outline: &Outline, (path, place): (&Path, &Place), error: &str) -> Mistake {
    let found = outline.find(place);
    match Complaint::of(error) {
        Complaint::UnknownField { field, known } => {
            let mistake = source.mistake(found.heading(), format!("there is no setting `{field}` here"));
            mistake.with_help(suggestion(field, &known))
        }
        Complaint::UnknownVariant { variant, known } => {
            let span = if found.node.is(variant) { found.node.span.clone() } else { found.heading() };
            let mistake = source.mistake(span, format!("`{variant}` is not known here"));
            if REFERENCE_ONLY.contains(&variant) && !known.contains(&variant) {
                return mistake.with_help(
                    "it says what this engine does, not what the specifications demand: move it to `reference`",
                );
            }
            mistake.with_help(suggestion(variant, &known))
        }
        Complaint::MissingField { field } => {
            let start = found.heading();
            // For a map without a key, such as the whole file, the first line suffices.
            let span = if found.key.is_some() { start } else { start.start..start.start };
            let example = examples::with_setting(path, field);
            with_example(source.mistake(span, format!("`{field}` is missing")), example)
        }
        Complaint::BadText { text } => source.mistake(bad_text(source, &found, text), error),
        Complaint::Other => {
            let written = found.node.is_scalar().then(|| &source.text()[found.node.span.clone()]);
            let mistake = source.mistake(found.node.span.clone(), plain_words(error, written));
            let heading = found.key.as_ref().map(|key| &source.text()[key.clone()]);
            if matches!(heading, Some("required" | "facts")) && matches!(found.node.content, Content::List(_))
            {
                return mistake.with_help(
                    "put the list under the id of the requirement that the expectations are about",
                );
            }
            // Some messages already give an example with "such as".
            let example = examples::example(path).filter(|_| !error.contains("such as"));
            with_example(mistake, example)
        }
    }
}

fn with_example(mistake: Mistake, example: Option<String>) -> Mistake {
    match example {
        Some(example) => mistake.with_help(format!("an example is `{example}`")),
        None => mistake,
    }
}

/// The position of a text: inside the value, or else in its key.
fn bad_text(source: &Source, found: &FoundPart<'_>, text: &str) -> Range<usize> {
    let inside = |span: &Range<usize>| {
        let start = span.start + source.text()[span.clone()].find(text)?;
        Some(start..start + text.len())
    };
    let value = if found.node.is_scalar() { inside(&found.node.span) } else { None };
    value.or_else(|| inside(found.key.as_ref()?)).unwrap_or_else(|| found.node.span.clone())
}

fn suggestion(word: &str, known: &[&str]) -> String {
    did_you_mean(word, known.iter().copied()).unwrap_or_else(|| format!("known are {}", known.join(", ")))
}

impl Node {
    fn is(&self, text: &str) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar == text)
    }

    fn is_scalar(&self) -> bool {
        matches!(self.content, Content::Scalar(_))
    }
}
