//! Inside a crate, modules build on one another in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The crates whose top-level modules do not import each other in a circle.
const CRATES: [&str; 10] = [
    "engine",
    "simulator",
    "engine/naive-model",
    "conformance/adapter-protocol",
    "conformance/suite",
    "conformance/reports",
    "conformance/cli",
    "conformance/testing",
    "benches",
    "fuzz/checks",
];

/// Which top-level modules of a crate each of them uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in CRATES {
        let uses = uses_in(&root.join(name).join("src"));
        assert!(!uses.is_empty(), "{name} has no modules");
        assert_eq!(circle(&uses), None, "{name}");
    }
}

#[test]
fn a_circle_is_found() {
    let found = |texts: &[(&str, &str)]| {
        let texts = texts.iter().map(|(module, text)| ((*module).to_owned(), imports(text)));
        circle(&texts.collect())
    };
    let (to_b, to_c) = ("use crate::b::B;", "fn f() -> crate::c::C {}");
    assert_eq!(found(&[("a", to_b), ("b", to_c), ("c", "// crate::a")]), None);
    let to_a_and_b = "use crate::{\n    b::{self, inner::B},\n    a::A,\n};";
    let circle = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(found(&[("a", to_b), ("b", to_c), ("c", to_a_and_b)]), Some(circle));
}

/// Reads a crate.
fn uses_in(src: &Path) -> Uses {
    let mut uses = Uses::new();
    for file in rust_files(src) {
        let inside = file.strip_prefix(src).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = module.trim_end_matches(".rs").to_owned();
        uses.entry(module).or_default().extend(imports(&std::fs::read_to_string(&file).unwrap()));
    }
    for root in ["lib", "main", "bin"] {
        uses.remove(root);
    }
    uses
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|it| it == "rs")).collect()
}

/// The top-level modules that a text names behind `crate::`.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_words(group)),
            None => found.extend(word(rest)),
        }
    }
    found
}

/// The first word of each entry of a group of imports, up to its end.
fn first_words(group: &str) -> Vec<String> {
    let (mut depth, mut words) = (0, Vec::new());
    let mut is_first = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_first = true,
            c if is_first && (c.is_ascii_alphabetic() || c == '_') => {
                words.extend(word(&group[at..]));
                is_first = false;
            }
            _ => {}
        }
    }
    words
}

fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Modules of which each uses the next, and the last one the first; `None` if there are no such.
fn circle(uses: &Uses) -> Option<Vec<String>> {
    uses.keys().find_map(|start| way_back(start, &mut vec![start.clone()], &mut BTreeSet::new(), uses))
}

fn way_back(
    start: &str,
    way: &mut Vec<String>,
    seen: &mut BTreeSet<String>,
    uses: &Uses,
) -> Option<Vec<String>> {
    let last = way.last()?.clone();
    for next in uses.get(&last).into_iter().flatten().filter(|next| **next != last) {
        if next == start {
            return Some(way.clone());
        }
        if uses.contains_key(next) && seen.insert(next.clone()) {
            way.push(next.clone());
            if let Some(found) = way_back(start, way, seen, uses) {
                return Some(found);
            }
            way.pop();
        }
    }
    None
}
