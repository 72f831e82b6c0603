use atm_engine::MessageId;
use atm_simulator::cast::Cast;
use atm_simulator::scenario::{DeliverStep, FullAddress, Resources, Scenario, Step};

/// Gives all devices of a scenario odd resources. Handwritten stanzas of these devices get them, too.
pub fn with_odd_resources(mut scenario: Scenario) -> Scenario {
    let Ok(before) = Cast::new(&scenario) else { return scenario };
    scenario.resources = Resources::Odd;
    let Ok(after) = Cast::new(&scenario) else { return scenario };
    let delivered = scenario.steps.iter_mut().filter_map(|step| match step {
        Step::Deliver(deliver) => Some(deliver),
        _ => None,
    });
    delivered.for_each(|deliver| rename(deliver, &before, &after));
    scenario
}

/// Replaces the sender of a stanza, if it is a device, and the id of a message of that sender.
fn rename(deliver: &mut DeliverStep, before: &Cast, after: &Cast) {
    let Some(FullAddress(from)) = &mut deliver.from else { return };
    let jid_in = |cast: &Cast, device| {
        let endpoint = cast.member(device).endpoint;
        cast.directory().full_jid(endpoint).clone()
    };
    let sender = before.devices().find(|(device, _)| jid_in(before, *device) == *from);
    let Some((device, _)) = sender else { return };
    let id = deliver.id.as_ref().and_then(|id| id.parse::<MessageId>().ok());
    let own = id.filter(|id| id.resource() == from.resource());
    *from = jid_in(after, device);
    if let Some(id) = own {
        deliver.id = Some(MessageId::new(from, id.number()).to_string());
    }
}
