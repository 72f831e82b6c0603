use anstyle::{AnsiColor, Color};
use atm_simulator::run::RunResult;

/// The looks of a text.
#[derive(Debug)]
pub(super) struct Style;

impl Style {
    pub(super) const PASS: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Green)));
    pub(super) const FAIL: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
    pub(super) const UNSURE: anstyle::Style =
        anstyle::Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
    pub(super) const HEADING: anstyle::Style = anstyle::Style::new().bold();
    pub(super) const ASIDE: anstyle::Style = anstyle::Style::new().dimmed();

    pub(super) fn of(verdict: RunResult) -> anstyle::Style {
        match verdict {
            RunResult::Pass => Self::PASS,
            RunResult::Fail | RunResult::Error => Self::FAIL,
            RunResult::Inconclusive => Self::UNSURE,
        }
    }
}
