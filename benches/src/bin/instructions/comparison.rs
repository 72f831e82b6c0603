use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The tolerance in percent: more additional instructions are an error, more saved ones call for a new baseline.
const PERCENT: u64 = 5;

/// The stored and the current counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison<'a> {
    pub(crate) stored: &'a BTreeMap<String, u64>,
    pub(crate) counted: &'a BTreeMap<String, u64>,
}

/// The counts of one hot path.
enum Row {
    Both { stored: u64, counted: u64 },
    New(u64),
    Gone(u64),
}

impl Comparison<'_> {
    /// Whether no hot path exceeds the tolerance and both have the same paths.
    pub(crate) fn is_kept(&self) -> bool {
        self.rows().all(|(_, row)| match row {
            Row::Both { stored, counted } => !is_too_many(stored, counted),
            Row::New(_) | Row::Gone(_) => false,
        })
    }

    /// The hot paths that take too many more instructions.
    pub(crate) fn too_many(&self) -> Vec<&str> {
        self.names_of(is_too_many)
    }

    /// The hot paths that take so many fewer instructions that the baseline no longer guards them.
    pub(crate) fn far_fewer(&self) -> Vec<&str> {
        self.names_of(is_far_fewer)
    }

    fn names_of(&self, is_meant: impl Fn(u64, u64) -> bool) -> Vec<&str> {
        let rows = self.rows();
        let meant = rows
            .filter(|(_, row)| matches!(*row, Row::Both { stored, counted } if is_meant(stored, counted)));
        meant.map(|(name, _)| name).collect()
    }

    fn rows(&self) -> impl Iterator<Item = (&str, Row)> {
        let names: BTreeSet<&String> = self.stored.keys().chain(self.counted.keys()).collect();
        names.into_iter().filter_map(|name| {
            let row = match (self.stored.get(name), self.counted.get(name)) {
                (Some(&stored), Some(&counted)) => Row::Both { stored, counted },
                (None, Some(&counted)) => Row::New(counted),
                (Some(&stored), None) => Row::Gone(stored),
                (None, None) => return None,
            };
            Some((name.as_str(), row))
        })
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<48}{:>14}{:>14}", "instructions", "stored", "counted")?;
        for (name, row) in self.rows() {
            match row {
                Row::Both { stored, counted } => {
                    let more = 100.0 * (counted as f64 / stored as f64 - 1.0);
                    let remark = match (is_too_many(stored, counted), is_far_fewer(stored, counted)) {
                        (true, _) => "  TOO MANY",
                        (_, true) => "  far fewer",
                        (false, false) => "",
                    };
                    writeln!(f, "{name:<48}{stored:>14}{counted:>14}{more:>+8.2} %{remark}")?;
                }
                Row::New(counted) => writeln!(f, "{name:<48}{:>14}{counted:>14}  not stored", "")?,
                Row::Gone(stored) => writeln!(f, "{name:<48}{stored:>14}{:>14}  not counted", "")?,
            }
        }
        Ok(())
    }
}

fn is_too_many(stored: u64, counted: u64) -> bool {
    100 * counted > (100 + PERCENT) * stored
}

fn is_far_fewer(stored: u64, counted: u64) -> bool {
    100 * counted < (100 - PERCENT) * stored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
        counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[track_caller]
    fn assert_kept(expected: bool, stored: &[(&str, u64)], counted: &[(&str, u64)]) {
        let comparison = Comparison { stored: &counts(stored), counted: &counts(counted) };
        assert_eq!(comparison.is_kept(), expected, "{comparison}");
    }

    #[test]
    fn five_percent_more_are_let_through_and_not_one_instruction_further() {
        assert_kept(true, &[("a", 1_000), ("b", 1_000)], &[("a", 1_050), ("b", 400)]);
        assert_kept(false, &[("a", 1_000), ("b", 1_000)], &[("a", 1_000), ("b", 1_051)]);
    }

    #[test]
    fn what_is_far_from_the_baseline_is_named() {
        let stored = counts(&[("a", 1_000), ("b", 1_000), ("c", 1_000), ("d", 1_000), ("e", 1_000)]);
        let counted = counts(&[("a", 949), ("b", 950), ("c", 1_050), ("d", 1_051), ("f", 1)]);
        let comparison = Comparison { stored: &stored, counted: &counted };
        assert_eq!(comparison.far_fewer(), ["a"]);
        assert_eq!(comparison.too_many(), ["d"]);
    }

    #[test]
    fn no_hot_path_appears_or_disappears_unnoticed() {
        assert_kept(false, &[("a", 1_000)], &[("a", 1_000), ("b", 1)]);
        assert_kept(false, &[("a", 1_000), ("b", 1)], &[("a", 1_000)]);
    }
}
