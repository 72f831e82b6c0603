use std::collections::BTreeSet;

use atm_engine::{AccountId, KeyId, Level};

use super::summary::MessageSummary;
use crate::cast::{Cast, DeviceId, Miscast};
use crate::scenario::{self, Counts, DeviceName, DeviceToKeys, KeyName, Reference};

/// A condition of an expectation, by ids.
#[derive(Debug)]
pub(crate) enum Demand {
    Levels(Vec<(DeviceId, KeyId, Holds)>),
    Complete(BTreeSet<AccountId>),
    Told { by: DeviceId, device: DeviceId, trust: BTreeSet<KeyId>, distrust: BTreeSet<KeyId> },
    NotTold { by: Option<DeviceId>, device: DeviceId, about: BTreeSet<KeyId> },
    MayEncrypt { from: DeviceId, to: BTreeSet<KeyId> },
    MayNotEncrypt { from: DeviceId, to: BTreeSet<KeyId> },
    Shown { device: DeviceId, body: String },
    Stored { device: DeviceId, at_most: u64 },
    Counts(Counts),
    Missing(BTreeSet<(DeviceId, KeyId)>),
    Origins(Vec<(DeviceId, KeyId, Decided)>),
    AuthenticatedBy { device: DeviceId, key: KeyId, sender: KeyId },
    Sent(Vec<MessageSummary>),
    Refused(Vec<RefusedDemand>),
    Postponed(PostponedDemand),
}

/// A predicate on a level.
pub type Holds = fn(Level) -> bool;

/// The cause of a key's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    ByPerson,
    ByMessage,
}

/// A refusal that a device must report.
#[derive(Debug)]
pub(crate) struct RefusedDemand {
    pub(crate) by: DeviceId,
    pub(crate) because: String,
    pub(crate) sender: Option<KeyId>,
    pub(crate) key: Option<KeyId>,
}

/// The decisions of a sender that a device must postpone.
#[derive(Debug)]
pub(crate) struct PostponedDemand {
    pub(crate) device: DeviceId,
    pub(crate) sender: KeyId,
    /// The name of the sender in the scenario.
    pub(crate) named: KeyName,
    pub(crate) trust: BTreeSet<KeyId>,
    pub(crate) distrust: BTreeSet<KeyId>,
}

impl Demand {
    pub(crate) fn new(expectation: &Reference, cast: &Cast) -> Result<Self, Miscast> {
        Ok(match expectation {
            Reference::Levels(levels) => Self::Levels(held(levels, cast)?),
            Reference::Complete(accounts) => {
                let accounts: Result<_, Miscast> = accounts.iter().map(|name| cast.account(name)).collect();
                Self::Complete(accounts?)
            }
            Reference::Told(told) => Self::Told {
                by: cast.device(&told.by)?,
                device: cast.device(&told.device)?,
                trust: cast.keys_named(&told.trust)?,
                distrust: cast.keys_named(&told.distrust)?,
            },
            Reference::NotTold(not_told) => Self::NotTold {
                by: find(not_told.by.as_ref(), cast)?,
                device: cast.device(&not_told.device)?,
                about: cast.keys_named(&not_told.about)?,
            },
            Reference::MayEncrypt(may) => {
                Self::MayEncrypt { from: cast.device(&may.from)?, to: cast.keys_named(&may.to)? }
            }
            Reference::MayNotEncrypt(may) => {
                Self::MayNotEncrypt { from: cast.device(&may.from)?, to: cast.keys_named(&may.to)? }
            }
            Reference::Shown(shown) => {
                Self::Shown { device: cast.device(&shown.device)?, body: shown.body.clone() }
            }
            Reference::Stored(stored) => {
                Self::Stored { device: cast.device(&stored.device)?, at_most: stored.at_most }
            }
            Reference::Counts(counts) => Self::Counts(counts.clone()),
            Reference::Missing(missing) => Self::Missing(pairs(missing, cast)?.into_iter().collect()),
            Reference::Origins(origins) => {
                let groups = [(&origins.manual, Decided::ByPerson), (&origins.message, Decided::ByMessage)];
                Self::Origins(in_groups(groups, cast)?)
            }
            Reference::AuthenticatedBy(by) => Self::AuthenticatedBy {
                device: cast.device(&by.device)?,
                key: cast.key(&by.key)?,
                sender: cast.key(&by.sender)?,
            },
            Reference::Sent(sent) => {
                let sent: Result<_, Miscast> =
                    sent.iter().map(|sent| MessageSummary::expected(sent, cast)).collect();
                Self::Sent(sent?)
            }
            Reference::Refused(refused) => {
                let refused: Result<_, Miscast> =
                    refused.iter().map(|refused| RefusedDemand::new(refused, cast)).collect();
                Self::Refused(refused?)
            }
            Reference::Postponed(postponed) => Self::Postponed(PostponedDemand {
                device: cast.device(&postponed.device)?,
                sender: cast.key(&postponed.from)?,
                named: postponed.from.clone(),
                trust: cast.keys_named(&postponed.trust)?,
                distrust: cast.keys_named(&postponed.distrust)?,
            }),
        })
    }
}

impl RefusedDemand {
    fn new(refused: &scenario::Refused, cast: &Cast) -> Result<Self, Miscast> {
        Ok(Self {
            by: cast.device(&refused.by)?,
            because: refused.because.to_string(),
            sender: find(refused.from.as_ref(), cast)?.map(|from| cast.member(from).key),
            key: refused.key.as_ref().map(|key| cast.key(key)).transpose()?,
        })
    }
}

fn held(levels: &scenario::ExpectedLevels, cast: &Cast) -> Result<Vec<(DeviceId, KeyId, Holds)>, Miscast> {
    let groups: [(&Vec<DeviceToKeys>, Holds); 8] = [
        (&levels.undecided, |level| level == Level::Undecided),
        (&levels.automatically_trusted, |level| level == Level::AutomaticallyTrusted),
        (&levels.automatically_distrusted, |level| level == Level::AutomaticallyDistrusted),
        (&levels.manually_trusted, |level| level == Level::ManuallyTrusted),
        (&levels.authenticated, |level| level == Level::Authenticated),
        (&levels.distrusted, |level| level == Level::Distrusted),
        (&levels.not_authenticated, |level| level != Level::Authenticated),
        (&levels.not_distrusted, |level| level != Level::Distrusted),
    ];
    in_groups(groups, cast)
}

fn in_groups<'a, T: Copy>(
    groups: impl IntoIterator<Item = (&'a Vec<DeviceToKeys>, T)>,
    cast: &Cast,
) -> Result<Vec<(DeviceId, KeyId, T)>, Miscast> {
    let mut all = Vec::new();
    for (group, what) in groups {
        all.extend(pairs(group, cast)?.into_iter().map(|(device, key)| (device, key, what)));
    }
    Ok(all)
}

fn pairs(pairs: &[DeviceToKeys], cast: &Cast) -> Result<Vec<(DeviceId, KeyId)>, Miscast> {
    let pairs = pairs.iter().flat_map(DeviceToKeys::pairs);
    pairs.map(|(device, key)| Ok((cast.device(device)?, cast.key(key)?))).collect()
}

fn find(device: Option<&DeviceName>, cast: &Cast) -> Result<Option<DeviceId>, Miscast> {
    device.map(|device| cast.device(device)).transpose()
}
