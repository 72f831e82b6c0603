use atm_engine::{AnnouncementRule, ConflictRule};
use serde::{Deserialize, Serialize};

use super::Invariant;
use super::model::is_default;

/// A promise of Automatic Trust Management that the scenario shows broken, since the protocol cannot keep it
/// there. Not breaking it is a failure, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Breaks {
    /// The promise.
    pub invariant: Invariant,
    /// The rules under which it is broken. Under each if none is given; of announcement rules and of conflict
    /// rules under each if none of that kind is given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub under: Vec<Rule>,
}

/// A rule that a run can be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Devices announce just what the person decided on.
    Direct,
    /// Devices also announce what a decision released.
    Cascade,
    /// Devices also announce what received messages decided first.
    Relay,
    /// The newest decision on a key wins.
    Newest,
    /// A distrust stands until the one who spoke it, or a person on the device, takes it back.
    Cautious,
    /// A distrust stands until somebody who knows of it trusts the key.
    Named,
}

impl Breaks {
    /// Whether the promise is broken under these rules.
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
