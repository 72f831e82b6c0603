//! Panics. Whatever is tried may panic, and that is found like all else that is wrong.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::target::Attribution;

/// Where something panicked, and what it said.
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

/// What `work` comes to. If it panics, whoever is told of it has to make anew what it changes.
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

/// A panic that is caught is told in the report. At once as well, which it could be thousands of times, it is told only to
/// who asks for traces.
fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or_default().to_owned();
    LAST.set(Some(Panic { place, message }));
}
