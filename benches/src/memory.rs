//! Memory that is freed is kept for what is measured next.

/// What tells glibc to give nothing back to the kernel.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEEP: (&str, &str) =
    ("GLIBC_TUNABLES", "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=0xffffffffffffffff");

/// Starts this program once more in its own place, with an environment in which freed memory is kept.
///
/// Without it glibc gives memory back to the kernel between some iterations, depending on what ran before in the same
/// process; the next iteration waits for the kernel to clear and map as much. That happened to a benchmark and not to
/// its unavoidable work, or the other way around, so that ratios told about the kernel. If the variable is set
/// already, it stays as it is.
///
/// # Panics
///
/// If the program cannot be started again.
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::unix::process::CommandExt;

        let (name, value) = KEEP;
        if std::env::var_os(name).is_none() {
            let program = std::env::current_exe().expect("the program's own path");
            let error =
                std::process::Command::new(program).args(std::env::args_os().skip(1)).env(name, value).exec();
            panic!("the benchmarks cannot be started again with {name}={value}: {error}");
        }
    }
}
