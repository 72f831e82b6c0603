//! Inside a crate, modules depend on one another in one direction, and so do the folders inside a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The crates whose top-level modules do not import each other in a circle, and neither do the subfolders of any
/// folder.
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

/// The siblings that each module uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The path of a module from the root of its crate.
type ModulePath = Vec<String>;

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in CRATES {
        let uses = uses_among(&modules_in(&root.join(name).join("src")));
        assert!(!uses.is_empty(), "{name} has no modules");
        for (folder, uses) in uses {
            assert_eq!(circle(&uses), None, "{name}, in crate::{}", folder.join("::"));
        }
    }
}

#[test]
fn a_circle_of_modules_is_found() {
    let (to_b, to_c) = ("use crate::b::B;", "fn f() -> super::c::C {}");
    assert_eq!(circle_in("", &[("a", to_b), ("b", to_c), ("c", "// crate::a")]), None);
    let to_a_and_b = "use crate::{\n    b::{self, inner::B},\n    a::A,\n};";
    let circle = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(circle_in("", &[("a", to_b), ("b", to_c), ("c", to_a_and_b)]), Some(circle));
}

#[test]
fn a_circle_of_folders_is_found() {
    let (one_way, back) = ("use super::super::{Top, b::{inner::B, C}};", "use crate::top::{C, a::A};");
    let circle = ["a", "b"].map(str::to_owned).to_vec();
    let files = [("top::a::file", one_way), ("top::b::file", back)];
    assert_eq!(circle_in("top", &files), Some(circle));
    assert_eq!(circle_in("top", &[("top::a::file", one_way), ("top::b::file", "")]), None);
    // Files in the same folder may import each other.
    let files = [("top::a", "use super::b;"), ("top::b", "use super::a;")];
    assert_eq!(circle_in("top", &files), None);
}

fn circle_in(folder: &str, files: &[(&str, &str)]) -> Option<Vec<String>> {
    let path = |text: &str| text.split("::").filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let modules: Vec<_> = files.iter().map(|(module, text)| (path(module), (*text).to_owned())).collect();
    uses_among(&modules).get(&path(folder)).and_then(circle)
}

/// The modules of a crate with their texts, without the root modules.
fn modules_in(src: &Path) -> Vec<(ModulePath, String)> {
    let mut modules = Vec::new();
    for file in rust_files(src) {
        let inside = file.strip_prefix(src).unwrap().with_extension("");
        let mut module: ModulePath = inside.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        module.pop_if(|last| last == "mod");
        if !["lib", "main", "bin"].contains(&module[0].as_str()) {
            modules.push((module, std::fs::read_to_string(&file).unwrap()));
        }
    }
    modules
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|it| it == "rs")).collect()
}

/// The imports among the top-level modules of a crate, and among the subfolders of each folder.
fn uses_among(modules: &[(ModulePath, String)]) -> BTreeMap<ModulePath, Uses> {
    let folders: BTreeSet<&[String]> =
        modules.iter().flat_map(|(module, _)| (1..module.len()).map(|depth| &module[..depth])).collect();
    let mut uses: BTreeMap<ModulePath, Uses> = BTreeMap::new();
    for (module, text) in modules {
        uses.entry(Vec::new()).or_default().entry(module[0].clone()).or_default();
        for import in imports(module, text) {
            let shared = module.iter().zip(&import).take_while(|(ours, theirs)| ours == theirs).count();
            let (Some(user), Some(used)) = (module.get(shared), import.get(shared)) else { continue };
            let are_folders = [module, &import].iter().all(|path| folders.contains(&path[..=shared]));
            if shared == 0 || are_folders {
                let siblings = uses.entry(module[..shared].to_vec()).or_default();
                siblings.entry(user.clone()).or_default().insert(used.clone());
            }
        }
    }
    uses
}

/// The paths after `crate::` and `super::` in the text of a module.
fn imports(module: &[String], text: &str) -> BTreeSet<ModulePath> {
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = lines.join("\n");
    let mut found = BTreeSet::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            if !code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':') {
                add_imports(&code[at..], module.to_vec(), &mut found);
            }
        }
    }
    found
}

/// Adds all paths of an import tree, relative to the module at `path`. Returns the text after the tree.
fn add_imports<'a>(tree: &'a str, mut path: ModulePath, found: &mut BTreeSet<ModulePath>) -> &'a str {
    let mut rest = tree;
    while let Some(word) = word(rest) {
        rest = &rest[word.len()..];
        match word {
            "crate" => path.clear(),
            "super" => drop(path.pop()),
            "self" => {}
            name => path.push(name.to_owned()),
        }
        match rest.strip_prefix("::") {
            Some(more) => rest = more,
            None => break,
        }
    }
    let Some(mut group) = rest.strip_prefix('{') else {
        found.insert(path);
        return rest;
    };
    loop {
        group = add_imports(group.trim_start(), path.clone(), found);
        let Some(end) = group.find([',', '}']) else { return "" };
        let is_last = group[end..].starts_with('}');
        group = &group[end + 1..];
        if is_last {
            return group;
        }
    }
}

fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

/// A circle of modules in which each imports the next; `None` if there is none.
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
