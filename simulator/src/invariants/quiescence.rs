use atm_engine::KeyId;

use super::distrusts::Distrusts;
use super::{Hazard, History, Invariant, Ledger, Violation, Watch};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::options::Options;
use crate::trust_graph::WorldView;
use crate::world::World;

/// The invariants that do not hold in a quiet world with the past that a watch recorded.
///
/// # Errors
///
/// If an endpoint fails.
pub fn at_quiescence<E: Endpoint>(
    view: &WorldView<'_, E>,
    options: &Options,
    watch: &Watch,
) -> Result<Vec<Violation>, Failure> {
    let (ledger, history, distrusts) = (watch.ledger(), watch.history(), watch.distrusts());
    if history.restored {
        return Ok(Vec::new());
    }
    let quiet = Quiet { view, world: view.world(), options, ledger, history, distrusts };
    let mut violations = quiet.nothing_lost();
    violations.extend(quiet.completeness()?);
    violations.extend(quiet.revocation()?);
    violations.extend(quiet.agreement()?);
    Ok(violations)
}

/// A quiet world and its past.
pub(super) struct Quiet<'a, E> {
    pub(super) view: &'a WorldView<'a, E>,
    pub(super) world: &'a World<E>,
    pub(super) options: &'a Options,
    pub(super) ledger: &'a Ledger,
    pub(super) history: &'a History,
    pub(super) distrusts: &'a Distrusts,
}

impl<E: Endpoint> Quiet<'_, E> {
    pub(super) fn violation(
        &self,
        invariant: Invariant,
        (device, key): (DeviceId, KeyId),
        hazard: Option<Hazard>,
        what: String,
    ) -> Violation {
        let chain = self.ledger.chain(device, key);
        Violation { invariant, device, key, step: None, at: self.world.now(), what, chain, hazard }
    }
}
