//! The results of several runs, in order.

use atm_suite::cases::Verdict;
use atm_suite::run_file::RunFile;

use super::comparison::{ChangeKind, Changes};
use super::summary::{Column, RunSummary, VerdictCounts};

/// The results of several runs, in the order in which they were given.
#[derive(Clone, Debug)]
pub struct Trend<'a> {
    /// A line for each run and implementation.
    pub lines: Vec<TrendLine<'a>>,
}

/// The result of one implementation in one run.
#[derive(Clone, Debug)]
pub struct TrendLine<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// The run.
    pub run: &'a RunFile,
    /// The result.
    pub column: Column<'a>,
    /// The changes since the line before of the same implementation.
    pub changes: Option<Changes<'a>>,
}

impl<'a> Trend<'a> {
    /// The trend of these files, each with its name.
    #[must_use]
    pub fn of(files: &'a [(String, RunFile)]) -> Self {
        let mut lines: Vec<TrendLine<'a>> = Vec::new();
        for (file, run) in files {
            for column in RunSummary::of(run).columns {
                let is_same =
                    |line: &&TrendLine<'_>| line.column.implementation.name == column.implementation.name;
                let before = lines.iter().rev().find(is_same);
                let changes = before.map(|line| Changes::of(line.column.clone(), column.clone()));
                lines.push(TrendLine { file, run, column, changes });
            }
        }
        Self { lines }
    }

    /// Whether the last run of an implementation has a failure that the one before has not.
    #[must_use]
    pub fn ends_with_regression(&self) -> bool {
        let is_last = |position: usize, line: &TrendLine<'_>| {
            let mut later = self.lines[position + 1..].iter();
            later.all(|other| other.column.implementation.name != line.column.implementation.name)
        };
        let mut last = self.lines.iter().enumerate().filter(|(position, line)| is_last(*position, line));
        last.any(|(_, line)| line.count(ChangeKind::NewlyFailing).is_some_and(|number| number > 0))
    }
}

/// The heading of each column of the table.
pub(super) const HEADINGS: [&str; 9] =
    ["run", "implementation", "result", "kept", "fail", "error", "advice", "newly failing", "newly passing"];

impl TrendLine<'_> {
    /// The cells of the line, one for each of the [`HEADINGS`].
    pub(super) fn cells(&self) -> [String; 9] {
        let (line, tally) = (self.column.implementation, self.column.tally());
        let counts = VerdictCounts::of(&self.column.rows);
        let number = |verdict| counts.get(verdict).to_string();
        let since = |kind| self.count(kind).map_or_else(|| "·".to_owned(), |number| number.to_string());
        [
            self.file.to_owned(),
            format!("{} {}", line.name, line.version),
            self.column.conclusion().name().to_owned(),
            format!("{} of {}", tally.kept, tally.demanded),
            number(Verdict::Fail),
            number(Verdict::Error),
            number(Verdict::Advice),
            since(ChangeKind::NewlyFailing),
            since(ChangeKind::NewlyPassing),
        ]
    }

    fn count(&self, kind: ChangeKind) -> Option<usize> {
        self.changes.as_ref().map(|changes| changes.count(kind))
    }
}
