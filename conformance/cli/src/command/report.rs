use std::io::{self, Write};
use std::path::Path;

use atm_reports::conformance::{Detail, badge, badge_json, html, junit, markdown, write_terminal};
use atm_reports::escape::Terminal;
use atm_reports::mistakes::complain;
use atm_suite::fuzz::{FuzzReport, RequiredParts};
use atm_suite::run_file::{Conclusion, RunFile};

use super::merge::read_campaign;
use super::run_file::read_or_tell;
use crate::arguments::{self, ReportFormat};
use crate::exit::Exit;
use crate::output::Output;

/// Writes a report of finished runs.
pub(crate) fn report(cli: &arguments::ReportArgs) -> Exit {
    match &cli.command {
        Some(arguments::ReportCommand::Merge(parts)) => return super::merge::merge(parts),
        Some(arguments::ReportCommand::Diff(runs)) => return super::comparison::diff(runs),
        Some(arguments::ReportCommand::Trend(runs)) => return super::comparison::trend(runs),
        Some(arguments::ReportCommand::Issue(issue)) => return super::issue::issue(issue),
        None => {}
    }
    if let (Some(single), [_, _, ..]) = (about_one_run(cli.format), &*cli.files) {
        complain(format_args!("atm: {single} is about one run, but there are {} files", cli.files.len()));
        return Exit::Usage;
    }
    if !cli.campaigns.is_empty() && cli.format != ReportFormat::Markdown {
        complain(format_args!("atm: campaigns are told of in Markdown only: add `--format markdown`"));
        return Exit::Usage;
    }
    let mut campaigns = Vec::new();
    for path in &cli.campaigns {
        match read_campaign(path) {
            Ok(campaign) => campaigns.push(campaign),
            Err(error) => {
                complain(format_args!("atm: {}: {error}", path.display()));
                return Exit::SetUp;
            }
        }
    }
    let mut files = Vec::new();
    for path in &cli.files {
        match read_or_tell(path) {
            Ok(file) => files.push(file),
            Err(exit) => return exit,
        }
    }
    let mut output = Output::default();
    match &cli.output {
        None if cli.format == ReportFormat::Terminal => {
            output.print(|out| write(out, cli, &files, &campaigns));
        }
        None => output.print_plain(|out| write(out, cli, &files, &campaigns)),
        Some(path) => {
            output.file(path, |out| match cli.format {
                ReportFormat::Terminal => {
                    write(&mut anstream::StripStream::new(out), cli, &files, &campaigns)
                }
                _ => write(out, cli, &files, &campaigns),
            });
        }
    }
    let runs = files.iter().map(RunFile::conclusion);
    let conclusions = runs.chain(campaigns.iter().map(|campaign| campaign.conclusion(RequiredParts::Any)));
    output.exit(conclusions.max().unwrap_or(Conclusion::Inconclusive).into())
}

/// Writes the reports that the options of a run ask for.
pub(crate) fn write_reports(wanted: &arguments::ReportFilesArgs, file: &RunFile, output: &mut Output) {
    let files = std::slice::from_ref(file);
    let is_json = |path: &Path| path.extension().is_some_and(|extension| extension == "json");
    for (path, text) in [
        (&wanted.junit, &(|_: &Path| junit(file)) as &dyn Fn(&Path) -> String),
        (&wanted.markdown, &|_| markdown(files, &[])),
        (&wanted.html, &|_| html(files)),
        (&wanted.badge, &|path| if is_json(path) { badge_json(file) } else { badge(file) }),
    ] {
        if let Some(path) = path {
            output.text(path, &text(path));
        }
    }
}

/// The name of a format that shows only one run; `None` for a format that shows several.
fn about_one_run(format: ReportFormat) -> Option<&'static str> {
    match format {
        ReportFormat::Terminal | ReportFormat::Markdown | ReportFormat::Html => None,
        ReportFormat::Junit => Some("a JUnit report"),
        ReportFormat::Badge | ReportFormat::BadgeJson => Some("a badge"),
    }
}

fn write(
    out: &mut dyn Write,
    cli: &arguments::ReportArgs,
    files: &[RunFile],
    campaigns: &[FuzzReport],
) -> io::Result<()> {
    let each = |write: fn(&RunFile) -> String| files.iter().map(write).collect::<String>();
    match cli.format {
        ReportFormat::Terminal => {
            let out = &mut Terminal::new(out);
            let detail = if cli.quiet { Detail::Summary } else { Detail::Full };
            for (position, file) in files.iter().enumerate() {
                if position > 0 && detail == Detail::Full {
                    writeln!(out)?;
                }
                write_terminal(out, file, detail)?;
            }
        }
        ReportFormat::Junit => out.write_all(each(junit).as_bytes())?,
        ReportFormat::Markdown => out.write_all(markdown(files, campaigns).as_bytes())?,
        ReportFormat::Html => out.write_all(html(files).as_bytes())?,
        ReportFormat::Badge => out.write_all(each(badge).as_bytes())?,
        ReportFormat::BadgeJson => out.write_all(each(badge_json).as_bytes())?,
    }
    Ok(())
}
