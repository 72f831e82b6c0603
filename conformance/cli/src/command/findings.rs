use std::num::NonZeroUsize;

use atm_reports::{findings as report, mistakes};
use atm_suite::findings::{Cost, Finding, Promise, findings, measure};
use atm_suite::json;

use crate::arguments::{FindingsArgs, FindingsFormat};
use crate::exit::Exit;
use crate::output::Output;

/// Measures which promises hold under which rules.
pub(crate) fn measure_findings(cli: &FindingsArgs) -> Exit {
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let cost = if cli.long { Cost::Long } else { Cost::Quick };
    let is_asked = |finding: &Finding| cli.promises.is_empty() || cli.promises.contains(&finding.promise);
    let mut answers = Vec::new();
    for finding in findings(cost).into_iter().filter(is_asked) {
        match measure(&finding, jobs) {
            Ok(measured) => answers.push((finding, measured)),
            Err(error) => {
                mistakes::complain(format_args!("{}: {error}", finding.command()));
                return Exit::NotAsExpected;
            }
        }
    }
    let mut output = Output::default();
    match cli.format {
        FindingsFormat::Text => output.print(|out| report::write_findings(out, &answers)),
        FindingsFormat::Markdown => output.print(|out| {
            for promise in Promise::ALL {
                if answers.iter().any(|(finding, _)| finding.promise == promise) {
                    writeln!(out, "<!-- {promise} -->\n")?;
                    report::write_tables(out, promise, &answers)?;
                    writeln!(out)?;
                }
            }
            Ok(())
        }),
        FindingsFormat::Json => output.print_plain(|out| json::write_pretty(out, &report::report(&answers))),
    }
    output.exit(if answers.is_empty() { Exit::Inconclusive } else { Exit::AsExpected })
}
