use std::fmt;

use serde::Serialize;

/// A reason for which the protocol itself breaks an invariant. It is determined for the device, the key and the
/// decision concerned. `scenarios/hazards/` contains the smallest examples of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// Under the conflict rule `newest`, an endpoint stated trust in a key after a distrust that it had not received,
    /// or had postponed. A statement has the time of its message and not of the authentication behind it, so it counts
    /// as a change of mind. There are unlimited ways in which this can happen, since any device that trusts the key may
    /// state it, at any distance.
    RestatedTrust,
    /// Under the conflict rule `newest`, a trust was stated before a distrust, but has a later time because a clock was
    /// wrong.
    WrongClock,
}

impl Hazard {
    /// All hazards.
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
