//! A scenario that is ready to run: all names are resolved, and all handwritten stanzas are parsed.

use std::sync::Arc;
use std::time::Duration;

use atm_engine::codec::{Malformed, NamedEnvelope, TrustMessageUri};
use atm_engine::{
    AccountId, CarbonFrom, Decision, DecisionKind, Directory, EndpointId, KeyId, Limits, ManualDecision,
    MessageId, Payload, Policy, Protection, Received, Stamp,
};

use crate::barrage::{Barrage, Chain, Flood};
use crate::cast::{Cast, DeviceId, Miscast};
use crate::contacts::{ContactLists, Contacts};
use crate::expectations::Expected;
use crate::scenario::{
    self, Breaks, Code, DeliverStep, Delivery, DeviceToKeys, Discovery, EncryptedPart, KeyName, Latency,
    Scenario, Step,
};

/// A scenario that is ready to run.
#[derive(Clone, Debug)]
pub struct Script {
    /// The participants.
    pub cast: Arc<Cast>,
    /// The steps.
    pub actions: Arc<[Action]>,
    /// The expectations at the end.
    pub expect: Arc<[Arc<Expected>]>,
    /// The invariants that the scenario declares as broken.
    pub breaks: Arc<[Breaks]>,
    /// The virtual time of the start.
    pub start: Stamp,
    /// The shortest and the longest latency of a stanza.
    pub latency: (Duration, Duration),
    /// Whether everything is delivered before the next step.
    pub delivery: Delivery,
    /// The virtual time between two steps.
    pub pause: Duration,
    /// How devices discover keys.
    pub discovery: Discovery,
    /// Which accounts know each other.
    pub contacts: Arc<Contacts>,
    /// How devices use keys without a decision.
    pub policy: Policy,
    /// The limits of the state that a device stores on the word of others.
    pub limits: Limits,
}

/// A link: the direction from one device to another.
pub type LinkIds = (DeviceId, DeviceId);

/// The action of one step.
#[derive(Clone, Debug)]
pub enum Action {
    /// A person decides at a device.
    Decide(DeviceId, ManualDecision),
    /// A person scans a code with a device.
    Scan(DeviceId, Scanned),
    /// A person trusts keys without comparing them.
    TrustManually(DeviceId, Vec<KeyId>),
    /// A device discovers keys.
    Discover(DeviceId, Vec<KeyId>),
    /// A device sees that keys were removed from the device list.
    Forget(DeviceId, Vec<KeyId>),
    /// A device joins its account.
    Join(DeviceId),
    /// A device leaves its account.
    Leave(DeviceId),
    /// A device loses its connection.
    GoOffline(DeviceId),
    /// A device connects again.
    GoOnline(DeviceId),
    /// A device stops and starts again.
    Restart(DeviceId),
    /// A backup of a device is made.
    BackUp(DeviceId),
    /// A device starts again from its backup.
    Restore(DeviceId),
    /// Time passes.
    Wait(Duration),
    /// A link withholds its stanzas from now on.
    Hold(LinkIds),
    /// A link delivers the withheld stanzas again.
    Release(LinkIds),
    /// A link delivers its first withheld stanza.
    LetThrough(LinkIds),
    /// A link gets another latency.
    SlowDown(LinkIds, Duration),
    /// The stanzas on a link reverse their order.
    Reorder(LinkIds),
    /// The stanzas on a link, and those that follow, arrive twice.
    Duplicate(LinkIds),
    /// The servers of two accounts lose their connection.
    Partition(AccountId, AccountId),
    /// The servers of two accounts are connected again.
    Heal(AccountId, AccountId),
    /// A device crashes, at once or at its next action.
    Crash(DeviceId, CrashMoment),
    /// A device's clock is wrong by some milliseconds from now on.
    SkewClock(DeviceId, i64),
    /// A device starts or stops receiving carbons.
    SetCarbons(DeviceId, bool),
    /// A malicious server drops the stanzas of a link.
    Block(LinkIds),
    /// A malicious server stops interfering with a link.
    Unblock(LinkIds),
    /// A malicious server delivers all earlier stanzas of a link again.
    Replay(LinkIds),
    /// An adversary's device joins an account.
    Inject(DeviceId),
    /// An adversary takes over a device.
    Compromise(DeviceId),
    /// An adversary's device sends a trust message.
    Forge(DeviceId, Forged),
    /// A handwritten stanza arrives.
    Deliver(DeviceId, HandMade),
    /// Very many trust messages arrive.
    Bombard(DeviceId, Barrage),
    /// Expectations are checked now.
    Expect(Arc<[Arc<Expected>]>),
}

/// A code that a person scans.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The text of the code.
    pub uri: Arc<str>,
    /// The decision in it, or the reason why it is no Trust Message URI.
    pub decision: Result<ManualDecision, Arc<Malformed>>,
    /// The device that shows it, if one does.
    pub shown_by: Option<DeviceId>,
}

impl Scanned {
    /// The same code as its device has written it; `None` if that text makes a different decision.
    #[must_use]
    pub fn as_written(&self, uri: &str, names: &Directory) -> Option<Self> {
        let decision = self.decision.as_ref().ok()?;
        let (found, expected) =
            (TrustMessageUri::parse(uri).ok()?, TrustMessageUri::of(decision, names).ok()?);
        let says_the_same = found.owner() == expected.owner()
            && found.encryption() == expected.encryption()
            && found.decisions() == expected.decisions();
        says_the_same.then(|| Self { uri: uri.into(), ..self.clone() })
    }
}

/// A handwritten stanza.
#[derive(Clone, Debug)]
pub struct HandMade {
    /// The stanza as the scenario gives it.
    pub written: Arc<DeliverStep>,
    /// The stanza as the engine reads it: the encrypted part, then the part in the clear.
    pub parts: Vec<Received>,
}

/// When a device crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashMoment {
    /// At once.
    Now,
    /// When it has stored a decision, before it sends messages about it.
    Sending,
    /// When a message arrives, before the device stores anything from it.
    Receiving,
}

/// The kind of the faults in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// Only repetitions: duplicates, replays and restarts. They make no difference at any moment, except in two cases.
    /// A message that was refused for its time or for lack of space may be accepted when it is repeated. A message with
    /// a wrong time counts as of its last arrival.
    Repeat,
    /// Faults that change the time or the order of arrival. They make no difference if people do not act in between, no
    /// sender is distrusted and nothing is refused.
    Delay,
}

/// A trust message of an adversary.
#[derive(Clone, Debug)]
pub struct Forged {
    /// The addressed account.
    pub to: AccountId,
    /// The decisions in it.
    pub decisions: Arc<[Decision]>,
    /// The error of its time, in milliseconds.
    pub dated: i64,
}

impl Action {
    /// The device and the decision, if a person decides in this step.
    #[must_use]
    pub fn decision(&self) -> Option<(DeviceId, &ManualDecision)> {
        match self {
            Self::Decide(device, decision) => Some((*device, decision)),
            Self::Scan(device, Scanned { decision: Ok(decision), .. }) => Some((*device, decision)),
            _ => None,
        }
    }

    /// Calls `meet` for each pair of accounts that know each other because of this step: a device of the one decides on
    /// a key of the other, discovers it, or sends something to it.
    fn meetings(&self, cast: &Cast, meet: &mut dyn FnMut(AccountId, AccountId)) {
        let names = cast.directory();
        let own = |device: &DeviceId| cast.member(*device).account;
        if let Some((device, decision)) = self.decision() {
            decision.decisions().iter().for_each(|decision| meet(own(&device), names.owner(decision.key)));
        }
        match self {
            Self::TrustManually(device, keys) | Self::Discover(device, keys) | Self::Forget(device, keys) => {
                keys.iter().for_each(|key| meet(own(device), names.owner(*key)));
            }
            Self::Forge(device, forged) => meet(own(device), forged.to),
            Self::Deliver(device, stanza) => {
                let senders = stanza.parts.iter().map(|part| names.account_of(part.from));
                senders.for_each(|sender| meet(own(device), sender));
            }
            Self::Bombard(device, barrage) => {
                barrage.speakers().into_iter().for_each(|speaker| meet(own(device), speaker));
            }
            _ => {}
        }
    }

    /// The kind of fault, if the action is one that must make no difference.
    fn fault(&self) -> Option<Faults> {
        match self {
            Self::Duplicate(_) | Self::Replay(_) | Self::Restart(_) => Some(Faults::Repeat),
            Self::Reorder(_) | Self::SlowDown(..) | Self::Crash(..) => Some(Faults::Delay),
            _ => None,
        }
    }
}

impl Script {
    /// Prepares `scenario`.
    ///
    /// # Errors
    ///
    /// If a name is undefined, a key does not fit the encryption, or one decision of a person has keys of several
    /// owners.
    pub fn new(scenario: &Scenario) -> Result<Self, Miscast> {
        let mut cast = Cast::new(scenario)?;
        let actions = scenario.steps.iter().enumerate();
        let actions: Result<Arc<[Action]>, _> =
            actions.map(|(position, step)| action(step, position, &mut cast)).collect();
        let actions = actions?;
        Ok(Self {
            contacts: Arc::new(contacts(&actions, &cast)),
            actions,
            expect: Expected::all(&scenario.expect, &cast)?,
            breaks: scenario.breaks.as_slice().into(),
            cast: Arc::new(cast),
            start: scenario.start.stamp(),
            latency: match scenario.network.latency {
                Latency::Fixed(time) => (time.duration(), time.duration()),
                Latency::Between { from, to } => (from.duration(), to.duration()),
            },
            delivery: scenario.network.delivery,
            pause: scenario.network.pause.duration(),
            discovery: scenario.discovery,
            policy: policy(scenario.policy),
            limits: limits(&scenario.limits),
        })
    }

    /// The kind of faults in the script, and the script without them; `None` if it has no faults. Each fault is
    /// replaced by a pause of the same length.
    pub(crate) fn without_faults(&self) -> Option<(Faults, Self)> {
        let faults = self.actions.iter().filter_map(Action::fault);
        let faults = faults.reduce(|one, other| if one == Faults::Repeat { other } else { one })?;
        let actions = self.actions.iter().filter(|action| !matches!(action, Action::Expect(_)));
        let calm = actions.map(|action| match action.fault() {
            Some(_) => Action::Wait(self.pause),
            None => action.clone(),
        });
        Some((faults, Self { actions: calm.collect(), ..self.clone() }))
    }
}

/// The greatest number of devices with which all accounts know each other.
const EVERYBODY: usize = 100;

/// Which accounts know each other.
fn contacts(actions: &[Action], cast: &Cast) -> Contacts {
    if cast.devices().len() <= EVERYBODY { Contacts::Everybody } else { contacts_in(actions, cast) }
}

/// The contacts that follow from the actions.
pub(crate) fn contacts_in(actions: &[Action], cast: &Cast) -> Contacts {
    let meetings = |meet: &mut dyn FnMut(AccountId, AccountId)| {
        actions.iter().for_each(|action| action.meetings(cast, meet));
    };
    Contacts::Of(ContactLists::new(cast, meetings))
}

pub(crate) fn policy(given: scenario::PolicySpec) -> Policy {
    match given {
        scenario::PolicySpec::Toakafa => Policy::Toakafa,
        scenario::PolicySpec::None => Policy::None,
    }
}

pub(crate) fn limits(given: &scenario::LimitsSpec) -> Limits {
    let usual = Limits::default();
    Limits {
        own_sender: given.own_sender.unwrap_or(usual.own_sender),
        own_account: given.own_account.unwrap_or(usual.own_account),
        contact_sender: given.contact_sender.unwrap_or(usual.contact_sender),
        contact_account: given.contact_account.unwrap_or(usual.contact_account),
        contacts_total: given.contacts_total.unwrap_or(usual.contacts_total),
        undiscovered_per_contact: given.undiscovered_per_contact.unwrap_or(usual.undiscovered_per_contact),
    }
}

fn action(step: &Step, position: usize, cast: &mut Cast) -> Result<Action, Miscast> {
    Ok(match step {
        Step::Authenticate(who) => {
            let (device, keys) = resolve(who, cast)?;
            Action::Decide(device, decision(&keys, &[], position, cast)?)
        }
        Step::Distrust(who) => {
            let (device, keys) = resolve(who, cast)?;
            Action::Decide(device, decision(&[], &keys, position, cast)?)
        }
        Step::Decide(decide) => {
            let keys =
                |names: &[KeyName]| names.iter().map(|key| cast.key(key)).collect::<Result<Vec<_>, _>>();
            let (trust, distrust) = (keys(&decide.authenticate)?, keys(&decide.distrust)?);
            Action::Decide(cast.device(&decide.by)?, decision(&trust, &distrust, position, cast)?)
        }
        Step::TrustManually(who) => {
            let (device, keys) = resolve(who, cast)?;
            Action::TrustManually(device, keys)
        }
        Step::Scan(scan) => {
            let by = cast.device(&scan.by)?;
            let (uri, shown_by) = match &scan.code {
                Code::Of(shown) => {
                    let shown = cast.device(shown)?;
                    (code_of(shown, cast).to_string(), Some(shown))
                }
                Code::Uri(uri) => (uri.clone(), None),
            };
            let decision = TrustMessageUri::parse(&uri).map(|uri| uri.intern(cast.directory_mut()));
            Action::Scan(by, Scanned { uri: uri.into(), decision: decision.map_err(Arc::new), shown_by })
        }
        Step::Discover(who) => {
            let (device, keys) = resolve(who, cast)?;
            Action::Discover(device, keys)
        }
        Step::Forget(who) => {
            let (device, keys) = resolve(who, cast)?;
            Action::Forget(device, keys)
        }
        Step::AddDevice(added) => Action::Join(cast.device(&added.device_name())?),
        Step::RemoveDevice(device) => Action::Leave(cast.device(device)?),
        Step::GoOffline(device) => Action::GoOffline(cast.device(device)?),
        Step::GoOnline(device) => Action::GoOnline(cast.device(device)?),
        Step::Restart(device) => Action::Restart(cast.device(device)?),
        Step::BackUp(device) => Action::BackUp(cast.device(device)?),
        Step::Restore(device) => Action::Restore(cast.device(device)?),
        Step::Wait(time) => Action::Wait(time.duration()),
        Step::Hold(on) => Action::Hold(link(on, cast)?),
        Step::Release(on) => Action::Release(link(on, cast)?),
        Step::LetThrough(on) => Action::LetThrough(link(on, cast)?),
        Step::SlowDown(slow) => Action::SlowDown(link(&slow.link, cast)?, slow.latency.duration()),
        Step::Reorder(on) => Action::Reorder(link(on, cast)?),
        Step::Duplicate(on) => Action::Duplicate(link(on, cast)?),
        Step::Partition(pair) => Action::Partition(cast.account(&pair.one)?, cast.account(&pair.other)?),
        Step::Heal(pair) => Action::Heal(cast.account(&pair.one)?, cast.account(&pair.other)?),
        Step::Crash(device) => Action::Crash(cast.device(device)?, CrashMoment::Now),
        Step::CrashWhileSending(device) => Action::Crash(cast.device(device)?, CrashMoment::Sending),
        Step::CrashWhileReceiving(device) => Action::Crash(cast.device(device)?, CrashMoment::Receiving),
        Step::SkewClock(skew) => Action::SkewClock(cast.device(&skew.device)?, skew.by.as_millis()),
        Step::CarbonsOff(device) => Action::SetCarbons(cast.device(device)?, false),
        Step::CarbonsOn(device) => Action::SetCarbons(cast.device(device)?, true),
        Step::Block(on) => Action::Block(link(on, cast)?),
        Step::Unblock(on) => Action::Unblock(link(on, cast)?),
        Step::Replay(on) => Action::Replay(link(on, cast)?),
        Step::InjectDevice(injected) => Action::Inject(cast.device(&injected.device_name())?),
        Step::Compromise(device) => Action::Compromise(cast.device(device)?),
        Step::Forge(forge) => Action::Forge(cast.device(&forge.by)?, forged(forge, cast)?),
        Step::Deliver(deliver) => stanza(deliver, cast)?,
        Step::Chain(chain) => {
            Action::Bombard(cast.device(&chain.to)?, Barrage::Chain(Chain::of(chain, position, cast)?))
        }
        Step::Flood(flood) => {
            Action::Bombard(cast.device(&flood.to)?, Barrage::Flood(Flood::of(flood, position, cast)?))
        }
        Step::Expect(expectations) => Action::Expect(Expected::all(expectations, cast)?),
    })
}

fn resolve(who: &DeviceToKeys, cast: &Cast) -> Result<(DeviceId, Vec<KeyId>), Miscast> {
    let keys: Result<Vec<KeyId>, Miscast> = who.keys.iter().map(|key| cast.key(key)).collect();
    Ok((cast.device(&who.device)?, keys?))
}

fn decision(
    trust: &[KeyId],
    distrust: &[KeyId],
    step: usize,
    cast: &Cast,
) -> Result<ManualDecision, Miscast> {
    match (trust, distrust) {
        // A key of the cast has one owner. A map of keys took 3 % of the instructions of a population.
        ([key], []) => return Ok(ManualDecision::authenticate(*key)),
        ([], [key]) => return Ok(ManualDecision::distrust(*key)),
        _ => {}
    }
    ManualDecision::new(trust, distrust, cast.directory())
        .map_err(|reason| Miscast::Decision { step: step + 1, reason })
}

fn link(link: &scenario::Link, cast: &Cast) -> Result<LinkIds, Miscast> {
    Ok((cast.device(&link.from)?, cast.device(&link.to)?))
}

fn forged(forge: &scenario::Forge, cast: &Cast) -> Result<Forged, Miscast> {
    let trust = forge.trust.iter().map(|key| (key, DecisionKind::Trust));
    let distrust = forge.distrust.iter().map(|key| (key, DecisionKind::Distrust));
    let decisions =
        trust.chain(distrust).map(|(key, verdict)| Ok(Decision { key: cast.key(key)?, kind: verdict }));
    let decisions: Result<_, Miscast> = decisions.collect();
    let dated = forge.dated.map_or(0, scenario::Skew::as_millis);
    Ok(Forged { to: cast.account(&forge.to)?, decisions: decisions?, dated })
}

/// The Trust Message URI that a device shows as its code: it trusts the device's own key.
fn code_of(device: DeviceId, cast: &Cast) -> TrustMessageUri {
    let member = cast.member(device);
    TrustMessageUri::of(&ManualDecision::authenticate(member.key), cast.directory())
        .expect("a member has a key of its encryption")
}

fn stanza(deliver: &DeliverStep, cast: &mut Cast) -> Result<Action, Miscast> {
    let device = cast.device(&deliver.to)?;
    let account = cast.member(device).account;
    let from = sender(deliver, account, cast);
    let to = match &deliver.addressed_to {
        Some(jid) => cast.directory_mut().account(&jid.0),
        None => account,
    };
    let carbon_from =
        deliver.carbon_from.as_ref().map(|jid| CarbonFrom::intern(&jid.0, cast.directory_mut()));
    let id = deliver.id.as_ref().and_then(|id| id.parse().ok());
    let account_of_from = cast.directory().full_jid(from).to_bare();
    let id = id.map(|id: MessageId| id.intern(&account_of_from, cast.directory_mut()));
    let delayed_since = deliver.delayed_since.map(scenario::DateTime::stamp);
    let received =
        |protection, payload| Received { from, to, id, carbon_from, protection, delayed_since, payload };

    let mut parts = Vec::new();
    if let Some(EncryptedPart { with, key, xml }) = &deliver.encrypted {
        let with = match with {
            Some(namespace) => cast.directory_mut().encryption(&namespace.0),
            None => cast.encryption(),
        };
        let by = key.as_ref().map(|key| cast.key(key)).transpose()?;
        let payload = payload(xml, cast);
        parts.push(received(Protection::Encrypted { with, by }, payload));
    }
    if let Some(clear) = &deliver.clear {
        let payload = payload(clear, cast);
        parts.push(received(Protection::None, payload));
    }
    Ok(Action::Deliver(device, HandMade { written: Arc::new(deliver.clone()), parts }))
}

/// The sending endpoint of a stanza. Without `from`, it is an endpoint of the receiver's account that belongs to no
/// device.
fn sender(deliver: &DeliverStep, own: AccountId, cast: &mut Cast) -> EndpointId {
    match &deliver.from {
        Some(jid) => cast.directory_mut().endpoint(&jid.0),
        None => cast.endpoint_of(own, "no-resource"),
    }
}

fn payload(xml: &str, cast: &mut Cast) -> Payload {
    match NamedEnvelope::parse(xml.trim()) {
        Ok(envelope) => Payload::Parsed(envelope.intern(cast.directory_mut())),
        Err(malformed) => Payload::Malformed(Arc::new(malformed)),
    }
}
