use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use atm_adapter_protocol::protocol::Feature;
use atm_reports::escape::Terminal;
use atm_reports::interop::{Authentication, Interop, PairingOptions, html, markdown, write_text};
use atm_reports::mistakes::Complaint;
use atm_simulator::run::Options;
use atm_suite::adapter::Adapter;
use atm_suite::cases::{Case, Engine, Implementation, play_all};
use atm_suite::interop::{Pairing, pairings, without_codes};
use atm_suite::run_file::ImplementationLine;
use atm_suite::variations::VariationChoice;

use super::conformance::{Progress, engine_line, rule_options};
use super::prepare::{NotBegun, Tested, adapters, scenarios};
use crate::arguments::{InteropArgs, InteropFormat};
use crate::exit::Exit;
use crate::interruption;
use crate::output::Output;

/// The scenarios that are played if none is given.
const SCENARIOS: [&str; 2] = ["readme/20-to-8", "test-cases"];

/// Plays all pairs of implementations together, and reports how each ends.
pub(crate) fn interop(cli: &InteropArgs) -> Exit {
    let prepared = prepare(cli);
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    match prepared {
        Ok((tested, pairings)) => run(cli, &tested, pairings),
        Err(not_begun) => not_begun.tell(),
    }
}

fn prepare(cli: &InteropArgs) -> Result<(Vec<Tested>, Vec<Pairing>), NotBegun> {
    let paths = if cli.paths.is_empty() { SCENARIOS.map(PathBuf::from).to_vec() } else { cli.paths.clone() };
    let mut scenarios = scenarios(&paths, &cli.adapters)?;
    let tested = adapters(&cli.adapters, cli.limits)?;
    if authentication(&tested) == Authentication::WithoutCodes {
        scenarios = scenarios.iter().map(|scenario| Arc::new(without_codes(scenario))).collect();
    }
    let names: Vec<String> = lines(&tested).into_iter().map(|line| line.name).collect();
    if let Some(name) = names[1..].iter().find(|name| **name == names[0]) {
        return Err(NotBegun::Usage(Complaint::new(format_args!(
            "this project's own engine is called {name}: give the adapter another name, NAME=CMD"
        ))));
    }
    let pairings = pairings(&scenarios, &names).map_err(|unfit| NotBegun::Usage(Complaint::new(unfit)))?;
    Ok((tested, pairings))
}

/// Codes are scanned only if all adapters can do that.
fn authentication(tested: &[Tested]) -> Authentication {
    let can_scan = |tested: &Tested| tested.hello.features.contains(&Feature::Scan);
    if tested.iter().all(can_scan) { Authentication::AsWritten } else { Authentication::WithoutCodes }
}

/// The implementations, by position: the engine first.
fn lines(tested: &[Tested]) -> Vec<ImplementationLine> {
    [engine_line()].into_iter().chain(tested.iter().map(Tested::line)).collect()
}

fn run(cli: &InteropArgs, tested: &[Tested], pairings: Vec<Pairing>) -> Exit {
    interruption::begin_campaign();
    let options = Options::from(cli.options);
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let cases: Vec<Case> = pairings.iter().map(|pairing| pairing.case.clone()).collect();
    let make = || -> Vec<Box<dyn Implementation>> {
        let adapters = tested
            .iter()
            .map(|adapter| Box::new(Adapter::new(adapter.spec.clone())) as Box<dyn Implementation>);
        [Box::new(Engine) as Box<dyn Implementation>].into_iter().chain(adapters).collect()
    };
    let progress = Progress::of(cases.len());
    let results = play_all(&cases, jobs, (options, &VariationChoice::None), false, &make, &progress);
    progress.finish();
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    let played: Vec<_> =
        pairings.into_iter().zip(results).filter_map(|(pairing, result)| Some((pairing, result?))).collect();
    let implementations = lines(tested);
    let how = PairingOptions {
        implementations: &implementations,
        options,
        rules: &rules(cli),
        authentication: authentication(tested),
    };
    let interop = Interop::new(how, &played);
    let mut output = Output::default();
    match &cli.output {
        None if cli.format == InteropFormat::Html => {
            output.print_plain(|out| write(out, cli.format, &interop));
        }
        None => output.print(|out| write(out, cli.format, &interop)),
        Some(path) => {
            output.file(path, |out| write(out, cli.format, &interop));
        }
    }
    output.exit(interop.conclusion().into())
}

fn write(out: &mut dyn Write, format: InteropFormat, interop: &Interop) -> io::Result<()> {
    match format {
        InteropFormat::Text => write_text(&mut Terminal::new(out), interop),
        InteropFormat::Markdown => out.write_all(markdown(interop).as_bytes()),
        InteropFormat::Html => out.write_all(html(interop).as_bytes()),
    }
}

/// The options that change the result and differ from the default, as in a command line.
fn rules(cli: &InteropArgs) -> String {
    let options = rule_options(cli.options).into_iter().chain(cli.limits.options());
    options.map(|option| format!(" {option}")).collect()
}
