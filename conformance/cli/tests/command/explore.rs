//! `atm explore` visits everything that can happen in a small world.

use serde_json::{Value, json};

use crate::atm::{Folder, Ran, atm, command, root};

/// A world in which Bob's phone gets two messages of Alice, in either order.
const TREE: [&str; 4] = ["explore", "--trees", "2,1", "--format"];

fn json<const N: usize>(arguments: [&str; N]) -> (Vec<Value>, i32) {
    let ran = atm(arguments);
    let found = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr));
    (found, ran.code)
}

#[test]
fn the_orders_of_the_example_are_counted() {
    let (found, code) = json([
        "explore",
        "readme/20-to-8",
        "--orders",
        "free",
        "--deliveries",
        "drained",
        "--announcement",
        "direct,cascade,relay",
        "--format",
        "json",
    ]);
    assert_eq!(code, 0);
    let complete: Vec<(&Value, &Value)> =
        found.iter().map(|search| (&search["all_orders"], &search["complete_orders"])).collect();
    let expected = [17_472, 40_320, 40_320].map(Value::from);
    let all = Value::from(40_320);
    assert_eq!(complete, expected.iter().map(|expected| (&all, expected)).collect::<Vec<_>>());
    assert!(found.iter().all(|search| search["verdict"] == "holds" && search["exhausted"] == true));
}

#[test]
fn text_says_how_much_was_found_and_that_it_holds() {
    let ran = atm(["explore", "readme/20-to-8", "--orders", "free", "--deliveries", "drained"]);
    let expected = "\
Eight scans instead of twenty
readme/20-to-8, announcement cascade, conflict newest, orders free, deliveries drained
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("\n  40,320 orders, 40,320 of them end complete (100.0 %)\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("\nHOLDS in all states\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("states a second"), "time stands apart: {}", ran.stderr);
    assert_eq!(ran.code, 0);
}

#[test]
fn a_promise_that_a_scenario_says_it_breaks_is_told_with_whether_it_did() {
    let hazard = "hazards/restated-trust-undoes-a-distrust";
    let broken = "\
HOLDS in all states, but for what the scenario says it breaks
  promise revocation: broken at an end, as the scenario says
  revocation is broken by restated-trust at 664 of 672 ends, the first time so:
    bob/phone revocation: authenticated alice/tablet although alice/phone had distrusted that key
";
    let ran = atm(["explore", hazard]);
    assert!(ran.stdout.ends_with(broken), "{}", ran.stdout);
    assert_eq!(ran.code, 0);
    let (found, _) = json(["explore", hazard, "--format", "json"]);
    assert_eq!((&found[0]["breaks"], &found[0]["broke"]), (&json!(["revocation"]), &json!(["revocation"])));
    // Under the other conflict rule, the scenario declares no broken invariant.
    let (found, _) = json(["explore", hazard, "--format", "json", "--conflict", "cautious"]);
    assert_eq!((&found[0]["breaks"], &found[0]["broke"]), (&json!([]), &json!([])));
    // A search that stops before the first end has not seen the violation.
    let ran = atm(["explore", hazard, "--max-states", "1"]);
    let kept = "  promise revocation: kept at every end so far, though the scenario says that it breaks it\n";
    assert!(ran.stdout.ends_with(kept), "{}", ran.stdout);
    assert_eq!(ran.code, 2);
}

#[test]
fn a_counterexample_is_a_scenario_that_breaks_the_same() {
    let folder = Folder::new("explore-counterexample");
    for (announcement, deliveries) in [("direct", "drained"), ("cascade", "every")] {
        let file = folder.path(&format!("{announcement}.yaml"));
        let rule = ["--announcement", announcement, "--deliveries", deliveries];
        let mut explore = command();
        explore.args(["explore", "readme/20-to-8", "--complete", "--counterexample", &file]).args(rule);
        let ran = Ran::from(explore.output().unwrap());
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("BROKEN incomplete, after "), "{}", ran.stdout);
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(ran.stdout.contains(&written), "{}", ran.stdout);
        assert_eq!(atm(["run", &file, "--announcement", announcement]).code, 1);
        assert_eq!(atm(["run", &file, "--announcement", "relay"]).code, 0);
    }
}

#[test]
fn a_broken_promise_is_shown_by_a_small_scenario() {
    let folder = Folder::new("explore-promise");
    // Under `newest`, a device that has not heard of a distrust can undo it by restating its trust.
    let hazard = root().join("scenarios/hazards/restated-trust-undoes-a-distrust.yaml");
    let text = std::fs::read_to_string(hazard).unwrap();
    let (before, rest) = text.split_once("\nbreaks:").unwrap();
    let (_, after) = rest.split_once("\naccounts:").unwrap();
    let path = folder.write("hazard.yaml", format!("{before}\naccounts:{after}"));
    let (file, format) = (folder.path("broken.yaml"), "json");
    let (found, code) = json(["explore", &path, "--counterexample", &file, "--format", format]);
    assert_eq!(
        (code, &found[0]["broken"], &found[0]["verdict"]),
        (1, &"revocation".into(), &"broken".into())
    );
    let ran = atm(["run", &file]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("revocation"), "{}", ran.stdout);
}

#[test]
fn a_limit_is_no_pass() {
    let (found, code) = json(["explore", "--trees", "2,2", "--max-states", "50", "--format", "json"]);
    assert_eq!(
        (code, &found[0]["verdict"], &found[0]["exhausted"]),
        (2, &"inconclusive".into(), &false.into())
    );
    let ran = atm(["explore", "--trees", "2,2", "--max-states", "50"]);
    assert!(ran.stdout.contains("INCONCLUSIVE 51 states found, not exhausted"), "{}", ran.stdout);
}

#[test]
fn the_output_is_the_same_for_any_number_of_jobs() {
    let explored = |jobs| {
        atm(["explore", "--trees", "3,1", "--announcement", "direct,relay", "--complete", "--jobs", jobs])
            .stdout
    };
    let one = explored("1");
    assert!(one.contains("relay"), "{one}");
    assert_eq!(one, explored("4"));
}

#[test]
fn reductions_can_be_left_out() {
    let [a, b, c, format] = TREE;
    let (with, _) = json([a, b, c, format, "json"]);
    let (without, code) = json([a, b, c, format, "json", "--without", "independence,symmetry,origins"]);
    assert_eq!(code, 0);
    assert!(without[0]["states"].as_u64() > with[0]["states"].as_u64());
    assert_eq!(without[0]["verdict"], with[0]["verdict"]);
    let earlier_names = json([a, b, c, format, "json", "--without", "commuting,symmetry,tellers"]);
    assert_eq!((without, code), earlier_names);
}

#[test]
fn what_cannot_be_explored_is_a_mistake_in_the_command_line() {
    for wrong in [
        &["explore"][..],
        &["explore", "readme/20-to-8", "--trees", "2,2"],
        &["explore", "--trees", "0,2"],
        &["explore", "--trees", "9,9"],
        &["explore", "readme/20-to-8", "--time", "soon"],
        &["explore", "readme/20-to-8", "--max-states", "0"],
    ] {
        let output = crate::atm::command().args(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{wrong:?}");
    }
    assert_eq!(atm(["explore", "absent.yaml"]).code, 66);
}

#[test]
fn the_page_shows_commands_that_there_are_and_what_they_print() {
    let page = std::fs::read_to_string(root().join("conformance/EXPLORE.md")).unwrap();
    let commands: Vec<&str> =
        page.lines().filter_map(|line| line.trim().strip_prefix("atm explore ")).collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        // This checks only that the command is valid: a limit of one state stops each search at once.
        let words = command.split_whitespace().chain(["--max-states", "1"]);
        let output = crate::atm::command().arg("explore").args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
