//! All adapters of this process. None of them outlives the run, however that ends.
//!
//! An adapter that is not needed any more is told so by the end of its input, then by a signal that it can handle, and
//! then killed, along with all that comes from it. [`end_all`] does that with all of them, from any thread.

use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::family::{Demand, Family, MARK, Strangers};
use super::host::Host;

/// How long an adapter has to end after its input was closed, and again after a signal.
const GRACE: Duration = Duration::from_millis(250);

/// How long what was killed may take to be gone.
const KILLED: Duration = Duration::from_secs(2);

/// How long is waited before something is looked at again.
const STEP: Duration = Duration::from_millis(5);

/// The adapters that run.
struct Run {
    hosts: Vec<Arc<Host>>,
    started: u64,
    strangers: Option<Strangers>,
    has_ended: bool,
}

static RUN: Mutex<Run> = Mutex::new(Run { hosts: Vec::new(), started: 0, strangers: None, has_ended: false });

/// Told when the run ends.
static END: Condvar = Condvar::new();

static IN_A_HURRY: AtomicBool = AtomicBool::new(false);

fn run() -> MutexGuard<'static, Run> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all adapters of this process, and waits until they are gone. No other one can be started after that, and
/// [`AdapterError::Interrupted`](crate::AdapterError::Interrupted) is the answer to whoever waits for one.
pub fn end_all() {
    let (mut hosts, strangers) = {
        let mut run = run();
        run.has_ended = true;
        END.notify_all();
        (run.hosts.clone(), run.strangers.clone())
    };
    let Some(strangers) = strangers else { return };
    end(&mut hosts);
    // Processes of an adapter that ended earlier, and hid.
    put_an_end(&mut Family::of_all(strangers));
}

/// From now on, adapters that are to end are killed without being asked first.
pub fn hurry() {
    IN_A_HURRY.store(true, Ordering::Relaxed);
}

/// Whether [`end_all`] was called.
#[must_use]
pub fn has_ended() -> bool {
    run().has_ended
}

/// Waits, but not longer than adapters may run.
pub fn sleep(time: Duration) {
    drop(END.wait_timeout_while(run(), time, |run| !run.has_ended));
}

/// Starts an adapter under a mark and in a process group of its own; `None` if the run has ended.
pub(super) fn start(mut command: Command, input: Sender<String>) -> io::Result<Option<Arc<Host>>> {
    // As long as it is not noted, nobody may take it for a process that nobody knows.
    let mut run = run();
    if run.has_ended {
        return Ok(None);
    }
    let strangers = run.strangers.get_or_insert_with(Strangers::before_the_first).clone();
    run.started += 1;
    let mark = format!("{}.{}", std::process::id(), run.started);
    command.env(MARK, &mark);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let host = Arc::new(Host::new(command.spawn()?, input, &mark, strangers));
    run.hosts.push(host.clone());
    Ok(Some(host))
}

/// Ends adapters and all that comes from them.
pub(super) fn end(hosts: &mut [Arc<Host>]) {
    hosts.iter().for_each(|host| host.close_input());
    wait(GRACE, || hosts.iter().all(|host| host.ended().is_some()));
    put_an_end(hosts);
    run().hosts.retain(|other| !hosts.iter().any(|host| Arc::ptr_eq(host, other)));
}

/// Processes that are to end.
trait Processes {
    /// Whether any of them still runs.
    fn run(&mut self) -> bool;

    fn demand(&mut self, demand: Demand);
}

impl Processes for Family {
    fn run(&mut self) -> bool {
        self.look(&leaders)
    }

    fn demand(&mut self, demand: Demand) {
        Family::demand(self, demand);
    }
}

impl Processes for [Arc<Host>] {
    fn run(&mut self) -> bool {
        // Each is looked at, so that what has ended is reaped.
        self.iter().filter(|host| host.runs(&leaders)).count() > 0
    }

    fn demand(&mut self, demand: Demand) {
        self.iter().for_each(|host| host.demand(demand));
    }
}

/// Asks processes to end, and kills those that do not.
fn put_an_end(processes: &mut (impl Processes + ?Sized)) {
    if !processes.run() {
        return;
    }
    processes.demand(Demand::Terminate);
    if wait(GRACE, || !processes.run()) {
        return;
    }
    let mut waited = Duration::ZERO;
    while waited < KILLED {
        // A process that was just forked is killed the next time.
        processes.demand(Demand::Kill);
        std::thread::sleep(STEP);
        waited += STEP;
        if !processes.run() {
            return;
        }
    }
}

/// Waits for something, unless there is a hurry.
fn wait(limit: Duration, mut is_done: impl FnMut() -> bool) -> bool {
    let mut waited = Duration::ZERO;
    while !is_done() {
        if waited >= limit || IN_A_HURRY.load(Ordering::Relaxed) {
            return false;
        }
        std::thread::sleep(STEP);
        waited += STEP;
    }
    true
}

fn leaders() -> Vec<u32> {
    run().hosts.iter().map(|host| host.leader).collect()
}
