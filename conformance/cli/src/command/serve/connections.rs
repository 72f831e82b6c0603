//! The open connections. Their number is bounded, and no silent client can keep others out for long.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The most open connections.
const MOST: usize = 32;

/// All open connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Open>,
    closed: Condvar,
}

#[derive(Debug, Default)]
struct Open {
    count: usize,
    /// The number of the next connection.
    next: u64,
    /// The connections whose request has not arrived, by their numbers: the oldest first.
    silent: BTreeMap<u64, TcpStream>,
}

/// An open connection. Dropping it closes the stream.
#[derive(Debug)]
pub(super) struct Connection<'a> {
    pub(super) stream: TcpStream,
    number: u64,
    all: &'a Connections,
}

impl Connections {
    /// Adds a connection. If there are too many, it ends the oldest one whose request has not arrived. If there is none,
    /// it waits until another connection ends.
    pub(super) fn admit(&self, stream: TcpStream) -> std::io::Result<Connection<'_>> {
        let silent = stream.try_clone()?;
        let mut open = self.open();
        while open.count >= MOST {
            if let Some((_, oldest)) = open.silent.pop_first() {
                // Its client may have closed it.
                let _ = oldest.shutdown(Shutdown::Both);
            }
            open = self.closed.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        let number = open.next;
        open.next += 1;
        open.count += 1;
        open.silent.insert(number, silent);
        Ok(Connection { stream, number, all: self })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection<'_> {
    /// Marks the request of the connection as received.
    pub(super) fn has_asked(&self) {
        self.all.open().silent.remove(&self.number);
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        let mut open = self.all.open();
        open.silent.remove(&self.number);
        open.count -= 1;
        self.all.closed.notify_one();
    }
}
