use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use atm_adapter_protocol::{AdapterSpec, Replay};
use atm_engine::Rules;
use atm_reports::mistakes;
use atm_suite::adapter::check::{PartReport, PartResult, Wrong, check};
use atm_suite::adapter::serve;

use crate::arguments::{AdapterCheckArgs, AdapterCommand, AdapterReplayArgs, AdapterServeArgs};
use crate::exit::Exit;

/// What has to do with adapters.
pub(crate) fn adapter(command: &AdapterCommand) -> io::Result<Exit> {
    match command {
        AdapterCommand::Check(arguments) => walk(arguments),
        AdapterCommand::Serve(arguments) => engine(arguments),
        AdapterCommand::Replay(arguments) => replay(arguments),
    }
}

/// Walks an author through the protocol.
fn walk(arguments: &AdapterCheckArgs) -> io::Result<Exit> {
    let spec = AdapterSpec { command: arguments.adapter.clone(), limit: arguments.timeout.0 };
    let mut out = anstream::stdout().lock();
    let mut failed = Ok(());
    let right = check(spec, &mut |report| {
        if failed.is_ok() {
            failed = tell(&mut out, report);
        }
    });
    failed?;
    if right {
        writeln!(out, "\nThe adapter speaks the protocol. Next: atm conformance --adapter '…'")?;
        return Ok(Exit::AsExpected);
    }
    writeln!(out, "\nconformance/ADAPTERS.md describes each command and its answer.")?;
    Ok(Exit::NotAsExpected)
}

fn tell(out: &mut impl Write, report: &PartReport) -> io::Result<()> {
    let PartReport { title, outcome, notes } = report;
    let (mark, colour, said) = match outcome {
        PartResult::Right(said) => ("ok  ", AnsiColor::Green, said),
        PartResult::Skipped(why) => ("skip", AnsiColor::Yellow, why),
        PartResult::Wrong(wrong) => ("FAIL", AnsiColor::Red, &wrong.what),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(out, "{style}{mark}{style:#}  {title}: {said}")?;
    if let PartResult::Wrong(wrong) = outcome {
        tell_more(out, wrong)?;
    }
    for note in notes {
        let mut lines = note.lines();
        writeln!(out, "      note:    {}", lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| writeln!(out, "               {line}"))?;
    }
    Ok(())
}

fn tell_more(out: &mut impl Write, wrong: &Wrong) -> io::Result<()> {
    let Wrong { command, answer, likely_mistake, started_anew, .. } = wrong;
    if let Some(command) = command {
        writeln!(out, "      command: {}", atm_adapter_protocol::quoted(command))?;
    }
    if let Some(answer) = answer {
        writeln!(out, "      answer:  {}", atm_adapter_protocol::quoted(answer))?;
    }
    if let Some(mistake) = likely_mistake {
        writeln!(out, "      likely:  {mistake}")?;
    }
    if *started_anew {
        writeln!(out, "      then:    the program was ended and is started anew")?;
    }
    Ok(())
}

/// Serves the reference engine.
fn engine(arguments: &AdapterServeArgs) -> io::Result<Exit> {
    let rules = Rules {
        announcement: arguments.rules.announcement.into(),
        conflict: arguments.rules.conflict.into(),
        ..Rules::default()
    };
    if io::stdin().is_terminal() {
        mistakes::complain(format_args!(
            "atm: this answers commands, one JSON object a line, such as {{\"id\":1,\"command\":\"hello\",\"protocol\":1}}"
        ));
    }
    serve(io::stdin().lock(), &mut io::stdout().lock(), rules)?;
    Ok(Exit::AsExpected)
}

/// Serves what was recorded.
fn replay(arguments: &AdapterReplayArgs) -> io::Result<Exit> {
    let path = &arguments.recording;
    let read = File::open(path)
        .map_err(Into::into)
        .and_then(|file| Replay::read(BufReader::new(file), arguments.name.as_deref()));
    let replay = match read {
        Ok(replay) => replay,
        Err(error) => {
            mistakes::complain(format_args!("atm: {}: {error}", path.display()));
            return Ok(Exit::SetUp);
        }
    };
    replay.serve(io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(Exit::AsExpected)
}
