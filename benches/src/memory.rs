//! Memory that is freed is kept for what is measured next.

/// Starts this program once more in its own place, with an environment in which freed memory is kept.
///
/// Without it glibc gives memory back to the kernel between some iterations, depending on what ran before in the same
/// process; the next iteration waits for the kernel to clear and map as much. That happened to a benchmark and not to
/// its unavoidable work, or the other way around, so that ratios told about the kernel. If the variable is set
/// already, it stays as it is. If the program cannot be started again, it says so and goes on.
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    glibc::keep_freed();
}

/// What glibc was told about memory instead, if somebody has set its variable.
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
        // Empty, it asks for what glibc does by itself.
        if !set.is_empty() && !set.to_string_lossy().contains("mmap_max") {
            eprintln!("hint: {TUNABLES} is set without glibc.malloc.mmap_max: freed memory may not be kept");
        }
    }

    pub(super) fn set_otherwise() -> Option<String> {
        let set = std::env::var_os(TUNABLES)?.to_string_lossy().into_owned();
        (set != keep()).then(|| format!("{TUNABLES}=\"{set}\""))
    }

    fn keep() -> String {
        // As large as a number of this width can be, so that nothing is given back to the kernel.
        format!("glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold={:#x}", usize::MAX)
    }

    /// Why the program was not started again.
    fn start_again() -> io::Error {
        match std::env::current_exe() {
            Ok(program) => {
                Command::new(program).args(std::env::args_os().skip(1)).env(TUNABLES, keep()).exec()
            }
            Err(error) => error,
        }
    }
}
