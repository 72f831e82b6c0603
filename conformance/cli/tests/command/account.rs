//! `atm run` prints the events of each step, and then the verdict.

use crate::atm::{Folder, TWENTY_TO_EIGHT, atm};

fn account_under(announcement: &str) -> String {
    let ran = atm(["run", TWENTY_TO_EIGHT, "--announcement", announcement]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout
}

#[test]
fn the_example_of_the_readme_under_direct() {
    insta::assert_snapshot!("20-to-8-direct", account_under("direct"));
}

#[test]
fn the_example_of_the_readme_under_cascade() {
    insta::assert_snapshot!("20-to-8-cascade", account_under("cascade"));
}

#[test]
fn the_example_of_the_readme_under_relay() {
    insta::assert_snapshot!("20-to-8-relay", account_under("relay"));
}

#[test]
fn without_a_choice_the_rule_is_cascade() {
    assert_eq!(atm(["run", TWENTY_TO_EIGHT]).stdout, account_under("cascade"));
}

#[test]
fn every_kind_of_step_is_told() {
    let folder = Folder::new("every-kind-of-step");
    let file = folder.write("steps.yaml", EVERY_STEP);
    let ran = atm(["run", &file]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("every-kind-of-step", ran.stdout.replace(&file, "steps.yaml"));
}

#[test]
fn a_failure_names_the_step_of_the_account_after_which_it_shows() {
    let folder = Folder::new("failures");
    let file = folder.write("failures.yaml", FAILURES);
    let ran = atm(["run", &file]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("failures", ran.stdout.replace(&file, "failures.yaml"));
}

#[test]
fn answers_to_open_questions_are_told_and_fail_nothing() {
    let folder = Folder::new("facts");
    let file = folder.write("facts.yaml", FACTS);
    let ran = atm(["run", &file]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("facts", ran.stdout.replace(&file, "facts.yaml"));
}

#[test]
fn of_several_scenarios_each_that_passes_is_told_in_a_line_and_all_are_counted() {
    let folder = Folder::new("several");
    let good = folder.write_passing("good.yaml");
    let bad = folder.write_failing("bad.yaml");
    let ran = atm(["run", &good, &bad]);
    insta::assert_snapshot!("several", ran.stdout.replace(&folder.path(""), ""));
    let ran = atm(["run", &good, &bad, "--verbose"]);
    assert_eq!(ran.stdout.matches("alice/phone authenticates alice/tablet (manual 1)").count(), 2);
}

pub(crate) const EVERY_STEP: &str = r#"
format: 1
title: Every kind of step
requirements: [xep-0450/introduction/security-level]
accounts:
  alice: { devices: { phone: , tablet: } }
  bob: { devices: { phone: } }
keys:
  stolen: { owner: bob }
steps:
  - hold: alice/phone -> alice/tablet
  - trust-manually: alice/phone -> bob/phone
  - scan: { by: alice/phone, code-of: alice/tablet }
  - scan: { by: alice/tablet, uri: "xmpp:nonsense" }
  - authenticate: alice/phone -> bob/phone
  - go-offline: alice/tablet
  - release: alice/phone -> alice/tablet
  - go-online: alice/tablet
  - add-device: { account: bob, name: notebook }
  - trust-manually: alice/phone -> bob/notebook
  - discover: alice/phone -> stolen
  - distrust: alice/phone -> stolen
  - restart: alice/phone
  - wait: 5 min
  - deliver:
      to: alice/phone
      from: bob@example.org/phone
      clear: <body>Hello</body>
  - authenticate: alice/tablet -> alice/phone
  - discover: alice/tablet -> stolen
  - remove-device: bob/notebook
expect:
  required:
    xep-0450/introduction/security-level:
      - levels: { authenticated: [alice/tablet -> bob/phone], distrusted: [alice/tablet -> stolen] }
"#;

const FACTS: &str = "
format: 1
title: An open question
requirements: [atm/facts/own-key-in-summary, atm/facts/distrusts-in-summaries]
accounts:
  alice: { devices: { phone: , tablet: , notebook: } }
steps:
  - distrust: alice/phone -> alice/notebook
  - authenticate: alice/phone -> alice/tablet
  - expect:
      facts:
        atm/facts/own-key-in-summary:
          - told: { by: alice/phone, device: alice/tablet, trust: [alice/phone] }
expect:
  facts:
    atm/facts/distrusts-in-summaries:
      - told: { by: alice/phone, device: alice/tablet, distrust: [alice/notebook] }
";

const FAILURES: &str = "
format: 1
title: Nothing of this is true
requirements: [xep-0450/introduction/security-level, xep-0450/ao-s/new-endpoint]
accounts:
  alice: { devices: { phone: , tablet: } }
steps:
  - expect: { reference: [counts: { manual: 1, messages: 2 }] }
  - authenticate: alice/phone -> alice/tablet
  - expect:
      required:
        xep-0450/introduction/security-level:
          - levels: { authenticated: [alice/tablet -> alice/phone] }
  - authenticate: alice/tablet -> alice/phone
  - expect:
      required:
        xep-0450/ao-s/new-endpoint:
          - told: { by: alice/phone, device: alice/tablet, trust: [alice/phone] }
      cascade:
        - sent: [{ by: alice/phone, to: alice, for: [alice/tablet], trust: [alice/phone] }]
expect:
  required:
    xep-0450/introduction/security-level:
      - complete: [alice]
      - levels: { distrusted: [alice/phone -> alice/tablet, alice/tablet -> alice/phone] }
";
