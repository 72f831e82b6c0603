//! All adapters of this process. None of them outlives the run, however it ends.
//!
//! An adapter that is no longer needed is ended in steps: its input is closed, then it gets a signal that it can
//! handle, then it is killed together with its descendants. [`end_all`] does that with all adapters, from any thread.

use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::family::{Demand, Family, MARK, Strangers};
use super::host::Host;

/// The time that an adapter has to end after its input was closed, and again after a signal.
const GRACE: Duration = Duration::from_millis(250);

/// The time that killed processes have to disappear.
const KILLED: Duration = Duration::from_secs(2);

/// The interval between two checks.
const STEP: Duration = Duration::from_millis(5);

/// The running adapters.
struct Run {
    hosts: Vec<Arc<Host>>,
    started: u64,
    strangers: Option<Strangers>,
    has_ended: bool,
}

static RUN: Mutex<Run> = Mutex::new(Run { hosts: Vec::new(), started: 0, strangers: None, has_ended: false });

/// Notified when the run ends.
static END: Condvar = Condvar::new();

static IN_A_HURRY: AtomicBool = AtomicBool::new(false);

fn run() -> MutexGuard<'static, Run> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all adapters of this process and waits until they are gone. No adapter can be started after that. Callers that
/// wait for one get [`AdapterError::Interrupted`](crate::AdapterError::Interrupted).
pub fn end_all() {
    let (mut hosts, strangers) = {
        let mut run = run();
        run.has_ended = true;
        END.notify_all();
        (run.hosts.clone(), run.strangers.clone())
    };
    let Some(strangers) = strangers else { return };
    end(&mut hosts);
    // Ends hidden processes of adapters that ended earlier.
    put_an_end(&mut Family::of_all(strangers));
}

/// From now on, adapters are killed without being asked to end first.
pub fn hurry() {
    IN_A_HURRY.store(true, Ordering::Relaxed);
}

/// Whether [`end_all`] was called.
#[must_use]
pub fn has_ended() -> bool {
    run().has_ended
}

/// Sleeps, but not beyond the end of the run.
pub fn sleep(time: Duration) {
    drop(END.wait_timeout_while(run(), time, |run| !run.has_ended));
}

/// Starts an adapter with a mark and in a process group of its own. Returns `None` if the run has ended.
pub(super) fn start(mut command: Command, input: Sender<String>) -> io::Result<Option<Arc<Host>>> {
    // Without the lock, the process could be taken for an unknown one before it is registered.
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

/// Ends adapters with all their descendants.
pub(super) fn end(hosts: &mut [Arc<Host>]) {
    hosts.iter().for_each(|host| host.close_input());
    wait(GRACE, || hosts.iter().all(|host| host.ended().is_some()));
    put_an_end(hosts);
    run().hosts.retain(|other| !hosts.iter().any(|host| Arc::ptr_eq(host, other)));
}

/// Processes to end.
trait Processes {
    /// Whether any of them is running.
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
        // All of them are checked, so that ended ones are reaped.
        self.iter().filter(|host| host.runs(&leaders)).count() > 0
    }

    fn demand(&mut self, demand: Demand) {
        self.iter().for_each(|host| host.demand(demand));
    }
}

/// Asks processes to end and kills those that do not.
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
        // A process that was forked in the meantime is killed in the next round.
        processes.demand(Demand::Kill);
        std::thread::sleep(STEP);
        waited += STEP;
        if !processes.run() {
            return;
        }
    }
}

/// Waits until `is_done` or the limit. Returns early in a hurry. The result says whether it is done.
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
