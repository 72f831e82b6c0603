use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::counting::Trouble;

/// What `benches/instructions.json` holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baseline {
    /// What made the program whose instructions were counted: another compiler makes another one.
    pub(crate) compiler: Compiler,
    /// How many instructions each hot path takes.
    pub(crate) instructions: BTreeMap<String, u64>,
}

/// A compiler, and what it compiles for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Compiler {
    rustc: String,
    target: String,
}

impl Baseline {
    pub(crate) fn load() -> Result<Self, Trouble> {
        let path = path();
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|source| Trouble::Io { path: path.clone(), source })?;
        serde_json::from_str(&text).map_err(|source| Trouble::Stored { path, source })
    }

    pub(crate) fn save(&self) -> Result<(), Trouble> {
        let path = path();
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|source| Trouble::Stored { path: path.clone(), source })? + "\n";
        std::fs::write(&path, text).map_err(|source| Trouble::Io { path, source })
    }

    /// Makes sure that what `compiler` makes can be compared.
    pub(crate) fn check(&self, compiler: &Compiler) -> Result<(), Trouble> {
        if self.compiler == *compiler {
            return Ok(());
        }
        Err(Trouble::OtherCompiler { stored: self.compiler.clone(), found: compiler.clone() })
    }
}

impl Compiler {
    /// The one that cargo uses here.
    pub(crate) fn current() -> Result<Self, Trouble> {
        let output = Command::new("rustc").arg("-vV").output().map_err(Trouble::Rustc)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        match (field("release: "), field("host: ")) {
            (Some(rustc), Some(target)) => Ok(Self { rustc, target }),
            _ => Err(Trouble::UnknownRustc(text)),
        }
    }
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rustc {} for {}", self.rustc, self.target)
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}
