//! Runs the command, and makes files for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The example of the README.
pub(crate) const TWENTY_TO_EIGHT: &str = "scenarios/readme/20-to-8.yaml";

/// The seed of a scenario in which the [`broken_adapter`] sends a message.
pub(crate) const SEED_OF_A_MESSAGE: &str = "129..130";

/// A scenario in which one device authenticates another one. It has no expectations.
const LONELY: &str = "\
format: 1
title: One authentication
requirements: [xep-0450/details/complete-graph]
accounts:
  alice: { devices: { phone: , tablet: } }
steps:
  - authenticate: alice/phone -> alice/tablet
";

/// The command, run in the root of the repository.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atm"));
    command.current_dir(root());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// The result of a run of the command.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
            code: output.status.code().expect("an exit code, no signal"),
        }
    }
}

pub(crate) fn atm<const N: usize>(arguments: [&str; N]) -> Ran {
    command().args(arguments).output().expect("the command can be started").into()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate is in a workspace")
}

/// The command of an adapter of the reference engine.
pub(crate) fn engine_adapter() -> String {
    format!("'{}' adapter serve", env!("CARGO_BIN_EXE_atm"))
}

/// The command of an adapter that sends trust messages of the type `headline`, which servers do not store.
pub(crate) fn broken_adapter() -> String {
    format!("sh -c \"{} | sed -u s/chat/headline/g\"", engine_adapter())
}

/// The command of an adapter that is broken only in its second process, which plays the first scenario.
pub(crate) fn once_broken_adapter(folder: &Folder) -> String {
    let (engine, [first, second]) = (engine_adapter(), ["first", "second"].map(|name| folder.path(name)));
    let is_second = format!("! mkdir '{first}' && mkdir '{second}'");
    let script = format!("if {is_second}; then {engine} | sed -u s/chat/headline/g; else {engine}; fi");
    shell_words::join(["sh", "-c", &script])
}

/// An empty folder for the files of one test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Creates the folder. Each test has its own `name`.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path).expect("an old folder can be removed");
        }
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// The path of a file in the folder; of the folder itself if `name` is empty.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8 in paths").to_owned()
    }

    /// Writes a file, and creates the folders of its path.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
        std::fs::write(&path, bytes).expect("a file can be written");
        self.path(name)
    }

    /// Writes a scenario that passes.
    pub(crate) fn write_passing(&self, name: &str) -> String {
        self.write(name, format!("{LONELY}expect: {{ reference: [counts: {{ manual: 1 }}] }}\n"))
    }

    /// Writes a scenario with a false expectation.
    pub(crate) fn write_failing(&self, name: &str) -> String {
        self.write(name, format!("{LONELY}expect: {{ reference: [counts: {{ manual: 7 }}] }}\n"))
    }

    /// Writes a scenario without expectations.
    pub(crate) fn write_expecting_nothing(&self, name: &str) -> String {
        self.write(name, LONELY)
    }

    /// Writes a scenario with a mistake in line 7: `authenticat`.
    pub(crate) fn write_mistaken(&self, name: &str) -> String {
        self.write(name, LONELY.replace("authenticate:", "authenticat:"))
    }
}
