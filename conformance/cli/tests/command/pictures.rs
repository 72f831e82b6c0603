//! `atm run` draws the space-time diagram and the trust graph of a scenario, and writes its trace as text.

use crate::account::EVERY_STEP;
use crate::atm::{Folder, TWENTY_TO_EIGHT, atm, command, root};

/// A scenario with every kind of fault. Its title contains characters with a meaning in XML.
const FAULTS: &str = r#"format: 1
title: '<b> & "x" ]]> y'
requirements: [xep-0450/ao-s/other-endpoints]
accounts:
  alice: { devices: { phone: , laptop: } }
  bob: { devices: { phone: , tablet: { offline: true } } }
  carol: { one-key: true, devices: { desk: , sofa: } }
steps:
  - authenticate: alice/phone -> alice/laptop
  - authenticate: alice/laptop -> alice/phone
  - authenticate: bob/tablet -> alice/phone
  - authenticate: bob/phone -> alice/phone
  - authenticate: alice/phone -> bob/phone
  - authenticate: alice/phone -> bob/tablet
  - authenticate: alice/laptop -> carol
  - scan: { by: alice/phone, uri: "xmpp:nonsense%?x;y#z<b>" }
  - inject-device: { account: alice, name: evil }
  - forge: { by: alice/evil, to: bob, trust: [alice/evil] }
  - compromise: bob/phone
  - forge: { by: bob/phone, to: alice, trust: [bob/tablet] }
  - replay: bob/phone -> alice/phone
  - block: alice/phone -> bob/phone
  - distrust: alice/phone -> alice/laptop
  - crash: alice/phone
  - restart: alice/phone
  - go-online: bob/tablet
  - remove-device: bob/tablet
"#;

const EXAMPLES: &str = "scenarios/xep-0450/consecutive-examples.yaml";

#[test]
fn the_space_time_diagram_as_mermaid() {
    insta::assert_snapshot!("20-to-8-mermaid", drawn("mermaid", TWENTY_TO_EIGHT, "--sequence", "out.mmd"));
}

#[test]
fn every_kind_of_step_as_mermaid() {
    let folder = Folder::new("every-step-mermaid");
    let file = folder.write("steps.yaml", EVERY_STEP);
    insta::assert_snapshot!("steps-mermaid", drawn("steps-mermaid", &file, "--sequence", "out.mermaid"));
}

#[test]
fn faults_and_adversaries_as_mermaid() {
    let folder = Folder::new("faults-mermaid");
    let file = folder.write("faults.yaml", FAULTS);
    insta::assert_snapshot!("faults-mermaid", drawn("faults-mermaid", &file, "--sequence", "out.mmd"));
}

#[test]
fn faults_and_adversaries_are_drawn_and_explained() {
    let folder = Folder::new("faults-svg");
    let file = folder.write("faults.yaml", FAULTS);
    let diagram = drawn("faults-diagram", &file, "--sequence", "out.svg");
    for told in
        ["(kept by the server", "(dropped by the server", "out of the archive", "(replayed", "is down"]
    {
        assert!(diagram.contains(told), "{told}");
    }
    for legend in
        ["message arrives", "arrives late or once more", "never arrives", "refused", "kept for later"]
    {
        assert!(diagram.contains(legend), "{legend}");
    }
    let graph = drawn("faults-graph", &file, "--graph", "out.svg");
    for told in ["device that left", "device that an adversary made", "device that an adversary took"] {
        assert!(graph.contains(told), "{told}");
    }
    for kind in
        ["manual authentication", "automatic authentication", "distrust, manual", "postponed: to trust"]
    {
        assert!(graph.contains(kind), "{kind}");
    }
}

#[test]
fn the_trust_graph_as_dot() {
    insta::assert_snapshot!("20-to-8-dot", drawn("dot", TWENTY_TO_EIGHT, "--graph", "out.dot"));
}

#[test]
fn the_trust_graph_with_distrusts_as_dot() {
    insta::assert_snapshot!("examples-dot", drawn("dot-examples", EXAMPLES, "--graph", "out.gv"));
}

#[test]
fn the_trust_graph_after_a_step_as_dot() {
    let folder = Folder::new("dot-step");
    let path = folder.path("out.dot");
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", &path, "--graph-step", "7"]).code, 0);
    insta::assert_snapshot!("20-to-8-dot-after-7", std::fs::read_to_string(path).unwrap());
}

#[test]
fn the_trust_graph_before_the_first_step_has_no_decision() {
    let folder = Folder::new("dot-start");
    let path = folder.path("out.dot");
    assert_eq!(atm(["run", TWENTY_TO_EIGHT, "--graph", &path, "--graph-step", "0"]).code, 0);
    let graph = std::fs::read_to_string(path).unwrap();
    assert!(graph.contains("before the first step") && !graph.contains("->"), "{graph}");
}

#[test]
fn the_trace_as_text() {
    let ran = atm(["run", TWENTY_TO_EIGHT, "--format", "trace"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("20-to-8-trace", ran.stdout);
}

/// Each event of the JSON lines has a line in the trace with the same number and device.
#[test]
fn the_trace_has_a_line_for_each_event() {
    let folder = Folder::new("trace-lines");
    let file = folder.write("steps.yaml", EVERY_STEP);
    let trace = atm(["run", &file, "--format", "trace"]).stdout;
    let lines: Vec<&str> = trace.lines().filter(|line| !line.starts_with('#')).collect();
    let events = atm(["run", &file, "--format", "jsonl"]).stdout;
    let events = events.lines().filter(|line| line.contains(r#""event":"#)).count();
    assert_eq!(lines.len(), events);
    for (number, line) in lines.iter().enumerate() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(fields[0], number.to_string(), "{line}");
        assert!(fields.len() >= 4, "number, time, kind and device: {line}");
    }
}

/// To update them: `cargo run -- run scenarios/readme/20-to-8.yaml --sequence conformance/pictures/20-to-8-sequence.svg
/// --graph conformance/pictures/20-to-8-trust-graph.svg`.
#[test]
fn the_pictures_in_the_repository_are_what_the_command_draws() {
    for (option, name) in [("--sequence", "20-to-8-sequence.svg"), ("--graph", "20-to-8-trust-graph.svg")] {
        let kept = std::fs::read_to_string(root().join("conformance/pictures").join(name)).unwrap();
        assert!(kept == drawn("kept", TWENTY_TO_EIGHT, option, name), "{name} is not what {option} draws");
    }
}

#[test]
fn pictures_are_well_formed_and_show_names_as_they_are() {
    let folder = Folder::new("well-formed");
    let file = folder.write("odd.yaml", FAULTS);
    for option in ["--sequence", "--graph"] {
        let svg = drawn("odd", &file, option, "out.svg");
        assert!(read(&svg).contains("<b> & \"x\" ]]>"));
        assert_eq!(svg.matches("http").count(), 1, "nothing but the namespace is from elsewhere");
    }
}

/// A scenario that expects a message and a level that the reference engine does not produce.
const WRONG: &str = r#"format: 1
title: Things that do not hold
requirements: [xep-0450/ac-r/contact-endpoint, xep-0450/ao-s/other-endpoints]
accounts:
  alice: { devices: { phone: , tablet: , notebook: } }
  bob: { devices: { phone: } }
steps:
  - scan: { by: alice/phone, code-of: bob/phone }
  - expect:
      required:
        xep-0450/ao-s/other-endpoints:
          - told: { by: alice/phone, device: alice/notebook, trust: [bob/phone] }
  - distrust: alice/phone -> alice/tablet
expect:
  required:
    xep-0450/ac-r/contact-endpoint:
      - levels: { distrusted: [alice/notebook -> alice/tablet] }
"#;

#[test]
fn whatever_is_wrong_is_marked_in_every_picture() {
    let folder = Folder::new("wrong");
    let file = folder.write("wrong.yaml", WRONG);
    let drawn = |option: &str, name: &str| {
        let path = folder.path(name);
        assert_eq!(atm(["run", &file, option, &path]).code, 1);
        std::fs::read_to_string(path).unwrap()
    };
    let demand = "\u{2717} required by xep-0450/ao-s/other-endpoints, after step 1: alice/phone tells alice/notebook to \
                  trust bob/phone";
    let level = "alice/notebook -> alice/tablet is automatically-trusted";
    let is_dashed_arrow = |line: &&str| {
        line.contains(r##"stroke="#b3261e" stroke-width="2.2" stroke-dasharray="7 5""##)
            && line.contains("marker-end=\"url(#to-open-arrow-b3261e)\"")
    };
    let dashed_arrows = |svg: &str| svg.lines().filter(is_dashed_arrow).count();

    let diagram = drawn("--sequence", "out.svg");
    let label = &diagram[diagram.find("aria-label").unwrap()..][..1000];
    assert!(label.contains(&demand.replace('>', "&gt;")), "{label}");
    let text = read(&diagram).replace('\n', " ");
    for told in ["\u{2717} missing message", "message that should have been there", "not as it has to be"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let between = |first: &str, second: &str| text.find(first).unwrap() < text.find(second).unwrap();
    assert!(
        between("\u{2717} required by xep-0450/ao-s", "2. alice/phone distrusts"),
        "it stands at its step"
    );
    assert_eq!(dashed_arrows(&diagram), 2, "one arrow, and one in the legend");

    let graph = drawn("--graph", "graph.svg");
    assert_eq!(dashed_arrows(&graph), 2, "one arrow, and one in the legend");
    // The mismatches are at Alice's phone, at her notebook, and in the cell of the notebook and the tablet.
    let rings: Vec<&str> = graph.split(r#"<g class="wrong"><title>"#).skip(1).collect();
    let names = |part: &str| {
        rings.iter().filter(|ring| ring.split("</title>").next().unwrap().contains(part)).count()
    };
    assert_eq!(rings.len(), 4, "and one in the legend");
    assert_eq!(names(&demand.replace('>', "&gt;")), 1);
    assert_eq!(names(&level.replace('>', "&gt;")), 2);
    let text = read(&graph);
    for told in ["phone \u{2717} wrong", "notebook \u{2717} wrong", "Not as it has to be"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("tablet \u{2717} wrong"));

    let mermaid = drawn("--sequence", "out.mmd");
    assert!(mermaid.contains("  d0--xd2: \u{2717} missing message\n"), "{mermaid}");
    assert!(
        mermaid.contains(": \u{2717} alice/notebook -#62; alice/tablet is automatically-trusted"),
        "{mermaid}"
    );
    let dot = drawn("--graph", "out.dot");
    assert!(dot.contains("v0 [label=\"phone \u{2717} wrong\", color=\"#b3261e\", penwidth=3];"), "{dot}");
    assert!(
        dot.contains("v0 -> v2 [label=\"\u{2717} missing message\", color=\"#b3261e\", style=dashed"),
        "{dot}"
    );
    assert!(dot.lines().any(|line| line.starts_with("  label=") && line.contains(demand)), "{dot}");
}

#[test]
fn nothing_is_marked_where_all_is_well() {
    for (option, name) in
        [("--sequence", "out.svg"), ("--graph", "out.svg"), ("--sequence", "out.mmd"), ("--graph", "out.dot")]
    {
        let picture = drawn("well", TWENTY_TO_EIGHT, option, name);
        assert!(!picture.contains('\u{2717}') && !picture.contains("\"wrong\""), "{option} {name}");
    }
}

/// The graph of a step shows only mismatches up to that step.
#[test]
fn a_graph_marks_nothing_that_is_still_to_come() {
    let folder = Folder::new("wrong-later");
    let file = folder.write("wrong.yaml", WRONG);
    let path = folder.path("out.svg");
    assert_eq!(atm(["run", &file, "--graph", &path, "--graph-step", "1"]).code, 1);
    let text = read(&std::fs::read_to_string(path).unwrap());
    assert!(text.contains("phone \u{2717} wrong") && !text.contains("notebook \u{2717} wrong"), "{text}");
}

#[test]
fn pictures_follow_a_dark_screen_and_fit_into_a_small_one() {
    let folder = Folder::new("dark");
    let file = folder.write("odd.yaml", FAULTS);
    for option in ["--sequence", "--graph"] {
        let svg = drawn("dark", &file, option, "out.svg");
        let (_, rest) = svg.split_once("<style>").unwrap();
        let (style, rest) = rest.split_once("</style>").unwrap();
        for attribute in ["fill", "stroke"] {
            for color in rest.split(&format!(" {attribute}=\"#")).skip(1).map(|color| &color[..6]) {
                assert!(
                    style.contains(&format!("[{attribute}=\"#{color}\"]{{{attribute}:#")),
                    "{option}: {color}"
                );
            }
        }
        assert!(svg.contains("style=\"max-width:100%;height:auto\""));
    }
}

#[test]
fn the_same_run_gives_the_same_picture() {
    for option in ["--sequence", "--graph"] {
        let first = drawn("same", EXAMPLES, option, "first.svg");
        assert!(first == drawn("same", EXAMPLES, option, "second.svg"), "{option}");
    }
}

#[test]
fn a_picture_is_told_on_standard_error_only() {
    let folder = Folder::new("told");
    let path = folder.path("out.svg");
    let ran = atm(["run", TWENTY_TO_EIGHT, "--sequence", &path]);
    assert_eq!(ran.stdout, atm(["run", TWENTY_TO_EIGHT]).stdout);
    assert_eq!(ran.stderr, format!("atm: wrote {path}\n"));
}

#[test]
fn sixty_four_for_a_mistake_in_what_is_to_be_drawn() {
    let folder = Folder::new("never");
    let svg = &folder.path("never.svg");
    for (arguments, expected) in [
        (vec![TWENTY_TO_EIGHT, "--sequence", "out.png"], "has to end in .svg, .mmd or .mermaid"),
        (vec![TWENTY_TO_EIGHT, "--graph", "out"], "has to end in .svg, .dot or .gv"),
        (vec!["scenarios/readme", "--graph", svg], "a picture or page shows one scenario, but there are "),
        (vec!["scenarios/readme", "--html", svg], "a picture or page shows one scenario, but there are "),
        (vec![TWENTY_TO_EIGHT, "--graph", svg, "--graph-step", "9"], "the scenario has only 8 steps"),
        (vec![TWENTY_TO_EIGHT, "--graph-step", "1"], "--graph <FILE>"),
    ] {
        let output = command().arg("run").args(&arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        assert!(stderr.contains(expected), "{stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert!(!std::path::Path::new(svg).exists());
}

#[test]
fn sixty_six_for_a_picture_that_cannot_be_written() {
    let folder = Folder::new("unwritable");
    let path = folder.path("no/such/folder/out.svg");
    let ran = atm(["run", TWENTY_TO_EIGHT, "--graph", &path]);
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.starts_with(&format!("atm: {path}: ")), "{}", ran.stderr);
}

/// The content of a picture of a scenario, drawn into a file of this name.
fn drawn(test: &str, scenario: &str, option: &str, name: &str) -> String {
    let folder = Folder::new(&format!("pictures-{test}{option}-{name}"));
    let path = folder.path(name);
    let ran = atm(["run", scenario, option, &path]);
    assert!(matches!(ran.code, 0 | 2), "{}{}", ran.stdout, ran.stderr);
    std::fs::read_to_string(path).unwrap()
}

/// All text of a picture. Asserts that it is well-formed, has no scripts or images, and has a style only for colours.
fn read(svg: &str) -> String {
    let mut reader = rxml::Reader::new(svg.as_bytes());
    let (mut all, mut inside) = (String::new(), String::new());
    while let Some(event) = reader.next().transpose().expect("well-formed XML") {
        match event {
            rxml::Event::StartElement(_, (_, name), _) => {
                assert!(!matches!(name.as_str(), "script" | "image"), "{name}");
                inside = name.to_string();
            }
            rxml::Event::Text(_, text) if inside == "style" => {
                let rules = text.strip_prefix("@media screen and (prefers-color-scheme:dark){").unwrap();
                let is_color = |letter: char| letter.is_ascii_hexdigit();
                for rule in rules.trim_end().trim_end_matches('}').split('}') {
                    let (selector, color) = rule.split_once(":#").unwrap();
                    assert!(selector.starts_with("[fill=") || selector.starts_with("[stroke="), "{rule}");
                    assert!(color.len() == 6 && color.chars().all(is_color), "{rule}");
                }
                inside.clear();
            }
            rxml::Event::Text(_, text) => all.push_str(&text),
            _ => {}
        }
    }
    all
}
