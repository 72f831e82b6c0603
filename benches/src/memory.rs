//! Keeps freed memory for the next measurement.

/// Replaces this process by a new run of the program, with an environment in which freed memory is kept.
///
/// Otherwise glibc returns memory to the kernel between some iterations, depending on the earlier work of the process.
/// The next iteration then waits for the kernel to clear and map as much. That affected a benchmark but not its
/// unavoidable work, or the reverse, so ratios measured the kernel. If the variable is already set, it is left alone.
/// If the program cannot be started again, the function prints a hint and returns.
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    glibc::keep_freed();
}

/// The value of glibc's variable, if somebody has set it to a different one.
#[must_use]
pub fn set_otherwise() -> Option<String> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    return glibc::set_otherwise();
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    None
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    const TUNABLES: &str = "GLIBC_TUNABLES";

    pub(super) fn keep_freed() {
        let Some(set) = std::env::var_os(TUNABLES) else {
            let error = start_again();
            eprintln!("warning: freed memory is not kept, the program cannot be started again: {error}");
            return;
        };
        // An empty value requests glibc's default behaviour.
        if !set.is_empty() && !set.to_string_lossy().contains("mmap_max") {
            eprintln!("hint: {TUNABLES} is set without glibc.malloc.mmap_max: freed memory may not be kept");
        }
    }

    pub(super) fn set_otherwise() -> Option<String> {
        let set = std::env::var_os(TUNABLES)?.to_string_lossy().into_owned();
        (set != keep()).then(|| format!("{TUNABLES}=\"{set}\""))
    }

    fn keep() -> String {
        // The greatest value of this width, so that nothing is returned to the kernel.
        format!("glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold={:#x}", usize::MAX)
    }

    /// Starts the program again. Returns only on failure, with the reason.
    fn start_again() -> io::Error {
        match std::env::current_exe() {
            Ok(program) => {
                Command::new(program).args(std::env::args_os().skip(1)).env(TUNABLES, keep()).exec()
            }
            Err(error) => error,
        }
    }
}
