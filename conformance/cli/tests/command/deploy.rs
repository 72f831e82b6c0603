//! The files in `deploy/` and the action for other projects work. Their commands run as local processes.

use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

use crate::atm::{Folder, atm, broken_adapter, engine_adapter, once_broken_adapter, root};

const PARTS: usize = 3;

/// The shell that Kubernetes runs a script with.
const POD: [&str; 2] = ["sh", "-euc"];

/// The shell that GitHub runs a script with, if it is bash.
const ACTION: [&str; 6] = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];

fn documents(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(root().join(name)).unwrap();
    serde_yaml::Deserializer::from_str(&text)
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .collect()
}

/// Runs a script like the scheduler, with the tested command `atm`.
fn run(folder: &Folder, shell: &[&str], script: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let atm = Path::new(env!("CARGO_BIN_EXE_atm")).parent().unwrap();
    let path = format!("{}:{}", atm.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(script).env("PATH", path).current_dir(folder.path(""));
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn whole(folder: &Folder, seeds: &str) -> String {
    let (path, engine) = (folder.path("whole.json"), engine_adapter());
    let ran = atm(["fuzz", "--quiet", "--seeds", seeds, "--adapter", &engine, "--report", &path]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_jobs_of_kubernetes_find_what_one_machine_finds() {
    let folder = Folder::new("deploy-kubernetes");
    let documents = documents("deploy/kubernetes.yaml");
    let job = |name: &str| {
        let named = |document: &&Value| document["kind"] == "Job" && document["metadata"]["name"] == name;
        documents.iter().find(named).unwrap_or_else(|| panic!("there is no job {name}"))
    };
    let script = |name: &str| {
        let container = &job(name)["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["command"], serde_yaml::from_str::<Value>("[sh, -euc]").unwrap());
        container["args"][0].as_str().unwrap().to_owned()
    };
    let settings = documents.iter().find(|document| document["kind"] == "ConfigMap").unwrap();
    let parts = settings["data"]["PARTS"].as_str().unwrap();
    assert_eq!(job("atm-fuzz")["spec"]["completions"].as_u64(), parts.parse().ok());
    assert_eq!(job("atm-fuzz")["spec"]["completionMode"], "Indexed");

    let (reports, parts) = (folder.path("reports"), PARTS.to_string());
    std::fs::create_dir(&reports).unwrap();
    let engine = engine_adapter();
    let variables = [("SEEDS", "0..300"), ("PARTS", &*parts), ("ADAPTER", &*engine), ("REPORTS", &*reports)];
    for index in 0..PARTS {
        let index = index.to_string();
        let (code, said) = run(
            &folder,
            &POD,
            &script("atm-fuzz"),
            &[&variables[..], &[("JOB_COMPLETION_INDEX", &index)]].concat(),
        );
        assert_eq!(code, 0, "{said}");
    }
    let (code, said) = run(&folder, &POD, &script("atm-fuzz-merge"), &variables);
    assert_eq!(code, 0, "{said}");
    let merged = std::fs::read_to_string(folder.path("reports/0..300/campaign.json")).unwrap();
    assert_eq!(merged, whole(&folder, "0..300"));

    // A part succeeds if it ends, whatever it found.
    for adapter in [broken_adapter(), once_broken_adapter(&folder)] {
        let alone = [("SEEDS", "0..150"), ("PARTS", "1"), ("JOB_COMPLETION_INDEX", "0")];
        let broken = [&alone[..], &[("ADAPTER", &*adapter), ("REPORTS", &*reports)]].concat();
        for job in ["atm-fuzz", "atm-fuzz-merge"] {
            let (code, said) = run(&folder, &POD, &script(job), &broken);
            assert_eq!(code, 0, "{job}: {said}");
        }
    }
}

#[test]
fn the_matrix_of_github_finds_what_one_machine_finds() {
    let folder = Folder::new("deploy-github");
    let [workflow] = &documents("deploy/github-matrix.yml")[..] else { panic!("one document") };
    let script = |job: &str, name: &str| step(&workflow["jobs"][job]["steps"], name);
    let matrix = workflow["jobs"]["part"]["strategy"]["matrix"]["part"].as_sequence().unwrap();
    assert_eq!(workflow["env"]["PARTS"].as_u64(), Some(matrix.len() as u64));

    // The workflow tries many seeds; a few are enough here.
    let few = |script: String| script.replace("100000000", "150");
    let (parts, summary) = (PARTS.to_string(), folder.path("summary"));
    let engine = engine_adapter();
    for part in 1..=PARTS {
        let variables =
            [("RUN", "2"), ("PART", &*part.to_string()), ("PARTS", &*parts), ("ADAPTER", &*engine)];
        let (code, said) = run(&folder, &ACTION, &few(script("part", "Try a part of the seeds")), &variables);
        assert_eq!(code, 0, "{said}");
    }
    let (code, said) = run(
        &folder,
        &ACTION,
        &script("merge", "Put the parts together"),
        &[("GITHUB_STEP_SUMMARY", &summary)],
    );
    assert_eq!(code, 0, "{said}");
    let merged = std::fs::read_to_string(folder.path("reports/campaign.json")).unwrap();
    assert_eq!(merged, whole(&folder, "300..450"));
    assert!(std::fs::read_to_string(&summary).unwrap().contains("PASS nothing was found"));
    assert_eq!(workflow["defaults"]["run"]["shell"], "bash");

    // The workflow fails if there is a finding, though its last command only prints it. There is one worker, because of
    // several, the one with the broken adapter may get no seed.
    let alone = |script: String| few(script).replace("atm fuzz ", "atm fuzz --jobs 1 ");
    for (adapter, exit) in [(broken_adapter(), 1), (once_broken_adapter(&folder), 2)] {
        let broken = [("RUN", "2"), ("PART", "1"), ("PARTS", "1"), ("ADAPTER", &*adapter)];
        std::fs::remove_dir_all(folder.path("reports")).unwrap();
        let (code, said) = run(&folder, &ACTION, &alone(script("part", "Try a part of the seeds")), &broken);
        assert_eq!(code, 0, "{said}");
        let merge = script("merge", "Put the parts together");
        let (code, said) = run(&folder, &ACTION, &merge, &[("GITHUB_STEP_SUMMARY", &summary)]);
        assert_eq!(code, exit, "{said}");
    }
}

#[test]
fn the_workflows_say_which_variable_is_not_set() {
    let folder = Folder::new("deploy-unset");
    for (file, job, name) in [
        ("deploy/github-matrix.yml", "part", "Install the suite"),
        ("deploy/github-matrix.yml", "merge", "Install the suite"),
        ("conformance/ci/github-workflow.yml", "conformance", "Get the suite"),
    ] {
        let [workflow] = &documents(file)[..] else { panic!("one document") };
        assert_eq!(workflow["env"]["ATM_REPOSITORY"], "${{ vars.ATM_REPOSITORY }}");
        let script = step(&workflow["jobs"][job]["steps"], name);
        // GitHub sets a variable that nobody has defined to an empty text.
        let (code, said) = run(&folder, &ACTION, &script, &[("ATM_REPOSITORY", "")]);
        assert_eq!(code, 1, "{said}");
        assert!(said.starts_with("::error::Set the variable ATM_REPOSITORY of this project"), "{said}");
    }
}

#[test]
fn the_action_writes_all_reports_and_ends_like_the_suite() {
    let folder = Folder::new("deploy-action");
    let [action] = &documents("action.yml")[..] else { panic!("one document") };
    let script = step(&action["runs"]["steps"], "Run the suite");
    let [reports, output, summary] = ["reports", "output", "summary"].map(|name| folder.path(name));
    let play = |adapter: &str| {
        let inputs = [
            ("ADAPTER", adapter),
            ("EXPECTATIONS", ""),
            ("OPTIONS", "--variations none --case test-cases/manual-*"),
            ("FOLDER", &reports),
            ("RUNNER_TEMP", "/nowhere"),
            ("GITHUB_OUTPUT", &output),
            ("GITHUB_STEP_SUMMARY", &summary),
        ];
        run(&folder, &ACTION, &script, &inputs)
    };
    for (adapter, exit) in [(engine_adapter(), 0), (broken_adapter(), 1)] {
        let (code, said) = play(&adapter);
        assert_eq!(code, exit, "{said}");
        for name in ["run.jsonl", "report.html", "junit.xml", "report.md", "badge.svg"] {
            assert!(Path::new(&reports).join(name).is_file(), "{name}");
        }
        let outputs = std::fs::read_to_string(&output).unwrap();
        assert_eq!(outputs.lines().last(), Some(&*format!("exit-code={exit}")));
        assert!(std::fs::read_to_string(&summary).unwrap().contains("XEP-0450"));
        std::fs::remove_dir_all(&reports).unwrap();
    }
    let (code, said) = play("");
    assert_eq!(code, 64);
    assert!(said.starts_with("::error::The input `adapter` is empty"), "{said}");
}

/// The script of a step.
fn step(steps: &Value, name: &str) -> String {
    let steps = steps.as_sequence().unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}"));
    step["run"].as_str().unwrap().to_owned()
}
