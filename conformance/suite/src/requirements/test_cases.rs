use super::Weight::{Demanded, Security};
use super::{Document, Obligation, Observability, Requirement, Weight};

/// The rows of the upstream test cases, each once per verb: the tables say "authenticate / distrust".
///
/// A1, A2 and A3 are endpoints of one account, B1 and B2 of another, C1 of a third; the one tested is A1.
pub(super) const REQUIREMENTS: &[Requirement] = &[
    row(
        "test-cases/manual-b1/authenticate",
        Demanded,
        MANUAL,
        "A person authenticates B1's key on A1: own endpoints with authenticated keys are told about B1's \
         key, and B1 about the keys of the own endpoints.",
    ),
    row(
        "test-cases/manual-b1/distrust",
        Demanded,
        MANUAL,
        "A person distrusts B1's key on A1: own endpoints with authenticated keys are told. (Nothing is sent \
         to the key just distrusted, although the row can be read so.)",
    ),
    row(
        "test-cases/manual-a2/authenticate",
        Demanded,
        MANUAL,
        "A person authenticates A2's key on A1: all endpoints with authenticated keys are told about A2's \
         key, and A2 about their keys.",
    ),
    row(
        "test-cases/manual-a2/distrust",
        Demanded,
        MANUAL,
        "A person distrusts A2's key on A1: all other endpoints with authenticated keys are told. (Nothing \
         is sent to the key just distrusted, although the row can be read so.)",
    ),
    row(
        "test-cases/b1-for-c1/authenticate",
        Security,
        B1,
        "B1 has no say in whether C1's key is authenticated.",
    ),
    row("test-cases/b1-for-c1/distrust", Security, B1, "B1 has no say in whether C1's key is distrusted."),
    row(
        "test-cases/b1-for-a2/authenticate",
        Security,
        B1,
        "B1 has no say in whether A2's key is authenticated.",
    ),
    row("test-cases/b1-for-a2/distrust", Security, B1, "B1 has no say in whether A2's key is distrusted."),
    row(
        "test-cases/b1-for-b2/sender-authenticated/authenticate",
        Demanded,
        B1_FOR_B2,
        "B1's key is authenticated and B1 trusts B2's key: it is authenticated, and what B2 said before is used.",
    ),
    row(
        "test-cases/b1-for-b2/sender-authenticated/distrust",
        Demanded,
        B1_FOR_B2,
        "B1's key is authenticated and B1 distrusts B2's key: it is distrusted, and what B2 said before is \
         not used.",
    ),
    row(
        "test-cases/b1-for-b2/sender-not-authenticated/authenticate",
        Security,
        B1_FOR_B2,
        "B1's key is not authenticated and B1 trusts B2's key: that is stored and not used yet.",
    ),
    row(
        "test-cases/b1-for-b2/sender-not-authenticated/distrust",
        Security,
        B1_FOR_B2,
        "B1's key is not authenticated and B1 distrusts B2's key: that is stored and not used yet.",
    ),
    row(
        "test-cases/a2-for-a3/sender-authenticated/authenticate",
        Demanded,
        A2_FOR_A3,
        "A2's key is authenticated and A2 trusts A3's key: it is authenticated, and what A3 said before is used.",
    ),
    row(
        "test-cases/a2-for-a3/sender-authenticated/distrust",
        Demanded,
        A2_FOR_A3,
        "A2's key is authenticated and A2 distrusts A3's key: it is distrusted, and what A3 said before is \
         not used.",
    ),
    row(
        "test-cases/a2-for-a3/sender-not-authenticated/authenticate",
        Security,
        A2_FOR_A3,
        "A2's key is not authenticated and A2 trusts A3's key: that is stored and not used yet.",
    ),
    row(
        "test-cases/a2-for-a3/sender-not-authenticated/distrust",
        Security,
        A2_FOR_A3,
        "A2's key is not authenticated and A2 distrusts A3's key: that is stored and not used yet.",
    ),
    row(
        "test-cases/a2-for-b1/sender-authenticated/authenticate",
        Demanded,
        A2_FOR_B1,
        "A2's key is authenticated and A2 trusts B1's key: it is authenticated, and what B1 said before is used.",
    ),
    row(
        "test-cases/a2-for-b1/sender-authenticated/distrust",
        Demanded,
        A2_FOR_B1,
        "A2's key is authenticated and A2 distrusts B1's key: it is distrusted, and what B1 said before is \
         not used.",
    ),
    row(
        "test-cases/a2-for-b1/sender-not-authenticated/authenticate",
        Security,
        A2_FOR_B1,
        "A2's key is not authenticated and A2 trusts B1's key: that is stored and not used yet.",
    ),
    row(
        "test-cases/a2-for-b1/sender-not-authenticated/distrust",
        Security,
        A2_FOR_B1,
        "A2's key is not authenticated and A2 distrusts B1's key: that is stored and not used yet.",
    ),
];

const MANUAL: &str = "manual-authentication--distrusting";
const B1: &str = "b1";
const B1_FOR_B2: &str = "b1-for-b2s-key";
const A2_FOR_A3: &str = "a2-for-a3s-key";
const A2_FOR_B1: &str = "a2-for-b1s-key";

const fn row(id: &'static str, weight: Weight, anchor: &'static str, summary: &'static str) -> Requirement {
    Requirement {
        id,
        document: Document::TestCases,
        anchor,
        level: Obligation::Derived,
        summary,
        weight,
        coverage: Observability::Scenarios,
    }
}
