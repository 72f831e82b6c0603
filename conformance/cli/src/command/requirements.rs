use std::collections::BTreeMap;
use std::io::{self, Write};

use atm_reports::mistakes;
use atm_suite::requirements::{self, Observability, Requirement};
use atm_suite::{json, library};
use serde::Serialize;

use crate::arguments::{self, ListFormat};
use crate::exit::Exit;
use crate::output::Output;
use crate::suggest;

/// The scenarios that name each requirement, by the id of the requirement.
type Tests = BTreeMap<String, Vec<&'static str>>;

/// Lists requirements with their tests.
pub(crate) fn requirements(list: &arguments::RequirementsArgs) -> Exit {
    let selection = list.choice.selection();
    let chosen: Vec<_> = requirements::all().filter(|requirement| selection.admits(requirement)).collect();
    let ids: Vec<&str> = requirements::ids().collect();
    if !suggest::all_match(&list.choice.id, &ids, "requirement") {
        return Exit::Usage;
    }
    if chosen.is_empty() {
        mistakes::complain("atm: there is no such requirement; without options all are listed");
        return Exit::Usage;
    }
    let tests = tests();
    let mut output = Output::default();
    match list.format {
        ListFormat::Text => output.print(|out| write_text(out, &chosen, &tests)),
        ListFormat::Json => output.print_plain(|out| {
            let entries: Vec<_> = chosen.iter().map(|requirement| Entry::of(requirement, &tests)).collect();
            json::write_pretty(out, &entries)
        }),
    }
    output.exit(Exit::AsExpected)
}

fn tests() -> Tests {
    let mut tests = Tests::new();
    for file in library::files() {
        let scenario = file.load().expect("the scenarios of the library have no mistakes, as a test shows");
        for id in scenario.requirements {
            tests.entry(id.as_str().to_owned()).or_default().push(file.id());
        }
    }
    tests
}

fn scenarios<'a>(tests: &'a Tests, requirement: &Requirement) -> &'a [&'static str] {
    tests.get(requirement.id).map_or(&[], Vec::as_slice)
}

fn write_text(out: &mut dyn Write, chosen: &[&Requirement], tests: &Tests) -> io::Result<()> {
    let (heading, aside) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let mut document = None;
    for requirement in chosen {
        if document != Some(requirement.document) {
            let gap = if document.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{heading}{}{heading:#}", requirement.document)?;
            document = Some(requirement.document);
        }
        writeln!(out)?;
        writeln!(out, "{}  {aside}{}, {}{aside:#}", requirement.id, requirement.level, requirement.weight)?;
        writeln!(out, "    {}", requirement.summary)?;
        writeln!(out, "    {}", requirement.url())?;
        match requirement.coverage {
            Observability::Scenarios | Observability::Confirmations => {
                for scenario in scenarios(tests, requirement) {
                    writeln!(out, "    tested by {scenario}")?;
                }
            }
            Observability::Messages => writeln!(out, "    tested on every message that is sent")?,
            Observability::Variations => writeln!(out, "    tested by variations of every scenario")?,
            Observability::Unobservable(reason) => writeln!(out, "    not tested: {reason}")?,
        }
        match requirement.mutants() {
            0 => {}
            1 => writeln!(out, "    catches 1 mutant of the engine's rules")?,
            mutants => writeln!(out, "    catches {mutants} mutants of the engine's rules")?,
        }
    }
    Ok(())
}

/// A requirement: an object of `--format json`.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    id: &'static str,
    /// The common prefix of all ids of the document.
    document: &'static str,
    title: &'static str,
    version: Option<&'static str>,
    level: String,
    weight: String,
    summary: &'static str,
    url: String,
    /// The kind of test: `scenarios`, `messages`, `variations` or `nothing`.
    tested_by: &'static str,
    scenarios: &'a [&'static str],
    /// The number of mutants of the engine's rules that the requirement catches.
    mutants: usize,
    /// The reason why nothing tests the requirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl<'a> Entry<'a> {
    fn of(requirement: &Requirement, tests: &'a Tests) -> Self {
        let (tested_by, reason) = match requirement.coverage {
            Observability::Scenarios | Observability::Confirmations => ("scenarios", None),
            Observability::Messages => ("messages", None),
            Observability::Variations => ("variations", None),
            Observability::Unobservable(reason) => ("nothing", Some(reason)),
        };
        Self {
            id: requirement.id,
            document: requirement.document.prefix(),
            title: requirement.document.title(),
            version: requirement.document.version(),
            level: requirement.level.to_string(),
            weight: requirement.weight.to_string(),
            summary: requirement.summary,
            url: requirement.url(),
            tested_by,
            scenarios: scenarios(tests, requirement),
            mutants: requirement.mutants(),
            reason,
        }
    }
}
