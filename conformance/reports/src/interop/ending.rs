use std::collections::BTreeMap;

use atm_simulator::checks::Class;
use atm_suite::cases::{CaseResult, Role};
use atm_suite::interop::{Pairing, roles};
use atm_suite::run_file::CaseLine;
use atm_suite::{library, requirements};
use serde_json::Value;

use super::{Authentication, ENGINE, PairingOptions};
use crate::numbers::counted;
use crate::page::RecordedRun;
use crate::runs::PlayedScenario;

/// Equal results of several assignments.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) kind: EndingKind,
    /// Whether there are fewer authentications than with the reference engine alone.
    pub(super) is_short: bool,
    pub(super) scenario: String,
    pub(super) result: EndingResult,
    /// The number of assignments that end like this.
    pub(super) assignments: usize,
    /// The roles in the first of them.
    pub(super) roles: String,
    /// The command that repeats the first of them.
    pub(super) command: String,
    /// The first of them as a page shows it; `None` if it did not begin.
    pub(super) run: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EndingKind {
    /// An authentication is missing, or a requirement is broken.
    Bad,
    /// An implementation could not play the scenario to its end.
    Unplayed,
    Good,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EndingResult {
    /// The scenario was played to its end.
    Played {
        /// The number of authentications.
        authenticated: usize,
        /// The number of possible authentications.
        possible: usize,
        /// The requirements under which an expectation does not hold.
        broken: Vec<String>,
        /// The missing authentications: `alice/phone -> bob/tablet`.
        missing: Vec<String>,
    },
    /// An implementation could not play it.
    NotPlayed(String),
}

impl Ending {
    /// The different endings of a pair, the worst first.
    pub(super) fn of_all<'a>(
        played: impl Iterator<Item = &'a (Pairing, CaseResult)>,
        names: &[String],
        how: PairingOptions<'_>,
        by_engine: &BTreeMap<&str, usize>,
    ) -> Vec<Self> {
        let mut endings: Vec<Self> = Vec::new();
        for (pairing, case_result) in played {
            let (scenario, result) = (&pairing.case.scenario.id, EndingResult::of(case_result));
            match endings.iter_mut().find(|other| other.scenario == *scenario && other.result == result) {
                Some(other) => other.assignments += 1,
                None => endings.push(Self {
                    kind: result.kind(by_engine.get(&**scenario).copied()),
                    is_short: result.is_short(by_engine.get(&**scenario).copied()),
                    scenario: scenario.clone(),
                    result,
                    assignments: 1,
                    roles: told_roles(pairing, names),
                    command: command(pairing, names, how),
                    run: recorded(pairing, case_result, names, how),
                }),
            }
        }
        endings.sort_by(|one, other| (one.kind, &one.result).cmp(&(other.kind, &other.result)));
        endings
    }
}

impl EndingKind {
    /// The meaning in words.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Bad => "falls short",
            Self::Unplayed => "not played",
            Self::Good => "as it should be",
        }
    }

    /// The class on the page.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Unplayed => "unplayed",
            Self::Good => "good",
        }
    }

    /// The mark that tells it without colour.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Bad => "✗",
            Self::Unplayed => "?",
            Self::Good => "✓",
        }
    }
}

impl EndingResult {
    fn of(result: &CaseResult) -> Self {
        let run = match (&result.run, &result.error) {
            (Some(run), None) => run,
            (_, error) => {
                let reason =
                    error.as_ref().map_or_else(|| "it did not begin".to_owned(), ToString::to_string);
                return Self::NotPlayed(reason);
            }
        };
        let failed = run.checks.iter().filter(|check| check.class == Class::Required && check.failed());
        let ids = failed.filter_map(|check| check.requirement.as_ref().map(ToString::to_string));
        let mut broken: Vec<String> = ids.filter(|id| fails(id)).collect();
        broken.sort_unstable();
        broken.dedup();
        let missing = run
            .missing
            .iter()
            .map(|(device, key)| format!("{} -> {}", run.cast.device_name(*device), run.cast.key_name(*key)));
        Self::Played {
            authenticated: run.tally.authenticated(),
            possible: run.tally.possible,
            broken,
            missing: missing.collect(),
        }
    }

    /// Whether this is as it should be, if the reference engine alone ends with this number of authentications.
    fn kind(&self, by_engine: Option<usize>) -> EndingKind {
        match self {
            Self::NotPlayed(_) => EndingKind::Unplayed,
            Self::Played { broken, .. } if !broken.is_empty() || self.is_short(by_engine) => EndingKind::Bad,
            Self::Played { .. } => EndingKind::Good,
        }
    }

    fn is_short(&self, by_engine: Option<usize>) -> bool {
        match self {
            Self::NotPlayed(_) => false,
            Self::Played { authenticated, .. } => {
                by_engine.is_some_and(|by_engine| *authenticated < by_engine)
            }
        }
    }
}

/// The result of a pair in the scenarios of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellResult {
    pub(super) kind: EndingKind,
    /// `20 of 20`, `14 to 20 of 20`, or `22 of 25 assignments`.
    pub(super) text: String,
}

impl CellResult {
    pub(super) fn of(endings: &[Ending], scenarios: usize) -> Self {
        let kind = endings.iter().map(|ending| ending.kind).min().unwrap_or(EndingKind::Unplayed);
        let count = |wanted: EndingKind| -> usize {
            endings.iter().filter(|ending| ending.kind == wanted).map(|ending| ending.assignments).sum()
        };
        let unplayed = count(EndingKind::Unplayed);
        let played: Vec<(usize, usize)> = endings
            .iter()
            .filter_map(|ending| match ending.result {
                EndingResult::Played { authenticated, possible, .. } => Some((authenticated, possible)),
                EndingResult::NotPlayed(_) => None,
            })
            .collect();
        let mut text = match (played.iter().min(), played.iter().max()) {
            (Some((least, possible)), Some((most, _))) if scenarios == 1 && least == most => {
                format!("{least} of {possible}")
            }
            (Some((least, possible)), Some((most, _))) if scenarios == 1 => {
                format!("{least} to {most} of {possible}")
            }
            (Some(_), _) => {
                let (good, all) = (count(EndingKind::Good), count(EndingKind::Good) + count(EndingKind::Bad));
                format!("{good} of {}", counted(all as u64, "assignment"))
            }
            (None, _) => String::new(),
        };
        if unplayed > 0 {
            text += if text.is_empty() { "" } else { ", " };
            text += &format!("{unplayed} not played");
        }
        Self { kind, text }
    }

    /// The result with its mark: `✗ 14 to 20 of 20`.
    pub(super) fn marked(&self) -> String {
        format!("{} {}", self.kind.mark(), self.text)
    }
}

/// Whether an implementation that breaks the requirement fails.
fn fails(id: &str) -> bool {
    requirements::find(id).is_some_and(|requirement| requirement.weight.fails())
}

/// The roles of the implementations: `libervia plays alice/phone; atm-engine plays bob`.
fn told_roles(pairing: &Pairing, names: &[String]) -> String {
    let roles = roles(&pairing.case);
    let mut hosts: Vec<usize> = roles.iter().map(|(_, host)| *host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let parts = hosts.into_iter().map(|host| {
        let of_host = roles.iter().filter(|(_, other)| *other == host).map(|(role, _)| role.to_string());
        format!("{} plays {}", names[host], of_host.collect::<Vec<_>>().join(", "))
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn command(pairing: &Pairing, names: &[String], how: PairingOptions<'_>) -> String {
    let scenario = &pairing.case.scenario;
    // The command finds the scenarios inside of it by their names.
    let name = if library::find(&scenario.id).is_some() { &scenario.id } else { &scenario.path };
    // `atm conformance` would let devices scan.
    let is_single = how.authentication == Authentication::AsWritten;
    let play = if is_single { "atm conformance --variations none" } else { "atm interop" };
    let mut command = format!("{play} {}", shell_words::quote(name));
    let roles: Vec<(Role, usize)> =
        roles(&pairing.case).into_iter().filter(|(_, host)| *host != ENGINE).collect();
    for (host, line) in how.implementations.iter().enumerate() {
        if let Some(adapter) = line.adapter.as_ref().filter(|_| roles.iter().any(|(_, other)| *other == host))
        {
            command += &format!(" --adapter {}", shell_words::quote(&format!("{}={adapter}", line.name)));
        }
    }
    for (role, host) in roles.into_iter().filter(|_| is_single) {
        command += &format!(" --assign {}", shell_words::quote(&format!("{role}={}", names[host])));
    }
    command + how.rules
}

fn recorded(
    pairing: &Pairing,
    result: &CaseResult,
    names: &[String],
    how: PairingOptions<'_>,
) -> Option<Value> {
    let scenario = &pairing.case.scenario;
    let run = result.run.as_ref()?;
    let played =
        PlayedScenario { path: &scenario.path, scenario: &scenario.scenario, options: &how.options, run };
    let line = CaseLine::of(&pairing.case, result, names);
    Some(RecordedRun::of_case(&played, &line, &result.monitored).to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(kind: EndingKind, result: EndingResult, assignments: usize) -> Ending {
        let (scenario, roles, command) = ("a/b".to_owned(), String::new(), String::new());
        Ending { kind, is_short: false, scenario, result, assignments, roles, command, run: None }
    }

    fn played(authenticated: usize) -> EndingResult {
        EndingResult::Played { authenticated, possible: 20, broken: Vec::new(), missing: Vec::new() }
    }

    #[test]
    fn a_cell_says_how_far_one_scenario_comes() {
        let endings = [ending(EndingKind::Bad, played(14), 3), ending(EndingKind::Good, played(20), 27)];
        assert_eq!(CellResult::of(&endings, 1).marked(), "✗ 14 to 20 of 20");
        assert_eq!(CellResult::of(&endings[1..], 1).marked(), "✓ 20 of 20");
    }

    #[test]
    fn a_cell_says_how_many_assignments_of_several_scenarios_end_well() {
        let unplayed = EndingResult::NotPlayed("its adapter died".to_owned());
        let endings = [
            ending(EndingKind::Bad, played(14), 3),
            ending(EndingKind::Unplayed, unplayed, 2),
            ending(EndingKind::Good, played(20), 27),
        ];
        assert_eq!(CellResult::of(&endings, 4).marked(), "✗ 27 of 30 assignments, 2 not played");
        assert_eq!(CellResult::of(&endings[1..2], 4).marked(), "? 2 not played");
        assert_eq!(CellResult::of(&endings[1..], 4).kind, EndingKind::Unplayed);
    }

    #[test]
    fn fewer_authentications_than_with_the_engine_are_bad() {
        assert_eq!(played(17).kind(Some(18)), EndingKind::Bad);
        assert_eq!(played(18).kind(Some(18)), EndingKind::Good);
        assert_eq!(played(18).kind(None), EndingKind::Good);
        let broken = vec!["xep-0450/do-r".to_owned()];
        let broken = EndingResult::Played { authenticated: 20, possible: 20, broken, missing: Vec::new() };
        assert_eq!(broken.kind(Some(18)), EndingKind::Bad);
    }
}
