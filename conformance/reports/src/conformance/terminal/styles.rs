use anstyle::{AnsiColor, Color, Style};
use atm_suite::cases::Verdict;
use atm_suite::run_file::Conclusion;

/// The terminal styles of the report.
#[derive(Debug)]
pub(super) struct Styles;

impl Styles {
    pub(super) const HEADING: Style = Style::new().bold();
    pub(super) const ASIDE: Style = Style::new().dimmed();
    pub(super) const GOOD: Style = bold(AnsiColor::Green);
    pub(super) const BAD: Style = bold(AnsiColor::Red);
    const UNSURE: Style = bold(AnsiColor::Yellow);

    pub(super) fn of(verdict: Verdict) -> Style {
        match verdict {
            Verdict::Pass => Self::GOOD,
            Verdict::Fail | Verdict::UnexpectedPass | Verdict::Error => Self::BAD,
            Verdict::Inconclusive | Verdict::Advice => Self::UNSURE,
            Verdict::Differs | Verdict::Unsupported | Verdict::ExpectedFail => Self::HEADING,
        }
    }

    pub(super) fn of_conclusion(conclusion: Conclusion) -> Style {
        match conclusion {
            Conclusion::AsExpected => Self::GOOD,
            Conclusion::Inconclusive => Self::UNSURE,
            Conclusion::NotAsExpected => Self::BAD,
        }
    }
}

const fn bold(color: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(Color::Ansi(color)))
}
