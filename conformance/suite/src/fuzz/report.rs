use std::collections::{BTreeMap, BTreeSet};
use std::io;

use atm_simulator::scenario::Scenario;
use serde::{Deserialize, Serialize};

use super::SUSPECTS_OF_A_CAUSE;
use super::campaign::{Campaign, Director};
use super::fuzz_finding::FuzzFinding;
use super::known::{KnownCount, KnownCounts};
use super::seeds::Partition;
use super::target::{Attribution, Target};
use crate::coverage::{Coverage, CoverageCount, CoverageRule};
use crate::json;

/// The version of the format of [`FuzzReport`].
pub const FUZZ_FORMAT: u32 = 3;

/// The result of a campaign. It does not depend on the number of workers or on their speed, and [merged](Self::merge)
/// parts give the same result as the undivided campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct FuzzReport {
    /// The version of this format.
    pub fuzz_format: u32,
    /// The version of `atm`.
    pub suite: String,
    /// The name and version of the tested implementation.
    #[serde(rename = "subject")]
    pub target: String,
    /// The options of `atm fuzz` that affect the findings.
    pub options: Vec<String>,
    /// The requirements that are known to be broken, from `--expectations`. Breaking them is not a finding.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The seeds that were tried.
    pub tried: Vec<Tried>,
    /// The number of scenarios that exercised each rule of the reference engine.
    pub rules: Vec<CoverageCount>,
    /// The number of scenarios with a refusal of the reference engine, by reason.
    pub refusals: Vec<CoverageCount>,
    /// The known failures, each with its number of scenarios. Formats before 3 lack it.
    #[serde(default)]
    pub known: Vec<KnownCount>,
    /// The smallest scenarios of each cause, which were shrunk.
    pub suspected: Vec<Suspected>,
    /// The findings, sorted by cause.
    pub counterexamples: Vec<FuzzFinding>,
}

/// The target of a campaign, as its report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetDescription {
    /// The name and version.
    pub name: String,
    /// The options of `atm fuzz` on which the findings depend.
    pub options: Vec<String>,
    /// The ids of the requirements that are known to be broken, sorted.
    pub expected: Vec<String>,
}

/// The part of a report that is read first.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Version {
    fuzz_format: u32,
}

/// Seeds that were tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Tried {
    /// The first seed of all parts.
    pub first: u64,
    /// The seed after the last one.
    pub end: u64,
    /// The parts of these seeds, as `--partition` names them.
    pub parts: Vec<String>,
    /// The number of scenarios.
    pub scenarios: u64,
    /// The number of scenarios that need a feature which the implementation lacks, by feature.
    pub unsupported: Vec<CoverageCount>,
}

/// The scenarios that were attributed to one cause: at most the smallest [`SUSPECTS_OF_A_CAUSE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Suspected {
    /// The cause.
    pub cause: Attribution,
    /// The scenarios, the smallest first.
    pub smallest: Vec<Size>,
    /// The scenarios in which the failure did not reproduce, so that they are inconclusive. The implementation may keep
    /// state from one scenario to the next, or be slow at times.
    #[serde(default)]
    pub unrepeated: Vec<Size>,
}

/// The size of a suspected scenario. The seed makes sizes unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Size {
    /// The number of steps.
    pub steps: usize,
    /// The seed of the scenario.
    pub seed: u64,
}

impl Size {
    pub(super) fn of(seed: u64, scenario: &Scenario) -> Self {
        Self { steps: scenario.steps.len(), seed }
    }
}

/// The reason why a file is no campaign report.
#[derive(Debug, thiserror::Error)]
pub enum BadReport {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is something else or damaged.
    #[error("this is no report that `atm fuzz --report` wrote: {0}")]
    NotAReport(#[from] serde_json::Error),
    /// The report has an unknown format.
    #[error("this report has the format {found}, and this version of atm knows 1 to {FUZZ_FORMAT}")]
    Format {
        /// The version of its format.
        found: u32,
    },
}

/// The reason why reports cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMerged {
    /// There are no reports.
    #[error("there is nothing to merge")]
    Nothing,
    /// The reports are of different campaigns.
    #[error("they are of different campaigns: the {what} differ, `{one}` and `{other}`")]
    Different {
        /// The property in which they differ.
        what: &'static str,
        /// The property in one report.
        one: String,
        /// The property in the other report.
        other: String,
    },
    /// Two reports have seeds in common.
    #[error("seeds of the part {part} of those from {first} on are there twice")]
    Twice {
        /// The part with these seeds.
        part: String,
        /// The first seed of the campaign.
        first: u64,
    },
}

/// The JSON Schema of a report.
pub const SCHEMA: &str = include_str!("../../fuzz-report.schema.json");

/// The JSON Schema of a report, derived from the types.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(FuzzReport).to_value()
}

impl FuzzReport {
    /// Runs a campaign and returns its report.
    pub fn of(
        campaign: &Campaign,
        TargetDescription { name, options, expected }: TargetDescription,
        target: &(dyn Fn() -> Box<dyn Target> + Sync),
        director: &dyn Director,
    ) -> Self {
        let outcome = campaign.run(target, director);
        Self {
            fuzz_format: FUZZ_FORMAT,
            suite: env!("CARGO_PKG_VERSION").to_owned(),
            target: name,
            options,
            expected,
            tried: vec![outcome.tried],
            rules: outcome.coverage.rules(),
            refusals: outcome.coverage.refusals(),
            known: outcome.known,
            counterexamples: distinct(outcome.counterexamples, &outcome.suspected),
            suspected: outcome.suspected,
        }
    }

    /// Merges the reports of several parts of a campaign. Their order makes no difference.
    ///
    /// # Errors
    ///
    /// Returns an error if they are of different campaigns or have seeds in common.
    pub fn merge(parts: Vec<Self>) -> Result<Self, NotMerged> {
        let mut parts = parts.into_iter();
        let mut merged = parts.next().ok_or(NotMerged::Nothing)?;
        let mut coverage = Coverage::of(&merged.rules, &merged.refusals);
        let mut known = KnownCounts::of(std::mem::take(&mut merged.known));
        for part in parts {
            merged.is_like(&part)?;
            coverage.merge(&Coverage::of(&part.rules, &part.refusals));
            known.merge(KnownCounts::of(part.known));
            merged.tried.extend(part.tried);
            merged.suspected.extend(part.suspected);
            merged.counterexamples.extend(part.counterexamples);
        }
        (merged.rules, merged.refusals) = (coverage.rules(), coverage.refusals());
        merged.known = known.counts();
        merged.tried = joined(merged.tried)?;
        merged.suspected = smallest(merged.suspected);
        merged.counterexamples = distinct(merged.counterexamples, &merged.suspected);
        Ok(merged)
    }

    fn is_like(&self, other: &Self) -> Result<(), NotMerged> {
        let options = |report: &Self| report.options.join(" ");
        for (what, one, another) in [
            ("formats", self.fuzz_format.to_string(), other.fuzz_format.to_string()),
            ("versions of atm", self.suite.clone(), other.suite.clone()),
            ("implementations", self.target.clone(), other.target.clone()),
            ("options", options(self), options(other)),
            ("expectations", self.expected.join(" "), other.expected.join(" ")),
        ] {
            if one != another {
                return Err(NotMerged::Different { what, one, other: another });
            }
        }
        Ok(())
    }

    /// Reads a report from JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no report or has an unknown format.
    pub fn read(text: &[u8]) -> Result<Self, BadReport> {
        let Version { fuzz_format } = serde_json::from_slice(text)?;
        if !(1..=FUZZ_FORMAT).contains(&fuzz_format) {
            return Err(BadReport::Format { found: fuzz_format });
        }
        let mut report: Self = serde_json::from_slice(text)?;
        if fuzz_format == 1 {
            report.name_rules();
        }
        report.fuzz_format = FUZZ_FORMAT;
        Ok(report)
    }

    /// In format 1, the rules of the engine had numbers instead of names.
    fn name_rules(&mut self) {
        for count in &mut self.rules {
            if let Some(rule) = CoverageRule::ALL.iter().find(|rule| rule.former_name() == count.what) {
                rule.name().clone_into(&mut count.what);
            }
        }
    }

    /// The number of scenarios that were tried.
    #[must_use]
    pub fn scenarios(&self) -> u64 {
        self.tried.iter().map(|tried| tried.scenarios).sum()
    }

    /// The number of scenarios that the implementation could play.
    #[must_use]
    pub fn played(&self) -> u64 {
        let unsupported = self.tried.iter().flat_map(|tried| &tried.unsupported);
        self.scenarios() - unsupported.map(|count| count.scenarios).sum::<u64>()
    }

    /// The failures that did not reproduce, each with its cause.
    pub fn unrepeated(&self) -> impl Iterator<Item = (&Attribution, &Size)> {
        self.suspected.iter().flat_map(|of| of.unrepeated.iter().map(|size| (&of.cause, size)))
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if writing to `out` fails.
    pub fn write(&self, mut out: impl io::Write) -> io::Result<()> {
        json::write_pretty(&mut out, self)
    }
}

/// Keeps the smallest scenarios of each cause. So the result does not depend on the number of parts.
pub(super) fn smallest(suspected: impl IntoIterator<Item = Suspected>) -> Vec<Suspected> {
    let mut causes: BTreeMap<Attribution, (BTreeSet<Size>, BTreeSet<Size>)> = BTreeMap::new();
    for Suspected { cause, smallest, unrepeated } in suspected {
        let known = causes.entry(cause).or_default();
        known.0.extend(smallest);
        known.1.extend(unrepeated);
    }
    let smallest = causes.into_iter().map(|(cause, (all, mut unrepeated))| {
        let smallest: Vec<Size> = all.into_iter().take(SUSPECTS_OF_A_CAUSE).collect();
        unrepeated.retain(|size| smallest.contains(size));
        Suspected { cause, smallest, unrepeated: unrepeated.into_iter().collect() }
    });
    smallest.collect()
}

/// The counterexamples of these suspects without duplicates. Of equal ones, that of the smallest scenario stays. So
/// merged parts show all that an undivided campaign shows.
fn distinct(counterexamples: Vec<FuzzFinding>, suspected: &[Suspected]) -> Vec<FuzzFinding> {
    let place = |counterexample: &FuzzFinding| {
        let of_cause = suspected.iter().find(|suspected| suspected.cause == counterexample.cause)?;
        let size = of_cause.smallest.iter().find(|size| size.seed == counterexample.seed)?;
        Some((counterexample.cause.clone(), *size))
    };
    let placed = counterexamples.into_iter().filter_map(|found| Some((place(&found)?, found)));
    let mut placed: Vec<((Attribution, Size), FuzzFinding)> = placed.collect();
    placed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut shown = BTreeSet::new();
    placed.retain(|(_, found)| shown.insert((found.cause.clone(), found.form.clone())));
    placed.into_iter().map(|(_, found)| found).collect()
}

/// Joins parts of the same seeds.
fn joined(tried: Vec<Tried>) -> Result<Vec<Tried>, NotMerged> {
    none_twice(&tried)?;
    let mut joined: BTreeMap<(u64, u64), Tried> = BTreeMap::new();
    for part in tried {
        let Some(whole) = joined.get_mut(&(part.first, part.end)) else {
            joined.insert((part.first, part.end), part);
            continue;
        };
        whole.parts.extend(part.parts);
        whole.scenarios += part.scenarios;
        whole.unsupported = added(&whole.unsupported, &part.unsupported);
    }
    let mut joined: Vec<Tried> = joined.into_values().collect();
    for tried in &mut joined {
        tried.parts.sort_by_key(|part| {
            let (part, of) = part.split_once('/').unwrap_or((part, ""));
            (of.parse::<u64>().ok(), part.parse::<u64>().ok())
        });
        let of = tried.parts.len();
        if tried.parts.iter().enumerate().all(|(nth, part)| *part == format!("{}/{of}", nth + 1)) {
            tried.parts = vec!["1/1".to_owned()];
        }
    }
    Ok(joined)
}

/// Refuses parts that have seeds in common.
fn none_twice(tried: &[Tried]) -> Result<(), NotMerged> {
    let mut before: Vec<(&Tried, Partition)> = Vec::new();
    for one in tried {
        let parts: Vec<Partition> = one.parts.iter().filter_map(|part| part.parse().ok()).collect();
        for (part, name) in parts.iter().zip(&one.parts) {
            let in_common = |(other, its): &(&Tried, Partition)| {
                one.first < other.end && other.first < one.end && part.meets(one.first, *its, other.first)
            };
            if before.iter().any(in_common) {
                return Err(NotMerged::Twice { part: name.clone(), first: one.first });
            }
        }
        before.extend(parts.into_iter().map(|part| (one, part)));
    }
    Ok(())
}

fn added(one: &[CoverageCount], other: &[CoverageCount]) -> Vec<CoverageCount> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for count in one.iter().chain(other) {
        *sums.entry(count.what.clone()).or_default() += count.scenarios;
    }
    sums.into_iter().map(|(what, scenarios)| CoverageCount { what, scenarios }).collect()
}
