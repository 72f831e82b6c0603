//! TOAKAFA: trust only authenticated keys after the first authentication.
//!
//! XEP-0450:
//! `security-considerations-recommended-security-policy-trust-only-authenticated-keys-after-first-authentication-toakafa`.
//!
//! | | before the first authentication of a key of that owner | from then on |
//! |---|---|---|
//! | a new key | automatically trusted | automatically distrusted |
//! | a key that is trusted without authentication | stays so | automatically distrusted |
//! | a person wants to trust a key without authentication | allowed, unless the key is distrusted | refused |
//!
//! Decided where the specification is open:
//!
//! - The policy applies to each owner and each encryption protocol separately. The first authentication of one of the
//!   owner's keys counts forever, even if that key is distrusted later.
//! - Without the policy, keys without a decision stay undecided.
//! - Only discovered keys count: an authentication that is kept for an undiscovered key has no effect yet.

use crate::level::{Level, Origin};
use crate::names::AccountId;
use crate::outcome::Change;
use crate::rules::Context;
use crate::settings::Policy;
use crate::store::key_store::{Owner, OwnerPosition};

impl Context<'_> {
    /// Whether a key of `owner` can be trusted only by authenticating it.
    pub(crate) fn policy_requires_authentication(&self, owner: AccountId) -> bool {
        self.device.rules.policy == Policy::Toakafa && self.was_authenticated(owner)
    }

    /// Applies the policy after the authentication of a discovered key of `owner`. The first time, all trusted but
    /// unauthenticated keys of `owner` become automatically distrusted.
    pub(crate) fn latch_policy(&mut self, owner: AccountId) {
        let Some(newly_latched) = self.device.store.latch(owner) else { return };
        if self.device.rules.policy == Policy::Toakafa {
            self.stop_using_unauthenticated_keys(newly_latched);
        }
    }

    fn stop_using_unauthenticated_keys(&mut self, owner: OwnerPosition) {
        let changes = &mut self.outcome.changes;
        self.device.store.change_records_of(owner, |key, record| {
            let was = record.level;
            if matches!(was, Level::AutomaticallyTrusted | Level::ManuallyTrusted) {
                (record.level, record.origin) = (Level::AutomaticallyDistrusted, Origin::Policy);
                changes.push(Change::Level { key, was, level: Level::AutomaticallyDistrusted });
            }
        });
    }

    /// Whether a key of `owner` was ever authenticated.
    fn was_authenticated(&self, owner: AccountId) -> bool {
        self.device.store.owner(owner).is_some_and(Owner::is_latched)
    }
}

/// The level of a key without a decision.
pub(crate) fn level_by_policy(policy: Policy, owner: &Owner) -> Level {
    match policy {
        Policy::None => Level::Undecided,
        Policy::Toakafa if owner.is_latched() => Level::AutomaticallyDistrusted,
        Policy::Toakafa => Level::AutomaticallyTrusted,
    }
}

/// Whether a key without an explicit decision can have `level`. `was_authenticated` tells whether any key of its owner
/// was ever authenticated.
pub(crate) fn policy_permits(policy: Policy, level: Level, was_authenticated: bool) -> bool {
    match (policy, level) {
        (Policy::None, Level::Undecided | Level::ManuallyTrusted) => true,
        (Policy::Toakafa, Level::AutomaticallyTrusted | Level::ManuallyTrusted) => !was_authenticated,
        (Policy::Toakafa, Level::AutomaticallyDistrusted) => was_authenticated,
        _ => false,
    }
}
