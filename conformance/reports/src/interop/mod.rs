//! Which implementations can live together: a table of all pairs for people, and the run behind each cell.

mod ending;
mod html;
mod markdown;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use atm_simulator::run::Options;
use atm_suite::cases::{CaseResult, LoadedScenario};
use atm_suite::interop::{Pair, Pairing};
use atm_suite::rule_name;
use atm_suite::run_file::{Conclusion, ImplementationLine};

use self::ending::{CellResult, Ending, EndingKind};
pub use html::html;
pub use markdown::markdown;
pub use text::write_text;

/// The position of the reference engine among the implementations.
pub const ENGINE: usize = 0;

/// The results of all pairs of implementations.
#[derive(Debug)]
pub struct Interop {
    implementations: Vec<ImplementationLine>,
    options: Options,
    authentication: Authentication,
    groups: Vec<Group>,
}

/// The scenarios of a folder, or one scenario that is alone in its folder.
#[derive(Debug)]
struct Group {
    name: String,
    scenarios: usize,
    /// The results by pair, in the order of the pairs.
    cells: Vec<Cell>,
}

/// A pair of implementations in the scenarios of a group.
#[derive(Debug)]
struct Cell {
    pair: Pair,
    /// The different results, the worst first.
    endings: Vec<Ending>,
}

/// The way in which people authenticate keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// As the scenario says, also by codes.
    AsWritten,
    /// Never by codes, since an implementation cannot scan.
    WithoutCodes,
}

/// How the pairs were played.
#[derive(Clone, Copy, Debug)]
pub struct PairingOptions<'a> {
    /// The implementations, by position.
    pub implementations: &'a [ImplementationLine],
    /// The rules of the reference engine.
    pub options: Options,
    /// The options that differ from the default, each after a space.
    pub rules: &'a str,
    /// The way in which people authenticate keys.
    pub authentication: Authentication,
}

impl Interop {
    /// Sorts and counts the results. `played` holds each pairing with its result, in the order of the pairings.
    #[must_use]
    pub fn new(how: PairingOptions<'_>, played: &[(Pairing, CaseResult)]) -> Self {
        let names: Vec<String> = how.implementations.iter().map(|line| line.name.clone()).collect();
        let mut scenarios: Vec<&Arc<LoadedScenario>> = Vec::new();
        for (pairing, _) in played {
            if !scenarios.iter().any(|scenario| scenario.id == pairing.case.scenario.id) {
                scenarios.push(&pairing.case.scenario);
            }
        }
        let alone =
            played.iter().filter(|(pairing, _)| pairing.pair == Pair { first: ENGINE, second: ENGINE });
        let by_engine: BTreeMap<&str, usize> = alone
            .filter_map(|(pairing, result)| {
                Some((&*pairing.case.scenario.id, result.run.as_ref()?.tally.authenticated()))
            })
            .collect();
        let groups = scenarios.chunk_by(|one, other| folder(&one.id) == folder(&other.id)).map(|scenarios| {
            let is_here =
                |pairing: &Pairing| scenarios.iter().any(|scenario| scenario.id == pairing.case.scenario.id);
            let cells = Pair::all(names.len()).map(|pair| {
                let of_pair = played.iter().filter(|(played, _)| played.pair == pair && is_here(played));
                Cell { pair, endings: Ending::of_all(of_pair, &names, how, &by_engine) }
            });
            let name = match scenarios {
                [single] => single.id.clone(),
                several => folder(&several[0].id).to_owned(),
            };
            Group { name, scenarios: scenarios.len(), cells: cells.collect() }
        });
        Self {
            groups: groups.collect(),
            implementations: how.implementations.to_vec(),
            options: how.options,
            authentication: how.authentication,
        }
    }

    /// The conclusion of all pairs in all scenarios.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let endings = self.groups.iter().flat_map(|group| &group.cells).flat_map(|cell| &cell.endings);
        let conclusions = endings.map(|ending| match ending.kind {
            EndingKind::Good => Conclusion::AsExpected,
            EndingKind::Unplayed => Conclusion::Inconclusive,
            EndingKind::Bad => Conclusion::NotAsExpected,
        });
        conclusions.max().unwrap_or(Conclusion::Inconclusive)
    }

    /// The rules of the reference engine in one line.
    fn rules(&self) -> String {
        let Options { announcement, conflict, seed } = &self.options;
        let (name, announcement, conflict) =
            (self.name(ENGINE), rule_name(announcement), rule_name(conflict));
        let codes = match self.authentication {
            Authentication::AsWritten => "",
            Authentication::WithoutCodes => {
                ". Not all can scan codes, so people authenticate keys by hand instead"
            }
        };
        format!("{name} announces by {announcement} and decides by {conflict}, seed {seed}{codes}")
    }

    fn name(&self, position: usize) -> &str {
        &self.implementations[position].name
    }

    /// The rows of a table: for each implementation the results with all. Each pair is there once.
    fn table<'a>(
        &'a self,
        group: &'a Group,
    ) -> impl Iterator<Item = (&'a str, Vec<Option<CellResult>>)> + 'a {
        let all = 0..self.implementations.len();
        all.clone().map(move |row| {
            let result = |column| {
                let pair = Pair { first: row, second: column };
                (row <= column).then(|| CellResult::of(&group.cell(pair).endings, group.scenarios))
            };
            (self.name(row), all.clone().map(result).collect())
        })
    }

    /// `qxmpp and atm-engine`, or `qxmpp alone`.
    fn pair_name(&self, Pair { first, second }: Pair) -> String {
        if first == second {
            format!("{} alone", self.name(first))
        } else {
            format!("{} and {}", self.name(first), self.name(second))
        }
    }
}

impl Cell {
    /// The endings that are not as they should be, the worst first.
    fn faults(&self) -> impl Iterator<Item = &Ending> {
        self.endings.iter().filter(|ending| ending.kind != EndingKind::Good)
    }
}

impl Group {
    fn cell(&self, pair: Pair) -> &Cell {
        self.cells.iter().find(|cell| cell.pair == pair).expect("a group has a cell for each pair")
    }

    /// The meaning of the figures in a table.
    fn caption(&self) -> String {
        if self.scenarios == 1 {
            format!("{}: authentications at the end", self.name)
        } else {
            format!("{} ({} scenarios): assignments that end as demanded", self.name, self.scenarios)
        }
    }
}

/// The folder in the id of a scenario; the id itself without a folder.
fn folder(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(folder, _)| folder)
}
