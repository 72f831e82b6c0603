//! `atm adapter new` writes an adapter that speaks the protocol.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::atm::atm;

/// The parts of `atm adapter check` that need an implementation.
const MISSING: [&str; 2] =
    ["FAIL  what `decide` sends is told: ", "FAIL  `deliver` brings a trust message to another device: "];

/// The words that start the program in a folder, or nothing if the tools of the language are not installed.
type Building = fn(&str) -> Option<Vec<String>>;

const LANGUAGES: [(&str, Building); 4] = [
    ("python", |folder| {
        installed("python3", &[]).then(|| vec!["python3".into(), format!("{folder}/adapter.py")])
    }),
    ("javascript", |folder| {
        installed("node", &[]).then(|| vec!["node".into(), format!("{folder}/adapter.mjs")])
    }),
    ("rust", |folder| {
        let target = format!("{folder}/target");
        let manifest = format!("{folder}/Cargo.toml");
        // Without the sources of serde_json on the machine, nothing can be built.
        let fetched = ["fetch", "--offline", "--manifest-path", &manifest];
        if !installed("cargo", &fetched) {
            return None;
        }
        let build = ["build", "--offline", "--manifest-path", &manifest, "--target-dir", &target];
        succeed(Command::new("cargo").args(build));
        Some(vec![format!("{target}/debug/my-adapter")])
    }),
    ("cpp", |folder| {
        if !installed("c++", &["--version"]) {
            return None;
        }
        let build = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", "adapter", "adapter.cpp"];
        succeed(Command::new("c++").args(build).current_dir(folder));
        Some(vec![format!("{folder}/adapter")])
    }),
];

/// Whether a program runs. With no arguments, it is asked for its version.
fn installed(program: &str, arguments: &[&str]) -> bool {
    let arguments: &[&str] = if arguments.is_empty() { &["--version"] } else { arguments };
    Command::new(program).args(arguments).output().is_ok_and(|done| done.status.success())
}

fn succeed(command: &mut Command) {
    let done = command.output().expect("the program starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A folder that does not exist yet.
fn folder(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("skeletons").join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("an old folder can be removed");
    }
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Calls `check` with the words that start the adapter of each language that can be built here.
fn with_each(test: &str, check: impl Fn(&str, &[String])) {
    for (language, build) in LANGUAGES {
        let folder = folder(&format!("{test}-{language}"));
        let done = atm(&["adapter", "new", "--language", language, &folder]);
        assert_eq!((done.code, &*done.err), (Some(0), ""), "{language}: {}", done.out);
        match build(&folder) {
            Some(words) => check(language, &words),
            None => eprintln!("skipped: the tools for {language} are not installed"),
        }
    }
}

#[test]
fn the_check_passes_as_far_as_no_implementation_is_needed() {
    with_each("check", |language, words| {
        let done = atm(&["adapter", "check", &shell_words::join(words)]);
        let failed: Vec<&str> = done.out.lines().filter(|line| line.starts_with("FAIL")).collect();
        assert_eq!(failed.len(), MISSING.len(), "{language}: {}{}", done.out, done.err);
        for (failed, missing) in failed.iter().zip(MISSING) {
            assert!(failed.starts_with(missing), "{language}: {failed}");
        }
        assert_eq!(done.out.matches("ok    ").count(), 9, "{language}: {}", done.out);
        assert!(!done.out.contains("started anew"), "{language}: {}", done.out);
    });
}

/// Names of unknown commands, which the answer repeats as the missing feature.
const NAMES: [&str; 5] =
    ["quotes \" and \\", "lines\n\r\t", "\u{2028} and \u{85}", "ö € 😀", "\u{0}\u{1f}\u{7f}"];

#[test]
fn every_text_survives_the_pipe() {
    with_each("pipe", |language, words| {
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the adapter starts");
        // Each name is written twice: as it is, and with every character escaped.
        let mut input = String::new();
        for (id, name) in NAMES.iter().enumerate() {
            let plain = json!({"id": 2 * id, "command": name, "more": [{}, [], null, true, -1.5e3]});
            let escaped: String = name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let id = 2 * id + 1;
            input += &format!("{plain}\n {{ \"command\" : \"{escaped}\" ,\"id\":{id} }} \n");
        }
        input += "{\"id\":99,\"command\":\"stop\"}\n";
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads its input");
        let done = child.wait_with_output().expect("it ends");
        assert!(done.status.success(), "{language}");
        let out = String::from_utf8(done.stdout).expect("UTF-8");
        let answers: Vec<Value> =
            out.split_terminator('\n').map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let names = NAMES.iter().flat_map(|name| [name, name]).enumerate();
        let mut expected: Vec<Value> =
            names.map(|(id, name)| json!({"id": id, "unsupported": {"feature": name}})).collect();
        expected.push(json!({"id": 99, "ok": {}}));
        assert_eq!(answers, expected, "{language}");
    });
}

#[test]
fn a_folder_with_files_is_refused() {
    let folder = folder("full");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let written = |done: &crate::atm::Done| (done.code, done.out.clone());
    let first = atm(&["adapter", "new", "--language", "python", &folder]);
    assert_eq!(first.code, Some(0), "an empty folder is used: {}", first.err);
    let again = atm(&["adapter", "new", "--language", "rust", &folder]);
    assert_eq!(written(&again), (Some(64), String::new()));
    assert!(again.err.contains("is not empty"), "{}", again.err);
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 1);
    let file = format!("{folder}/adapter.py");
    let on_a_file = atm(&["adapter", "new", "--language", "rust", &file]);
    assert_eq!(written(&on_a_file), (Some(66), String::new()));
}

#[test]
fn the_skeleton_of_python_is_the_template() {
    let folder = folder("template");
    let done = atm(&["adapter", "new", "--language", "python", &folder]);
    let written = std::fs::read_to_string(format!("{folder}/adapter.py")).expect("the adapter");
    assert_eq!(written, include_str!("../../../adapters/template.py"));
    assert!(done.out.contains(&format!("atm adapter check 'python3 {folder}/adapter.py'")), "{}", done.out);
}
