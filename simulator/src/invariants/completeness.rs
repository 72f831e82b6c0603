use atm_engine::AnnouncementRule;

use super::linking::Links;
use super::quiescence::Quiet;
use super::{Invariant, Violation};
use crate::endpoint::{Endpoint, Failure};

impl<E: Endpoint> Quiet<'_, E> {
    /// The edges that the graph of linked identities lacks.
    pub(super) fn completeness(&self) -> Result<Vec<Violation>, Failure> {
        let history = self.history;
        let undisturbed = self.world.is_settled()
            && !history.disturbed
            && !history.refused
            && !history.distrusted
            && !history.decided_on_unknown_key
            && !history.joined_one_key;
        if !undisturbed {
            return Ok(Vec::new());
        }
        let links = Links::of(self.world, &history.trusted);
        let promised = match self.options.announcement {
            AnnouncementRule::Direct => false,
            AnnouncementRule::Cascade => {
                self.world.was_quiet_for_people() && links.are_a_forest(history.trusted.len())
            }
            AnnouncementRule::Relay => true,
        };
        if !promised || !links.connect(self.world.links()) {
            return Ok(Vec::new());
        }
        let missing = self.view.trust_graph()?.missing();
        if missing.iter().any(|pair| !history.discovered.contains(pair)) {
            return Ok(Vec::new());
        }
        let incomplete = missing.into_iter().map(|(device, key)| {
            let what = format!("did not authenticate {}", self.world.cast().key_name(key));
            self.violation(Invariant::Completeness, (device, key), None, what)
        });
        Ok(incomplete.collect())
    }
}
