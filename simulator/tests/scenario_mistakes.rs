//! Every mistake is reported at its exact position, with the expected form. Lines and columns were counted by hand.

use atm_simulator::scenario::{Catalog, LoadError, Mistakes, Scenario};

/// A scenario of eight lines, to which the tests add text from line 9 on.
const BASE: &str = "\
format: 1
title: A test
requirements: [xep-0450/one]
accounts:
  alice:
    devices: { phone: {}, notebook: {} }
  bob:
    devices: { phone: {} }
";

fn catalog() -> Catalog {
    Catalog::of_requirements(["xep-0450/one", "xep-0450/other"])
}

fn mistakes(text: &str) -> Mistakes {
    match Scenario::parse("test.yaml", text, &catalog()) {
        Ok(scenario) => panic!("this is read without complaint:\n{text}\n{scenario:?}"),
        Err(mistakes) => mistakes,
    }
}

/// The mistakes in a whole file.
fn told(text: &str) -> Vec<String> {
    mistakes(text).iter().map(ToString::to_string).collect()
}

/// The mistakes in steps, each on its own line from line 10 on.
fn told_of_steps(steps: &[&str]) -> Vec<String> {
    let steps: String = steps.iter().map(|step| format!("  - {step}\n")).collect();
    told(&format!("{BASE}steps:\n{steps}"))
}

/// The mistakes in the base with one line replaced.
fn told_with(line: &str, replacement: &str) -> Vec<String> {
    assert!(BASE.contains(line));
    told(&format!("{}steps: []\n", BASE.replace(line, replacement)))
}

#[test]
fn the_base_is_right() {
    let text = format!("{BASE}steps: []\n");
    Scenario::parse("test.yaml", &text, &catalog()).unwrap();
}

#[test]
fn an_unknown_step_is_told_with_the_nearest_one() {
    assert_eq!(
        told_of_steps(&["authenticat: alice/phone -> alice/notebook"]),
        ["test.yaml:10:5: `authenticat` is not known here (did you mean `authenticate`?)"]
    );
    assert_eq!(
        told_of_steps(&["wait"]),
        ["test.yaml:10:5: a name alone stands here; expected a name and what belongs to it: `name: ...`"]
    );
}

#[test]
fn an_unknown_setting_is_told_with_the_nearest_one() {
    assert_eq!(
        told_with("title: A test", "tilte: A test"),
        ["test.yaml:2:1: there is no setting `tilte` here (did you mean `title`?)"]
    );
    assert_eq!(
        told_of_steps(&["scan: { by: alice/phone, codeof: bob/phone }"]),
        ["test.yaml:10:30: there is no setting `codeof` here (did you mean `code-of`?)"]
    );
    assert_eq!(
        told_with("phone: {}, notebook: {}", "phone: { colour: red }"),
        ["test.yaml:6:25: there is no setting `colour` here (known are key, carbons, offline)"]
    );
}

#[test]
fn a_missing_setting_is_told_where_it_belongs() {
    for (line, setting, example) in [
        ("format: 1\n", "format", "format: 1"),
        ("title: A test\n", "title", "title: Eight scans instead of twenty"),
    ] {
        assert_eq!(
            told_with(line, ""),
            [format!("test.yaml:1:1: `{setting}` is missing (an example is `{example}`)")]
        );
    }
    for (step, wrong, example) in [
        (
            "add-device: { account: alice }",
            "`name` is missing",
            "add-device: { account: alice, name: laptop }",
        ),
        (
            "scan: { by: alice/phone }",
            "`scan` needs either `code-of` or `uri`, and not both",
            "scan: { by: alice/phone, code-of: bob/phone }",
        ),
        (
            "scan: { code-of: alice/phone }",
            "`by` is missing",
            "scan: { by: alice/phone, code-of: bob/phone }",
        ),
    ] {
        let column = if wrong.starts_with("`scan`") { 11 } else { 5 };
        assert_eq!(
            told_of_steps(&[step]),
            [format!("test.yaml:10:{column}: {wrong} (an example is `{example}`)")]
        );
    }
    assert_eq!(
        told(&format!("{BASE}steps: []\nexpect: {{ reference: [sent: [{{ by: alice/phone }}]] }}\n")),
        [
            "test.yaml:10:30: `to` is missing (an example is `sent: [{ by: alice/phone, to: alice, for: [alice/tablet], \
          trust: [bob/phone] }]`)"
        ]
    );
}

#[test]
fn duplicate_keys_are_refused() {
    assert_eq!(told_with("  bob:", "  alice:"), ["test.yaml:7:3: `alice` stands twice in this map"]);
}

#[test]
fn names_of_what_is_not_there_are_told_inside_of_arrows() {
    assert_eq!(
        told_of_steps(&[
            "authenticate: alice/phone -> alice/notebook, alice/notbook",
            "authenticate: alice/fone -> bob/phone",
            "hold: alice/phone -> bbo/phone",
            "go-offline: alice/tablet",
            "discover: bob/phone -> bob",
            "discover: bob/phone -> strangr",
        ]),
        [
            "test.yaml:10:50: there is no device `alice/notbook` (did you mean `alice/notebook`?)",
            "test.yaml:11:19: there is no device `alice/fone` (did you mean `alice/phone`?)",
            "test.yaml:12:26: there is no account `bbo` (did you mean `bob`?)",
            "test.yaml:13:17: there is no device `alice/tablet` (`alice` has alice/phone, alice/notebook)",
            "test.yaml:14:28: `bob` does not have one key for all devices (`bob` has bob/phone)",
            "test.yaml:15:28: there is no key `strangr` (the key of a device is written `account/device`)",
        ]
    );
}

#[test]
fn steps_see_the_devices_of_their_time() {
    assert_eq!(
        told_of_steps(&[
            "go-offline: bob/laptop",
            "add-device: { account: bob, name: laptop }",
            "go-offline: bob/laptop",
            "remove-device: bob/laptop",
            "distrust: alice/phone -> bob/laptop",
            "go-online: bob/laptop",
            "add-device: { account: bob, name: laptop }",
            "add-device: { account: carol, name: phone }",
        ]),
        [
            "test.yaml:10:17: there is no device `bob/laptop` (`bob` has bob/phone)",
            "test.yaml:15:16: the device `bob/laptop` was removed by an earlier step",
            "test.yaml:16:39: `bob` has or had a device `laptop` already",
            "test.yaml:17:28: there is no account `carol`",
        ]
    );
}

#[test]
fn a_decision_is_about_the_keys_of_one_owner() {
    assert_eq!(
        told_of_steps(&["authenticate: alice/phone -> alice/notebook, bob/phone"]),
        [
            "test.yaml:10:50: `bob/phone` does not belong to `alice` like the keys before it (decide on the keys of \
             one owner in each step)"
        ]
    );
}

#[test]
fn what_is_decided_in_one_go_contradicts_itself_in_nothing() {
    let decide = |lists: &str| told_of_steps(&[&format!("decide: {{ by: alice/phone, {lists} }}")]);
    for (lists, column, mistake) in [
        (
            "authenticate: [alice/notebook], distrust: [bob/phone]",
            75,
            "`bob/phone` does not belong to `alice` like the keys before it (decide on the keys of one owner in each step)",
        ),
        (
            "authenticate: [bob/phone], distrust: [bob/phone]",
            70,
            "`bob/phone` is both authenticated and distrusted",
        ),
        (
            "authenticate: [alice/phone], distrust: [alice/notebook]",
            47,
            "this is the key of `alice/phone` itself (name another device)",
        ),
        (
            "authenticate: [bob/phone], distrust: []",
            69,
            "there is no key (to authenticate or to distrust only, there are steps of these names)",
        ),
    ] {
        assert_eq!(decide(lists), [format!("test.yaml:10:{column}: {mistake}")]);
    }
}

#[test]
fn aliases_anchors_and_tags_are_refused() {
    let bomb = format!("{BASE}about: &a aaaa\nsteps: [*a, *a, *a]\n");
    assert_eq!(
        told(&bomb),
        [
            "test.yaml:9:8: anchors (`&name`) are not allowed in a scenario (a text that begins with `&` stands in quotes)"
        ]
    );
    let alias = format!("{BASE}about: text\nsteps: [*a, *a]\n");
    assert!(told(&alias)[0].starts_with("test.yaml:10:9: "), "{}", told(&alias)[0]);
    let tag = format!("{BASE}about: !!str text\n");
    assert_eq!(
        told(&tag),
        [
            "test.yaml:9:8: tags (`!name`) are not allowed in a scenario (a text that begins with `!` stands in quotes)"
        ]
    );
}

#[test]
fn deep_nesting_is_refused() {
    // The outer map is the first level, so the 24th bracket is one too many: column 8 + 23.
    let deep = format!("{BASE}steps: {}", "[".repeat(200));
    assert_eq!(told(&deep), ["test.yaml:9:31: more than 24 lists and maps inside each other"]);
    for part in ["[", "{a: ", "- ", "[{"] {
        let deep = format!("{BASE}steps:\n  {}", part.repeat(250_000 / part.len()));
        let told = told(&deep);
        assert!(told[0].ends_with(": more than 24 lists and maps inside each other"), "{part}: {told:?}");
    }
}

#[test]
fn large_files_are_refused() {
    let large = format!("{BASE}# {}\n", "x".repeat(262_144));
    assert_eq!(
        told(&large),
        [format!("test.yaml:1:1: the file has {} bytes, more than 262144", BASE.len() + 262_147)]
    );
}

#[test]
fn of_a_large_file_no_more_is_read_than_shows_that_it_is_too_large() {
    // This file never ends.
    let endless = std::path::Path::new("/dev/zero");
    if !endless.exists() {
        return;
    }
    let Err(LoadError::Mistakes(mistakes)) = Scenario::load(endless, &Catalog::unchecked()) else {
        panic!("it is refused");
    };
    let told: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
    assert_eq!(told, ["the file has more than 262144 bytes"]);
}

#[test]
fn a_second_document_is_refused() {
    let text = format!("{BASE}steps: []\n---\nformat: 1\n");
    assert_eq!(told(&text), ["test.yaml:10:1: a second document begins here (one scenario a file)"]);
}

#[test]
fn empty_files_and_control_characters_are_refused() {
    assert_eq!(told(""), ["test.yaml:1:1: the file is empty (a scenario begins with `format: 1`)"]);
    assert_eq!(told("format: 1\ntitle: a\0b\n"), ["test.yaml:2:9: YAML does not allow the character U+0000"]);
}

#[test]
fn another_version_is_told_before_anything_else() {
    assert_eq!(
        told("future: true\nformat: 2\n"),
        ["test.yaml:2:9: `2` is not a version of the scenario format (write `format: 1`)"]
    );
}

#[test]
fn syntax_errors_and_tabs_are_told() {
    let tab = format!("{BASE}steps:\n\t- wait: 5 s\n");
    let told_of_tab = told(&tab);
    assert!(told_of_tab[0].starts_with("test.yaml:10:"), "{told_of_tab:?}");
    assert!(told_of_tab[0].ends_with("(YAML is indented with spaces, not with tabs)"), "{told_of_tab:?}");
    let open = format!("{BASE}steps: [\n");
    assert!(told(&open)[0].starts_with("test.yaml:10:1: this is not YAML: "), "{:?}", told(&open));
}

#[test]
fn nothing_is_not_an_empty_list_and_not_text() {
    let null = format!("{BASE}steps:\n");
    assert_eq!(
        told(&null),
        ["test.yaml:9:1: nothing stands after `steps:` (leave the key out, or write `[]` for an empty list)"]
    );
    assert_eq!(
        told_with("title: A test", "title: ~"),
        ["test.yaml:2:1: nothing stands after `title:` (leave the key out, or write `[]` for an empty list)"]
    );
    assert_eq!(told_of_steps(&["wait: 5 s", ""]), ["test.yaml:11:5: this item of the list is empty"]);
}

#[test]
fn values_of_another_type_are_told_in_plain_words() {
    assert_eq!(
        told_with("title: A test", "title: 12"),
        ["test.yaml:2:8: the number `12` stands here; expected text (in quotes, if it looks like a number)"]
    );
    assert_eq!(
        told_with("[xep-0450/one]", "xep-0450/one"),
        [
            "test.yaml:3:15: the text \"xep-0450/one\" stands here; expected a list (an example is `requirements: \
             [xep-0450/details/complete-graph]`)"
        ]
    );
    assert_eq!(
        told_with("phone: {}, notebook: {}", "phone: { carbons: maybe }"),
        ["test.yaml:6:34: the text \"maybe\" stands here; expected `true` or `false`"]
    );
    assert_eq!(
        told_of_steps(&["{ wait: 5 s, restart: alice/phone }"]),
        [
            "test.yaml:10:5: a map stands here; expected a map with exactly one key; the next step or expectation \
             begins with `-`"
        ]
    );
    assert_eq!(
        told_of_steps(&["expect: { reference: [counts: { manual: -1 }] }"]),
        ["test.yaml:10:45: the number `-1` stands here; expected a whole number from 0 to 4294967295"]
    );
    assert_eq!(
        told_of_steps(&["deliver: alice/phone"]),
        [
            "test.yaml:10:14: the text \"alice/phone\" stands here; expected a map with its settings (an example is \
             `deliver: { to: alice/phone, from: bob@example.org/phone, clear: <body/> }`)"
        ]
    );
}

#[test]
fn notations_are_told_with_an_example() {
    assert_eq!(
        told_of_steps(&["wait: 5 minutes"]),
        [
            "test.yaml:10:11: `5 minutes` is not a time span: a whole number and one of ms, s, min, h, d, such as \
             `20 ms` or `5 min`"
        ]
    );
    assert_eq!(
        told_of_steps(&["authenticate: alice/phone -> Bob/phone"]),
        [
            "test.yaml:10:34: `Bob/phone` is not a key: account/device such as `alice/phone`, or the name of a \
             one-key account or of an entry in `keys`"
        ]
    );
    assert_eq!(
        told_of_steps(&["hold: alice/phone, bob/phone"]),
        [
            "test.yaml:10:11: `alice/phone, bob/phone` is not device -> device, such as `alice/phone -> bob/phone`"
        ]
    );
    assert_eq!(
        told_with("  bob:", "  Bob:"),
        ["test.yaml:7:3: `Bob` is not a name: small letters a-z, digits and hyphens, such as `alice`"]
    );
}

#[test]
fn keys_must_be_base64_of_the_right_length_and_differ() {
    assert_eq!(
        told_with("phone: {}, notebook: {}", "phone: { key: AQID* }"),
        ["test.yaml:6:30: `AQID*` is not the identifier of a key in Base64"]
    );
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    assert_eq!(
        told_with("phone: {}, notebook: {}", &format!("phone: {{ key: {key} }}, notebook: {{ key: {key} }}")),
        ["test.yaml:6:95: `alice/notebook` has the same key as `alice/phone`"]
    );
    assert_eq!(
        told_with("phone: {}, notebook: {}", "phone: { key: AQID }"),
        ["test.yaml:6:30: a key identifier of urn:xmpp:omemo:2 does not have 3 bytes"]
    );
}

#[test]
fn one_key_accounts_have_one_key() {
    let text = BASE.replace("  bob:", "  bob:\n    one-key: true");
    let text =
        format!("{text}steps:\n  - discover: alice/phone -> bob/phone\n  - discover: alice/phone -> bob\n");
    assert_eq!(
        told(&text),
        [
            "test.yaml:11:30: `bob/phone` has no key of its own: the devices of its account share one (write `bob`)"
        ]
    );
}

#[test]
fn requirements_are_those_of_the_catalog() {
    assert_eq!(
        told_with("[xep-0450/one]", "[xep-0450/one, xep-0450/oter, xep-0450/one]"),
        [
            "test.yaml:3:30: there is no requirement `xep-0450/oter` (did you mean `xep-0450/other`?)",
            "test.yaml:3:45: `xep-0450/one` stands twice in the list of requirements",
        ]
    );
    let any = format!("{}steps: []\n", BASE.replace("xep-0450/one", "xep-0450/unheard-of"));
    Scenario::parse("test.yaml", &any, &Catalog::unchecked()).unwrap();
}

/// The mistakes in expectations at a step and at the end. The lists in flow style are on lines 12 and 15.
fn told_of_required(on_the_way: &str, at_the_end: &str) -> Vec<String> {
    let required = |text: &str| format!("required:\n{text}\n");
    let (step, end) = (required(&format!("        {on_the_way}")), required(&format!("    {at_the_end}")));
    told(&format!("{BASE}steps:\n  - expect: # line 10\n      {step}expect:\n  {end}"))
}

#[test]
fn expectations_stand_under_requirements_of_the_scenarios_list() {
    let right = "xep-0450/one: [complete: [alice]]";
    assert_eq!(
        told_of_required("xep-0450/oter: [complete: [alice]]", "xep-0450/other: [complete: [alice]]"),
        [
            "test.yaml:12:9: there is no requirement `xep-0450/oter` (did you mean `xep-0450/other`?)",
            "test.yaml:15:5: `xep-0450/other` is not in the list of requirements (add it to `requirements`)",
        ]
    );
    assert_eq!(
        told_of_required(right, "xep-0450/one: []"),
        ["test.yaml:15:5: this expects nothing"],
        "a requirement that demands nothing"
    );
    assert_eq!(
        told_of_required(&format!("{right}\n        {right}"), right),
        ["test.yaml:13:9: `xep-0450/one` stands twice in this map"]
    );
    assert_eq!(
        told_of_required("- complete: [alice]", right),
        [
            "test.yaml:12:9: a list stands here; expected a map with a name on each line (put the list under the id of \
             the requirement that the expectations are about)"
        ]
    );
    let text = format!(
        "{BASE}steps: []\nexpect:\n  facts:\n    xep-0450/other: []\n    xep-0450/oter: [complete: [alice]]\n"
    );
    assert_eq!(
        told(&text),
        [
            "test.yaml:12:5: `xep-0450/other` is not in the list of requirements (add it to `requirements`)",
            "test.yaml:12:5: this expects nothing",
            "test.yaml:13:5: there is no requirement `xep-0450/oter` (did you mean `xep-0450/other`?)",
        ],
        "facts are no different"
    );
    assert_eq!(
        told_of_required("xep-0450/one: { complete: [alice] }", right),
        ["test.yaml:12:23: a map stands here; expected a list"]
    );
    assert_eq!(
        told_of_required("\"xep 0450\": [complete: [alice]]", right),
        ["test.yaml:12:10: `xep 0450` is not the id of a requirement, such as `xep-0450/ac-s/own-endpoints`"]
    );
}

#[test]
fn expectations_are_checked_like_steps() {
    let text = format!(
        "{BASE}steps: []\nexpect:\n  required:\n    xep-0450/one:\n      - levels: {{ authentcated: [alice/phone -> bob/phone] }}\n"
    );
    assert_eq!(
        told(&text),
        ["test.yaml:13:19: there is no setting `authentcated` here (did you mean `authenticated`?)"]
    );
    let text = format!(
        "{BASE}steps: []\nexpect:\n  required:\n    xep-0450/one:\n      - counts: {{ manual: 8 }}\n"
    );
    assert_eq!(
        told(&text),
        [
            "test.yaml:13:9: `counts` is not known here (it says what this engine does, not what the specifications \
             demand: move it to `reference`)"
        ]
    );
    let text = format!(
        "{BASE}steps: []\nexpect:\n  reference:\n    - refused: [{{ by: alice/phone, because: no-autority }}]\n"
    );
    assert_eq!(
        told(&text),
        ["test.yaml:12:45: `no-autority` is not known here (did you mean `no-authority`?)"]
    );
    let text = format!(
        "{BASE}steps: []\nexpect:\n  cascade:\n    - sent: [{{ by: alice/phone, to: bo, for: [bob/phone, carol/x] }}]\n    \
         - levels: {{}}\n"
    );
    assert_eq!(
        told(&text),
        [
            "test.yaml:12:37: there is no account `bo` (did you mean `bob`?)",
            "test.yaml:12:58: there is no account `carol`",
            "test.yaml:13:7: this expects nothing",
        ]
    );
}

#[test]
fn positions_count_characters_and_spans_count_bytes() {
    let text =
        format!("\u{feff}{}steps:\r\n  - {{ \"wait\": \"\u{fc}\u{fc} 5\" }}\r\n", BASE.replace('\n', "\r\n"));
    let mistakes = mistakes(&text);
    let mistake = mistakes.iter().next().unwrap();
    assert_eq!((mistake.line, mistake.column, mistake.length), (10, 16, 4), "{mistake}");
    assert_eq!(&mistakes.source()[mistake.span.clone()], "\u{fc}\u{fc} 5");
}

#[test]
fn many_mistakes_are_told_at_once_but_not_endlessly() {
    let steps = vec!["restart: alice/nothing"; 5_000];
    assert_eq!(told_of_steps(&steps).len(), 20);
}

#[test]
fn a_device_does_not_authenticate_itself() {
    for step in ["authenticate", "trust-manually"] {
        assert_eq!(
            told_of_steps(&[&format!("{step}: alice/phone -> alice/notebook, alice/phone")]),
            [format!(
                "test.yaml:10:{}: this is the key of `alice/phone` itself (name another device)",
                step.len() + 38
            )]
        );
    }
}

#[test]
fn a_key_has_one_level_on_a_device() {
    let levels =
        |levels: &str| told(&format!("{BASE}steps: []\nexpect: {{ reference: [levels: {{ {levels} }}] }}\n"));
    assert_eq!(
        levels("authenticated: [alice/phone -> bob/phone], distrusted: [alice/phone -> bob/phone]"),
        ["test.yaml:10:89: `alice/phone -> bob/phone` is expected to be both authenticated and distrusted"]
    );
    for (one, other, good) in [
        ("authenticated", "not-authenticated", false),
        ("distrusted", "not-distrusted", false),
        ("not-authenticated", "not-distrusted", true),
        ("distrusted", "not-authenticated", true),
    ] {
        let text = format!(
            "{BASE}steps: []\nexpect: {{ reference: [levels: {{ {one}: [alice/phone -> bob/phone], {other}: [alice/phone -> bob/phone] }}] }}\n"
        );
        assert_eq!(Scenario::parse("test.yaml", &text, &catalog()).is_ok(), good, "{one} {other}");
    }
    // Another device or another key may have another level.
    let text = "authenticated: [alice/phone -> bob/phone], distrusted: [alice/notebook -> bob/phone, alice/phone -> alice/notebook]";
    let text = format!("{BASE}steps: []\nexpect: {{ reference: [levels: {{ {text} }}] }}\n");
    Scenario::parse("test.yaml", &text, &catalog()).unwrap();
}

#[test]
fn numbers_out_of_range_are_told_with_the_range() {
    let counts = |number: &str| {
        told_of_steps(&[&format!("expect: {{ reference: [counts: {{ manual: {number} }}] }}")])
    };
    for number in
        ["4294967296", "18446744073709551615", "-1", "1.5", "99999999999999999999999999999999999999999"]
    {
        assert_eq!(
            counts(number),
            [format!(
                "test.yaml:10:45: the number `{number}` stands here; expected a whole number from 0 to 4294967295"
            )]
        );
    }
    for number in ["18446744073709551616", "-9223372036854775809"] {
        assert_eq!(
            counts(number),
            [format!(
                "test.yaml:10:45: the number `{number}` is larger than any that can stand here (text that looks like a \
                 number stands in quotes)"
            )]
        );
    }
    let limits = told(&format!("{BASE}limits: {{ own-sender: -1 }}\nsteps: []\n"));
    assert_eq!(
        limits,
        [
            "test.yaml:9:23: the number `-1` stands here; expected a whole number from 0 to 18446744073709551615"
        ]
    );
}

#[test]
fn a_text_that_needs_quotes_is_told_with_them() {
    for (written, column, message, quoted) in [
        ("Trust: a story", 8, "a text with a colon in it stands in quotes", r#""Trust: a story""#),
        ("A \"story\": told", 8, "a text with a colon in it stands in quotes", r#""A \"story\": told""#),
        ("@alice", 8, "a text that begins with `@` stands in quotes", r#""@alice""#),
        ("%x", 8, "a text that begins with `%` stands in quotes", r#""%x""#),
        ("*bold*", 8, "a text that begins with `*` stands in quotes", r#""*bold*""#),
        (
            "\"A\" b",
            8,
            "behind the quotes something follows: the whole text stands in quotes",
            r#""\"A\" b""#,
        ),
    ] {
        assert_eq!(
            told_with("A test", written),
            [format!("test.yaml:2:{column}: {message} (write `title: {quoted}`)")],
            "{written}"
        );
        // The advice is correct.
        let text = format!("{}steps: []\n", BASE.replace("A test", quoted));
        assert_eq!(Scenario::parse("test.yaml", &text, &catalog()).unwrap().title, written);
    }
    let open = told_with("[xep-0450/one]", "[xep-0450/one");
    assert!(open[0].ends_with("(the `[` in line 3 is not closed before)"), "{open:?}");
}

#[test]
fn another_form_is_told_with_an_example() {
    assert_eq!(
        told_with("{ phone: {}, notebook: {} }", "[phone]"),
        [
            "test.yaml:6:14: a list stands here; expected a map with a name on each line (an example is `devices: { \
             phone: , tablet: }`)"
        ]
    );
    assert_eq!(
        told_of_steps(&["inject-device: alice/evil"]),
        [
            "test.yaml:10:20: the text \"alice/evil\" stands here; expected a map with its settings (an example is \
             `inject-device: { account: alice, name: evil }`)"
        ]
    );
    // Everything that takes more than a word has an example.
    let schema: serde_json::Value = serde_json::from_str(atm_simulator::scenario::SCHEMA).unwrap();
    for (list, kind) in [("Step", "steps"), ("Reference", "reference")] {
        let variants = schema["$defs"][list]["oneOf"].as_array().unwrap();
        let names = variants.iter().flat_map(|variant| variant["properties"].as_object().unwrap().keys());
        for name in names {
            let told = match kind {
                "steps" => told_of_steps(&[&format!("{name}: true")]),
                _ => told_of_steps(&[&format!("expect: {{ reference: [{name}: true] }}")]),
            };
            assert!(told[0].contains("such as `") || told[0].contains("an example is `"), "{told:?}");
        }
    }
}

#[test]
fn all_mistakes_of_form_are_told_at_once() {
    let text = "\
format: 1
title: 12
requirments: [xep-0450/one]
accounts:
  alice: { devices: [phone] }
  bob: { devices: { phone: { colour: red, offline: maybe } } }
steps:
  - authenticat: alice/phone -> bob/phone
  - restart: alice/phone
  - wait: soon
  - expect: { reference: [counts: { manual: -1 }, compleet: [alice]] }
  - scan: { code-of: bob/phone }
";
    let places: Vec<(usize, usize)> = mistakes(text).iter().map(|it| (it.line, it.column)).collect();
    let expected = [(2, 8), (3, 1), (5, 21), (6, 30), (6, 52), (8, 5), (10, 11), (11, 45), (11, 51), (12, 5)];
    assert_eq!(places, expected, "{:#?}", told(text));
    let many = vec!["wait: soon"; 50];
    assert_eq!(told_of_steps(&many).len(), 20);
    assert_eq!(told(&format!("{BASE}about:\nsteps:\n")).len(), 2, "what is empty, too");
}

#[test]
fn a_chain_has_two_ends_of_one_owner_and_a_length() {
    let chain =
        |ends: &str| told_of_steps(&[&format!("chain: {{ to: alice/phone, from: bob/phone, {ends} }}")]);
    assert_eq!(
        chain("first: alice/notebook, last: bob/phone, length: 5"),
        ["test.yaml:10:77: `bob/phone` does not belong to `alice` like the first key"]
    );
    assert_eq!(
        chain("first: bob/phone, last: bob/phone, length: 5"),
        ["test.yaml:10:72: the chain ends with the key with which it begins"]
    );
    for length in [0, 100_001] {
        let wrong = chain(&format!("first: alice/phone, last: alice/notebook, length: {length}"));
        assert_eq!(wrong, ["test.yaml:10:98: a chain has 1 to 100000 words"]);
    }
}

#[test]
fn a_device_does_not_forget_its_own_key() {
    assert_eq!(
        told_of_steps(&["forget: alice/phone -> alice/phone"]),
        ["test.yaml:10:28: this is the key of `alice/phone` itself (name another device)"]
    );
}

#[test]
fn a_device_goes_back_to_a_backup_that_was_made_before() {
    assert_eq!(
        told_of_steps(&["back-up: alice/notebook", "restore: alice/phone", "back-up: alice/phone"]),
        [
            "test.yaml:11:14: there is no backup of `alice/phone` (write `back-up: alice/phone` in an earlier step)"
        ]
    );
}

#[test]
fn an_adversary_cannot_write_with_a_key_that_it_only_shows() {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let base = BASE.replace("phone: {}, notebook: {}", &format!("phone: {{ key: {key} }}, notebook: {{}}"));
    let inject = format!("  - inject-device: {{ account: alice, name: evil, key: {key} }}\n");
    Scenario::parse("test.yaml", &format!("{base}steps:\n{inject}"), &catalog()).unwrap();
    let forge = "  - forge: { by: alice/evil, to: bob, trust: [alice/evil] }\n";
    assert_eq!(
        told(&format!("{base}steps:\n{inject}{forge}")),
        ["test.yaml:11:18: `alice/evil` shows a key that it does not hold: it cannot write with it"]
    );
}

#[test]
fn a_flood_has_a_size() {
    for keys in [0, 100_001] {
        assert_eq!(
            told_of_steps(&[&format!("flood: {{ to: alice/phone, from: bob/phone, keys: {keys} }}")]),
            ["test.yaml:10:54: a flood is about 1 to 100000 keys"]
        );
    }
}
