use std::collections::BTreeMap;
use std::fmt;

/// The growth of the hot paths that are counted at several sizes, that is, whose names differ only in one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth<'a>(pub(crate) &'a BTreeMap<String, u64>);

impl fmt::Display for Growth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paths: BTreeMap<String, BTreeMap<u64, u64>> = BTreeMap::new();
        for (name, count) in self.0 {
            if let Some((path, size)) = without_size(name) {
                paths.entry(path).or_default().insert(size, *count);
            }
        }
        for (path, sizes) in paths {
            let counts: Vec<(u64, u64)> = sizes.into_iter().collect();
            for pair in counts.windows(2) {
                let [(small, few), (large, many)] = [pair[0], pair[1]];
                let (size, instructions) = (large as f64 / small as f64, many as f64 / few as f64);
                let sizes = format!("{small} to {large}");
                writeln!(f, "{path:<48}{sizes:>14}{size:>8.2} x size{instructions:>8.2} x instructions")?;
            }
        }
        Ok(())
    }
}

/// Replaces the first number of a name by `N` and returns it. One key and several keys are the same path.
fn without_size(name: &str) -> Option<(String, u64)> {
    let start = name.find(|letter: char| letter.is_ascii_digit())?;
    let digits = name[start..].chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = name[start..].split_at(digits);
    let rest = if number == "1" { format!("{rest}s") } else { rest.to_owned() };
    Some((format!("{}N{rest}", &name[..start]), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_at_several_sizes_are_set_beside_each_other() {
        let counts = [("message_100_keys", 500), ("message_1_key", 100), ("message_9_other", 1), ("run", 1)];
        let counts = counts.map(|(name, count)| (name.to_owned(), count)).into();
        let lines = Growth(&counts).to_string();
        let words: Vec<&str> = lines.split_whitespace().collect();
        let expected = "message_N_keys 1 to 100 100.00 x size 5.00 x instructions";
        assert_eq!(words.join(" "), expected);
    }
}
