//! A signal ends a command, its adapters, and the file that it is writing.
//!
//! The first signal ends the command; a campaign or a run of the suite tells before that what it found. The second one ends it at once. No
//! adapter is left in either case.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use atm_adapter_protocol::running;
use atm_reports::mistakes::complain;

use crate::exit::Exit;
use crate::output;

/// How long adapters may go on for a campaign after it was interrupted, so that workers finish what they have begun.
const LAST_ANSWERS: Duration = Duration::from_millis(600);

/// How often the command was interrupted.
static TIMES: AtomicU8 = AtomicU8::new(0);

/// The exit code that tells of the last signal.
static CODE: AtomicU8 = AtomicU8::new(130);

/// Whether a campaign runs, which tells what it found before it ends.
static IS_CAMPAIGN: AtomicBool = AtomicBool::new(false);

/// Catches the signals that end programs.
pub(crate) fn catch() {
    if let Err(error) = signals::catch(interrupt) {
        complain(format_args!("atm: signals cannot be caught, and may leave adapters behind: {error}"));
    }
}

/// Lets the command go on after the first interruption, with as little to do as is left of a campaign.
pub(crate) fn begin_campaign() {
    IS_CAMPAIGN.store(true, Ordering::SeqCst);
}

/// Whether somebody interrupted the command.
pub(crate) fn is_interrupted() -> bool {
    TIMES.load(Ordering::SeqCst) > 0
}

/// How a command ends that was interrupted before it found anything.
pub(crate) fn without_result() -> Exit {
    Exit::Interrupted(CODE.load(Ordering::SeqCst))
}

/// How a command ends of which nothing is told, since it was interrupted.
pub(crate) fn exit() -> Option<Exit> {
    let allowed = u8::from(IS_CAMPAIGN.load(Ordering::SeqCst));
    (TIMES.load(Ordering::SeqCst) > allowed).then(|| Exit::Interrupted(CODE.load(Ordering::SeqCst)))
}

/// Ends all adapters when the command ends, however that is.
pub(crate) struct LeavesNothing;

impl Drop for LeavesNothing {
    fn drop(&mut self) {
        running::end_all();
    }
}

/// Takes note of an interruption that ends programs with this exit code. Nothing here waits for anybody who reads what
/// is said.
fn interrupt(code: u8) {
    CODE.store(code, Ordering::SeqCst);
    let is_first = TIMES.fetch_add(1, Ordering::SeqCst) == 0;
    if is_first && IS_CAMPAIGN.load(Ordering::SeqCst) {
        std::thread::spawn(|| {
            std::thread::sleep(LAST_ANSWERS);
            running::end_all();
        });
        let again = "once more ends it at once, without a report";
        complain(format_args!("atm: the run was interrupted; what was found is told as it is ({again})"));
        return;
    }
    if !is_first {
        running::hurry();
    }
    std::thread::spawn(move || {
        running::end_all();
        output::remove_unfinished();
        std::process::exit(code.into());
    });
    complain("atm: the run was interrupted: nothing is told of it");
}

#[cfg(unix)]
mod signals {
    use std::io;

    use signal_hook::consts::{
        SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
    };
    use signal_hook::iterator::Signals;

    /// All signals that end programs, and neither tell of a mistake in the program nor of a reader that left. That of
    /// `nohup` comes on top.
    const ENDING: [i32; 9] =
        [SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF];

    /// Calls `interrupt` with the exit code by which shells tell of each signal.
    pub(super) fn catch(interrupt: fn(u8)) -> io::Result<()> {
        let mut caught = ENDING.to_vec();
        if !hangups_are_ignored() {
            caught.push(SIGHUP);
        }
        let mut signals = Signals::new(caught)?;
        std::thread::spawn(move || signals.forever().for_each(|signal| interrupt(code(signal))));
        Ok(())
    }

    fn code(signal: i32) -> u8 {
        u8::try_from(128 + signal).unwrap_or(u8::MAX)
    }

    /// Whether this process was started by `nohup`.
    #[cfg(target_os = "linux")]
    fn hangups_are_ignored() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
        ignored & (1 << (SIGHUP - 1)) != 0
    }

    /// Where that cannot be told, hangups do what they did.
    #[cfg(not(target_os = "linux"))]
    fn hangups_are_ignored() -> bool {
        true
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;

    /// Calls `interrupt` with the exit code by which shells tell of Ctrl-C.
    pub(super) fn catch(interrupt: fn(u8)) -> io::Result<()> {
        ctrlc::set_handler(move || interrupt(130)).map_err(io::Error::other)
    }
}
