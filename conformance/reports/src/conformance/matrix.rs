use std::collections::BTreeSet;

use atm_suite::requirements::{self, Document, Requirement};
use atm_suite::run_file::RunFile;

use super::summary::{Column, Row, RunSummary};

/// Requirements against implementations, of any number of run files.
#[derive(Clone, Debug)]
pub(super) struct Matrix<'a> {
    pub(super) columns: Vec<MatrixColumn<'a>>,
    pub(super) groups: Vec<MatrixGroup<'a>>,
}

/// An implementation in one run.
#[derive(Clone, Debug)]
pub(super) struct MatrixColumn<'a> {
    /// What tells it from all others, also in a URL: its name, with a number if another one is called the same.
    pub(super) key: String,
    pub(super) file: &'a RunFile,
    pub(super) column: Column<'a>,
}

/// The requirements of one document; `None` for those that this version of the suite does not know.
#[derive(Clone, Debug)]
pub(super) struct MatrixGroup<'a> {
    pub(super) document: Option<Document>,
    pub(super) lines: Vec<MatrixLine<'a>>,
}

/// A requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MatrixLine<'a> {
    pub(super) id: &'a str,
    pub(super) requirement: Option<&'static Requirement>,
}

impl<'a> Matrix<'a> {
    pub(super) fn of(files: &'a [RunFile]) -> Self {
        let mut columns: Vec<MatrixColumn<'a>> = Vec::new();
        for file in files {
            for column in RunSummary::of(file).columns {
                let name = plain(&column.implementation.name);
                let taken = |key: &str| columns.iter().any(|other| other.key == key);
                let numbered = (2..).map(|number| format!("{name}-{number}"));
                let mut keys = std::iter::once(name.clone()).chain(numbered);
                let key = keys.find(|key| !taken(key)).expect("there are more numbers than columns");
                columns.push(MatrixColumn { key, file, column });
            }
        }
        let groups = groups(&columns);
        Self { columns, groups }
    }
}

impl<'a> MatrixColumn<'a> {
    /// What it says about a requirement; `None` if that was not selected.
    pub(super) fn row(&self, id: &str) -> Option<&Row<'a>> {
        self.column.rows.iter().find(|row| row.id == id)
    }
}

/// A name with nothing in it that means something in a URL.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect()
}

fn groups<'a>(columns: &[MatrixColumn<'a>]) -> Vec<MatrixGroup<'a>> {
    let mut ids: BTreeSet<&'a str> =
        columns.iter().flat_map(|column| column.column.rows.iter().map(|row| row.id)).collect();
    let known = requirements::all().filter_map(|requirement| {
        ids.take(requirement.id).map(|id| MatrixLine { id, requirement: Some(requirement) })
    });
    let known: Vec<_> = known.collect();
    let unknown = ids.into_iter().map(|id| MatrixLine { id, requirement: None });
    let mut groups: Vec<MatrixGroup<'_>> = Vec::new();
    for line in known.into_iter().chain(unknown) {
        let document = line.requirement.map(|requirement| requirement.document);
        match groups.last_mut() {
            Some(group) if group.document == document => group.lines.push(line),
            _ => groups.push(MatrixGroup { document, lines: vec![line] }),
        }
    }
    groups
}
