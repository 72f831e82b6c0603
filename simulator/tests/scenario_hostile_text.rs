//! Reading a file of any content ends soon, in a scenario or in mistakes, and never panics.

use atm_simulator::scenario::{Catalog, Scenario};
use proptest::prelude::*;
use proptest::test_runner::Config;

const FULL: &str = include_str!("scenarios/full.yaml");

/// Reads a text. Every mistake must lie inside the text.
fn read(text: &str) {
    let Err(mistakes) = Scenario::parse("test.yaml", text, &Catalog::unchecked()) else { return };
    assert!(mistakes.iter().len() > 0);
    for mistake in mistakes.iter() {
        assert!(mistakes.source().get(mistake.span.clone()).is_some(), "{mistake:?}");
        let line = mistakes.source().split('\n').nth(mistake.line - 1);
        assert!(line.is_some_and(|line| mistake.column <= line.chars().count() + 1), "{mistake:?}");
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 512, ..Config::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_text_of_yaml_signs(text in "[-?:,\\[\\]{}#&*!|>'\"%@` \t\n\r\u{85}\u{2028}\u{feff}a1~]{0,60}") {
        read(&text);
    }

    #[test]
    fn a_good_file_with_some_text_in_it(at in 0..FULL.len(), cut in 0..40_usize, text in "[-?:,\\[\\]{}#&*!|>'\"%@` \t\n\u{e4}a1~]{0,6}") {
        let start = FULL.floor_char_boundary(at);
        let end = FULL.floor_char_boundary((start + cut).min(FULL.len()));
        read(&format!("{}{text}{}", &FULL[..start], &FULL[end..]));
    }
}

#[test]
fn long_runs_of_one_sign() {
    for sign in [
        "[", "]", "{", "{a: ", "- ", "? ", "a: ", "&a ", "*a ", "!a ", "\"", "'", "\\", "#", "\t", "\n", "%",
        "--- \n", "a\n", "a:\n", "'',", "\u{e4}", "|\n", "[],",
    ] {
        for start in ["", "x: ", "x: [", "x: \"", "- "] {
            read(&format!("{start}{}", sign.repeat(200_000 / sign.len())));
        }
    }
}

#[test]
fn bytes_that_are_not_utf8() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-utf8.yaml");
    std::fs::write(&path, b"\xef\xbb\xbfformat: 1\ntitle: \xc3\xa4\xff\xfe\n").unwrap();
    let error = Scenario::load(&path, &Catalog::unchecked()).unwrap_err().to_string();
    assert!(error.ends_with("not-utf8.yaml:2:9: the file is not UTF-8 from here on"), "{error}");
}
