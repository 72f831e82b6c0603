//! Wording of changes between runs that several reports share.

use std::collections::BTreeMap;

use atm_adapter_protocol::OneLine;
use atm_suite::cases::Verdict;
use atm_suite::run_file::CaseLine;

use super::comparison::{Change, ChangeKind, Changes, Comparison};
use super::wording::counted;

/// The greatest number of cases in a list.
const LISTED: usize = 20;

/// The heading of a kind of change.
pub(super) fn heading(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::NewlyFailing => "Newly failing",
        ChangeKind::NewlyPassing => "Newly passing",
        ChangeKind::Other => "Other changes, such as facts",
    }
}

/// The implementation with its versions: `app: App 1.0 → App 1.1`.
pub(super) fn versions(changes: &Changes<'_>) -> String {
    let [old, new] = [&changes.old, &changes.new].map(|column| column.implementation);
    let [before, after] = [old, new].map(|line| format!("{} {}", line.implementation, line.version));
    let name = &new.name;
    let text =
        if before == after { format!("{name}: {after}") } else { format!("{name}: {before} → {after}") };
    OneLine(text).to_string()
}

/// The versions of the suite and the numbers of cases: `suite 0.1.0; 215 cases → 216 cases`.
pub(super) fn suites(comparison: &Comparison<'_>) -> String {
    let Comparison { old, new, .. } = comparison;
    let suite = one_or_both(&old.run.suite, &new.run.suite);
    let [before, after] = [old, new].map(|file| {
        let cases = counted(file.cases.len(), "case");
        if file.not_played == 0 { cases } else { format!("{cases} and {} not played", file.not_played) }
    });
    OneLine(format!("suite {suite}; {}", one_or_both(&before, &after))).to_string()
}

fn one_or_both(before: &str, after: &str) -> String {
    if before == after { before.to_owned() } else { format!("{before} → {after}") }
}

/// The id of the requirement, or other words for cases that ended early.
pub(super) fn id<'a>(change: &Change<'a>) -> &'a str {
    change.id.unwrap_or("a case that ends early")
}

/// The verdicts before and after, with the numbers of cases: `pass → fail in 3 cases`.
pub(super) fn verdicts(change: &Change<'_>) -> String {
    let mut pairs: BTreeMap<(Option<Verdict>, Option<Verdict>), usize> = BTreeMap::new();
    for case in &change.cases {
        *pairs.entry((case.before, case.after)).or_default() += 1;
    }
    let name = |verdict: &Option<Verdict>| verdict.map_or("not judged", Verdict::name);
    let texts = pairs.iter().map(|((before, after), number)| {
        let cases = counted(*number, "case");
        if before == after {
            format!("{} in another way in {cases}", name(after))
        } else {
            format!("{} → {} in {cases}", name(before), name(after))
        }
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// A change as one sentence, with its smallest case.
pub(super) fn sentence(change: &Change<'_>) -> String {
    let summary = change.requirement.map_or(String::new(), |known| format!(": {}", known.summary));
    let now = now(change).map_or_else(String::new, |now| format!("; now: {now}"));
    format!("{}{summary} ({}; {}){now}", id(change), verdicts(change), change.cases[0].case.case)
}

/// The observations of the smallest case in the later run, if they are a fact.
pub(super) fn now(change: &Change<'_>) -> Option<String> {
    let told = change.smallest().filter(|told| told.judgement.verdict == Verdict::Differs)?;
    let observed = told.judgement.seen.iter().flat_map(|seen| &seen.observed).map(String::as_str);
    Some(observed.collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty())
}

/// The numbers of changes, and how many requirements were kept before and are kept now.
pub(super) fn totals(changes: &Changes<'_>) -> String {
    let kept = [&changes.old, &changes.new].map(|column| {
        let tally = column.tally();
        format!("{} of {}", tally.kept, tally.demanded)
    });
    let mut parts = vec![
        format!("{} newly failing", changes.count(ChangeKind::NewlyFailing)),
        format!("{} newly passing", changes.count(ChangeKind::NewlyPassing)),
        format!("{} changed otherwise", changes.count(ChangeKind::Other)),
    ];
    for (number, what) in [(changes.added.len(), "added"), (changes.removed.len(), "removed")] {
        if number > 0 {
            parts.push(format!("{} {what}", counted(number, "case")));
        }
    }
    let name = &changes.new.implementation.name;
    let kept = one_or_both(&kept[0], &kept[1]);
    OneLine(format!("{name}: {}; {kept} demanded requirements kept", parts.join(", "))).to_string()
}

/// The ids of some cases, each with its verdict unless it passes.
pub(super) fn some_cases(cases: &[&CaseLine]) -> String {
    let told = |case: &&CaseLine| match case.verdict() {
        Verdict::Pass => case.case.clone(),
        verdict => format!("{} ({verdict})", case.case),
    };
    let mut ids: Vec<String> = cases.iter().take(LISTED).map(told).collect();
    if cases.len() > LISTED {
        ids.push(format!("and {} more", cases.len() - LISTED));
    }
    ids.join(", ")
}
