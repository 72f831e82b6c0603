use std::collections::BTreeSet;

use atm_simulator::run::Options;
use atm_suite::cases::{Case, CaseResult};
use atm_suite::run_file::{CaseLine, PictureLine, RunLine};

use super::summary::RunSummary;
use crate::page::RecordedRun;
use crate::runs::PlayedScenario;

/// Records the most telling cases: for each implementation and requirement, the smallest case that shows the verdict.
///
/// `results` and `lines` belong to `cases`, in the same order. A case that did not begin has no picture.
#[must_use]
pub fn pictures(
    run: &RunLine,
    lines: &[CaseLine],
    cases: &[Case],
    results: &[CaseResult],
) -> Vec<PictureLine> {
    let summary = RunSummary::new(run, lines);
    let rows = summary.columns.iter().flat_map(|column| &column.rows);
    let telling: BTreeSet<&str> =
        rows.filter_map(|row| row.smallest().map(|told| told.case.case.as_str())).collect();
    let RunLine { announcement, conflict, seed, .. } = *run;
    let options = Options { announcement, conflict, seed };
    let played = cases.iter().zip(results).zip(lines).filter(|((case, _), _)| telling.contains(&*case.id));
    let drawn = played.filter_map(|((case, result), line)| {
        let (path, scenario) = (&line.scenario, &case.scenario.scenario);
        let run = result.run.as_ref()?;
        let played = PlayedScenario { path, scenario, options: &options, run };
        let recorded = RecordedRun::of_case(&played, line, &result.monitored).to_json();
        Some(PictureLine { case: case.id.clone(), run: recorded })
    });
    drawn.collect()
}
