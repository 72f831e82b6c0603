//! Authority: which endpoint may decide on which key, and whether its decision counts now.
//!
//! XEP-0450: `use-case-authentication-contact-endpoint-receiving` (from an own endpoint or a sibling of the key's
//! endpoint), `use-case-authentication-own-endpoint-receiving` (from another own endpoint),
//! `use-case-distrusting-own-endpoint-receiving`, `use-case-distrusting-contact-endpoint-receiving`.
//!
//! Demanded: a decision waits until the receiver has authenticated the sender's key. Another key of the sender's
//! account does not suffice.
//!
//! | sender | may decide on keys of |
//! |---|---|
//! | an own endpoint | every owner |
//! | a contact's endpoint | its own account |
//!
//! Decided where the specification is open:
//!
//! - No endpoint decides on its own key. No other endpoint decides on the receiver's key.
//! - A decision without authority is refused. The rest of the message still counts.

use crate::level::Level;
use crate::names::{AccountId, KeyId, Stamp};
use crate::outcome::Reason;
use crate::rules::Context;

impl Context<'_> {
    /// Checks whether an endpoint of `account` with the key `sender` may decide on `key`. Fails with the reason why
    /// not.
    pub(crate) fn check_authority(
        &self,
        sender: KeyId,
        account: AccountId,
        key: KeyId,
    ) -> Result<(), Reason> {
        if let Some(reason) = self.reason_against_deciding(key) {
            return Err(reason);
        }
        let speaks_for_owner = self.is_own(account) || account == self.names.owner(key);
        if speaks_for_owner && key != sender { Ok(()) } else { Err(Reason::NoAuthority) }
    }

    /// The reason why no one can decide on a key at this device, if there is one.
    pub(crate) fn reason_against_deciding(&self, key: KeyId) -> Option<Reason> {
        if key == self.device.key {
            Some(Reason::OwnKey)
        } else if self.names.encryption_of(key) != self.device.encryption {
            Some(Reason::WrongEncryption)
        } else {
            None
        }
    }

    /// Whether a key is authenticated. Decisions of authenticated senders count now; those of other senders are
    /// postponed.
    pub(crate) fn is_authenticated(&self, key: KeyId) -> bool {
        self.device.level(key) == Level::Authenticated
    }

    /// Whether a message of `sender` with this time is refused because its key is distrusted now or was at that time.
    pub(crate) fn is_refused_for_distrust(&self, sender: KeyId, time: Stamp) -> bool {
        let is_distrusted =
            self.device.store.get(sender).is_some_and(|record| record.level == Level::Distrusted);
        is_distrusted || self.device.store.distrusted_until(sender).is_some_and(|end| time <= end)
    }
}
