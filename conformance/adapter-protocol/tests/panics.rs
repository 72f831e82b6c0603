//! A panic leaves no adapter behind.

#![cfg(target_os = "linux")]

use std::time::Duration;

use atm_adapter_protocol::{AdapterSpec, CommandLine, Session, running};

/// Whether a process is running whose command line contains `mark`.
fn runs(mark: &str) -> bool {
    let entries = std::fs::read_dir("/proc").expect("Linux").filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut numbers = ids.filter(|id| id.bytes().all(|digit| digit.is_ascii_digit()));
    numbers.any(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(mark)
    })
}

/// A session with an adapter that answers one command. Its child process has a session of its own.
fn session(mark: &str) -> Session {
    let answer = r#"{"id":1,"unsupported":{"feature":"make-coffee"}}"#;
    let script = format!("setsid sleep {mark} & read l; echo '{answer}'; exec sleep {mark}");
    let command = CommandLine::parse(&shell_words::join(["sh", "-c", &script])).expect("words");
    let limit = Duration::from_secs(30);
    Session::new(AdapterSpec { command, start_limit: limit, limit: Duration::from_millis(200) })
}

#[test]
fn a_panic_in_a_thread_ends_its_adapter() {
    let mark = format!("1000.{}", std::process::id());
    let mark = &mark;
    let panicked = std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            let mut session = session(mark);
            assert!(session.hello().is_ok(), "nothing answers the second command");
        });
        thread.join()
    });
    assert!(panicked.is_err());
    assert!(!runs(mark));
    // This session is not dropped.
    let mut forgotten = session(mark);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = forgotten.hello();
        });
        while !runs(mark) {
            std::thread::sleep(Duration::from_millis(5));
        }
        running::end_all();
    });
    std::mem::forget(forgotten);
    assert!(!runs(mark) && running::has_ended());
}
