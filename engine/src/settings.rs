//! Settings of a device: the rules that the specifications leave open, and the bounds on its storage.

use std::time::Duration;

/// The rules that a device follows during its whole life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Rules {
    /// Which changes are announced.
    pub announcement: AnnouncementRule,
    /// Which of several decisions about one key counts.
    pub conflict: ConflictRule,
    /// The treatment of keys without a decision.
    pub policy: Policy,
    /// The greatest permitted distance between the `<time/>` of a message and its sending time.
    pub clock_margin: Duration,
    /// Bounds on the decisions that others can make the device store.
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

/// The changes that a device announces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum AnnouncementRule {
    /// Only the keys that a person decided on.
    Direct,
    /// The person's decisions and the postponed decisions that they released.
    #[default]
    Cascade,
    /// Like [`Cascade`](Self::Cascade), plus the decisions of received messages about keys that had no explicit
    /// decision before.
    Relay,
}

/// The rule that decides which of several decisions about one key counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum ConflictRule {
    /// The latest decision counts; distrust wins a tie.
    #[default]
    Newest,
    /// Each distrust stands until its sender, or a person on this device, trusts the key later.
    Cautious,
    /// An experiment. Each distrust stands until somebody who knows of it trusts the key. It needs
    /// [`Relay`](AnnouncementRule::Relay), and extends the format of messages.
    Named,
}

/// The treatment of keys without a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Policy {
    /// Trust Only Authenticated Keys After First Authentication (XEP-0450 §6.2).
    #[default]
    Toakafa,
    /// They remain undecided.
    None,
}

/// Bounds on the decisions that others can make a device store. Beyond a bound the newest decision is refused; stored
/// decisions are never lost. The own account and the contacts have separate quotas, so contacts cannot exhaust the
/// quota of own endpoints. All numbers count decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Limits {
    /// Postponed decisions for one key of the own account.
    pub own_sender: usize,
    /// Postponed decisions for all keys of the own account.
    pub own_account: usize,
    /// Postponed decisions for one key of a contact.
    pub contact_sender: usize,
    /// Postponed decisions for all keys of one contact.
    pub contact_account: usize,
    /// Postponed decisions for all contacts together.
    pub contacts_total: usize,
    /// Decisions about undiscovered keys of one contact, made by that contact.
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
