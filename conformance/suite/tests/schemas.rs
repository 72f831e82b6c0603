//! The JSON Schemas in the repository match the types: `cargo test -p atm-suite --features schema --test schemas`. With
//! `ATM_UPDATE_SCHEMAS=1` the test updates them.

use std::path::Path;

use atm_suite::{fuzz, run_file, vectors};

fn holds(name: &str, copy: &str, schema: &serde_json::Value) {
    let written = format!("{schema:#}\n");
    if std::env::var_os("ATM_UPDATE_SCHEMAS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        std::fs::write(path, written).expect("the schema can be written");
    } else {
        assert!(copy == written, "{name} is out of date");
    }
}

#[test]
fn run_files() {
    holds("run-file.schema.json", run_file::SCHEMA, &run_file::schema());
}

#[test]
fn reports_of_campaigns() {
    holds("fuzz-report.schema.json", fuzz::SCHEMA, &fuzz::schema());
}

#[test]
fn test_vectors() {
    holds("test-vector.schema.json", vectors::SCHEMA, &vectors::schema());
}
