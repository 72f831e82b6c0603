//! A mistake in a file is shown at its position with the expected form, and nothing runs.

use crate::atm::{Folder, atm};

#[test]
fn it_is_shown_with_its_line_a_caret_and_what_was_meant() {
    let folder = Folder::new("mistake");
    let file = folder.write_mistaken("mistaken.yaml");
    let ran = atm(["run", &file]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
    insta::assert_snapshot!("mistake", ran.stderr.replace(&file, "mistaken.yaml"));
}

#[test]
fn all_mistakes_of_all_files_are_shown() {
    let folder = Folder::new("mistakes");
    folder.write("one.yaml", UNKNOWN_NAMES);
    folder.write("two.yaml", UNKNOWN_NAMES.replace("format: 1", "format: 2"));
    let ran = atm(["run", &folder.path("")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
    insta::assert_snapshot!("mistakes", ran.stderr.replace(&folder.path(""), ""));
}

#[test]
fn good_files_beside_it_do_not_run() {
    let folder = Folder::new("good-beside-bad");
    folder.write_passing("a-good.yaml");
    folder.write_mistaken("b-mistaken.yaml");
    folder.write_failing("c-good.yaml");
    for format in ["text", "json", "jsonl"] {
        let ran = atm(["run", &folder.path(""), "--format", format]);
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{format}");
        assert!(!ran.stderr.contains("good.yaml"), "{}", ran.stderr);
    }
}

#[test]
fn a_requirement_that_nobody_registered_is_one() {
    let folder = Folder::new("unknown-requirement");
    let file = folder.write_passing("good.yaml");
    let text = std::fs::read_to_string(&file).unwrap().replace("complete-graph", "complete-graf");
    let file = folder.write("unknown.yaml", text);
    let ran = atm(["run", &file]);
    assert_eq!(ran.code, 64);
    insta::assert_snapshot!("unknown-requirement", ran.stderr.replace(&file, "unknown.yaml"));
}

#[test]
fn a_file_that_is_not_utf_8_has_one() {
    let folder = Folder::new("not-utf-8");
    let file = folder.write("latin.yaml", b"format: 1\ntitle: Caf\xe9\n");
    let ran = atm(["run", &file]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
    assert!(ran.stderr.contains("the file is not UTF-8 from here on"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("{file}:2:11")), "{}", ran.stderr);
}

#[test]
fn an_empty_file_has_one() {
    let folder = Folder::new("empty-file");
    let file = folder.write("empty.yaml", "");
    let ran = atm(["run", &file]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""));
    assert!(ran.stderr.contains("the file is empty"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("{file}:1:1")), "{}", ran.stderr);
}

const UNKNOWN_NAMES: &str = "\
format: 1
title: Names that nobody has
requirements: [xep-0450/details/complete-graph]
accounts:
  alice: { devices: { phone: , tablet: } }
steps:
  - authenticate: alice/fone -> alice/tablet
  - scan: { by: alice/phone, code-of: bob/phone }
";

#[test]
fn an_expectation_that_fails_is_told_with_its_file_and_line() {
    let folder = Folder::new("failing-line");
    let bad = folder.write_failing("bad.yaml");
    let ran = atm(["run", &bad]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.ends_with(&format!("    expected at {bad}:8\n    but manual: 1\n")), "{}", ran.stdout);
}
