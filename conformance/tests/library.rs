//! The scenarios inside of the command are the files of the project.

use std::path::Path;

use atm_conformance::library;

#[test]
fn every_file_of_the_project_is_inside_the_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let files = library::files();
    let mut on_disk = 0;
    for folder in std::fs::read_dir(&root).expect("the folder of scenarios") {
        for file in std::fs::read_dir(folder.expect("a folder").path()).expect("a folder of scenarios") {
            let path = file.expect("a file").path();
            let relative =
                path.strip_prefix(&root).expect("a path below the root").to_string_lossy().into_owned();
            let inside = files.iter().find(|inside| inside.path == relative);
            let text = std::fs::read_to_string(&path).expect("a text");
            assert_eq!(inside.map(|inside| inside.text), Some(&*text), "{relative}");
            on_disk += 1;
        }
    }
    assert_eq!(files.len(), on_disk);
}

#[test]
fn every_file_inside_loads() {
    for file in library::files() {
        assert!(file.load().is_ok(), "{}", file.path);
    }
}
