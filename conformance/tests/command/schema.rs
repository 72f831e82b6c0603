//! `atm schema` prints the JSON Schema of scenario files.

use crate::atm::{atm, root};

#[test]
fn it_prints_the_copy_that_editors_use() {
    let ran = atm(["schema"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let copy = std::fs::read_to_string(root().join("simulator/scenario.schema.json")).unwrap();
    assert!(
        ran.stdout == copy,
        "the copy is out of date; `cargo run -- schema > simulator/scenario.schema.json` writes it anew"
    );
}
