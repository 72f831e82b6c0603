//! Whether the specifications explain a log, for people.

use std::io::{self, Write};

use atm_suite::logs::{CheckedDevice, End, LogFinding, LoggedDevice};
use atm_suite::requirements::Weight;

use crate::escape::OneLine;
use crate::runs::{Style, describe_step};

/// A device of a log with the judgement about it.
pub type Checked = (LoggedDevice, CheckedDevice);

/// Writes the judgement about each device of a log.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_log(out: &mut dyn Write, path: &str, devices: &[Checked]) -> io::Result<()> {
    for (device, checked) in devices {
        let (result, style) = match &checked.end {
            End::Whole => ("EXPLAINED", Style::PASS),
            End::Unexplained(_) => ("UNEXPLAINED", Style::FAIL),
            End::Lost(..) => ("NOT JUDGED", Style::UNSURE),
        };
        let implementation = &device.hello.implementation;
        let case = device.case.as_deref().map(|case| format!(", case {case}")).unwrap_or_default();
        let who = format!("{} ({} {}){case}", device.name, implementation.name, implementation.version);
        let (explained, steps) = (checked.explained, device.steps.len());
        let line = format!("{path}: {who}: {explained} of {}", count(steps, "step"));
        writeln!(out, "{style}{result}{style:#} {}", OneLine(&line))?;
        write_end(out, device, &checked.end)?;
        write_notes(out, device, &checked.notes)?;
    }
    let whole = devices.iter().filter(|(_, checked)| checked.end == End::Whole).count();
    match devices.len() {
        0 => writeln!(out, "The log has no device, so there is nothing to judge."),
        1 => Ok(()),
        all => writeln!(out, "\nThe logs of {whole} of {all} devices are explained as a whole."),
    }
}

fn write_end(out: &mut dyn Write, device: &LoggedDevice, end: &End) -> io::Result<()> {
    match end {
        End::Whole => Ok(()),
        End::Unexplained(found) => {
            let at = step(device, found.step);
            writeln!(out, "  The specifications do not explain the next step:")?;
            writeln!(out, "  {}", OneLine(&at))?;
            write_finding(out, found)
        }
        End::Lost(place, reason) => {
            writeln!(out, "  The rest is not judged:")?;
            writeln!(out, "  {place}: {}", OneLine(reason))
        }
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn step(device: &LoggedDevice, step: usize) -> String {
    format!("{}: {}", device.steps[step].place, describe_step(&device.scenario.steps[step]))
}

fn write_finding(out: &mut dyn Write, found: &LogFinding) -> io::Result<()> {
    let (requirement, bold) = (found.requirement, Style::HEADING);
    writeln!(out, "    {bold}allowed{bold:#}   {}", OneLine(&found.expected))?;
    for observed in &found.observed {
        writeln!(out, "    {bold}logged{bold:#}    {}", OneLine(observed))?;
    }
    let weight = if requirement.weight == Weight::Security { ", security" } else { "" };
    writeln!(out, "    {bold}because{bold:#}   {}", requirement.summary)?;
    writeln!(out, "              {} ({}{weight}), {}", requirement.id, requirement.level, requirement.url())
}

/// Writes the behaviour that is allowed, but worth a look: the first step of each requirement.
fn write_notes(out: &mut dyn Write, device: &LoggedDevice, notes: &[LogFinding]) -> io::Result<()> {
    for (position, note) in notes.iter().enumerate() {
        let is_same = |other: &&LogFinding| other.requirement.id == note.requirement.id;
        if notes[..position].iter().any(|other| is_same(&other)) {
            continue;
        }
        let kind = match note.requirement.weight {
            Weight::Advice => "against advice",
            _ => "permitted, but different",
        };
        let more = match notes[position..].iter().filter(is_same).count() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let (observed, id) = (note.observed.join("; "), note.requirement.id);
        writeln!(out, "  note: {}{more}", OneLine(&step(device, note.step)))?;
        writeln!(out, "    {kind}: {}, but: {} ({id})", OneLine(&note.expected), OneLine(&observed))?;
    }
    Ok(())
}
