//! What can be chosen about a device: the rules that the specifications leave open, and its bounds.

use std::time::Duration;

/// The rules that a device follows for its whole life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Rules {
    /// What of a change is announced to others.
    pub announcement: AnnouncementRule,
    /// Which of two decisions about one key counts.
    pub conflict: ConflictRule,
    /// How keys that nobody decided on are used.
    pub policy: Policy,
    /// How far the `<time/>` of a message may be from its sending time.
    pub clock_margin: Duration,
    /// What others can make the device store.
    pub limits: Limits,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            announcement: AnnouncementRule::default(),
            conflict: ConflictRule::default(),
            policy: Policy::default(),
            clock_margin: Duration::from_secs(5 * 60),
            limits: Limits::default(),
        }
    }
}

/// What a device announces of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum AnnouncementRule {
    /// Just the keys that the person decided on.
    Direct,
    /// The whole change, with what the person's decision released from the postponed decisions.
    #[default]
    Cascade,
    /// As [`Cascade`](Self::Cascade), and what a received message decided about keys that had no explicit
    /// decision until then.
    Relay,
}

/// Which of two decisions about one key counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum ConflictRule {
    /// The latest; distrust wins a tie.
    #[default]
    Newest,
    /// Each distrust stands until the one who spoke it, or a person on this device, trusts the key later.
    Cautious,
    /// An experiment, not for use: each distrust stands until somebody who knows of it trusts the key. It needs
    /// [`Relay`](AnnouncementRule::Relay). The words of a distrusted device wait, so those of a thief count if that device is
    /// trusted again.
    Named,
}

/// How keys that nobody decided on are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Policy {
    /// Trust Only Authenticated Keys After First Authentication (XEP-0450 §6.2).
    #[default]
    Toakafa,
    /// They stay undecided.
    None,
}

/// Bounds on what others can make a device store. Beyond a bound the newest is refused, and nothing
/// that is stored is lost. The own account and the contacts have separate shares, so no stranger can take
/// what the own endpoints need. All numbers count decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Limits {
    /// Postponed for one key of the own account.
    pub own_sender: usize,
    /// Postponed for all keys of the own account.
    pub own_account: usize,
    /// Postponed for one key of a contact.
    pub contact_sender: usize,
    /// Postponed for all keys of one contact.
    pub contact_account: usize,
    /// Postponed for all contacts together.
    pub contacts_total: usize,
    /// Kept about keys of one contact that were never seen, on that contact's word.
    pub undiscovered_per_contact: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            own_sender: 200_000,
            own_account: 400_000,
            contact_sender: 5_000,
            contact_account: 20_000,
            contacts_total: 200_000,
            undiscovered_per_contact: 20_000,
        }
    }
}
