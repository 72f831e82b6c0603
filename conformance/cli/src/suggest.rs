//! Suggestions for misspelt names, shown below a complaint; `None` if no name is similar.

use std::path::Path;

use atm_reports::mistakes::Complaint;
use atm_simulator::scenario::{Scenario, did_you_mean};
use atm_suite::cases::hostable;
use atm_suite::library;
use atm_suite::selection::IdGlob;

/// For a path without a scenario: a built-in scenario, or a file with a similar name.
pub(crate) fn scenario(path: &Path) -> Option<String> {
    let name = path.to_string_lossy();
    let inside: Vec<&str> = library::files().iter().map(library::LibraryFile::id).collect();
    let without_folder = inside.iter().copied().find(|id| id.split('/').next_back() == Some(&name));
    let of_library = did_you_mean(without_folder.unwrap_or(&name), inside);
    of_library.or_else(|| file(path))
}

/// For a path that does not exist: a similar name in its folder.
pub(crate) fn file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> =
        entries.flatten().filter_map(|it| it.file_name().into_string().ok()).collect();
    names.sort();
    did_you_mean(name, names.iter().map(String::as_str))
}

/// For an unknown name of a device or key: a similar one of the scenario.
pub(crate) fn member(name: &str, scenario: &Scenario) -> Option<String> {
    let mut known: Vec<String> = hostable(scenario).iter().map(ToString::to_string).collect();
    known.extend(scenario.steps.iter().filter_map(|step| step.added_device()).map(|name| name.to_string()));
    known.extend(scenario.keys.names().map(ToString::to_string));
    did_you_mean(name, known.iter().map(String::as_str))
}

/// Complains about each pattern that matches no id. Returns whether all match.
pub(crate) fn all_match(globs: &[IdGlob], ids: &[&str], kind: &str) -> bool {
    let complaints: Vec<Complaint> = without_match(globs, ids, kind).collect();
    let all_match = complaints.is_empty();
    complaints.into_iter().for_each(|complaint| complaint.of("atm").tell());
    all_match
}

/// A complaint for each pattern that matches no id, with a similar id.
fn without_match<'a>(
    globs: &'a [IdGlob],
    ids: &'a [&'a str],
    kind: &'a str,
) -> impl Iterator<Item = Complaint> + 'a {
    let without = globs.iter().filter(|glob| !ids.iter().any(|id| glob.matches(id)));
    without.map(move |glob| {
        let meant = glob.did_you_mean(ids);
        let meant = meant.or_else(|| ids.first().map(|id| format!("ids are such as `{id}`")));
        Complaint::new(format_args!("no {kind} has an id like `{glob}`")).with(meant)
    })
}
