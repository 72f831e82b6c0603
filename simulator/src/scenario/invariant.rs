use std::fmt;

use serde::{Deserialize, Serialize};

/// An invariant of Automatic Trust Management.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// When an authentication is applied, a chain of unchanged decisions leads back to a manual one. A device announces
    /// only decisions that it holds.
    Soundness,
    /// No account changes another account's keys on a third party's device.
    Authority,
    /// No trust message is encrypted for a key that is not authenticated. Contacts learn only facts about the sender's
    /// own account.
    Confidentiality,
    /// A postponed decision has no effect before its sender is authenticated.
    NoPrematureUse,
    /// After the first authentication of an owner's key, only authenticated keys of that owner are used (TOAKAFA).
    Policy,
    /// No adversary's key becomes authenticated, except by decisions that go back to a person who trusted an
    /// adversary's key, or to a device that an adversary had already taken over.
    Resistance,
    /// The graph between linked identities is complete, if they are linked in both directions, all keys are discovered,
    /// nobody is distrusted and nothing is refused. With relaying (`relay`), this always holds. With announcing the
    /// whole change (`cascade`), it holds if people act one after the other and make no more authentications than
    /// necessary. With announcing only the person's decisions (`direct`), it need not hold.
    Completeness,
    /// A distrust reaches all who need it. An announcing device tells every device that it has authenticated. It
    /// announces the distrusts of its person; under `cascade` and `relay`, also a distrust that a person's decision
    /// released; under `relay`, also a distrust that a message told it first. Every device that takes the distrust from
    /// an authenticated sender distrusts the key in the end, and so does the device on which the person decided. The
    /// invariant does not apply if the message was lost, or was refused for its time, for lack of space or because its
    /// sender was distrusted. It does not apply either if a person, or an adversary with a device's key, trusted the
    /// key later; under `cautious`, only a person at that device, or the sender.
    Revocation,
    /// No two devices that authenticated each other contradict each other in the end, so that one trusts a key and the
    /// other distrusts it. Either both devices belong to the same account. Or one belongs to the key's account and has
    /// authenticated all other devices of it, and no person of the other device's account decided on the key. The
    /// invariant applies only under `relay` with `named`, and only if nothing is lost, forged, or refused for its time
    /// or for lack of space.
    Agreement,
    /// Duplicates, redelivery, crashes and reordering lead to the same state as the run without them. Mere repetitions
    /// make no difference at any moment, unless something was refused for its time or for lack of space, or has a wrong
    /// time. For faults that change the time of arrival, people must act one after the other, no sender may be
    /// distrusted, no device may join or leave, and nothing may be refused.
    Confluence,
    /// Every postponed decision is applied, still stored, superseded, dropped with its sender, or refused with a
    /// reason.
    NothingLost,
}

impl Invariant {
    /// All invariants, in the order of their documentation.
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
