use atm_reports::logs::{Checked, write_log};
use atm_reports::mistakes;
use atm_reports::page::{RecordedRun, page};
use atm_suite::logs::{self, BadLog, End, LoggedDevice};

use crate::arguments::CheckArgs;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;

/// Says whether the specifications explain a log.
pub(crate) fn check(cli: &CheckArgs) -> Exit {
    let path = cli.log.display().to_string();
    let devices = match input::open(&cli.log, input::RECORDING) {
        Ok(input) => read(cli, input),
        Err(error) => {
            mistakes::complain(format_args!("atm: {path}: {error}"));
            return Exit::SetUp;
        }
    };
    let devices = match devices {
        Ok(devices) => devices,
        Err(bad) => {
            mistakes::complain(format_args!("atm: {path}: {bad}"));
            return Exit::SetUp;
        }
    };
    if devices.is_empty() && (cli.case.is_some() || cli.device.is_some()) {
        mistakes::complain(format_args!("atm: {path}: it has no such case or device"));
        return Exit::Usage;
    }
    let checked = devices.into_iter().map(|device| {
        let checked = logs::check(&device);
        (device, checked)
    });
    let checked: Vec<Checked> = checked.collect();
    let mut output = Output::default();
    output.print(|out| write_log(out, &path, &checked));
    if let Some(html) = &cli.html {
        let unexplained = checked.iter().find(|(_, checked)| checked.end != End::Whole);
        if let Some((device, checked)) = unexplained.or(checked.first())
            && output.text(html, &page(&RecordedRun::of_log(&path, device, checked)))
        {
            mistakes::complain(format_args!("atm: wrote {}", html.display()));
        }
    }
    output.exit(exit(&checked))
}

/// The chosen devices of a log.
fn read(cli: &CheckArgs, input: impl std::io::BufRead) -> Result<Vec<LoggedDevice>, BadLog> {
    let mut devices = Vec::new();
    for conversation in logs::read_log(input)? {
        let is_chosen = cli.case.is_none() || cli.case == conversation.case;
        let found = logs::devices(&conversation)?;
        devices.extend(found.into_iter().filter(|_| is_chosen));
    }
    devices.retain(|device| cli.device.as_ref().is_none_or(|name| *name == device.name));
    Ok(devices)
}

/// A log without inputs shows nothing.
fn exit(checked: &[Checked]) -> Exit {
    let exits = checked.iter().map(|(_, checked)| match checked.end {
        End::Unexplained(_) => Exit::NotAsExpected,
        End::Lost(..) => Exit::Inconclusive,
        End::Whole => Exit::AsExpected,
    });
    let has_steps = checked.iter().any(|(_, checked)| checked.explained > 0);
    let nothing = if has_steps { Exit::AsExpected } else { Exit::Inconclusive };
    exits.chain([nothing]).max().unwrap_or(nothing)
}
