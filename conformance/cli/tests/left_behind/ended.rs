//! The end of the command by a signal, and the end of an adapter.

use std::time::Duration;

use super::adapters::{HOSTILE, Hostile};
use super::marked::{Ended, Marked, new_mark};

/// Signals that end programs, with the exit codes of a command that they end.
const SIGNALS: [(&str, i32); 5] = [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131), ("XCPU", 152)];

/// Less than the limit of an adapter here, and more than the command needs on a busy machine.
const SOON: Duration = Duration::from_secs(50);

/// A time in which some cases are played, but not all.
const BEFORE_THE_END: Duration = Duration::from_secs(5);

fn nothing_is_left(of: &str, ended: &Ended) {
    assert!(ended.left_behind.is_empty(), "{of}: {:?}\n{}", ended.left_behind, ended.err);
}

/// Runs a check for each hostile adapter with one of the signals, all at the same time.
fn with_each(check: impl Fn(&Hostile, &str, i32) + Sync) {
    let check = &check;
    std::thread::scope(|scope| {
        for (hostile, (signal, code)) in HOSTILE.iter().zip(SIGNALS.iter().cycle()) {
            scope.spawn(move || check(hostile, signal, *code));
        }
    });
}

#[test]
fn a_signal_ends_the_suite_and_all_that_it_started() {
    with_each(|hostile, signal, code| {
        let mark = new_mark();
        let adapter = hostile.midway(&mark);
        let options = ["conformance", "--timeout", "100", "--jobs", "2", "--adapter", &adapter];
        let run = Marked::start(&mark, &options);
        run.wait_for(hostile.shows);
        run.signal(signal);
        let ended = run.end();
        nothing_is_left(hostile.name, &ended);
        assert!(ended.err.contains("the run was interrupted"), "{}", ended.err);
        assert!(ended.took < SOON, "{}: {:?}", hostile.name, ended.took);
        // An adapter that answered in some cases gets a report of these, which is no pass.
        match ended.out.is_empty() {
            true => assert_eq!(ended.code, Some(code), "{}: {}", hostile.name, ended.err),
            false => assert!(ended.err.contains("cases were judged"), "{}: {}", hostile.name, ended.err),
        }
        assert_ne!(ended.code, Some(0), "{}", hostile.name);
    });
}

#[test]
fn one_signal_ends_the_suite_with_a_report_of_what_was_judged() {
    let mark = new_mark();
    let run = Marked::start(&mark, &["conformance", "--jobs", "1", "--quiet"]);
    std::thread::sleep(BEFORE_THE_END);
    run.signal("INT");
    let ended = run.end();
    assert!(ended.err.contains("cases were judged, and that is no pass"), "{}", ended.err);
    assert!(ended.out.contains("demanded requirements kept"), "{}", ended.out);
    assert!(
        ended.out.starts_with("INCONCLUSIVE ") && ended.out.contains("interrupted before "),
        "{}",
        ended.out
    );
    assert_eq!(ended.code, Some(2), "{}", ended.err);
}

#[test]
fn a_signal_ends_what_has_not_answered_yet() {
    with_each(|hostile, signal, code| {
        let command: &[&str] = match signal {
            "INT" => &["adapter", "check"],
            "TERM" => &["conformance", "--adapter"],
            _ => &["fuzz", "--adapter"],
        };
        let mark = new_mark();
        let run = Marked::start(&mark, &[command, &[&hostile.at_start(&mark)]].concat());
        run.wait_for(hostile.shows);
        run.signal(signal);
        let ended = run.end();
        nothing_is_left(hostile.name, &ended);
        assert_eq!(ended.code, Some(code), "{}: {}", hostile.name, ended.err);
        assert!(ended.took < SOON, "{}: {:?}", hostile.name, ended.took);
    });
}

#[test]
fn one_signal_ends_a_campaign_with_its_report_though_adapters_hang() {
    with_each(|hostile, signal, _| {
        let mark = new_mark();
        let (adapter, report) = (hostile.midway(&mark), std::env::temp_dir().join(format!("{mark}json")));
        let path = report.to_str().expect("UTF-8");
        let options = ["fuzz", "--seeds", "1..", "--timeout", "100", "--jobs", "2", "--report", path];
        let run = Marked::start(&mark, &[&options[..], &["--adapter", &adapter]].concat());
        run.wait_for(hostile.shows);
        run.signal(signal);
        let ended = run.end();
        nothing_is_left(hostile.name, &ended);
        // No scenario was played to its end, so this is no pass.
        assert_eq!(ended.code, Some(2), "{}: {}", hostile.name, ended.err);
        assert!(ended.took < SOON, "{}: {:?}", hostile.name, ended.took);
        let written = std::fs::read_to_string(&report).expect("a report");
        std::fs::remove_file(&report).expect("the report is there");
        assert!(written.contains("\"scenarios\": 0"), "{written}");
    });
}

#[test]
fn a_second_signal_ends_a_campaign_at_once() {
    let (hostile, mark) = (HOSTILE[1], new_mark());
    let adapter = hostile.midway(&mark);
    let run = Marked::start(&mark, &["fuzz", "--seeds", "1..", "--timeout", "100", "--adapter", &adapter]);
    run.wait_for(hostile.shows);
    run.signal("INT");
    run.signal("TERM");
    let ended = run.end();
    nothing_is_left(hostile.name, &ended);
    assert_eq!((ended.code, &*ended.out), (Some(143), ""), "{}", ended.err);
}

#[test]
fn a_hangup_is_ignored_by_who_is_to_ignore_it() {
    let (hostile, mark) = (HOSTILE[0], new_mark());
    let adapter = hostile.midway(&mark);
    let options = ["conformance", "--timeout", "100", "--adapter", &adapter];
    let run = Marked::start_by(&["nohup"], &mark, &options);
    run.wait_for(hostile.shows);
    run.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    run.signal("TERM");
    let ended = run.end();
    nothing_is_left("nohup", &ended);
    assert_eq!(ended.code, Some(143), "{}", ended.err);
}

#[test]
fn what_an_adapter_started_ends_with_it() {
    with_each(|hostile, _, _| {
        let mark = new_mark();
        let adapter = hostile.midway(&mark);
        let options = ["conformance", "--case", "readme/20-to-8@all", "--timeout", "0.3", "--adapter"];
        let ended = Marked::start(&mark, &[&options[..], &[&adapter]].concat()).end();
        nothing_is_left(hostile.name, &ended);
        assert_eq!(ended.code, Some(1), "{}: {}", hostile.name, ended.err);
    });
}
