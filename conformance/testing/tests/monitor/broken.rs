//! What is wrong is found, under the requirement that it breaks.

use atm_simulator::run::Options;
use atm_suite::library;
use atm_testing::{BrokenVariant, broken};

use crate::watched::watch;

/// Variants of which the monitor says something else than the scenarios, and what it says.
///
/// A device that cannot read the codes that others write does not do what the code says, and one that refuses a message does
/// not do what that says: which rule on form is behind it, a scenario tells that tries that form.
const UNDER_ANOTHER: [(&str, &str); 3] = [
    ("uri-in-base64", "xep-0434/uri/verdicts"),
    ("uri-other-names", "xep-0434/uri/verdicts"),
    ("refuses-long-padding", "xep-0450/ac-r/contact-endpoint"),
];

/// Variants that break nothing that the monitor judges, and why.
const NOT_JUDGED: [(&str, &str); 3] = [
    ("no-time-check", "between some seconds and a day, any margin is lawful"),
    ("no-delay", "a device may go by the arrival of a message that was delayed"),
    ("tells-contacts-everything", "what contacts are told is looked at in each message"),
];

#[test]
fn what_devices_make_of_what_happens_is_found() {
    let scenarios: Vec<_> =
        library::files().iter().map(|file| file.load().expect("the library has no mistakes")).collect();
    let mut escaped = Vec::new();
    for BrokenVariant { name, fails, variant, .. } in chosen() {
        let found = scenarios.iter().flat_map(|scenario| watch(scenario, Options::default(), Some(variant)));
        let found: Vec<&str> = found.map(|finding| finding.requirement).collect();
        let other = UNDER_ANOTHER.iter().find(|(other, _)| *other == name).map(|(_, id)| *id);
        if !fails.iter().copied().chain(other).any(|id| found.contains(&id)) {
            escaped.push(format!("{name}: {fails:?}, found {found:?}"));
        }
    }
    assert!(escaped.is_empty(), "{}", escaped.join("\n"));
}

/// The variants that are wrong in what they make of what happens, not in how they write: one in eight, or all if `ATM_CASES`
/// is set.
fn chosen() -> impl Iterator<Item = BrokenVariant> {
    let is_judged = |broken: &BrokenVariant| {
        let is_of_form = broken.fails.iter().any(|id| id.ends_with("-written"));
        !is_of_form && NOT_JUDGED.iter().all(|(name, _)| *name != broken.name)
    };
    let step = if std::env::var_os("ATM_CASES").is_some() { 1 } else { 8 };
    broken().filter(is_judged).step_by(step)
}

#[test]
fn the_lists_name_variants() {
    let is_one = |name: &str| broken().any(|broken| broken.name == name);
    let named = UNDER_ANOTHER.iter().chain(&NOT_JUDGED).map(|(name, _)| *name);
    let unknown: Vec<&str> = named.filter(|name| !is_one(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
