use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use atm_engine::canonical::{Canonical, ListOrder};
use atm_engine::{
    AccountId, CarbonFrom, Change, Decision, Device, EndpointId, Envelope, Input, KeyId, ManualDecision,
    MessageRef, OutboxId, Payload, Policy, Protection, Reason, Received, Refusal, Stamp, TrustMessage,
};
use rustc_hash::FxHashMap;

use super::Behaviour;
use super::canonical_form::{CanonicalForm, MessageNumbers, Origins};
use super::symmetry::Permutation;
use crate::cast::{Cast, DeviceId};
use crate::endpoint::{Failure, InputContext};
use crate::invariants::{Invariant, Noticed, Transition};
use crate::observation::Observation;

/// All states of devices that were found, and the results of inputs in them. Each step of a device is taken and checked
/// once, however often it occurs.
#[derive(Debug)]
pub(super) struct TransitionCache {
    cast: Arc<Cast>,
    policy: Policy,
    form: CanonicalForm,
    /// The behaviour of the devices.
    behaviour: Behaviour,
    states: Vec<State>,
    by_numbers: FxHashMap<Box<[i64]>, u32>,
    timeless_forms: FxHashMap<Box<[i64]>, u32>,
    inputs: FxHashMap<InputForm, u32>,
    steps: FxHashMap<(u32, u32, Stamp), Rc<Step>>,
    restamps: FxHashMap<(u32, Box<[Stamp]>), u32>,
    renamings: FxHashMap<(u32, u32), u32>,
    /// The facts that were noticed since the world was last restored.
    pub(super) noticed: Gathered,
    /// The events about contested keys since then.
    pub(super) contested: Vec<ContestedEvent>,
}

/// A state of a device.
#[derive(Debug)]
struct State {
    device: Arc<Device>,
    /// The times in it that matter, in order.
    times: Box<[Stamp]>,
    /// A number that is the same for states that differ only in their times.
    timeless_form: u32,
}

/// The result of an input.
#[derive(Debug)]
struct Step {
    next: u32,
    observation: Observation,
    broken: Option<Invariant>,
    noticed: Noticed,
    /// The event without its time, if it is about a contested key.
    contested: Option<u32>,
    /// Whether the device sent, or made, a decision about a contested key.
    said: bool,
    decided: bool,
}

/// The facts that were noticed in the steps of devices.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gathered {
    pub(super) broken: Option<(DeviceId, Invariant)>,
    pub(super) noticed: Noticed,
    /// Whether a device changed or sent something.
    pub(super) moved: bool,
}

/// Digests of the events about contested keys, as far as they may affect which distrusts are in force later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Contested {
    /// The decisions and messages, in the order in which they occurred at any device.
    pub(super) decided: u64,
    /// The events and the states in which they occurred, by device and in no order. The states determine the order.
    pub(super) happened: u64,
}

/// An event about contested keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContestedEvent {
    pub(super) device: DeviceId,
    /// The state of the device, without its times.
    timeless_form: u32,
    input: u32,
    /// Whether the device sent a decision about a contested key.
    pub(super) said: bool,
    /// Whether the device made a decision about a contested key.
    pub(super) decided: bool,
}

impl Contested {
    /// Adds an event. `has_order` says whether its order matters across devices, and not only at its own device.
    pub(super) fn add(&mut self, event: ContestedEvent, has_order: bool) {
        let ContestedEvent { device, timeless_form, input, .. } = event;
        self.happened = self.happened.wrapping_add(digest((device, timeless_form, input)));
        if has_order {
            self.decided = digest((self.decided, device, timeless_form, input));
        }
    }
}

/// An input without the differences between messages of the same content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum InputForm {
    Decide(ManualDecision),
    TrustManually(KeyId),
    Discover(KeyId),
    Receive {
        from: EndpointId,
        to: AccountId,
        id: Option<MessageRef>,
        carbon_from: Option<CarbonFrom>,
        protection: Protection,
        delayed_since: Option<Stamp>,
        envelope: Envelope,
    },
    Sent(OutboxId),
    Resume,
}

impl InputForm {
    /// The form of an input; `None` for a malformed message.
    fn of(input: &Input) -> Option<Self> {
        Some(match input {
            Input::Decide(decision) => Self::Decide(decision.clone()),
            Input::TrustManually(key) => Self::TrustManually(*key),
            Input::Discover(key) => Self::Discover(*key),
            Input::Receive(Received { from, to, id, carbon_from, protection, delayed_since, payload }) => {
                let Payload::Parsed(envelope) = payload else { return None };
                Self::Receive {
                    from: *from,
                    to: *to,
                    id: *id,
                    carbon_from: *carbon_from,
                    protection: *protection,
                    delayed_since: *delayed_since,
                    envelope: envelope.clone(),
                }
            }
            Input::Sent(id) => Self::Sent(*id),
            Input::Resume => Self::Resume,
        })
    }

    /// The input without its times, and with sorted decisions if their order is ignored.
    fn timeless(mut self, lists: ListOrder) -> Self {
        if let Self::Receive { delayed_since, envelope, .. } = &mut self {
            *delayed_since = None;
            envelope.time = None;
            if lists == ListOrder::Ignored {
                let mut said = envelope.message.decisions.to_vec();
                said.sort_unstable_by_key(|decision| (decision.key, decision.kind as i64));
                envelope.message = Arc::new(TrustMessage {
                    decisions: said.into(),
                    ..TrustMessage::clone(&envelope.message)
                });
            }
        }
        self
    }
}

impl TransitionCache {
    pub(super) fn new(cast: Arc<Cast>, policy: Policy, form: CanonicalForm, behaviour: Behaviour) -> Self {
        Self {
            cast,
            policy,
            form,
            behaviour,
            states: Vec::new(),
            by_numbers: FxHashMap::default(),
            timeless_forms: FxHashMap::default(),
            inputs: FxHashMap::default(),
            steps: FxHashMap::default(),
            restamps: FxHashMap::default(),
            renamings: FxHashMap::default(),
            noticed: Gathered::default(),
            contested: Vec::new(),
        }
    }

    pub(super) fn device(&self, state: u32) -> &Device {
        &self.states[state as usize].device
    }

    /// The times in a state that matter, in order.
    pub(super) fn times(&self, state: u32) -> &[Stamp] {
        &self.states[state as usize].times
    }

    /// Whether a device has decisions on all keys except its own.
    pub(super) fn has_decided_on_all(&self, state: u32) -> bool {
        let device = self.device(state);
        let mut others = self.cast.keys().filter(|key| *key != device.key());
        others.all(|key| device.level(key).decision().is_some())
    }

    /// The number of states of devices.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// The number of a state, which is the same for all states with the same canonical form.
    pub(super) fn intern(&mut self, mut device: Device) -> u32 {
        if self.form.origins == Origins::Ignored {
            device.canonicalise_origins();
        }
        if self.form.numbers == MessageNumbers::Ignored {
            device.canonicalise_numbers();
        }
        let mut times = Vec::new();
        device.change_times(|time, about| {
            self.form.times.level_out(time, about);
            if self.form.times.counts(*time) {
                times.push(*time);
            }
        });
        let mut numbers = Vec::new();
        device.write_numbers(self.form.lists, &mut numbers);
        if let Some(known) = self.by_numbers.get(&*numbers) {
            return *known;
        }
        times.sort_unstable();
        times.dedup();
        let timeless_form = self.timeless_form(&device);
        let state = u32::try_from(self.states.len()).expect("fewer than 2^32 states of devices");
        self.states.push(State { device: Arc::new(device), times: times.into(), timeless_form });
        self.by_numbers.insert(numbers.into(), state);
        state
    }

    fn timeless_form(&mut self, device: &Device) -> u32 {
        let mut timeless = device.clone();
        timeless.change_times(|time, _| *time = Stamp::from_millis(0));
        let mut numbers = Vec::new();
        timeless.write_numbers(self.form.lists, &mut numbers);
        let next = u32::try_from(self.timeless_forms.len()).expect("fewer than 2^32 states of devices");
        *self.timeless_forms.entry(numbers.into()).or_insert(next)
    }

    /// Applies an input. Returns the number of the next state and adds the result to `out`.
    pub(super) fn apply(
        &mut self,
        (device, state): (DeviceId, u32),
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<u32, Failure> {
        let Some(form) = InputForm::of(input) else {
            let step = self.take((device, state), input, context)?;
            return Ok(self.follow(device, state, &step, out));
        };
        let number = self.number(form);
        let step = match self.steps.get(&(state, number, context.now)) {
            Some(known) => known.clone(),
            None => {
                let step = Rc::new(self.take((device, state), input, context)?);
                self.steps.insert((state, number, context.now), step.clone());
                step
            }
        };
        Ok(self.follow(device, state, &step, out))
    }

    fn number(&mut self, form: InputForm) -> u32 {
        let next = u32::try_from(self.inputs.len()).expect("fewer than 2^32 inputs");
        *self.inputs.entry(form).or_insert(next)
    }

    /// Takes a step of a device and checks it.
    fn take(
        &mut self,
        (device, state): (DeviceId, u32),
        input: &Input,
        context: InputContext<'_>,
    ) -> Result<Step, Failure> {
        let before = self.states[state as usize].device.clone();
        let mut after = Device::clone(&before);
        let mut observation = Observation::default();
        observation.explain(|outcome| self.behaviour.apply(&mut after, input, context, outcome));
        let transition = Transition {
            cast: &self.cast,
            policy: self.policy,
            device,
            at: context.now,
            before: &before,
            input,
            observation: &observation,
            after: &after,
        };
        let (broken, noticed) = transition.check()?;
        let contested = self.is_contested(input, &observation);
        let (said, decided) = (self.is_said(&observation), self.is_decided(&observation));
        let contested = contested
            .then(|| InputForm::of(input).map_or(u32::MAX, |it| self.number(it.timeless(self.form.lists))));
        let next = self.intern(after);
        Ok(Step { next, observation, broken, noticed, contested, said, decided })
    }

    /// Whether an input or its result is about a contested key.
    fn is_contested(&self, input: &Input, observation: &Observation) -> bool {
        let decided = match input {
            Input::Decide(decision) => decision.decisions(),
            Input::Receive(Received { payload: Payload::Parsed(envelope), .. }) => {
                &envelope.message.decisions[..]
            }
            _ => &[],
        };
        let sent = said(observation);
        let refused = refusals(observation).filter_map(|refusal| refusal.decision.as_ref());
        let changed = changes(observation).filter_map(|change| match change {
            Change::Decided { decision, .. }
            | Change::Confirmed { decision, .. }
            | Change::Postponed { decision, .. } => Some(decision),
            _ => None,
        });
        let silenced = refusals(observation).any(|refusal| refusal.reason == Reason::DistrustedSender);
        let about = |decision: &Decision| self.form.times.is_contested(decision.key);
        silenced || decided.iter().chain(sent).chain(refused).chain(changed).any(about)
    }

    /// Whether a decision about a contested key is sent.
    fn is_said(&self, observation: &Observation) -> bool {
        said(observation).any(|decision| self.form.times.is_contested(decision.key))
    }

    /// Whether a decision about a contested key is applied.
    fn is_decided(&self, observation: &Observation) -> bool {
        let mut decided = changes(observation).filter_map(|change| match change {
            Change::Decided { decision, .. } => Some(decision),
            _ => None,
        });
        decided.any(|decision| self.form.times.is_contested(decision.key))
    }

    fn follow(&mut self, device: DeviceId, state: u32, step: &Step, out: &mut Observation) -> u32 {
        out.extend(&step.observation);
        let timeless_form = self.states[state as usize].timeless_form;
        let gathered = &mut self.noticed;
        gathered.moved |= step.next != state || !step.observation.sent.is_empty();
        if let Some(invariant) = step.broken {
            gathered.broken.get_or_insert((device, invariant));
        }
        let Noticed { refused, limited, distrusted, decided_on_unknown_key, changed } = step.noticed;
        let all = &mut gathered.noticed;
        all.refused |= refused;
        all.limited |= limited;
        all.distrusted |= distrusted;
        all.decided_on_unknown_key |= decided_on_unknown_key;
        all.changed |= changed;
        if let Some(input) = step.contested {
            let Step { said, decided, .. } = *step;
            self.contested.push(ContestedEvent { device, timeless_form, input, said, decided });
        }
        step.next
    }

    /// The number of the state with other times, in the order of [`times`](Self::times).
    pub(super) fn restamp(&mut self, state: u32, times: &[Stamp]) -> u32 {
        if self.times(state) == times {
            return state;
        }
        if let Some(known) = self.restamps.get(&(state, times.into())) {
            return *known;
        }
        let known = &self.states[state as usize];
        let mut device = Device::clone(&known.device);
        device.change_times(|time, _| {
            if let Ok(position) = known.times.binary_search(time) {
                *time = times[position];
            }
        });
        let next = self.intern(device);
        self.restamps.insert((state, times.into()), next);
        next
    }

    /// The number of the state after a permutation of the devices.
    pub(super) fn rename(&mut self, state: u32, permutation: &Permutation) -> u32 {
        if let Some(known) = self.renamings.get(&(state, permutation.number)) {
            return *known;
        }
        let renamed = self.device(state).renamed(&permutation.renaming);
        let next = self.intern(renamed);
        self.renamings.insert((state, permutation.number), next);
        next
    }
}

/// The decisions in the sent messages.
fn said(observation: &Observation) -> impl Iterator<Item = &Decision> {
    observation.sent.iter().flat_map(|outgoing| outgoing.envelope.message.decisions.iter())
}

fn changes(observation: &Observation) -> impl Iterator<Item = &Change> {
    observation.explanation().into_iter().flat_map(|explanation| &explanation.changes)
}

fn refusals(observation: &Observation) -> impl Iterator<Item = &Refusal> {
    observation.explanation().into_iter().flat_map(|explanation| &explanation.refused)
}

/// Digests are added up, so the hash function must mix all bits.
fn digest(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
