use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use atm_adapter_protocol::{AdapterError, NotReplayable, Replay};
use atm_engine::Rules;
use atm_reports::escape::OneLine;
use atm_reports::mistakes::{Complaint, complain};
use atm_suite::adapter::check::{PartReport, PartResult, Wrong, check};
use atm_suite::adapter::{Adapter, serve};

use crate::arguments::{AdapterCheckArgs, AdapterCommand, AdapterReplayArgs, AdapterServeArgs};
use crate::exit::Exit;
use crate::input;
use crate::interruption;
use crate::output::Output;

/// Runs a subcommand of `atm adapter`.
pub(crate) fn adapter(command: &AdapterCommand) -> Exit {
    match command {
        AdapterCommand::New(arguments) => super::skeleton::new(arguments),
        AdapterCommand::Check(arguments) => walk(arguments),
        AdapterCommand::Serve(arguments) => engine(arguments),
        AdapterCommand::Replay(arguments) => replay(arguments),
    }
}

/// Walks through the protocol with the adapter of an author.
fn walk(arguments: &AdapterCheckArgs) -> Exit {
    let spec = super::adapter_spec(&arguments.adapter, arguments.limits);
    let mut output = Output::default();
    let is_right = check(spec.clone(), &mut |report| {
        if !interruption::is_interrupted() {
            output.print(|out| tell(out, report));
        }
    });
    if let Some(exit) = interruption::exit() {
        return exit;
    }
    let cannot_start = || matches!(Adapter::new(spec.clone()).hello(), Err(AdapterError::NotStarted { .. }));
    if !is_right && cannot_start() {
        return output.exit(Exit::SetUp);
    }
    let (next, verdict) = if is_right {
        ("The adapter speaks the protocol. Next: atm conformance --adapter '…'", Exit::AsExpected)
    } else {
        ("conformance/ADAPTERS.md describes each command and its answer.", Exit::NotAsExpected)
    };
    output.print(|out| writeln!(out, "\n{next}"));
    output.exit(verdict)
}

fn tell(out: &mut dyn Write, report: &PartReport) -> io::Result<()> {
    let PartReport { title, outcome, notes } = report;
    let (mark, colour) = match outcome {
        PartResult::Right(_) => ("ok  ", AnsiColor::Green),
        PartResult::Skipped(_) => ("skip", AnsiColor::Yellow),
        PartResult::Wrong(_) => ("FAIL", AnsiColor::Red),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    write!(out, "{style}{mark}{style:#}  {title}: ")?;
    match outcome {
        PartResult::Right(said) | PartResult::Skipped(said) => writeln!(out, "{}", OneLine(said))?,
        PartResult::Wrong(wrong) => tell_wrong(out, wrong)?,
    }
    notes.iter().try_for_each(|note| write_lines(out, ["      note:    ", "               "], note))
}

fn tell_wrong(out: &mut dyn Write, wrong: &Wrong) -> io::Result<()> {
    let Wrong { what, command, answer, likely_mistake, started_anew } = wrong;
    write_lines(out, ["", "      "], what)?;
    if let Some(command) = command {
        writeln!(out, "      command: {}", atm_adapter_protocol::quoted(command))?;
    }
    if let Some(answer) = answer {
        writeln!(out, "      answer:  {}", atm_adapter_protocol::quoted(answer))?;
    }
    if let Some(mistake) = likely_mistake {
        writeln!(out, "      likely:  {}", OneLine(mistake))?;
    }
    if *started_anew {
        writeln!(out, "      then:    the program was ended and is started anew")?;
    }
    Ok(())
}

/// Writes the lines of a text with `mark` before the first line and `indent` before the others.
fn write_lines(out: &mut dyn Write, [mark, indent]: [&str; 2], text: &str) -> io::Result<()> {
    for (position, line) in text.lines().enumerate() {
        writeln!(out, "{}{}", if position == 0 { mark } else { indent }, OneLine(line))?;
    }
    Ok(())
}

/// Serves the reference engine as an adapter.
fn engine(arguments: &AdapterServeArgs) -> Exit {
    let rules = Rules {
        announcement: arguments.rules.announcement.into(),
        conflict: arguments.rules.conflict.into(),
        ..Rules::default()
    };
    if io::stdin().is_terminal() {
        complain(format_args!(
            "atm: this answers commands, one JSON object a line, such as {{\"id\":1,\"command\":\"hello\",\"protocol\":1}}"
        ));
    }
    served(serve(input::commands(), &mut io::stdout().lock(), rules))
}

/// Serves a recording as an adapter.
fn replay(arguments: &AdapterReplayArgs) -> Exit {
    let path = &arguments.recording;
    let read = input::open(path, input::RECORDING)
        .map_err(Into::into)
        .and_then(|file| Replay::read(file, arguments.name.as_deref()));
    let replay = match read {
        Ok(replay) => replay,
        Err(error) => {
            let hint = match error {
                NotReplayable::Line { line: 1, .. } => {
                    Some("a recording is what `atm conformance --record FILE` writes")
                }
                _ => None,
            };
            let path = path.display();
            Complaint::new(format_args!("atm: {path}: {error}")).with(hint).tell();
            return Exit::SetUp;
        }
    };
    served(replay.serve(input::commands(), &mut io::stdout().lock()))
}

/// The exit code after serving an adapter.
fn served(done: io::Result<()>) -> Exit {
    let mut output = Output::default();
    output.succeeded("standard input or output", done);
    output.exit(Exit::AsExpected)
}
