use std::io::{self, Write};

use atm_reports::conformance::{Issue, IssueError, issues};
use atm_reports::escape::OneLine;
use atm_reports::mistakes::Complaint;
use atm_suite::library;
use atm_suite::run_file::RunFile;

use super::run_file::read_or_tell;
use crate::arguments::ReportIssueArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Writes one failure as a text for maintainers, or lists the failures of a run.
pub(super) fn issue(cli: &ReportIssueArgs) -> Exit {
    let file = match read_or_tell(&cli.run) {
        Ok(file) => file,
        Err(exit) => return exit,
    };
    if let Some(name) = &cli.implementation
        && !file.run.implementations.iter().any(|line| line.name == *name)
    {
        let names: Vec<&str> = file.run.implementations.iter().map(|line| &*line.name).collect();
        return refuse(
            cli,
            &format!("the run has no implementation `{name}`, only {}", names.join(", ")),
            None,
        );
    }
    let Some(requirement) = &cli.requirement else {
        return write(cli, |out| list(out, &file, cli.implementation.as_deref()));
    };
    match Issue::of(&file, requirement, cli.implementation.as_deref()) {
        Ok(issue) => {
            let scenario = issue
                .scenario()
                .and_then(|path| library::find(path.strip_prefix("scenarios/")?.strip_suffix(".yaml")?));
            let text = issue.markdown(scenario.map(|scenario| scenario.text));
            write(cli, |out| out.write_all(text.as_bytes()))
        }
        Err(error) => {
            let hint = match &error {
                IssueError::NoFailure(_) => {
                    format!("`atm report issue {}` lists the failures", cli.run.display())
                }
                IssueError::Repeats { cause, .. } => format!("write about `{cause}`"),
                IssueError::Several { .. } => "choose one with `--implementation NAME`".to_owned(),
            };
            refuse(cli, &error.to_string(), Some(&hint))
        }
    }
}

fn refuse(cli: &ReportIssueArgs, why: &str, hint: Option<&str>) -> Exit {
    Complaint::new(format_args!("atm: {}: {why}", cli.run.display())).with(hint).tell();
    Exit::Usage
}

/// Lists the failures of a run. A text about a private one is for the security contact.
fn list(out: &mut dyn Write, file: &RunFile, implementation: Option<&str>) -> io::Result<()> {
    let all = issues(file);
    let is_chosen = |name: &str| implementation.is_none_or(|chosen| chosen == name);
    for line in file.run.implementations.iter().filter(|line| is_chosen(&line.name)) {
        let of_this: Vec<&Issue<'_>> =
            all.iter().filter(|issue| issue.implementation_name() == line.name).collect();
        match of_this.len() {
            0 => writeln!(out, "{}: no failures", OneLine(&line.name))?,
            1 => writeln!(out, "{}: 1 failure", OneLine(&line.name))?,
            number => writeln!(out, "{}: {number} failures", OneLine(&line.name))?,
        }
        for issue in of_this {
            writeln!(out, "  {}", issue.line())?;
        }
    }
    Ok(())
}

fn write(cli: &ReportIssueArgs, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Exit {
    let mut output = Output::default();
    match &cli.output {
        None => output.print_plain(write),
        Some(path) => {
            output.file(path, |out| write(out));
        }
    }
    output.exit(Exit::AsExpected)
}
