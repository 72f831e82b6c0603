use super::file::CaseLine;
use crate::cases::Verdict;

/// What a run comes to: what its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Everything is as the specifications demand, or as the owner of the implementation expects.
    AsExpected,
    /// Nothing is worse than expected, but something shows nothing, so that this is no pass.
    Inconclusive,
    /// Something is not as expected.
    NotAsExpected,
}

impl Conclusion {
    /// What cases come to. None at all are inconclusive, and so are some that say nothing about any requirement.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseLine>) -> Self {
        cases.into_iter().filter_map(Self::of_case).max().unwrap_or(Self::Inconclusive)
    }

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Inconclusive => "inconclusive",
            Self::NotAsExpected => "not as expected",
        }
    }

    /// What a case comes to; `None` if it says nothing.
    fn of_case(case: &CaseLine) -> Option<Self> {
        let judged = case.judgements.iter().map(|judgement| Self::from(judgement.verdict));
        // An error is one even where nothing was to be judged.
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
