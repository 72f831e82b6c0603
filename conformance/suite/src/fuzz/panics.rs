//! Catches panics. A panic during an attempt is a finding like any other.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::target::Attribution;

/// The place and the message of a panic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Panic {
    place: String,
    message: String,
}

impl Panic {
    pub(super) fn cause(&self) -> Attribution {
        Attribution(format!("panicked: {}", self.place))
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at {}", self.message, self.place)
    }
}

thread_local! {
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// Returns the result of `work`, or its panic. After a panic, the caller must recreate the state that `work` changes.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        let is_traced = std::env::var_os("RUST_BACKTRACE").is_some_and(|asked| asked != "0");
        set_hook(Box::new(move |panic| {
            if IS_CAUGHT.get() {
                note(panic);
            }
            if !IS_CAUGHT.get() || is_traced {
                others(panic);
            }
        }));
    });
    IS_CAUGHT.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(false);
    result.map_err(|_| LAST.take().unwrap_or_default())
}

/// Stores a caught panic for the report. The default hook could print it thousands of times, so it runs only if
/// `RUST_BACKTRACE` is set.
fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or_default().to_owned();
    LAST.set(Some(Panic { place, message }));
}
