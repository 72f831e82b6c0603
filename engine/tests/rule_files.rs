//! The rules follow the specification: a file of `src/rules` cites every use case and every section about implementing
//! ATM.

use std::fs;
use std::path::Path;

/// The anchors of XEP-0450 0.4.0 whose sections require something of an endpoint.
const SECTIONS: [&str; 26] = [
    "introduction",
    "glossary",
    "use-cases",
    "use-case-authentication-contact-endpoint-sending",
    "use-case-authentication-contact-endpoint-sending-to-own-endpoints",
    "use-case-authentication-contact-endpoint-sending-to-contact-endpoint",
    "use-case-authentication-contact-endpoint-receiving",
    "use-case-authentication-contact-endpoint-receiving-from-own-endpoint",
    "use-case-authentication-contact-endpoint-receiving-from-contact-endpoint",
    "use-case-authentication-own-endpoint-sending",
    "use-case-authentication-own-endpoint-sending-to-other-endpoints",
    "use-case-authentication-own-endpoint-sending-to-endpoint-key-authenticated",
    "use-case-authentication-own-endpoint-receiving",
    "use-case-distrusting-own-endpoint-sending",
    "use-case-distrusting-own-endpoint-receiving",
    "use-case-distrusting-contact-endpoint-sending",
    "use-case-distrusting-contact-endpoint-receiving",
    "use-case-distrusting-contact-endpoint-receiving-from-contact-endpoint",
    "use-case-distrusting-contact-endpoint-receiving-from-own-endpoint",
    "implementation-notes-storing-trust-message-information-unauthenticated-keys",
    "implementation-notes-storing-trust-message-information-unknown-keys",
    "implementation-notes-gui-considerations",
    "security-considerations-notification-and-confirmation",
    "security-considerations-recommended-security-policy-trust-only-authenticated-keys-after-first-authentication-toakafa",
    // Sections of XEP-0434 0.6.0, on which XEP-0450 builds.
    "trust-message-structure",
    "use-cases-encrypted-trust-message-sce-profile",
];

/// The names of the rule files, with their module comments.
fn rule_files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(String, String)> = paths
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let source = fs::read_to_string(path).unwrap();
            let comment: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//!")).collect();
            (name, comment.join("\n"))
        })
        .filter(|(name, _)| !["mod", "context", "inputs"].contains(&&**name)) // they hold no rule
        .collect();
    files.sort();
    files
}

/// The texts in backticks.
fn cited(comment: &str) -> impl Iterator<Item = &str> {
    comment.split('`').skip(1).step_by(2)
}

#[test]
fn each_use_case_and_each_section_about_implementing_is_cited_by_a_rule_file() {
    let files = rule_files();
    let is_cited =
        |section: &str| files.iter().any(|(_, comment)| cited(comment).any(|other| other == section));
    let missing: Vec<&str> = SECTIONS.into_iter().filter(|section| !is_cited(section)).collect();
    assert!(missing.is_empty(), "no rule file cites {}", missing.join(", "));
}

#[test]
fn each_rule_file_begins_with_its_sections_and_what_was_decided() {
    for (name, comment) in rule_files() {
        assert!(cited(&comment).any(|section| SECTIONS.contains(&section)), "{name} cites no section");
        assert!(comment.contains("Decided where the specification"), "{name} does not say what was decided");
    }
}

#[test]
fn no_citation_is_misspelt() {
    let prefixes = ["use-case", "implementation-notes-", "security-considerations-"];
    // Sections of XEP-0434.
    let others = ["use-cases-encrypted-trust-message"];
    for (name, comment) in rule_files() {
        for section in cited(&comment).filter(|cited| prefixes.iter().any(|prefix| cited.starts_with(prefix)))
        {
            let exists = SECTIONS.contains(&section) || others.contains(&section);
            assert!(exists, "{name} cites {section}, which is no section");
        }
    }
}
