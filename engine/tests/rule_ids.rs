//! Each rule of the engine is found by its name, once.

use std::fs;
use std::path::Path;

#[test]
fn each_rule_stands_in_exactly_one_doc_comment() {
    let mut comments = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut comments);
    let found = |id: &str| comments.iter().filter(|comment| names_rule(comment, id)).count();
    let wrong: Vec<String> = (1..=18)
        .map(|number| format!("E{number}"))
        .filter(|id| found(id) != 1)
        .map(|id| format!("{id} stands in {} doc comments", found(&id)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("; "));
}

/// Collects the doc comments of all files in `folder`: lines of `///` or `//!` without anything between them.
fn collect(folder: &Path, comments: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, comments);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            comments.extend(doc_comments(&source));
        }
    }
}

fn doc_comments(source: &str) -> Vec<String> {
    let mut comments = Vec::new();
    let mut comment = String::new();
    for line in source.lines().map(str::trim_start).chain([""]) {
        match line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            Some(text) => {
                comment.push_str(text);
                comment.push('\n');
            }
            None if comment.is_empty() => {}
            None => comments.push(std::mem::take(&mut comment)),
        }
    }
    comments
}

/// Whether `id` stands in the text as a word of its own.
fn names_rule(text: &str, id: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == id)
}

#[test]
fn ids_are_told_apart() {
    let comments =
        doc_comments("//! E1: one.\n//! More.\n\n/// See E10, E12.\nfn f() {} // E3\n    /// `E4`\n");
    assert_eq!(comments, [" E1: one.\n More.\n", " See E10, E12.\n", " `E4`\n"]);
    assert!(names_rule(&comments[0], "E1") && !names_rule(&comments[1], "E1"));
    assert!(names_rule(&comments[2], "E4"));
}
