//! Examples of all parts of a scenario that are more than one word, for authors who wrote something else there.

use serde_path_to_error::{Path, Segment};

/// Settings, steps and expectations, by key.
const EXAMPLES: &[(&str, &str)] = &[
    ("requirements", "[xep-0450/details/complete-graph]"),
    ("accounts", "{ alice: { devices: { phone: , tablet: } } }"),
    ("devices", "{ phone: , tablet: }"),
    ("keys", "{ lost: { owner: alice } }"),
    ("network", "{ latency: 20 ms }"),
    ("limits", "{ own-sender: 1000 }"),
    ("breaks", "[{ invariant: revocation }]"),
    ("population", "{ accounts: 10000, part: 200 }"),
    ("steps", "[authenticate: alice/phone -> alice/tablet]"),
    ("decide", "{ by: alice/phone, authenticate: [bob/phone], distrust: [bob/tablet] }"),
    ("scan", "{ by: alice/phone, code-of: bob/phone }"),
    ("add-device", "{ account: alice, name: laptop }"),
    ("slow-down", "{ link: alice/phone -> bob/phone, latency: 3 s }"),
    ("skew-clock", "{ device: alice/phone, by: { ahead: 10 min } }"),
    ("inject-device", "{ account: alice, name: evil }"),
    ("forge", "{ by: alice/evil, to: bob, trust: [alice/evil] }"),
    ("deliver", "{ to: alice/phone, from: bob@example.org/phone, clear: <body/> }"),
    ("chain", "{ to: alice/phone, from: bob/phone, first: bob/tablet, last: bob/laptop, length: 1000 }"),
    ("flood", "{ to: alice/phone, from: bob/tablet, keys: 50000 }"),
    ("expect", "{ reference: [counts: { manual: 1 }] }"),
    ("required", "{ xep-0450/details/complete-graph: [complete: [alice]] }"),
    ("facts", "{ xep-0450/details/complete-graph: [complete: [alice]] }"),
    ("reference", "[counts: { manual: 1 }]"),
    ("levels", "{ authenticated: [alice/phone -> bob/phone] }"),
    ("complete", "[alice, bob]"),
    ("told", "{ by: alice/phone, device: alice/tablet, trust: [bob/phone] }"),
    ("not-told", "{ device: alice/tablet, about: [bob/phone] }"),
    ("may-encrypt", "{ from: alice/phone, to: [bob/phone] }"),
    ("may-not-encrypt", "{ from: alice/phone, to: [bob/phone] }"),
    ("shown", "{ device: alice/phone, body: Good morning }"),
    ("stored", "{ device: alice/phone, at-most: 3000000 }"),
    ("counts", "{ manual: 2, automatic: 4 }"),
    ("missing", "[alice/phone -> bob/phone]"),
    ("origins", "{ manual: [alice/phone -> bob/phone] }"),
    ("authenticated-by", "{ device: alice/tablet, key: bob/phone, sender: alice/phone }"),
    ("sent", "[{ by: alice/phone, to: alice, for: [alice/tablet], trust: [bob/phone] }]"),
    ("refused", "[{ by: alice/phone, because: own-key }]"),
    ("postponed", "{ device: bob/phone, from: alice/tablet, trust: [alice/phone] }"),
];

/// Examples of the values under names that the author chose, by the setting that contains them.
const NAMED: [(&str, &str); 3] = [
    ("accounts", "{ devices: { phone: , tablet: } }"),
    ("devices", "{ offline: true }"),
    ("keys", "{ owner: alice }"),
];

/// Settings of a whole scenario that are one word or one line.
const PLAIN: [(&str, &str); 2] = [("format", "1"), ("title", "Eight scans instead of twenty")];

/// An example of a valid part at this path, with its key.
pub(super) fn example(path: &Path) -> Option<String> {
    match path.iter().next_back()? {
        Segment::Seq { .. } => None,
        _ => innermost(path),
    }
}

/// An example of a map that lacks this setting; or of the setting itself, if the map is the whole scenario.
pub(super) fn with_setting(path: &Path, setting: &str) -> Option<String> {
    if path.iter().next().is_some() {
        return innermost(path);
    }
    let mut examples = PLAIN.iter().chain(EXAMPLES);
    examples.find(|(known, _)| *known == setting).map(|(key, example)| format!("{key}: {example}"))
}

/// An example of the innermost part that has a key, with that key.
fn innermost(path: &Path) -> Option<String> {
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(&**key),
            Segment::Enum { variant } => Some(&**variant),
            Segment::Seq { .. } | Segment::Unknown => None,
        })
        .collect();
    // The settings of a population have names that mean something else in a scenario.
    let keys = if keys.first() == Some(&"population") { &keys[..1] } else { &keys[..] };
    let (key, before) = keys.split_last()?;
    let is_name = |holder: &str| before.last() == Some(&holder) && matches!(before, [_] | ["accounts", _, _]);
    let named = NAMED.iter().find(|(holder, _)| is_name(holder));
    let (_, example) = named.or_else(|| EXAMPLES.iter().find(|(known, _)| known == key))?;
    Some(format!("{key}: {example}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Catalog, Scenario, ScenarioFile};

    #[test]
    fn a_setting_of_a_population_is_no_setting_of_a_scenario() {
        let text =
            "format: 1\ntitle: Many\nrequirements: [xep-0450/ao-r]\npopulation: { accounts: -1, part: 2 }\n";
        let mistakes = ScenarioFile::parse("many.yaml", text, &Catalog::unchecked()).expect_err("a mistake");
        let told = mistakes.to_string();
        assert!(told.contains("population: { accounts: 10000, part: 200 }"), "{told}");
    }

    const TOP: &str = "format: 1\ntitle: Examples\n";
    const REQUIREMENTS: &str = "requirements: [xep-0450/details/complete-graph]\n";
    const ACCOUNTS: &str = "accounts: { alice: { devices: { phone: , tablet: } }, bob: { devices: { phone: , \
                            tablet: , laptop: } } }\n";
    const EVIL: &str = "  - inject-device: { account: alice, name: evil }\n";

    fn parse(text: &str) {
        if let Err(mistakes) = Scenario::parse("example.yaml", text, &Catalog::unchecked()) {
            panic!("{mistakes}\n{text}");
        }
    }

    fn parse_file(text: &str) {
        if let Err(mistakes) = ScenarioFile::parse("example.yaml", text, &Catalog::unchecked()) {
            panic!("{mistakes}\n{text}");
        }
    }

    #[test]
    fn each_example_is_right() {
        let (settings, rest) = EXAMPLES.split_at(9);
        let (steps, expectations) = rest.split_at(10);
        for (key, example) in settings {
            let parts = [("requirements", REQUIREMENTS), ("accounts", ACCOUNTS), ("steps", "steps: []\n")];
            let others = parts.iter().filter(|(part, _)| part != key).map(|(_, text)| *text);
            match *key {
                "population" => parse_file(&format!("{TOP}{REQUIREMENTS}population: {example}\n")),
                "devices" => parse(&format!(
                    "{TOP}{REQUIREMENTS}accounts: {{ alice: {{ devices: {example} }} }}\nsteps: []\n"
                )),
                _ => parse(&format!("{TOP}{}{key}: {example}\n", others.collect::<String>())),
            }
        }
        let evil = |key: &str| if key == "forge" { EVIL } else { "" };
        for (key, example) in steps {
            parse(&format!("{TOP}{REQUIREMENTS}{ACCOUNTS}steps:\n{}  - {key}: {example}\n", evil(key)));
        }
        for (key, example) in expectations {
            let begin = format!("{TOP}{REQUIREMENTS}{ACCOUNTS}steps: []\n");
            parse(&match *key {
                "expect" => format!("{begin}expect: {example}\n"),
                "required" | "facts" | "reference" => format!("{begin}expect: {{ {key}: {example} }}\n"),
                _ => format!("{begin}expect: {{ reference: [{key}: {example}] }}\n"),
            });
        }
        for (holder, example) in NAMED {
            let text = match holder {
                "keys" => format!("{ACCOUNTS}keys: {{ lost: {example} }}"),
                "devices" => format!("accounts: {{ alice: {{ devices: {{ phone: {example} }} }} }}"),
                _ => format!("accounts: {{ alice: {example} }}"),
            };
            parse(&format!("{TOP}{REQUIREMENTS}{text}\nsteps: []\n"));
        }
    }
}
