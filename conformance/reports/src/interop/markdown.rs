use atm_suite::interop::Pair;

use super::Interop;
use super::ending::Ending;
use super::text::told;
use crate::escape::{code, escape};

/// Writes the tables as Markdown, and each ending that is not as it should be.
#[must_use]
pub fn markdown(interop: &Interop) -> String {
    let mut text = String::from("# Which implementations can live together\n");
    text += &format!("\n{}\n", escape(&interop.rules()));
    for group in &interop.groups {
        text += &format!("\n{}:\n\n|", escape(&group.caption()));
        for line in &interop.implementations {
            text += &format!(" | {}", escape(&line.name));
        }
        text += " |\n|---";
        text += &"|---".repeat(interop.implementations.len());
        text += "|\n";
        for (name, row) in interop.table(group) {
            text += &format!("| **{}**", escape(name));
            for result in row {
                text += &result.map_or_else(|| " | ".to_owned(), |result| format!(" | {}", result.marked()));
            }
            text += " |\n";
        }
    }
    for pair in Pair::all(interop.implementations.len()) {
        let faults: Vec<&Ending> =
            interop.groups.iter().flat_map(|group| group.cell(pair).faults()).collect();
        if !faults.is_empty() {
            text += &format!("\n{}:\n\n", escape(&interop.pair_name(pair)));
        }
        for fault in faults {
            text += &format!("- {}: {}\n", escape(&fault.scenario), escape(&told(fault)));
            text += &format!("  {}\n", code(&fault.command));
        }
    }
    text
}
