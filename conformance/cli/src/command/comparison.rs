use std::io::{self, Write};
use std::path::PathBuf;

use atm_reports::conformance::{
    Comparison, Trend, html_comparison, html_trend, markdown_comparison, markdown_trend, write_comparison,
    write_trend,
};
use atm_reports::escape::Terminal;
use atm_suite::run_file::{Conclusion, RunFile};

use super::run_file::read_or_tell;
use crate::arguments::{ComparisonFormat, ComparisonOutputArgs, ReportDiffArgs, ReportTrendArgs};
use crate::exit::Exit;
use crate::output::Output;

/// Compares two runs.
pub(super) fn diff(cli: &ReportDiffArgs) -> Exit {
    let (old, new) = match (read_or_tell(&cli.old), read_or_tell(&cli.new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let comparison = Comparison::of(&old, &new);
    let mut output = Output::default();
    write(&cli.output, &mut output, &|out, format| match format {
        ComparisonFormat::Terminal => write_comparison(out, &comparison),
        ComparisonFormat::Markdown => out.write_all(markdown_comparison(&comparison).as_bytes()),
        ComparisonFormat::Html => out.write_all(html_comparison(&comparison).as_bytes()),
    });
    let is_whole = new.not_played == 0 && !comparison.changes.is_empty();
    let conclusion = match (comparison.is_regression(), is_whole) {
        (true, _) => Conclusion::NotAsExpected,
        (false, false) => Conclusion::Inconclusive,
        (false, true) => Conclusion::AsExpected,
    };
    output.exit(conclusion.into())
}

/// Shows the results of several runs.
pub(super) fn trend(cli: &ReportTrendArgs) -> Exit {
    let named = |path: &PathBuf| read_or_tell(path).map(|file| (path.display().to_string(), file));
    let files: Result<Vec<(String, RunFile)>, Exit> = cli.files.iter().map(named).collect();
    let files = match files {
        Ok(files) => files,
        Err(exit) => return exit,
    };
    let trend = Trend::of(&files);
    let mut output = Output::default();
    write(&cli.output, &mut output, &|out, format| match format {
        ComparisonFormat::Terminal => write_trend(out, &trend),
        ComparisonFormat::Markdown => out.write_all(markdown_trend(&trend).as_bytes()),
        ComparisonFormat::Html => out.write_all(html_trend(&trend).as_bytes()),
    });
    output.exit(if trend.ends_with_regression() { Exit::NotAsExpected } else { Exit::AsExpected })
}

/// Writes a report to its place.
fn write(
    wanted: &ComparisonOutputArgs,
    output: &mut Output,
    write: &dyn Fn(&mut dyn Write, ComparisonFormat) -> io::Result<()>,
) {
    let format = wanted.format;
    let terminal = |out: &mut dyn Write| write(&mut Terminal::new(out), format);
    match (&wanted.output, format) {
        (None, ComparisonFormat::Terminal) => output.print(terminal),
        (None, _) => output.print_plain(|out| write(out, format)),
        (Some(path), ComparisonFormat::Terminal) => {
            output.file(path, |out| terminal(&mut anstream::StripStream::new(out)));
        }
        (Some(path), _) => {
            output.file(path, |out| write(out, format));
        }
    }
}
