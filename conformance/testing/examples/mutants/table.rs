//! The table of mutants: one line for each, with the mutant, the result and the reason separated by tabs.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::play::Finding;

const TABLE: &str = "conformance/suite/src/requirements/mutants.tsv";

/// The folder of all mutants.
const FOLDER: &str = "engine/src/rules/";

const HEAD: &str = "# mutant\tresult\treason\n";

/// Writes the table and returns a summary. Reasons of surviving mutants are kept.
pub(crate) fn write(root: &Path, results: &[(String, Finding)]) -> Result<String, String> {
    let path = root.join(TABLE);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let reasons = reasons(&before);
    let mut text = HEAD.to_owned();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut places = Places::default();
    for (name, finding) in results {
        let (kind, result) = match finding {
            Finding::NotBuilt => ("not built", "not built".to_owned()),
            Finding::Scenarios(shown) => ("found by scenarios", shown.join(", ")),
            Finding::Fuzzing(cause) => ("found by fuzzing", format!("fuzzing: {cause}")),
            Finding::Panic => ("panic", "panics".to_owned()),
            Finding::TooLong => ("take too long", "takes too long".to_owned()),
            Finding::Survives => ("survive", "survives".to_owned()),
        };
        *counts.entry(kind).or_default() += 1;
        let name = name.strip_prefix(FOLDER).unwrap_or(name);
        let reason = match reasons.get(&places.next(name)) {
            Some(reason) if *finding == Finding::Survives => format!("\t{reason}"),
            _ => String::new(),
        };
        writeln!(text, "{name}\t{result}{reason}").expect("text can be written");
    }
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    let counts: Vec<String> = counts.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    Ok(format!("{} mutants: {}", results.len(), counts.join(", ")))
}

/// A mutant without its line: the file, the change, and the number of equal changes before it in the file. It stays the
/// same when lines are added or removed elsewhere.
type Place = (String, usize);

/// Counts the equal changes of each file.
#[derive(Default)]
struct Places(BTreeMap<String, usize>);

impl Places {
    /// The place of the next mutant of the table.
    fn next(&mut self, name: &str) -> Place {
        let (file, change) = name.split_once(':').unwrap_or((name, ""));
        let change = change.split_once(' ').map_or(change, |(_line, change)| change);
        let place = format!("{file}: {change}");
        let before = self.0.entry(place.clone()).or_default();
        *before += 1;
        (place, *before)
    }
}

fn reasons(table: &str) -> BTreeMap<Place, String> {
    let mut places = Places::default();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let reasons = lines.filter_map(|line| {
        let mut parts = line.split('\t');
        let place = places.next(parts.next()?);
        Some((place, parts.nth(1)?.to_owned()))
    });
    reasons.collect()
}
