//! What is measured: for each promise all pairs of rules, in the same worlds.

use atm_engine::{AnnouncementRule, ConflictRule};
use atm_simulator::search::explore::{Besides, Deliveries, Orders};

use super::{Finding, Promise, Worlds};

/// How long a measurement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// All of these together take seconds.
    Quick,
    /// Some of these take minutes.
    Long,
}

/// All pairs of rules. The conflict rule `named` goes with `relay`.
const RULES: [(AnnouncementRule, ConflictRule); 7] = [
    (AnnouncementRule::Direct, ConflictRule::Newest),
    (AnnouncementRule::Direct, ConflictRule::Cautious),
    (AnnouncementRule::Cascade, ConflictRule::Newest),
    (AnnouncementRule::Cascade, ConflictRule::Cautious),
    (AnnouncementRule::Relay, ConflictRule::Newest),
    (AnnouncementRule::Relay, ConflictRule::Cautious),
    (AnnouncementRule::Relay, ConflictRule::Named),
];

/// The rules under which a key is trusted, where nobody distrusts any: the conflict rule makes no difference.
const ANNOUNCEMENTS: [(AnnouncementRule, ConflictRule); 4] = [
    (AnnouncementRule::Direct, ConflictRule::Newest),
    (AnnouncementRule::Cascade, ConflictRule::Newest),
    (AnnouncementRule::Relay, ConflictRule::Newest),
    (AnnouncementRule::Relay, ConflictRule::Named),
];

const NAMED: [(AnnouncementRule, ConflictRule); 1] = [(AnnouncementRule::Relay, ConflictRule::Named)];

/// How many random scenarios the quick measurements play under each pair of rules.
const FEW: u64 = 1_000;

const MANY: u64 = 1_000_000;

/// All that is measured, promise by promise.
#[must_use]
pub fn findings(cost: Cost) -> Vec<Finding> {
    let questions: Vec<(Promise, Worlds, &[_])> = match cost {
        Cost::Quick => vec![
            (Promise::Completeness, example(Deliveries::Drained), &ANNOUNCEMENTS),
            (Promise::Completeness, trees(&[2, 2], Besides::Nothing), &ANNOUNCEMENTS),
            (Promise::Revocation, trees(&[3], Besides::Distrust), &RULES),
            (Promise::Revocation, trees(&[2, 1], Besides::Distrust), &RULES),
            (Promise::Revocation, Worlds::Random { seeds: FEW }, &RULES),
            (Promise::Agreement, trees(&[3], Besides::Distrust), &RULES),
            (Promise::Agreement, trees(&[2, 1], Besides::DistrustAndTrust), &RULES),
            (Promise::Reauthentication, one_by_one(&[3]), &RULES),
            (Promise::Reauthentication, one_by_one(&[4]), &RULES),
            (Promise::Resistance, Worlds::Random { seeds: FEW }, &RULES),
        ],
        Cost::Long => vec![
            (Promise::Completeness, example(Deliveries::Every), &ANNOUNCEMENTS),
            (Promise::Completeness, trees(&[3, 2], Besides::Nothing), &ANNOUNCEMENTS),
            (Promise::Revocation, trees(&[2, 2], Besides::Distrust), &NAMED),
            (Promise::Revocation, trees(&[3], Besides::DistrustAndTrust), &RULES),
            (Promise::Revocation, Worlds::Random { seeds: MANY }, &RULES),
            (Promise::Agreement, trees(&[3], Besides::DistrustAndTrust), &RULES),
            (Promise::Agreement, trees(&[2, 2], Besides::Distrust), &NAMED),
            (Promise::Agreement, Worlds::Random { seeds: MANY }, &NAMED),
            (Promise::Resistance, Worlds::Random { seeds: MANY }, &RULES),
        ],
    };
    let under_rules = |(promise, worlds, rules): (Promise, Worlds, &'static [_])| {
        rules.iter().map(move |&(announcement, conflict)| Finding { promise, announcement, conflict, worlds })
    };
    questions.into_iter().flat_map(under_rules).collect()
}

fn example(deliveries: Deliveries) -> Worlds {
    Worlds::Scenario { name: "readme/20-to-8", orders: Orders::Free, deliveries }
}

/// In every order, with messages that arrive at every moment.
fn trees(sizes: &'static [usize], besides: Besides) -> Worlds {
    Worlds::Trees { sizes, besides, orders: Orders::Free, deliveries: Deliveries::Every }
}

/// First a tree, then a distrust, then the same key is authenticated again. All messages arrive before the next step.
fn one_by_one(sizes: &'static [usize]) -> Worlds {
    let (orders, deliveries) = (Orders::Steps, Deliveries::Drained);
    Worlds::Trees { sizes, besides: Besides::DistrustAndTrust, orders, deliveries }
}
