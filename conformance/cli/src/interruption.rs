//! Signals: they end the command, its adapters, and the file that it is writing.
//!
//! The first signal ends the command. A campaign or a run of the suite first reports the results so far. The second
//! signal ends it at once. No adapter is left in either case.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use atm_adapter_protocol::running;
use atm_reports::mistakes::complain;

use crate::exit::Exit;
use crate::output;

/// The time that adapters have after the interruption of a campaign, so that workers finish what they began.
const LAST_ANSWERS: Duration = Duration::from_millis(600);

/// The number of interruptions.
static TIMES: AtomicU8 = AtomicU8::new(0);

/// The exit code of the last signal.
static CODE: AtomicU8 = AtomicU8::new(130);

/// Whether a campaign or a run of the suite is running, which reports its results before it ends.
static IS_CAMPAIGN: AtomicBool = AtomicBool::new(false);

/// Catches the signals that end programs.
pub(crate) fn catch() {
    if let Err(error) = signals::catch(interrupt) {
        complain(format_args!("atm: signals cannot be caught, and may leave adapters behind: {error}"));
    }
}

/// Lets the command continue after the first interruption, so that it can report its results.
pub(crate) fn begin_campaign() {
    IS_CAMPAIGN.store(true, Ordering::SeqCst);
}

/// Whether the command was interrupted.
pub(crate) fn is_interrupted() -> bool {
    TIMES.load(Ordering::SeqCst) > 0
}

/// The exit code of an interrupted command that has no results.
pub(crate) fn without_result() -> Exit {
    Exit::Interrupted(CODE.load(Ordering::SeqCst))
}

/// The exit code, if the interruption forbids a report; `None` if the command may continue.
pub(crate) fn exit() -> Option<Exit> {
    let allowed = u8::from(IS_CAMPAIGN.load(Ordering::SeqCst));
    (TIMES.load(Ordering::SeqCst) > allowed).then(|| Exit::Interrupted(CODE.load(Ordering::SeqCst)))
}

/// Ends all adapters when it is dropped.
pub(crate) struct LeavesNothing;

impl Drop for LeavesNothing {
    fn drop(&mut self) {
        running::end_all();
    }
}

/// Records an interruption with this exit code. Nothing here waits for a reader of the messages.
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

    /// The signals that end programs, except those that show a bug in the program or a reader that left. `SIGHUP` is
    /// added unless it is ignored.
    const ENDING: [i32; 9] =
        [SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF];

    /// Calls `interrupt` with the exit code that shells use for each signal.
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

    /// Whether `SIGHUP` is ignored, as under `nohup`.
    #[cfg(target_os = "linux")]
    fn hangups_are_ignored() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
        ignored & (1 << (SIGHUP - 1)) != 0
    }

    /// Elsewhere this is not known, so hangups keep their effect.
    #[cfg(not(target_os = "linux"))]
    fn hangups_are_ignored() -> bool {
        true
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;

    /// Calls `interrupt` with the exit code that shells use for Ctrl-C.
    pub(super) fn catch(interrupt: fn(u8)) -> io::Result<()> {
        ctrlc::set_handler(move || interrupt(130)).map_err(io::Error::other)
    }
}
