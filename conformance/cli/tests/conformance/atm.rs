//! The command, and files that are removed after a test.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// The result of a run of the command.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the command with these arguments.
pub(crate) fn atm(arguments: &[&str]) -> Done {
    atm_reading(arguments, "")
}

/// Runs the command with these arguments and this standard input.
pub(crate) fn atm_reading(arguments: &[&str], input: &str) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_atm"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("its input"), input.as_bytes())
        .expect("it reads its input");
    let output = child.wait_with_output().expect("the command ends");
    Done {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The command of an adapter that serves the reference engine.
pub(crate) fn served(more: &str) -> String {
    format!("{} adapter serve{more}", env!("CARGO_BIN_EXE_atm"))
}

/// A file that is removed when it is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("atm-{}-{number}-{name}", std::process::id())))
    }

    pub(crate) fn name(&self) -> &str {
        self.0.to_str().expect("a path in UTF-8")
    }

    pub(crate) fn write(&self, text: &str) {
        std::fs::write(&self.0, text).expect("the file can be written");
    }

    pub(crate) fn read(&self) -> String {
        std::fs::read_to_string(&self.0).expect("the file was written")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The file may not exist.
        let _ = std::fs::remove_file(&self.0);
    }
}
