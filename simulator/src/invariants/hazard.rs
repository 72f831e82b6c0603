use std::fmt;

use serde::Serialize;

/// A reason for which the protocol itself cannot hold an invariant. Whether one is behind a violation is found
/// out for the very device, key and word concerned; `scenarios/hazards/` has the smallest examples of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// Under the conflict rule `newest`, somebody who had not heard of a distrust, or keeps it for later,
    /// stated after it that the key is trusted. A statement has the time at which it is made, not that of the
    /// authentication behind it, so it counts as a change of mind. There is no end to the ways in which that
    /// can come about: the one who states it may be any device that trusts the key, at any distance.
    RestatedTrust,
    /// Under the conflict rule `newest`, a trust was spoken before a distrust but has a later time, since a
    /// clock was wrong.
    WrongClock,
}

impl Hazard {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RestatedTrust, Self::WrongClock];

    /// A stable name in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RestatedTrust => "restated-trust",
            Self::WrongClock => "wrong-clock",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
