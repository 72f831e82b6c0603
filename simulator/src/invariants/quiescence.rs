use atm_engine::KeyId;

use super::history::History;
use super::{Hazard, Invariant, Ledger, Violation};
use crate::cast::DeviceId;
use crate::endpoint::{Endpoint, Failure};
use crate::options::Options;
use crate::trace::TraceRecord;
use crate::trust_graph::WorldView;
use crate::world::World;

/// The invariants that do not hold in a quiet world, given all that happened in it.
///
/// # Errors
///
/// If an endpoint fails.
pub fn at_quiescence<E: Endpoint>(
    view: &WorldView<'_, E>,
    options: &Options,
    records: &[TraceRecord],
    ledger: &Ledger,
) -> Result<Vec<Violation>, Failure> {
    let world = view.world();
    let quiet = Quiet { view, world, options, records, ledger, history: History::of(world, records) };
    let mut violations = quiet.nothing_lost();
    violations.extend(quiet.completeness()?);
    violations.extend(quiet.revocation()?);
    Ok(violations)
}

/// A quiet world and its past.
pub(super) struct Quiet<'a, E> {
    pub(super) view: &'a WorldView<'a, E>,
    pub(super) world: &'a World<E>,
    pub(super) options: &'a Options,
    pub(super) records: &'a [TraceRecord],
    pub(super) ledger: &'a Ledger,
    pub(super) history: History,
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
