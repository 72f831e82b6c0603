use super::{Faults, History, Invariant, Violation, Watch};
use crate::endpoint::{Endpoint, Failure};
use crate::world::{Control, World};

/// Compares a world with faults and the same world without them. Returns a violation for each level in which
/// duplicates, redelivery, crashes or reordering made a difference.
///
/// # Errors
///
/// If an endpoint fails.
pub fn confluence<E: Endpoint>(
    faults: Faults,
    (world, watch): (&World<E>, &Watch),
    (calm, calm_history): (&World<E>, &History),
) -> Result<Vec<Violation>, Failure> {
    if !is_comparable(faults, world, watch.history()) || !is_comparable(faults, calm, calm_history) {
        return Ok(Vec::new());
    }
    let mut violations = Vec::new();
    for device in world.present().filter(|device| world.control(*device) == Control::Honest) {
        let account = world.cast().member(device).account;
        for key in world.script().contacts.keys_around(account, world.cast()) {
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
                chain: watch.ledger().chain(device, key),
                hazard: None,
            });
        }
    }
    Ok(violations)
}

/// Whether nothing happened in a world that lets faults make a difference.
fn is_comparable<E: Endpoint>(faults: Faults, world: &World<E>, history: &History) -> bool {
    if history.restored {
        return false;
    }
    match faults {
        Faults::Repeat => !history.limited && !history.misdated,
        Faults::Delay => {
            let spoke_and_distrusted = history.distrusts.iter().any(|key| history.spoke.contains(key));
            world.is_settled()
                && !history.disturbed
                && !history.refused
                && !history.left
                && !history.joined
                && world.was_quiet_for_people()
                && !spoke_and_distrusted
        }
    }
}
