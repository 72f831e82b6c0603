//! Runs the command with a mark, and finds all processes that carry it.

use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longer than anything here takes, even on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(60);

/// A run of the command. What it starts inherits the mark.
pub(crate) struct Marked {
    mark: String,
    child: Option<Child>,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// How long it took from the first signal on.
    pub(crate) took: Duration,
    /// The command lines of the processes that it left behind.
    pub(crate) left_behind: Vec<String>,
}

/// A mark that no other process has.
pub(crate) fn new_mark() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("left-behind-{}-{}.", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Marked {
    /// Starts the command, which heeds signals even if the tests run under `nohup` or in the background.
    pub(crate) fn start(mark: &str, arguments: &[&str]) -> Self {
        Self::start_by(&["env", "--default-signal=HUP,INT"], mark, arguments)
    }

    /// Lets a program start the command, which takes its place.
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

    /// Waits until a process with the mark has this in its command line.
    pub(crate) fn wait_for(&self, words: &str) {
        let since = now();
        while !marked(&self.mark).iter().any(|line| line.starts_with(words)) {
            assert!(since.elapsed() < LONG, "no adapter came to {words}: {:?}", marked(&self.mark));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal to the command, and to nothing else.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("kill").success());
    }

    /// The most memory that the command itself has used, as long as it runs; in KiB.
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

    /// Waits until the command has ended, and looks at what is left.
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
        // A test that fails leaves nothing behind either.
        for id in ids(&self.mark) {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "wall time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// The command lines of all processes whose environment or command line has the mark.
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
