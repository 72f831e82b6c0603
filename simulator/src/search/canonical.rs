//! The canonical form of scenarios, up to names and texts.

use indexmap::IndexMap;

use crate::scenario::{Name, Scenario, ScenarioExpectations};

/// The canonical form of a scenario: accounts and devices are numbered in the order in which the steps name them, and
/// title, explanation, requirements and expectations are left out. Scenarios with the same form are equal up to
/// renaming.
#[must_use]
pub fn canonical(scenario: &Scenario) -> String {
    let mut bare = scenario.clone();
    bare.title = String::new();
    bare.about = None;
    bare.requirements.clear();
    bare.breaks.clear();
    bare.expect = ScenarioExpectations::default();
    bare.steps.retain(|step| !matches!(step, crate::scenario::Step::Expect(_)));
    for account in bare.accounts.names().cloned().collect::<Vec<_>>() {
        if let Some(mut settings) = bare.accounts.remove(&account) {
            settings.jid = None;
            bare.accounts.insert(account, settings);
        }
    }
    let steps = Scenario { accounts: Default::default(), ..bare.clone() }.to_yaml();
    renumber(&steps, &bare)
}

/// Replaces the names in steps by numbers, then appends the accounts in the order of their numbers.
fn renumber(steps: &str, scenario: &Scenario) -> String {
    let mut accounts: IndexMap<String, IndexMap<String, ()>> = IndexMap::new();
    let mut text = String::new();
    for line in steps.lines() {
        text += &renumber_line(line, scenario, &mut accounts);
        text.push('\n');
    }
    let mut rest: Vec<String> = Vec::new();
    for (name, account) in scenario.accounts.iter() {
        let known = accounts.get_index_of(name.as_str());
        let mentioned = accounts.get(name.as_str()).map_or(0, IndexMap::len);
        let number = known.map_or_else(|| "?".to_owned(), |number| number.to_string());
        rest.push(format!(
            "account {number}: {} devices, {mentioned} named, one key {}\n",
            account.devices.len(),
            account.one_key
        ));
    }
    rest.sort();
    text + &rest.concat()
}

fn renumber_line(
    line: &str,
    scenario: &Scenario,
    accounts: &mut IndexMap<String, IndexMap<String, ()>>,
) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
    let mut out = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if end == 0 {
            let next = rest.chars().next().map_or(0, char::len_utf8);
            out += &rest[..next];
            rest = &rest[next..];
            continue;
        }
        out += &renumber_word(&rest[..end], scenario, accounts);
        rest = &rest[end..];
    }
    out
}

fn renumber_word(
    word: &str,
    scenario: &Scenario,
    accounts: &mut IndexMap<String, IndexMap<String, ()>>,
) -> String {
    let (account, device) =
        word.split_once('/').map_or((word, None), |(account, device)| (account, Some(device)));
    let is_account = account.parse::<Name>().is_ok_and(|name| scenario.accounts.get(&name).is_some());
    if !is_account {
        return word.to_owned();
    }
    let entry = accounts.entry(account.to_owned());
    let number = entry.index();
    let devices = entry.or_default();
    match device {
        None => format!("#{number}"),
        Some(device) => {
            let entry = devices.entry(device.to_owned());
            let device = entry.index();
            entry.or_default();
            format!("#{number}/{device}")
        }
    }
}
