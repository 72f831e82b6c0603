use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a device did not act on something that it received or discovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The message is the device's own one, which came back to it.
    OwnReflection,
    /// It came as a carbon copy, but not from the device's own account (XEP-0280).
    ForgedCarbon,
    /// The trust message was not encrypted.
    NotEncrypted,
    /// It is not a trust message as XEP-0434 defines it, or what is around it is broken.
    Malformed,
    /// Its `usage` is not `urn:xmpp:atm:1`.
    NotAtm,
    /// Its `encryption` attribute names another encryption protocol than the one that carried it.
    WrongEncryption,
    /// The encryption did not name a key of the sender's account.
    UnboundKey,
    /// The JIDs in the encrypted envelope are not those of the stanza (XEP-0420).
    AffixMismatch,
    /// The encrypted envelope has no `<time/>`.
    MissingTime,
    /// The `<time/>` in the encrypted envelope is too far from when the message was sent.
    Clock,
    /// The key of the sender is distrusted.
    DistrustedSender,
    /// The sender may not decide on that key: it belongs to a third party.
    NoAuthority,
    /// The key is the device's own one, on which no other endpoint decides.
    OwnKey,
    /// The key of the sender is not authenticated yet, so the decision waits.
    Postponed,
    /// There is a later decision on that key.
    Stale,
    /// A distrust stands until the one who spoke it, or a person on this device, trusts that key again.
    StandingDistrust,
    /// The device already stores as much as it is willing to store for that sender.
    Quota,
    /// The trust policy of the device does not allow it.
    Policy,
    /// The key was not discovered yet, so the decision waits until it is.
    NotDiscovered,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
