use maud::{Markup, PreEscaped, html as markup};

use super::ending::{CellResult, Ending};
use super::text::told;
use super::{Cell, Group, Interop};
use crate::document::Document;
use crate::page;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the tables as one HTML page that loads nothing. Each cell leads to its endings, and each ending to the run.
#[must_use]
pub fn html(interop: &Interop) -> String {
    let script = format!("{}{SCRIPT}", page::SCRIPT);
    let document = Document {
        title: "Which implementations can live together",
        style: STYLE,
        style_of_a_part: page::STYLE,
        script: &script,
        also_allowed: "",
    };
    document.write(&markup! {
        header {
            h1 { "Which implementations can live together" }
            ul {
                @for line in &interop.implementations {
                    li { strong { (line.name) } ": " (line.implementation) " " (line.version) }
                }
            }
            p { (interop.rules()) }
            p.aside {
                "Each pair divides the devices of each scenario in every way. A cell says how that ends, and leads to the runs."
            }
        }
        main {
            @for (number, group) in interop.groups.iter().enumerate() { (table(interop, group, number)) }
            @for (number, group) in interop.groups.iter().enumerate() {
                @for cell in &group.cells { (details(interop, group, (number, cell))) }
            }
        }
        template #run-style { style { (PreEscaped(page::STYLE)) } }
    })
}

fn table(interop: &Interop, group: &Group, number: usize) -> Markup {
    markup! {
        table {
            caption { (group.caption()) }
            thead { tr {
                td {}
                @for line in &interop.implementations { th scope="col" { (line.name) } }
            } }
            tbody {
                @for (row, (name, results)) in interop.table(group).enumerate() {
                    tr {
                        th scope="row" { (name) }
                        @for (column, result) in results.into_iter().enumerate() {
                            @match result {
                                None => td.empty {},
                                Some(result) => td data-name=(interop.name(column)) {
                                    a href={ "#" (anchor(number, row, column)) } { (cell(&result)) }
                                },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(result: &CellResult) -> Markup {
    markup! { span class={ "ending " (result.kind.class()) } { span.mark { (result.kind.mark()) } " " (result.text) } }
}

fn details(interop: &Interop, group: &Group, (number, cell): (usize, &Cell)) -> Markup {
    let pair = cell.pair;
    markup! {
        section id=(anchor(number, pair.first, pair.second)) {
            h2 { (interop.pair_name(pair)) " · " (group.name) }
            @for ending in &cell.endings { (run(ending)) }
        }
    }
}

fn run(ending: &Ending) -> Markup {
    markup! {
        details {
            summary {
                span class={ "ending " (ending.kind.class()) } { span.mark { (ending.kind.mark()) } " " (ending.kind.meaning()) }
                " " (ending.scenario) ": " (told(ending))
            }
            p { (ending.roles) }
            pre { code { (ending.command) } }
            @if let Some(run) = &ending.run {
                script type="text/plain" { (page::packed(run)) }
                div.run-place {}
            }
        }
    }
}

fn anchor(group: usize, first: usize, second: usize) -> String {
    format!("pair-{group}-{first}-{second}")
}
