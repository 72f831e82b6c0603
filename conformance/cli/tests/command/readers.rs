//! The output suits its reader: colours only on a terminal, and no error if the reader leaves.

use std::process::Stdio;

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm, command};

const ESCAPE: char = '\u{1b}';

#[test]
fn there_is_no_colour_in_a_file_or_pipe() {
    let folder = Folder::new("no-colour");
    let (bad, mistaken) = (folder.write_failing("bad.yaml"), folder.write_mistaken("mistaken.yaml"));
    for ran in [atm(["run", TWENTY_TO_EIGHT, &bad]), atm(["run", &mistaken]), atm(["run", "--loudly"])] {
        assert!(!ran.stdout.contains(ESCAPE), "{}", ran.stdout);
        assert!(!ran.stderr.contains(ESCAPE), "{}", ran.stderr);
    }
}

#[test]
fn there_is_colour_if_somebody_asks_for_it() {
    let output = command().args(["run", TWENTY_TO_EIGHT]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains(ESCAPE));
}

#[test]
fn a_reader_that_goes_away_changes_nothing_about_the_verdict() {
    let folder = Folder::new("broken-pipe");
    let bad = folder.write_failing("bad.yaml");
    for format in ["text", "json", "jsonl"] {
        for (path, code) in [("scenarios", 0), (&*bad, 1)] {
            let mut command = command();
            command.args(["run", path, "--verbose", "--format", format]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{path}, {format}");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{path}, {format}");
        }
    }
}

#[test]
fn nobody_has_to_read_the_mistakes() {
    let folder = Folder::new("broken-error-pipe");
    let mistaken = folder.write_mistaken("mistaken.yaml");
    for (path, code) in [(&*mistaken, 64), ("absent.yaml", 66)] {
        let mut child = command().args(["run", path]).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{path}");
    }
}
