//! Shared keys: all endpoints of an account share one key, as with OpenPGP ("OOK", *only one key*, in XEP-0450).
//!
//! XEP-0450: `use-cases`. Of the use cases only those marked with OOK apply:
//! `use-case-authentication-contact-endpoint-sending-to-own-endpoints`,
//! `use-case-authentication-contact-endpoint-receiving-from-own-endpoint`,
//! `use-case-distrusting-contact-endpoint-sending`, `use-case-distrusting-contact-endpoint-receiving-from-own-endpoint`.
//!
//! With a shared key:
//!
//! - The own key counts as authenticated. So messages of own endpoints count at once, and `toakafa` treats the own
//!   account as authenticated.
//! - Messages to own endpoints are encrypted for the shared key. Contacts are told nothing, and no single endpoint gets
//!   a summary.
//!
//! Decided where the specification is open:
//!
//! - A new own endpoint has the shared key but no decisions yet. When a person scans the code of the shared key, the
//!   scanning endpoint sends its decisions about contacts' keys to the own account.

use crate::message::Decision;
use crate::rules::Context;
use crate::rules::sending::{DraftMessage, explicit_decisions};

impl Context<'_> {
    /// Reacts to a scan of the code of the device's own key.
    pub(crate) fn on_own_key_scanned(&mut self) {
        if self.device.shares_key() {
            let drafts = self.tell_sharing_endpoints(&explicit_decisions(self.device.store.records()));
            self.send(drafts);
        }
    }

    /// Drafts messages about contacts' keys for the own endpoints. All of them can decrypt with the shared key.
    pub(crate) fn tell_sharing_endpoints(&self, decisions: &[Decision]) -> Vec<DraftMessage> {
        let is_about_contact = |decision: &Decision| !self.is_own(self.names.owner(decision.key));
        let told = decisions.iter().copied().filter(is_about_contact).collect();
        let draft = DraftMessage::new(self.device.account, self.device.key.into(), told);
        draft.into_iter().flat_map(|draft| draft.in_parts(self.names, &self.device.distrusts)).collect()
    }
}
