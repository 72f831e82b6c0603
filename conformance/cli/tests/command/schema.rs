//! `atm schema` prints the JSON Schema of file formats.

use crate::atm::{atm, root};

#[test]
fn it_prints_the_copy_that_editors_use() {
    let ran = atm(["schema"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let copy = std::fs::read_to_string(root().join("simulator/scenario.schema.json")).unwrap();
    assert!(ran.stdout == copy);
    assert!(
        atm(["schema", "scenario"]).stdout == copy,
        "scenario files are what is meant if nothing is said"
    );
}

#[test]
fn it_prints_the_copy_of_that_of_run_files() {
    let ran = atm(["schema", "run-file"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let copy = std::fs::read_to_string(root().join("conformance/run-file.schema.json")).unwrap();
    assert!(ran.stdout == copy);
}

#[test]
fn it_prints_the_copy_of_that_of_test_vectors() {
    let ran = atm(["schema", "test-vector"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let copy = std::fs::read_to_string(root().join("conformance/test-vector.schema.json")).unwrap();
    assert!(ran.stdout == copy);
}

#[test]
fn everything_in_run_files_and_test_vectors_is_described() {
    for format in ["run-file", "test-vector"] {
        assert_described(&serde_json::from_str(&atm(["schema", format]).stdout).unwrap());
    }
}

fn assert_described(schema: &serde_json::Value) {
    for (name, part) in schema["$defs"].as_object().unwrap() {
        assert!(part["description"].is_string(), "{name}");
        for (property, described) in part["properties"].as_object().into_iter().flatten() {
            assert!(described["description"].is_string(), "{name}.{property}");
        }
    }
}

#[test]
fn it_prints_the_copy_of_that_of_reports_of_campaigns() {
    let ran = atm(["schema", "fuzz-report"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let copy = std::fs::read_to_string(root().join("conformance/fuzz-report.schema.json")).unwrap();
    assert!(ran.stdout == copy);
}
