//! One adapter that runs, and how it is ended.

use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::family::{Demand, Family, Strangers};

/// An adapter that was started. Any thread can end it.
#[derive(Debug)]
pub(super) struct Host {
    /// The number of its process.
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

    /// Its standard streams, once.
    pub(super) fn take_streams(&self) -> Option<(ChildStdin, ChildStdout, ChildStderr)> {
        let mut child = lock(&self.child);
        Some((child.stdin.take()?, child.stdout.take()?, child.stderr.take()?))
    }

    /// Writes a line to its standard input, if that is open.
    pub(super) fn write(&self, line: String) {
        // If the program does not read any more, there is no answer, and that is what is told.
        let _ = lock(&self.input).as_ref().map(|input| input.send(line));
    }

    pub(super) fn close_input(&self) {
        *lock(&self.input) = None;
    }

    /// How its own process ended, if it did.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// Whether it, or anything that comes from it, still runs.
    pub(super) fn runs(&self, leaders: &dyn Fn() -> Vec<u32>) -> bool {
        // Both, so that its own process is reaped.
        let has_ended = self.ended().is_some();
        lock(&self.family).look(leaders) || !has_ended
    }

    pub(super) fn demand(&self, demand: Demand) {
        lock(&self.family).demand(demand);
        if demand == Demand::Kill {
            // It may have ended just now.
            let _ = lock(&self.child).kill();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
