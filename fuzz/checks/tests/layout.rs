//! The files have the layout that OSS-Fuzz, ClusterFuzzLite and cargo-fuzz expect. No other program reads them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use atm_fuzz_checks::TARGETS;
use serde_yaml::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the files in a folder with this ending, without the ending.
fn names(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(repository().join(folder)).expect("the folder can be read");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

fn targets() -> BTreeSet<String> {
    TARGETS.into_iter().map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn each_check_is_a_target_with_a_program_seeds_and_options() {
    assert_eq!(names("fuzz/fuzz_targets", ".rs"), targets());
    assert_eq!(names("fuzz/options", ".options"), targets());
    assert_eq!(names("fuzz/seeds", ""), targets());
    let manifest = read("fuzz/Cargo.toml");
    assert!(manifest.contains("[package.metadata]\ncargo-fuzz = true\n"));
    let declared = manifest.lines().filter(|line| line.starts_with("path = \"fuzz_targets/"));
    assert_eq!(declared.count(), TARGETS.len(), "each program is a [[bin]], and there is no other");
    for target in targets() {
        let bin = format!("[[bin]]\nname = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"\n");
        assert!(manifest.contains(&bin), "{target} is declared");
        let program = read(&format!("fuzz/fuzz_targets/{target}.rs"));
        assert!(program.contains(&format!("atm_fuzz_checks::{target}(bytes)")), "{target} runs its check");
    }
}

#[test]
fn options_are_those_of_libfuzzer_with_a_limit_for_everything() {
    for target in targets() {
        let options = read(&format!("fuzz/options/{target}.options"));
        let mut lines = options.lines();
        assert_eq!(lines.next(), Some("[libfuzzer]"), "{target}");
        let mut given = BTreeSet::new();
        for line in lines {
            let (name, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{target}: {line}"));
            let is_sound = match name {
                "dict" => repository().join("fuzz/dictionaries").join(value).is_file(),
                _ => value.parse::<u32>().is_ok_and(|value| value > 0),
            };
            assert!(is_sound, "{target}: {line}");
            given.insert(name);
        }
        for limit in ["max_len", "rss_limit_mb", "malloc_limit_mb", "timeout"] {
            assert!(given.contains(limit), "{target} has no {limit}");
        }
    }
}

/// The format of <https://llvm.org/docs/LibFuzzer.html#dictionaries>: `"…"`, with `\\`, `\"` and `\xAB` as escapes.
#[test]
fn dictionaries_have_the_form_that_libfuzzer_reads() {
    for dictionary in names("fuzz/dictionaries", ".dict") {
        for line in read(&format!("fuzz/dictionaries/{dictionary}.dict")).lines() {
            assert!(line.starts_with('#') || is_word(line), "{dictionary}: {line}");
        }
    }
}

fn is_word(line: &str) -> bool {
    let Some(mut rest) = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let is_not_empty = !rest.is_empty();
    while let Some(first) = rest.chars().next() {
        let escaped = rest.strip_prefix('\\');
        let length = match escaped.map(str::as_bytes) {
            None if first != '"' && first.is_ascii() => 1,
            Some([b'\\' | b'"', ..]) => 2,
            Some([b'x', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => 4,
            _ => return false,
        };
        rest = &rest[length..];
    }
    is_not_empty
}

#[test]
fn the_project_is_complete_but_for_addresses_which_it_asks_for() {
    let text = read(".clusterfuzzlite/project.yaml");
    let project: Value = serde_yaml::from_str(&text).expect("YAML");
    for key in ["homepage", "main_repo", "primary_contact"] {
        assert!(project[key].is_null(), "{key} would be an address that nobody has");
        assert!(text.contains(&format!("`{key}`")), "{key}");
    }
    assert_eq!(project["language"], "rust");
    let only =
        |key: &str| project[key].as_sequence().map(|list| list.iter().filter_map(Value::as_str).collect());
    assert_eq!(only("fuzzing_engines"), Some(vec!["libfuzzer"]));
    assert_eq!(only("sanitizers"), Some(vec!["address"]));
}

#[test]
fn the_image_builds_with_the_script() {
    let image = read(".clusterfuzzlite/Dockerfile");
    let commands: Vec<&str> =
        image.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase())).collect();
    assert_eq!(commands[0], "FROM gcr.io/oss-fuzz-base/base-builder-rust");
    assert!(commands.contains(&"COPY .clusterfuzzlite/build.sh $SRC/"));
    let directory = commands.iter().find_map(|line| line.strip_prefix("WORKDIR ")).expect("a WORKDIR");
    assert!(read(".clusterfuzzlite/build.sh").contains(&format!("cd \"{directory}\"")));
}

#[test]
fn the_workflow_fuzzes_what_the_project_names() {
    let workflow: Value = serde_yaml::from_str(&read("fuzz/ci/github-workflow.yml")).expect("YAML");
    for job in ["pull-request", "batch"] {
        let steps = workflow["jobs"][job]["steps"].as_sequence().expect("steps");
        let uses: Vec<&str> = steps.iter().filter_map(|step| step["uses"].as_str()).collect();
        let action = |name| format!("google/clusterfuzzlite/actions/{name}@v1");
        assert_eq!(uses, [action("build_fuzzers"), action("run_fuzzers")], "{job}");
        assert_eq!(steps[0]["with"]["language"], "rust");
        for step in steps {
            assert_eq!(step["with"]["sanitizer"], "address");
        }
    }
}

#[cfg(unix)]
#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for script in [".clusterfuzzlite/build.sh", "fuzz/run.sh", "fuzz/seeds.sh"] {
        let mode = fs::metadata(repository().join(script)).expect(script).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
}
