use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::counted_with::CountedWith;
use crate::counting::CountingError;

/// The content of `benches/instructions.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baseline {
    /// The tools that compiled and counted.
    pub(crate) counted_with: CountedWith,
    /// The number of instructions of each hot path.
    pub(crate) instructions: BTreeMap<String, u64>,
}

/// The degree to which counts can be compared with a baseline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    Same,
    /// The compiler is the same, but valgrind or glibc differs.
    OtherTools,
}

impl Baseline {
    pub(crate) fn load() -> Result<Self, CountingError> {
        let path = path();
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|source| CountingError::Io { path: path.clone(), source })?;
        serde_json::from_str(&text).map_err(|source| CountingError::Stored { path, source })
    }

    pub(crate) fn save(&self) -> Result<(), CountingError> {
        let path = path();
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|source| CountingError::Stored { path: path.clone(), source })? + "\n";
        std::fs::write(&path, text).map_err(|source| CountingError::Io { path, source })
    }

    /// Checks that counts with the tools `found` can be compared with the baseline.
    pub(crate) fn check(&self, found: &CountedWith) -> Result<Likeness, CountingError> {
        let stored = &self.counted_with;
        if stored == found {
            Ok(Likeness::Same)
        } else if stored.has_compiler_of(found) {
            Ok(Likeness::OtherTools)
        } else {
            Err(CountingError::OtherCompiler { stored: stored.clone().into(), found: found.clone().into() })
        }
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_compiler_keeps_counts_from_being_compared() {
        let stored = Baseline {
            counted_with: CountedWith::example("1.95.0", "3.19.0"),
            instructions: BTreeMap::new(),
        };
        let check = |rustc, valgrind| stored.check(&CountedWith::example(rustc, valgrind)).ok();
        assert_eq!(check("1.95.0", "3.19.0"), Some(Likeness::Same));
        assert_eq!(check("1.95.0", "3.24.0"), Some(Likeness::OtherTools));
        assert_eq!(check("1.96.0", "3.19.0"), None);
    }
}
