use crate::message::DecisionKind;
use crate::names::KeyId;

/// The trust level of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Level {
    /// No decision exists, or the key is unknown.
    #[default]
    Undecided,
    /// Trusted by the policy.
    AutomaticallyTrusted,
    /// Not used, by the policy.
    AutomaticallyDistrusted,
    /// Trusted by a person who did not compare the fingerprint.
    ManuallyTrusted,
    /// Authenticated, by a person or a trust message.
    Authenticated,
    /// Explicitly distrusted, by a person or a trust message.
    Distrusted,
}

impl Level {
    /// Whether messages are encrypted for keys of this level.
    #[must_use]
    pub fn is_used(self) -> bool {
        match self {
            Self::AutomaticallyTrusted | Self::ManuallyTrusted | Self::Authenticated => true,
            Self::Undecided | Self::AutomaticallyDistrusted | Self::Distrusted => false,
        }
    }

    /// A stable name in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::AutomaticallyTrusted => "automatically-trusted",
            Self::AutomaticallyDistrusted => "automatically-distrusted",
            Self::ManuallyTrusted => "manually-trusted",
            Self::Authenticated => "authenticated",
            Self::Distrusted => "distrusted",
        }
    }

    /// The kind of the explicit decision behind the level, if there is one.
    #[must_use]
    pub fn decision(self) -> Option<DecisionKind> {
        match self {
            Self::Authenticated => Some(DecisionKind::Trust),
            Self::Distrusted => Some(DecisionKind::Distrust),
            Self::Undecided
            | Self::AutomaticallyTrusted
            | Self::AutomaticallyDistrusted
            | Self::ManuallyTrusted => None,
        }
    }
}

impl From<DecisionKind> for Level {
    fn from(kind: DecisionKind) -> Self {
        match kind {
            DecisionKind::Trust => Self::Authenticated,
            DecisionKind::Distrust => Self::Distrusted,
        }
    }
}

/// The origin of a key's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The policy.
    Policy,
    /// A person at this device.
    Manual,
    /// A trust message.
    Message {
        /// The key of the endpoint that sent it.
        sender: KeyId,
    },
}
