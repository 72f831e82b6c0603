//! A world as a user of stateright would write it.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use atm_engine::canonical::{Canonical, ListOrder};
use atm_engine::{
    Decision, Device, Input, Level, ManualDecision, OutboxId, Outcome, Outgoing, Payload, Protection,
    Received, Stamp, TrustMessage,
};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::run::{self, Options};
use atm_simulator::scenario::Scenario;
use atm_simulator::script::Script;
use stateright::{Model, Property};

/// The time of all events. Where nobody distrusts, times make no difference.
const NOW: Stamp = Stamp::from_millis(1_700_000_000_000);

/// The world of a scenario in which people only authenticate, as a user of stateright would write it: every device is
/// one of the engine, and every link is a queue.
pub(crate) struct PlainWorld {
    cast: Cast,
    steps: Vec<(DeviceId, ManualDecision)>,
    start: State,
}

/// The devices, and the messages in transit between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    devices: Vec<Held>,
    links: BTreeMap<(usize, usize), VecDeque<Arc<Letter>>>,
    /// The completed steps, as a bit set.
    done: u32,
}

/// A device, with its state as numbers.
#[derive(Clone, Debug)]
struct Held(Arc<(Device, Vec<i64>)>);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.0.1 == other.0.1
    }
}

impl Eq for Held {}

impl Hash for Held {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.1.hash(state);
    }
}

/// A message, with its content as numbers.
#[derive(Clone, Debug)]
struct Letter(Outgoing, Vec<usize>);

impl PartialEq for Letter {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}

impl Eq for Letter {}

impl Hash for Letter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.1.hash(state);
    }
}

/// A possible move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A step of a person.
    Act(usize),
    /// The first message from one device to another arrives.
    Deliver(usize, usize),
}

impl PlainWorld {
    /// The world of a scenario in which all devices know all keys from the start.
    pub(crate) fn of(scenario: &Scenario, options: &Options) -> Self {
        let cast = Cast::new(scenario).expect("a valid scenario");
        let script = Script::new(scenario).expect("a valid scenario");
        let steps = script.actions.iter().filter_map(|action| {
            let (device, decision) = action.decision()?;
            Some((device, decision.clone()))
        });
        let steps = steps.collect();
        let rules = run::rules(scenario, options);
        let ids: Vec<DeviceId> = cast.devices().map(|(device, _)| device).collect();
        let mut world =
            Self { cast, steps, start: State { devices: Vec::new(), links: BTreeMap::new(), done: 0 } };
        for id in &ids {
            let mut device = world.cast.engine(*id, rules);
            for (other, member) in world.cast.devices() {
                if other != *id {
                    let discovery = Input::Discover(member.key);
                    device
                        .apply(&discovery, NOW, world.cast.directory(), &mut Outcome::default())
                        .expect("known ids");
                }
            }
            world.start.devices.push(Held::of(device));
        }
        world
    }

    /// Whether nothing more can happen.
    fn is_end(&self, state: &State) -> bool {
        state.links.is_empty() && state.done.count_ones() as usize == self.steps.len()
    }

    /// Whether all devices have authenticated all others.
    fn is_complete(&self, state: &State) -> bool {
        state.devices.iter().all(|held| {
            let device = &held.0.0;
            let mut others = self.cast.keys().filter(|key| *key != device.key());
            others.all(|key| device.level(key) == Level::Authenticated)
        })
    }

    /// Applies an input to a device and puts its messages on the links.
    fn apply(&self, state: &mut State, to: usize, input: &Input) {
        let mut device = state.devices[to].0.0.clone();
        let mut outcome = Outcome::default();
        let names = self.cast.directory();
        device.apply(input, NOW, names, &mut outcome).expect("known ids");
        for outgoing in outcome.outgoing {
            device.apply(&Input::Sent(outgoing.id), NOW, names, &mut Outcome::default()).expect("known ids");
            let mut readers: Vec<DeviceId> =
                outgoing.keys.iter().flat_map(|key| self.cast.devices_with(*key)).copied().collect();
            readers.sort_unstable();
            let letter = Arc::new(Letter::of(outgoing));
            for reader in readers {
                if self.cast.member(reader).account == letter.0.to && reader.index() != to {
                    state.links.entry((to, reader.index())).or_default().push_back(letter.clone());
                }
            }
        }
        state.devices[to] = Held::of(device);
    }
}

impl Held {
    fn of(mut device: Device) -> Self {
        device.canonicalise_origins();
        device.canonicalise_numbers();
        let mut numbers = Vec::new();
        device.write_numbers(ListOrder::Ignored, &mut numbers);
        Self(Arc::new((device, numbers)))
    }
}

impl Letter {
    fn of(mut outgoing: Outgoing) -> Self {
        outgoing.id = OutboxId(0);
        let mut decisions: Vec<Decision> = outgoing.envelope.message.decisions.to_vec();
        decisions.sort_unstable_by_key(|decision| decision.key);
        let mut numbers = vec![outgoing.to.index(), decisions.len()];
        numbers.extend(decisions.iter().map(|decision| decision.key.index()));
        let mut keys: Vec<usize> = outgoing.keys.iter().map(|key| key.index()).collect();
        keys.sort_unstable();
        numbers.extend(keys);
        let message =
            TrustMessage { decisions: decisions.into(), ..TrustMessage::clone(&outgoing.envelope.message) };
        outgoing.envelope.message = Arc::new(message);
        Self(outgoing, numbers)
    }
}

impl Model for PlainWorld {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.start.clone()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(state.links.keys().map(|(from, to)| Action::Deliver(*from, *to)));
        actions.extend((0..self.steps.len()).filter(|step| state.done & 1 << step == 0).map(Action::Act));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Act(step) => {
                next.done |= 1 << step;
                let (device, decision) = &self.steps[step];
                self.apply(&mut next, device.index(), &Input::Decide(decision.clone()));
            }
            Action::Deliver(from, to) => {
                let queue = next.links.get_mut(&(from, to))?;
                let letter = queue.pop_front()?;
                if queue.is_empty() {
                    next.links.remove(&(from, to));
                }
                let sender = self.start.devices[from].0.0.endpoint();
                let key = self.start.devices[from].0.0.key();
                let received = Received {
                    from: sender,
                    to: letter.0.to,
                    id: Some(letter.0.sent_by(sender)),
                    carbon_from: None,
                    protection: Protection::Encrypted { with: self.cast.encryption(), by: Some(key) },
                    delayed_since: None,
                    payload: Payload::Parsed(letter.0.envelope.clone()),
                };
                self.apply(&mut next, to, &Input::Receive(received));
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("all keys are authenticated in the end", |world: &Self, state: &State| {
            !world.is_end(state) || world.is_complete(state)
        })]
    }
}
