//! Runs the command with a mark, and finds all processes with that mark.

use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// More than anything here takes, even on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A run of the command. All processes that it starts inherit the mark.
pub(crate) struct Marked {
    mark: String,
    child: Option<Child>,
}

/// The result of a run.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The time from the call of [`Marked::end`] to the end of the command.
    pub(crate) took: Duration,
    /// The command lines of the processes that it left behind.
    pub(crate) left_behind: Vec<String>,
}

/// A unique mark.
pub(crate) fn new_mark() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("left-behind-{}-{}.", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Marked {
    /// Starts the command. It heeds signals even if the tests run under `nohup` or in the background.
    pub(crate) fn start(mark: &str, arguments: &[&str]) -> Self {
        Self::start_by(&["env", "--default-signal=HUP,INT"], mark, arguments)
    }

    /// Starts the command by a program that it replaces.
    pub(crate) fn start_by(program: &[&str], mark: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .arg(env!("CARGO_BIN_EXE_atm"))
            .args(arguments)
            .env("LEFT_BEHIND_MARK", mark)
            .stdin(Stdio::null());
        let child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
        Self { mark: mark.to_owned(), child: Some(child) }
    }

    /// Waits until the command line of a process with the mark begins with these words.
    pub(crate) fn wait_for(&self, words: &str) {
        let since = now();
        while !marked(&self.mark).iter().any(|line| line.starts_with(words)) {
            assert!(since.elapsed() < LONG, "no adapter came to {words}: {:?}", marked(&self.mark));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal to the command only.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("kill").success());
    }

    /// Waits for the end of the command. Returns the most memory that it used itself, in KiB.
    pub(crate) fn peak_memory(&mut self) -> u64 {
        let child = self.child.as_mut().expect("it was started");
        let mut peak = 0;
        while child.try_wait().expect("it is ours").is_none() {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let used = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
            peak = peak.max(used.unwrap_or_default());
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    }

    /// Waits for the end of the command, and lists the processes that it left behind.
    pub(crate) fn end(mut self) -> Ended {
        let since = now();
        let mut child = self.child.take().expect("it was started");
        while child.try_wait().expect("it is ours").is_none() {
            if since.elapsed() > LONG {
                child.kill().expect("it is ours");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let Output { status, stdout, stderr } = child.wait_with_output().expect("the command ends");
        Ended {
            code: status.code(),
            out: String::from_utf8(stdout).expect("UTF-8"),
            err: String::from_utf8(stderr).expect("UTF-8"),
            took: since.elapsed(),
            left_behind: marked(&self.mark),
        }
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        // A failed test leaves no process behind either.
        for id in ids(&self.mark) {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// The command lines of all processes that have the mark in their environment or command line.
pub(crate) fn marked(mark: &str) -> Vec<String> {
    ids(mark).iter().map(|id| command_line(id)).collect()
}

fn ids(mark: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").expect("Linux").filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let has_mark = |id: &String| {
        let read = |file| std::fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
        let all = [read("environ"), read("cmdline")].concat();
        all.windows(mark.len()).any(|part| part == mark.as_bytes())
    };
    let processes = ids.filter(|id| id.bytes().all(|digit| digit.is_ascii_digit()));
    processes.filter(|id| *id != std::process::id().to_string()).filter(has_mark).collect()
}

fn command_line(id: &str) -> String {
    let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).replace('\0', " ")
}
