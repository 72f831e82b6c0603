use atm_engine::{AnnouncementRule, ConflictRule, Decision, DecisionKind, KeyId};

use super::quiescence::Quiet;
use super::{Invariant, Violation};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::trust_graph::Disagreement;

impl<E: Endpoint> Quiet<'_, E> {
    /// The contradictions between devices that authenticated each other.
    pub(super) fn agreement(&self) -> Result<Vec<Violation>, Failure> {
        let (options, history) = (self.options, self.history);
        let promised =
            (options.announcement, options.conflict) == (AnnouncementRule::Relay, ConflictRule::Named);
        let undisturbed = self.world.is_settled()
            && history.distrusted
            && !history.disturbed
            && !history.limited
            && !history.joined_one_key
            && !history.left;
        if !promised || !undisturbed {
            return Ok(Vec::new());
        }
        let disagreements = self.view.trust_graph()?.disagreements(self.world.cast());
        let unwanted = disagreements.into_iter().filter(|disagreement| !self.is_wanted(disagreement));
        Ok(unwanted.map(|disagreement| self.contradiction(&disagreement)).collect())
    }

    /// Whether a person of another account decided on the key. That account's devices tell no other account about it.
    fn is_wanted(&self, disagreement: &Disagreement) -> bool {
        let cast = self.world.cast();
        let owner = cast.directory().owner(disagreement.key);
        let accounts =
            [disagreement.trusting, disagreement.distrusting].map(|device| cast.member(device).account);
        let mut others = accounts.into_iter().filter(|account| *account != owner);
        accounts[0] != accounts[1]
            && others.any(|account| {
                let mut devices = cast.devices_of(account).iter();
                devices.any(|device| self.has_person_decided(*device, disagreement.key))
            })
    }

    fn has_person_decided(&self, device: DeviceId, key: KeyId) -> bool {
        let kinds = [DecisionKind::Trust, DecisionKind::Distrust];
        kinds.into_iter().any(|kind| self.ledger.person_decided(device, Decision { key, kind }))
    }

    fn contradiction(&self, disagreement: &Disagreement) -> Violation {
        let Disagreement { trusting, distrusting, key } = *disagreement;
        let cast = self.world.cast();
        let what =
            format!("trusts {}, which {} distrusts", cast.key_name(key), cast.device_name(distrusting));
        self.violation(Invariant::Agreement, (trusting, key), None, what)
    }
}
