//! The report as Markdown: for a README, the summary of a CI run, or a page about several implementations.

mod campaign;
mod comparison;
mod section;

use std::fmt::{Arguments, Write};

use atm_suite::cases::Verdict;
use atm_suite::fuzz::FuzzReport;
use atm_suite::requirements::Requirement;
use atm_suite::run_file::RunFile;

use self::campaign::write_campaigns;
pub use self::comparison::{markdown_comparison, markdown_trend};
use self::section::write_section;
use super::matrix::{Matrix, MatrixColumn, MatrixGroup};
use super::summary::Row;
use super::wording;
use crate::escape::{self, code, escape};

/// Writes runs and campaigns as Markdown. The parts are: the result of each implementation, its failures with reasons,
/// the findings of the campaigns, and a table of all requirements by implementation.
#[must_use]
pub fn markdown(files: &[RunFile], campaigns: &[FuzzReport]) -> String {
    let matrix = Matrix::of(files);
    let mut out = "# Conformance to Automatic Trust Management (XEP-0450)\n".to_owned();
    write_overview(&mut out, &matrix);
    for column in &matrix.columns {
        write_section(&mut out, column);
    }
    write_campaigns(&mut out, campaigns);
    out.push_str("\n## All requirements\n");
    write_legend(&mut out, &matrix);
    for group in &matrix.groups {
        write_group(&mut out, &matrix.columns, group);
    }
    out
}

/// Adds a line. Writing to memory cannot fail.
fn line(out: &mut String, text: Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

/// The id of a requirement, with a link to its text.
fn linked(id: &str, requirement: Option<&'static Requirement>) -> String {
    match wording::link(requirement) {
        Some(link) => format!("[{}]({link})", code(id)),
        None => code(id),
    }
}

fn write_overview(out: &mut String, matrix: &Matrix<'_>) {
    line(out, format_args!("\n| implementation | result | requirements kept | besides | cases | suite |"));
    line(out, format_args!("|---|---|---|---|---:|---|"));
    for MatrixColumn { file, column, .. } in &matrix.columns {
        let name = wording::full_name(column.implementation);
        let name = escape::linked(&name, column.implementation.url.as_deref().unwrap_or_default());
        let conclusion = column.conclusion();
        line(
            out,
            format_args!(
                "| {name} | {} | {} ({}) | {} | {} | {} |",
                conclusion.name(),
                wording::score(column),
                wording::scope(column),
                wording::remainder(column),
                column.cases.len(),
                escape(&file.run.suite)
            ),
        );
    }
}

fn write_legend(out: &mut String, matrix: &Matrix<'_>) {
    let rows = || matrix.columns.iter().flat_map(|column| &column.column.rows);
    let mut words: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| rows().any(|row| row.verdict() == Some(*verdict)))
        .map(|verdict| format!("{} {verdict}: {}", mark(Some(verdict)), wording::meaning(verdict)))
        .collect();
    if rows().any(|row| row.verdict().is_none()) {
        words.push(format!("{} untested: no case says anything about it", mark(None)));
    }
    line(out, format_args!("\n{}.", words.join("; ")));
}

fn write_group(out: &mut String, columns: &[MatrixColumn<'_>], group: &MatrixGroup<'_>) {
    let title = group
        .document
        .map_or("Unknown to this version of the suite".to_owned(), |document| document.to_string());
    line(out, format_args!("\n### {title}\n"));
    let names: Vec<String> = columns.iter().map(|column| escape(&column.key)).collect();
    line(out, format_args!("| requirement | level | {} |", names.join(" | ")));
    line(out, format_args!("|---|---|{}", "---|".repeat(columns.len())));
    for requirement in &group.lines {
        let id = linked(requirement.id, requirement.requirement);
        let level = requirement.requirement.map_or(String::new(), |known| known.level.to_string());
        let cells = columns.iter().map(|column| cell(column.row(requirement.id)));
        line(out, format_args!("| {id} | {level} | {} |", cells.collect::<Vec<_>>().join(" | ")));
    }
}

fn cell(row: Option<&Row<'_>>) -> String {
    let Some(row) = row else { return String::new() };
    let verdict = row.verdict();
    format!("{} {}{}", mark(verdict), verdict.map_or("untested", Verdict::name), wording::besides(row))
}

fn mark(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or(wording::UNTESTED_SHAPE, wording::shape)
}
