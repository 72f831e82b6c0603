use super::file::CaseLine;
use crate::cases::Verdict;

/// The conclusion of a run, which determines its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Every result meets the specifications, or the expectations of the implementation's owner.
    AsExpected,
    /// No result is worse than expected, but some are inconclusive, so this is no pass.
    Inconclusive,
    /// Some result is not as expected.
    NotAsExpected,
}

impl Conclusion {
    /// The conclusion of cases. It is inconclusive if there are none or if they judge no requirement.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseLine>) -> Self {
        cases.into_iter().filter_map(Self::of_case).max().unwrap_or(Self::Inconclusive)
    }

    /// The conclusion of a run in which this many cases were not played.
    #[must_use]
    pub fn of_interrupted(self, not_played: usize) -> Self {
        if not_played > 0 { self.max(Self::Inconclusive) } else { self }
    }

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Inconclusive => "inconclusive",
            Self::NotAsExpected => "not as expected",
        }
    }

    /// The conclusion of a case; `None` if it judges nothing.
    #[must_use]
    pub fn of_case(case: &CaseLine) -> Option<Self> {
        let judged = case.judgements.iter().map(|judgement| Self::from(judgement.verdict));
        // An error counts even if the case judges nothing.
        let broke_off = case.error.as_ref().filter(|error| error.unsupported.is_none());
        judged.chain(broke_off.map(|_| Self::NotAsExpected).filter(|_| case.judgements.is_empty())).max()
    }
}

impl From<Verdict> for Conclusion {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass
            | Verdict::Differs
            | Verdict::Advice
            | Verdict::Unsupported
            | Verdict::ExpectedFail => Self::AsExpected,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Error | Verdict::UnexpectedPass | Verdict::Fail => Self::NotAsExpected,
        }
    }
}
