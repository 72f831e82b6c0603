use std::time::Duration;

use super::*;

/// A folder that is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("atm-benches-ratios-{name}-{}", std::process::id())))
    }

    /// Writes the relevant part of a criterion result, with this time.
    fn result(&self, group: &str, function: &str, size: u64, nanoseconds: f64, written: u64) {
        let folder = self.0.join(group).join(function).join(size.to_string()).join("new");
        std::fs::create_dir_all(&folder).unwrap();
        let id = serde_json::json!({
            "group_id": group, "function_id": function, "value_str": size.to_string(),
            "throughput": { "Elements": size }
        });
        let estimates = serde_json::json!({ "median": { "point_estimate": nanoseconds } });
        std::fs::write(folder.join("benchmark.json"), id.to_string()).unwrap();
        let path = folder.join("estimates.json");
        std::fs::write(&path, estimates.to_string()).unwrap();
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(second(written)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn second(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

fn run(begun: u64, ended: u64) -> Measurement {
    let (begun, ended) = (second(begun), second(ended));
    let (commit, compiler) = (Some("abc1234".to_owned()), Some("rustc 1.95.0".to_owned()));
    Measurement { begun, ended, commit, compiler, memory: None }
}

#[test]
fn what_glibc_was_told_is_told_with_the_run() {
    let run = Measurement { memory: Some("GLIBC_TUNABLES=\"\"".to_owned()), ..run(1, 2) };
    assert_eq!(run.origin(), "at commit abc1234 with rustc 1.95.0 and GLIBC_TUNABLES=\"\"");
}

fn figures(ratios: &[Ratio]) -> Vec<(&str, &str, f64, Option<f64>)> {
    ratios
        .iter()
        .map(|ratio| (ratio.function.as_str(), ratio.size.as_str(), ratio.time, ratio.unavoidable))
        .collect()
}

#[test]
fn each_benchmark_stands_beside_the_unavoidable_work_of_its_size() {
    let folder = Folder::new("beside");
    folder.result("clique", "play", 10, 400.0, 5);
    folder.result("clique", "play", 2, 100.0, 5);
    folder.result("clique", UNAVOIDABLE, 10, 100.0, 5);
    folder.result("clique", UNAVOIDABLE, 2, 20.0, 5);
    folder.result("codecs", "parse", 1, 7.0, 5);
    folder.result("forgotten", "play", 1, 7.0, 5);
    let groups = ["clique", "codecs"];
    let recorded = record(&folder.0, &run(5, 6), &groups).unwrap();
    let latest = read_from(&folder.0, &groups).unwrap();

    let expected =
        [("play", "2", 50.0, Some(10.0)), ("play", "10", 40.0, Some(10.0)), ("parse", "1", 7.0, None)];
    assert_eq!(figures(&recorded), expected);
    assert_eq!(latest.ratios, recorded);
    assert_eq!(latest.origin(), "at commit abc1234 with rustc 1.95.0");
}

#[test]
fn a_run_shows_nothing_that_it_has_not_measured() {
    let folder = Folder::new("old");
    folder.result("clique", "play", 2, 100.0, 5);
    folder.result("clique", UNAVOIDABLE, 2, 20.0, 4);
    folder.result("clique", "play", 10, 400.0, 4);
    folder.result("codecs", "parse", 1, 7.0, 4);
    let groups = ["clique", "codecs"];
    let recorded = record(&folder.0, &run(5, 6), &groups).unwrap();
    assert_eq!(figures(&recorded), [("play", "2", 50.0, None)]);
    assert!(record(&folder.0, &run(7, 8), &groups).unwrap().is_empty());
}

#[test]
fn a_group_of_more_than_one_run_is_refused() {
    for (name, other) in [("before", 4), ("after", 7)] {
        let folder = Folder::new(name);
        folder.result("clique", "play", 2, 100.0, 5);
        folder.result("clique", UNAVOIDABLE, 2, 20.0, other);
        record(&folder.0, &run(5, 6), &["clique"]).unwrap();
        let refused = read_from(&folder.0, &["clique"]).unwrap_err().to_string();
        assert!(refused.starts_with("\"unavoidable/2\" of \"clique\" was not measured"), "{refused}");
    }
}

#[test]
fn a_group_without_a_record_is_refused() {
    let folder = Folder::new("unrecorded");
    folder.result("clique", "play", 2, 100.0, 5);
    folder.result("codecs", "parse", 1, 7.0, 4);
    record(&folder.0, &run(5, 6), &["clique", "codecs"]).unwrap();
    assert!(read_from(&folder.0, &["clique"]).is_ok());
    let refused = read_from(&folder.0, &["clique", "codecs"]).unwrap_err().to_string();
    assert!(refused.starts_with("no run of \"codecs\" is recorded"), "{refused}");
}

#[test]
fn a_whole_run_is_told_in_a_unit_that_suits_it() {
    let told = [7.04, 1_234.0, 9_975_500.0, 2.5e9].map(|whole| {
        let (group, function, size) = (String::new(), String::new(), String::new());
        Ratio { group, function, size, time: 1.0, unavoidable: None, whole }.whole_run()
    });
    assert_eq!(told, ["7.0 ns", "1.2 µs", "10.0 ms", "2.5 s"]);
}
