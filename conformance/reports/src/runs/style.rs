use anstyle::{AnsiColor, Color};
use atm_simulator::run::RunResult;

/// The terminal styles of a run.
#[derive(Debug)]
pub(crate) struct Style;

impl Style {
    pub(crate) const PASS: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Green)));
    pub(crate) const FAIL: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
    pub(crate) const UNSURE: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
    pub(crate) const HEADING: anstyle::Style = anstyle::Style::new().bold();
    pub(crate) const ASIDE: anstyle::Style = anstyle::Style::new().dimmed();

    pub(crate) fn of(verdict: RunResult) -> anstyle::Style {
        match verdict {
            RunResult::Pass => Self::PASS,
            RunResult::Fail | RunResult::Error => Self::FAIL,
            RunResult::Inconclusive => Self::UNSURE,
        }
    }
}
