//! Completion scripts for shells, and manual pages.

use crate::atm::{Folder, atm};

#[test]
fn each_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = atm(["completions", shell]);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{shell}");
        for word in ["conformance", "explore", "expectations"] {
            assert!(ran.stdout.contains(word), "{shell} without {word}");
        }
    }
}

#[test]
fn each_command_gets_a_page() {
    let pages = Folder::new("pages").path("man1");
    let ran = atm(["man", &pages]);
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (0, "", ""));
    for page in ["atm.1", "atm-run.1", "atm-conformance.1", "atm-adapter-check.1"] {
        let text = std::fs::read_to_string(format!("{pages}/{page}")).expect(page);
        assert!(text.contains(".SH NAME"), "{page}");
    }
}

#[test]
fn pages_that_cannot_be_written_are_told() {
    let file = Folder::new("no-pages").write("file", "");
    let ran = atm(["man", &format!("{file}/man1")]);
    assert_eq!((ran.code, &*ran.stdout), (66, ""));
    assert!(ran.stderr.contains("man1"), "{}", ran.stderr);
}
