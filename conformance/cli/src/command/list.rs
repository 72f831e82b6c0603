use std::io::{self, Write};

use atm_reports::mistakes;
use atm_simulator::scenario::Scenario;
use atm_suite::selection::IdGlob;
use atm_suite::{json, library, requirements};
use serde::Serialize;

use crate::arguments::{self, ListFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::suggest;

/// A scenario of this project: an object of `--format json`.
#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    title: String,
    about: Option<String>,
    requirements: Vec<String>,
}

/// Lists the built-in scenarios.
pub(crate) fn list(list: &arguments::ListArgs) -> Exit {
    let entries: Vec<Entry> = library::files().iter().map(entry).collect();
    let chosen: Vec<&Entry> = entries.iter().filter(|entry| is_chosen(list, entry)).collect();
    let names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
    let ids: Vec<&str> = requirements::ids().collect();
    let all_match = suggest::all_match(&list.names, &names, "scenario")
        & suggest::all_match(&list.requirement, &ids, "requirement");
    if !all_match {
        return Exit::Usage;
    }
    if chosen.is_empty() {
        mistakes::complain("atm: there is no such scenario; without options all are listed");
        return Exit::Usage;
    }
    let mut output = Output::default();
    match list.format {
        ListFormat::Text => output.print(|out| write_text(out, &chosen)),
        ListFormat::Json => output.print_plain(|out| json::write_pretty(out, &chosen)),
    }
    output.exit(Exit::AsExpected)
}

fn entry(file: &library::LibraryFile) -> Entry {
    let scenario = file.load().expect("the scenarios of the library have no mistakes, as a test shows");
    let Scenario { title, about, requirements, .. } = scenario;
    let requirements = requirements.iter().map(ToString::to_string).collect();
    Entry { name: file.id(), title, about, requirements }
}

/// Whether a scenario matches one of the patterns of each given option.
fn is_chosen(list: &arguments::ListArgs, entry: &Entry) -> bool {
    let fits = |globs: &[IdGlob], id: &str| globs.iter().any(|glob| glob.matches(id));
    let by_name = list.names.is_empty() || fits(&list.names, entry.name);
    let by_requirement =
        list.requirement.is_empty() || entry.requirements.iter().any(|id| fits(&list.requirement, id));
    by_name && by_requirement
}

/// Writes the names by folder, each with its title.
fn write_text(out: &mut dyn Write, chosen: &[&Entry]) -> io::Result<()> {
    let heading = anstyle::Style::new().bold();
    let width = chosen.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut folder = None;
    for entry in chosen {
        let of = entry.name.split('/').next();
        if folder != of {
            let gap = if folder.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{heading}{}{heading:#}", of.unwrap_or_default())?;
            folder = of;
        }
        writeln!(out, "  {:width$}  {}", entry.name, entry.title)?;
    }
    Ok(())
}
