use std::collections::BTreeSet;

use atm_suite::requirements::{self, Document, Requirement};
use atm_suite::run_file::RunFile;

use super::summary::{Column, Row, RunSummary};

/// The table of requirements by implementation, from any number of run files.
#[derive(Clone, Debug)]
pub(super) struct Matrix<'a> {
    pub(super) columns: Vec<MatrixColumn<'a>>,
    pub(super) groups: Vec<MatrixGroup<'a>>,
}

/// One implementation in one run.
#[derive(Clone, Debug)]
pub(super) struct MatrixColumn<'a> {
    /// The unique name of the column, which is safe in a URL. A number is appended if the name is taken.
    pub(super) key: String,
    pub(super) file: &'a RunFile,
    pub(super) column: Column<'a>,
}

/// The requirements of one document; `None` holds those that this version of the suite does not know.
#[derive(Clone, Debug)]
pub(super) struct MatrixGroup<'a> {
    pub(super) document: Option<Document>,
    pub(super) lines: Vec<MatrixLine<'a>>,
}

/// A requirement, with its definition if this version of the suite knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MatrixLine<'a> {
    pub(super) id: &'a str,
    pub(super) requirement: Option<&'static Requirement>,
}

impl<'a> Matrix<'a> {
    pub(super) fn of(files: &'a [RunFile]) -> Self {
        Self::of_marked(files.iter().map(|file| (file, "")))
    }

    /// The table of an earlier run and a later one, whose columns are marked as such.
    pub(super) fn of_both(old: &'a RunFile, new: &'a RunFile) -> Self {
        Self::of_marked([(old, "-old"), (new, "-new")].into_iter())
    }

    fn of_marked(files: impl Iterator<Item = (&'a RunFile, &'static str)>) -> Self {
        let mut columns: Vec<MatrixColumn<'a>> = Vec::new();
        for (file, mark) in files {
            for column in RunSummary::of(file).columns {
                let name = plain(&column.implementation.name) + mark;
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

impl MatrixLine<'_> {
    /// Whether the columns have different verdicts about the requirement.
    pub(super) fn differs(&self, columns: &[MatrixColumn<'_>]) -> bool {
        let mut verdicts = columns.iter().map(|column| column.row(self.id).and_then(Row::verdict));
        let first = verdicts.next();
        verdicts.any(|verdict| Some(verdict) != first)
    }
}

impl<'a> MatrixColumn<'a> {
    /// The row of a requirement; `None` if the run did not select it.
    pub(super) fn row(&self, id: &str) -> Option<&Row<'a>> {
        self.column.rows.iter().find(|row| row.id == id)
    }
}

/// A name in which every character with a meaning in URLs is replaced by `-`.
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
