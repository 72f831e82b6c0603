use super::history::History;
use super::{Faults, Invariant, Ledger, Violation};
use crate::endpoint::{Endpoint, Failure};
use crate::trace::TraceRecord;
use crate::world::{Control, World};

/// Compares a world in which faults happened with one in which they did not, and says where duplicates,
/// redelivery, crashes and reordering made a difference.
///
/// # Errors
///
/// If an endpoint fails.
pub fn confluence<E: Endpoint>(
    faults: Faults,
    (world, records, ledger): (&World<E>, &[TraceRecord], &Ledger),
    (calm, calm_records): (&World<E>, &[TraceRecord]),
) -> Result<Vec<Violation>, Failure> {
    if !is_comparable(faults, world, records) || !is_comparable(faults, calm, calm_records) {
        return Ok(Vec::new());
    }
    let mut violations = Vec::new();
    for device in world.present().filter(|device| world.control(*device) == Control::Honest) {
        for key in world.cast().keys() {
            let (level, calm) = (world.level(device, key)?, calm.level(device, key)?);
            if level == calm {
                continue;
            }
            violations.push(Violation {
                invariant: Invariant::Confluence,
                device,
                key,
                step: None,
                at: world.now(),
                what: format!(
                    "holds {} for {}, without faults for {}",
                    world.cast().key_name(key),
                    level.name(),
                    calm.name()
                ),
                chain: ledger.chain(device, key),
                hazard: None,
            });
        }
    }
    Ok(violations)
}

/// Whether nothing happened in a world after which faults may make a difference.
fn is_comparable<E: Endpoint>(faults: Faults, world: &World<E>, records: &[TraceRecord]) -> bool {
    let history = History::of(world, records);
    match faults {
        Faults::Repeat => !history.limited && !history.misdated,
        Faults::Delay => {
            let spoke_and_distrusted = history.distrusts.iter().any(|key| history.spoke.contains(key));
            world.is_settled()
                && !history.disturbed
                && !history.refused
                && !history.left
                && !history.joined
                && history.one_after_the_other
                && !spoke_and_distrusted
        }
    }
}
