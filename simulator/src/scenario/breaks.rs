use atm_engine::{AnnouncementRule, ConflictRule};
use serde::{Deserialize, Serialize};

use super::Invariant;
use super::model::is_default;

/// An invariant of Automatic Trust Management that the scenario breaks, because the protocol cannot keep it there. If
/// the invariant holds, the scenario fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Breaks {
    /// The invariant.
    pub invariant: Invariant,
    /// The rules under which it is broken: all rules if the list is empty. If the list has no announcement rule, the
    /// invariant is broken under each of them; the same applies to conflict rules.
    #[serde(default, skip_serializing_if = "is_default")]
    pub under: Vec<Rule>,
}

/// A rule that a run can be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Devices announce only the decisions that a person made.
    Direct,
    /// Devices also announce the decisions that a decision released.
    Cascade,
    /// Devices also announce decisions that a received message made first.
    Relay,
    /// The newest decision on a key wins.
    Newest,
    /// A distrust stands until its sender, or a person on the device, takes it back.
    Cautious,
    /// A distrust stands until an endpoint that knows the distrust trusts the key.
    Named,
}

impl Breaks {
    /// Whether the invariant is broken under these rules.
    #[must_use]
    pub fn applies(&self, announcement: AnnouncementRule, conflict: ConflictRule) -> bool {
        let announcement = match announcement {
            AnnouncementRule::Direct => Rule::Direct,
            AnnouncementRule::Cascade => Rule::Cascade,
            AnnouncementRule::Relay => Rule::Relay,
        };
        let conflict = match conflict {
            ConflictRule::Newest => Rule::Newest,
            ConflictRule::Cautious => Rule::Cautious,
            ConflictRule::Named => Rule::Named,
        };
        let among = |kind: &[Rule], chosen| {
            let mut given = self.under.iter().filter(|rule| kind.contains(rule)).peekable();
            given.peek().is_none() || given.any(|rule| *rule == chosen)
        };
        among(&[Rule::Direct, Rule::Cascade, Rule::Relay], announcement)
            && among(&[Rule::Newest, Rule::Cautious, Rule::Named], conflict)
    }
}
