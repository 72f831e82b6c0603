use std::fs;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use atm_reports::mistakes::{self, Complaint};
use atm_simulator::run::Options;
use atm_suite::cases::{Case, Watch, cases};
use atm_suite::json;
use atm_suite::vectors::{SCHEMA, TestVector, file_names, play_rows, vector};

use super::conformance::Progress;
use super::prepare::{NotBegun, is_selected, scenarios};
use super::skeleton::is_empty;
use crate::arguments::VectorsArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::{interruption, suggest};

/// The name of the file with the schema.
const SCHEMA_FILE: &str = "test-vector.schema.json";

/// Writes a test vector for each case with one device under test.
pub(crate) fn vectors(cli: &VectorsArgs) -> Exit {
    let cases = match chosen(cli) {
        Ok(cases) => cases,
        Err(not_begun) => return not_begun.tell(),
    };
    if cases.is_empty() {
        mistakes::complain(format_args!("atm: no case is selected, so there is no vector"));
        return Exit::Inconclusive;
    }
    let vectors = draft(cli, &cases);
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    write(cli, &cases, &vectors)
}

/// The selected cases, after the checks that the command can begin.
fn chosen(cli: &VectorsArgs) -> Result<Vec<Case>, NotBegun> {
    let shown = cli.folder.display();
    match is_empty(&cli.folder) {
        Ok(true) => {}
        Ok(false) => {
            let complaint = Complaint::new("this folder is not empty, and nothing in it is overwritten");
            return Err(NotBegun::Usage(complaint.of(shown)));
        }
        Err(error) => return Err(NotBegun::SetUp(Complaint::new(error).of(shown))),
    }
    let mut all = cases(&scenarios(&cli.paths, &[])?);
    all.retain(|case| case.line_up.len() == 1);
    let ids: Vec<&str> = all.iter().map(|case| &*case.id).collect();
    if !suggest::all_match(&cli.cases, &ids, "case") {
        return Err(NotBegun::Told(Exit::Usage));
    }
    all.retain(|case| is_selected(case, &cli.cases));
    Ok(all)
}

/// The vectors of the cases, in their order. `None` if the device of a case gets no input, or after an interruption.
fn draft(cli: &VectorsArgs, cases: &[Case]) -> Vec<Option<TestVector>> {
    let (options, next) = (Options::from(cli.options), AtomicUsize::new(0));
    let vectors: Vec<Mutex<Option<TestVector>>> = cases.iter().map(|_| Mutex::default()).collect();
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let progress = Progress::of(cases.len());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, cases.len()) {
            scope.spawn(|| {
                while progress.goes_on() {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(position) else { break };
                    let drafted = vector(case, options, &play_rows(case, &cli.variations.0));
                    *vectors[position].lock().unwrap_or_else(PoisonError::into_inner) = drafted;
                    progress.played(case);
                }
            });
        }
    });
    progress.finish();
    vectors.into_iter().map(|vector| vector.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

fn write(cli: &VectorsArgs, cases: &[Case], vectors: &[Option<TestVector>]) -> Exit {
    let mut output = Output::default();
    let folder = &cli.folder;
    let mut is_written = output.succeeded(folder.display(), fs::create_dir_all(folder))
        && output.text(&folder.join(SCHEMA_FILE), SCHEMA);
    let mut number = 0;
    for (name, vector) in file_names(cases).iter().zip(vectors) {
        // A folder that cannot be written is told once.
        if let (true, Some(vector)) = (is_written, vector) {
            is_written = output.file(&folder.join(name), |out| json::write_pretty(out, vector));
            number += 1;
        }
    }
    if is_written && !cli.quiet {
        let plays = vectors.iter().flatten().flat_map(|vector| &vector.plays);
        let (plays, ended) =
            plays.fold((0, 0), |(all, ended), play| (all + 1, ended + usize::from(play.ends.is_some())));
        output.print(|out| {
            writeln!(
                out,
                "wrote {number} vectors into {}: {plays} plays, {ended} of them shortened",
                folder.display()
            )
        });
    }
    output.exit(Exit::AsExpected)
}
