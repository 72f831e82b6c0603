//! One running adapter, and how it is ended.

use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::family::{Demand, Family, Strangers};

/// An adapter that was started. Any thread can end it.
#[derive(Debug)]
pub(super) struct Host {
    /// The process id of the adapter.
    pub(super) leader: u32,
    child: Mutex<Child>,
    input: Mutex<Option<Sender<String>>>,
    family: Mutex<Family>,
}

impl Host {
    pub(super) fn new(child: Child, input: Sender<String>, mark: &str, strangers: Strangers) -> Self {
        let leader = child.id();
        Self {
            leader,
            child: Mutex::new(child),
            input: Mutex::new(Some(input)),
            family: Mutex::new(Family::new(leader, mark, strangers)),
        }
    }

    /// Takes the standard streams. Returns `None` after the first call.
    pub(super) fn take_streams(&self) -> Option<(ChildStdin, ChildStdout, ChildStderr)> {
        let mut child = lock(&self.child);
        Some((child.stdin.take()?, child.stdout.take()?, child.stderr.take()?))
    }

    /// Writes a line to the standard input, if that is open.
    pub(super) fn write(&self, line: String) {
        // If the program no longer reads, no answer follows, and that is reported.
        let _ = lock(&self.input).as_ref().map(|input| input.send(line));
    }

    pub(super) fn close_input(&self) {
        *lock(&self.input) = None;
    }

    /// The exit status of the adapter's own process, if it has ended.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// Whether the adapter or any of its descendants is running.
    pub(super) fn runs(&self, leaders: &dyn Fn() -> Vec<u32>) -> bool {
        // Both are checked, so that the adapter's own process is reaped.
        let has_ended = self.ended().is_some();
        lock(&self.family).look(leaders) || !has_ended
    }

    pub(super) fn demand(&self, demand: Demand) {
        lock(&self.family).demand(demand);
        if demand == Demand::Kill {
            // The process may have ended just now.
            let _ = lock(&self.child).kill();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
