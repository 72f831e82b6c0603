use std::fmt;

use serde::{Deserialize, Serialize};

/// A promise of Automatic Trust Management.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// Every authentication had, when it was applied, a chain of decisions back to a manual one, word for word;
    /// and a device says only what it holds.
    Soundness,
    /// No account changes another account's keys on a third party's device.
    Authority,
    /// No trust message is encrypted for a key that is not authenticated, and contacts get facts about the
    /// sender's own account only.
    Confidentiality,
    /// A postponed decision has no effect before its sender is authenticated.
    NoPrematureUse,
    /// After the first authentication of a key of an owner no key of that owner is used that is not
    /// authenticated (TOAKAFA).
    Policy,
    /// No adversary's key becomes authenticated unless the decisions behind that go back to a person who
    /// trusted an adversary's key, or to the word of a device that an adversary had taken by then.
    Resistance,
    /// The graph between linked identities is complete: if they are linked in both directions, all keys are
    /// discovered, nobody is distrusted and nothing is refused. Relaying (`relay`) always makes it so;
    /// announcing the whole change (`cascade`) does if people act one after the other and make no more
    /// authentications than they need; announcing just the person's decisions (`direct`) promises nothing.
    Completeness,
    /// A distrust arrives. Whoever announces one (a person's; under `cascade` and `relay` also one that a
    /// person's decision released; under `relay` also the first one that a message told) tells every device that
    /// it has authenticated; and whoever takes such a word from an authenticated speaker distrusts the key in
    /// the end, as does the device on which the person decided. Not if the word was lost, or refused for the
    /// clock, for lack of room or since its speaker was distrusted; nor if a person, or an adversary with the
    /// key of a device, trusted the key later: under `cautious` only a person at that device, or the speaker.
    Revocation,
    /// No two devices that authenticated each other contradict each other in the end: one trusts a key, the other one
    /// distrusts it. They are of one account; or one is of the key's account and knows all other devices of it, and no person
    /// of the other one's account decided on the key. Promised under `relay` with `named` only, if nothing is lost, forged, or
    /// refused for the clock or for lack of room.
    Agreement,
    /// Duplicates, redelivery, crashes and reordering end in the state of the run without them. What only repeats
    /// makes no difference at any moment, whatever else happens, unless something was refused for the clock or
    /// for lack of room, or has a wrong time. For what changes when something arrives, people have to act one
    /// after the other, nobody who spoke is distrusted, no device comes or goes, and nothing is refused.
    Confluence,
    /// Whatever was postponed is applied, still stored, superseded, dropped with its sender, or refused with
    /// a reason.
    NothingLost,
}

impl Invariant {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 11] = [
        Self::Soundness,
        Self::Authority,
        Self::Confidentiality,
        Self::NoPrematureUse,
        Self::Policy,
        Self::Resistance,
        Self::Completeness,
        Self::Revocation,
        Self::Agreement,
        Self::Confluence,
        Self::NothingLost,
    ];

    /// A stable name in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Soundness => "soundness",
            Self::Authority => "authority",
            Self::Confidentiality => "confidentiality",
            Self::NoPrematureUse => "no-premature-use",
            Self::Policy => "policy",
            Self::Resistance => "resistance",
            Self::Completeness => "completeness",
            Self::Revocation => "revocation",
            Self::Agreement => "agreement",
            Self::Confluence => "confluence",
            Self::NothingLost => "nothing-lost",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
