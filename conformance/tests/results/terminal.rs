//! The report for people at a terminal.

use atm_conformance::results::{Detail, RunFile, write_terminal};

use crate::played::{ENGINE, FORGETFUL, SILENT};

fn told(file: &RunFile, detail: Detail) -> String {
    let mut out = anstream::StripStream::new(Vec::new());
    write_terminal(&mut out, file, detail).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

#[test]
fn an_implementation_that_keeps_everything() {
    insta::assert_snapshot!(told(&ENGINE, Detail::Full));
}

#[test]
fn an_implementation_that_announces_nothing() {
    insta::assert_snapshot!(told(&SILENT, Detail::Full));
}

#[test]
fn an_implementation_that_forgets_decisions() {
    insta::assert_snapshot!(told(&FORGETFUL, Detail::Full));
}

#[test]
fn a_quiet_report_is_one_line() {
    let lines = [&*ENGINE, &*SILENT, &*FORGETFUL].map(|file| told(file, Detail::Summary));
    insta::assert_snapshot!(lines.concat());
}

#[test]
fn nothing_played_is_said() {
    let file = RunFile { cases: Vec::new(), pictures: Vec::new(), ..ENGINE.clone() };
    insta::assert_snapshot!(told(&file, Detail::Summary));
}

#[test]
fn lines_fit_on_a_terminal_unless_they_hold_a_command_or_a_name() {
    for file in [&*ENGINE, &*SILENT, &*FORGETFUL] {
        for line in told(file, Detail::Full).lines() {
            let whole = ["repeat:", "smallest:", "https:", "EXPECTED ", "; in "]
                .iter()
                .any(|mark| line.contains(mark));
            assert!(whole || line.chars().count() <= 100, "{line}");
        }
    }
}
