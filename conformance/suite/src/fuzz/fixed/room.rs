//! What is left open about a scenario beyond the choice of rules, and what hangs on it.

use atm_engine::{Cause, Change, Decision, DecisionKind, Effect, KeyId, Origin, Reason, Refusal, Stamp};
use atm_simulator::cast::DeviceId;
use atm_simulator::script::{Action, Script};
use atm_simulator::trace::Event;
use rustc_hash::{FxHashMap, FxHashSet};

use super::messages::{ArrivingMessage, Messages};
use super::observation::EngineRun;
use crate::monitor::{Standing, Standings};

/// How far the time of a message may be off before every margin that is reasonable is over, in milliseconds.
const BEYOND_REASON: u64 = 60 * 60 * 1_000;

/// The pairs of a device and a key about which not all is fixed.
#[derive(Default)]
pub(super) struct Room {
    open: FxHashMap<(DeviceId, KeyId), Opening>,
    /// Open for a while: what is said by somebody who was decided on, but whose key is not known yet. It may count at
    /// once, or as soon as the key is known. From when, and until when.
    unsettled: FxHashMap<(DeviceId, KeyId), (usize, usize)>,
    /// Where nothing should count, though no requirement demands it: under which id that is security advice.
    advised: FxHashMap<(DeviceId, KeyId), (usize, &'static str)>,
    /// What a person decided for the first time, by device and step: that has to be announced.
    initial: FxHashMap<(DeviceId, usize), Vec<Decision>>,
    /// Devices whose messages wait, and from when on: it is left open whether they survive that.
    waits: FxHashMap<DeviceId, usize>,
}

#[derive(Clone, Copy)]
struct Opening {
    from: usize,
    standings: Standings,
}

impl Room {
    pub(super) fn of(observations: &[EngineRun], script: &Script, hosted: &[DeviceId]) -> Self {
        let mut room = Self::default();
        room.note_what_waits(script, hosted);
        let messages: Vec<Messages> =
            observations.iter().map(|observation| Messages::of(observation, script)).collect();
        for (observation, messages) in observations.iter().zip(&messages) {
            Look { room: &mut room, observation, messages, script, hosted }.look();
        }
        for (observation, messages) in observations.iter().zip(&messages) {
            room.open_what_is_ours(observation, messages, hosted);
        }
        room.close(observations, &messages, &speeches(&messages, script), hosted);
        room
    }

    /// What the hosted device may make of a key after a step, beside what the alternatives make of it.
    pub(super) fn standings(&self, step: usize, device: DeviceId, key: KeyId) -> Standings {
        if self.unsettled.get(&(device, key)).is_some_and(|(from, until)| (*from..*until).contains(&step)) {
            return Standings::ALL;
        }
        let opening = self.open.get(&(device, key)).filter(|opening| opening.from <= step);
        opening.map_or(Standings::default(), |opening| opening.standings)
    }

    /// The id under which it is advice that a word about a key does not count.
    pub(super) fn advice(&self, step: usize, device: DeviceId, key: KeyId) -> Option<&'static str> {
        self.advised.get(&(device, key)).filter(|(from, _)| *from <= step).map(|(_, id)| *id)
    }

    /// Whether anything but one thing is lawful, or will be.
    pub(super) fn is_open(&self, step: usize, device: DeviceId, key: KeyId) -> bool {
        self.standings(step, device, key) != Standings::default() || self.advice(step, device, key).is_some()
    }

    /// The decisions of a person that were new in a step on a device.
    pub(super) fn initial(&self, step: usize, device: DeviceId) -> &[Decision] {
        self.initial.get(&(device, step)).map_or(&[], Vec::as_slice)
    }

    /// Whether it is left open what becomes of what a device sends from then on.
    pub(super) fn may_lose(&self, step: usize, device: DeviceId) -> bool {
        self.waits.get(&device).is_some_and(|from| *from <= step)
    }

    fn note_what_waits(&mut self, script: &Script, hosted: &[DeviceId]) {
        for (device, member) in script.cast.devices() {
            if member.offline && hosted.contains(&device) {
                self.waits.insert(device, 0);
            }
        }
        for (step, action) in script.actions.iter().enumerate() {
            if let Action::GoOffline(device) | Action::Crash(device, _) = action
                && hosted.contains(device)
            {
                self.waits.entry(*device).or_insert(step);
            }
        }
    }

    fn open(&mut self, from: usize, device: DeviceId, key: KeyId) {
        self.open_to(from, device, key, Standings::ALL);
    }

    /// Lets more be lawful.
    fn open_to(&mut self, from: usize, device: DeviceId, key: KeyId, standings: Standings) {
        let opening = self.open.entry((device, key)).or_insert(Opening { from, standings });
        opening.from = opening.from.min(from);
        opening.standings.extend(standings);
    }

    /// What hosted devices say without being asked for it by a requirement: others may not say it.
    fn open_what_is_ours(&mut self, observation: &EngineRun, messages: &Messages, hosted: &[DeviceId]) {
        for message in &messages.all {
            let Some(by) = message.by.filter(|by| hosted.contains(by)) else { continue };
            let step = message.step;
            let initial = self.initial(step, by).to_vec();
            for decision in message.decisions.iter() {
                let is_decided = initial.contains(decision);
                let was = observation.before(step, by, decision.key);
                let is_summary = decision.kind == DecisionKind::Trust && was == Standing::Authenticated;
                for reader in &message.readers {
                    let key = observation.cast.member(*reader).key;
                    let is_new = initial.contains(&Decision { key, kind: DecisionKind::Trust });
                    let knew = observation.before(step, by, key) == Standing::Authenticated;
                    let is_demanded = is_decided && knew || is_summary && is_new;
                    if !is_demanded || self.may_lose(step, by) {
                        self.open(step, *reader, decision.key);
                    }
                }
            }
        }
    }

    /// Opens what hangs on what is open: what a device thinks of a key it may tell all others when it speaks, whom it
    /// tells what depends on what it thinks of their keys, and so does whose word counts on it.
    fn close(
        &mut self,
        observations: &[EngineRun],
        messages: &[Messages],
        speeches: &Speeches,
        hosted: &[DeviceId],
    ) {
        let cast = &observations[0].cast;
        let mut done: FxHashMap<(DeviceId, KeyId), usize> = FxHashMap::default();
        while let Some((device, key, from)) = self.not_closed(&done) {
            done.insert((device, key), from);
            for messages in messages {
                self.open_words(messages, device, key, from);
            }
            let steps = speeches.get(&device).map_or(&[][..], Vec::as_slice);
            // The reference engine has spoken by the time when something reaches it; others may pass on what does.
            let first = if hosted.contains(&device) { from } else { from.saturating_add(1) };
            let Some(&speaks) = steps.iter().find(|step| **step >= first) else { continue };
            for (other, member) in cast.devices() {
                if member.key != key && other != device {
                    self.open(speaks, other, key);
                }
            }
            for observation in observations {
                self.open_what_is_told(observation, device, key, speaks);
            }
        }
    }

    /// Something open that was not followed yet, or not from that early on.
    fn not_closed(&self, done: &FxHashMap<(DeviceId, KeyId), usize>) -> Option<(DeviceId, KeyId, usize)> {
        let pairs = self.open.keys().chain(self.advised.keys());
        let pairs = pairs.filter_map(|&(device, key)| Some((device, key, self.opened(device, key)?)));
        // The smallest, so that the order of a map makes no difference.
        pairs.filter(|(device, key, from)| done.get(&(*device, *key)).is_none_or(|other| from < other)).min()
    }

    /// Whoever has this key may be told whatever the device knows, or not.
    fn open_what_is_told(&mut self, observation: &EngineRun, device: DeviceId, key: KeyId, from: usize) {
        let cast = observation.cast.clone();
        for (reader, _) in cast.devices().filter(|(_, member)| member.key == key) {
            for known in observation.keys().iter().filter(|known| **known != key) {
                let steps = from..observation.steps.len();
                let is_known = |step: usize| observation.after(step, device, *known) != Standing::Open;
                if let Some(step) = steps.into_iter().find(|step| is_known(*step)) {
                    self.open(step, reader, *known);
                }
            }
        }
    }

    /// Whatever this key says to the device counts, or not.
    fn open_words(&mut self, messages: &Messages, device: DeviceId, key: KeyId, from: usize) {
        for message in &messages.all {
            if message.key == Some(key) && message.readers.contains(&device) {
                for decision in message.decisions.iter() {
                    self.open(from.max(message.step), device, decision.key);
                }
            }
        }
    }

    /// Since which step something is open.
    fn opened(&self, device: DeviceId, key: KeyId) -> Option<usize> {
        let open = self.open.get(&(device, key)).map(|opening| opening.from);
        let advised = self.advised.get(&(device, key)).map(|(from, _)| *from);
        [open, advised].into_iter().flatten().min()
    }
}

/// The steps in which each device says something, or may since a person decides on it; in order.
type Speeches = FxHashMap<DeviceId, Vec<usize>>;

fn speeches(messages: &[Messages], script: &Script) -> Speeches {
    let mut speeches = Speeches::default();
    let said = messages.iter().flat_map(|messages| &messages.all);
    let said = said.filter_map(|message| Some((message.by?, message.step)));
    let decided = script.actions.iter().enumerate();
    let decided = decided.filter_map(|(step, action)| Some((action.decision()?.0, step)));
    for (device, step) in said.chain(decided) {
        speeches.entry(device).or_default().push(step);
    }
    for (device, _) in script.cast.devices() {
        speeches.entry(device).or_default().sort_unstable();
    }
    speeches
}

/// What was before, by device and key.
#[derive(Default)]
struct Past {
    /// What was decided, ever.
    decided: FxHashSet<(DeviceId, KeyId, u8)>,
    /// What somebody said with a time that had not come.
    ahead: FxHashSet<(DeviceId, KeyId)>,
    /// What senders ever left to be used when they are authenticated.
    left: FxHashSet<(DeviceId, KeyId, Decision)>,
}

impl Past {
    /// Whether a sender left both verdicts on a key.
    fn left_both(&self, device: DeviceId, sender: KeyId, key: KeyId) -> bool {
        let verdicts = [DecisionKind::Trust, DecisionKind::Distrust];
        verdicts
            .into_iter()
            .all(|verdict| self.left.contains(&(device, sender, Decision { key, kind: verdict })))
    }
}

/// Looks for what is left open in one observation.
struct Look<'a> {
    room: &'a mut Room,
    observation: &'a EngineRun,
    messages: &'a Messages,
    script: &'a Script,
    hosted: &'a [DeviceId],
}

impl Look<'_> {
    fn look(&mut self) {
        let mut times: FxHashMap<(DeviceId, KeyId), Stamp> = FxHashMap::default();
        let mut past = Past::default();
        self.unsettled();
        for step in 0..self.observation.steps.len() {
            self.act(step, &times);
            self.contradictions(step);
            let mut delivered: FxHashMap<DeviceId, Vec<&ArrivingMessage>> = FxHashMap::default();
            for record in self.observation.records(step) {
                match &record.event {
                    Event::Delivered { device, message, .. } => {
                        let messages = self.messages.delivered(*message, step);
                        let ahead = messages.iter().filter(|message| message.is_ahead);
                        let said = ahead.flat_map(|message| message.decisions.iter());
                        past.ahead.extend(said.map(|decision| (*device, decision.key)));
                        delivered.insert(*device, messages);
                    }
                    Event::Changed { device, change } if self.hosted.contains(device) => {
                        if let Some(explanation) = &change.explanation {
                            self.changed(step, *device, explanation, (&mut times, &mut past));
                        }
                    }
                    Event::Refused { device, refusal } if self.hosted.contains(device) => {
                        let messages = delivered.get(device).map_or(&[][..], Vec::as_slice);
                        self.refused(step, *device, refusal, messages);
                    }
                    _ => {}
                }
            }
        }
    }

    fn act(&mut self, step: usize, times: &FxHashMap<(DeviceId, KeyId), Stamp>) {
        self.about_own_key(step);
        match self.script.actions.get(step) {
            // Codes may be read without their distrusts.
            Some(Action::Scan(device, scanned)) if self.hosted.contains(device) => {
                let decisions = scanned.decision.iter().flat_map(|decision| decision.decisions());
                for decision in decisions.filter(|decision| decision.kind == DecisionKind::Distrust) {
                    let mut standings = Standings::default();
                    standings.add(self.observation.before(step, *device, decision.key));
                    standings.add(Standing::Distrusted);
                    self.room.open_to(step, *device, decision.key, standings);
                }
            }
            // What bears the id of an own message may be taken for that.
            Some(Action::Deliver(device, stanza)) if self.hosted.contains(device) => {
                let own = self.script.cast.member(*device).endpoint;
                if stanza.parts.iter().any(|part| part.id.is_some_and(|id| id.endpoint == own)) {
                    let said = self.messages.delivered(None, step);
                    for decision in said.iter().flat_map(|message| message.decisions.iter()) {
                        self.room.open(step, *device, decision.key);
                    }
                }
            }
            // Trust that nobody compared may take the place of a decision.
            Some(Action::TrustManually(device, keys)) if self.hosted.contains(device) => {
                for key in keys {
                    if times.contains_key(&(*device, *key)) {
                        self.room.open(step, *device, *key);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whoever was decided on before its key is known may be taken for authenticated at once.
    fn unsettled(&mut self) {
        let steps = self.observation.steps.len();
        let mut decided: FxHashMap<(DeviceId, KeyId), usize> = FxHashMap::default();
        let mut unsettled: Vec<(DeviceId, KeyId, usize, usize)> = Vec::new();
        for step in 0..steps {
            for record in self.observation.records(step) {
                let Event::Changed { device, change } = &record.event else { continue };
                let Some(change) = &change.explanation else { continue };
                match change {
                    Change::Decided { decision, effect: Effect::OnDiscovery, .. } => {
                        decided.entry((*device, decision.key)).or_insert(step);
                    }
                    Change::TookEffect { key, .. } => {
                        if let Some(from) = decided.remove(&(*device, *key)) {
                            unsettled.push((*device, *key, from, step));
                        }
                    }
                    _ => {}
                }
            }
        }
        unsettled.extend(decided.into_iter().map(|((device, key), from)| (device, key, from, usize::MAX)));
        unsettled.sort_unstable();
        for (device, sender, from, until) in unsettled {
            self.settle_later(device, sender, from, until);
        }
    }

    fn settle_later(&mut self, device: DeviceId, sender: KeyId, from: usize, until: usize) {
        let messages = &self.messages.all;
        let speaks = messages
            .iter()
            .any(|message| message.by == Some(device) && (from..=until).contains(&message.step));
        for message in messages.iter().filter(|message| message.key == Some(sender) && message.step <= until)
        {
            if !message.readers.contains(&device) {
                continue;
            }
            for decision in message.decisions.iter() {
                let from = from.max(message.step);
                // What it says meanwhile may spread what it has heard, or not.
                if speaks || until == usize::MAX {
                    self.room.open(from, device, decision.key);
                } else {
                    let open = self.room.unsettled.entry((device, decision.key)).or_insert((from, until));
                    *open = (open.0.min(from), open.1.max(until));
                }
            }
        }
    }

    /// What comes of it is open if a person decides on the key of the very device, which others may announce.
    fn about_own_key(&mut self, step: usize) {
        let Some((device, decision)) = self.script.actions.get(step).and_then(Action::decision) else {
            return;
        };
        let own = self.script.cast.member(device).key;
        if self.hosted.contains(&device) && decision.decisions().iter().any(|decision| decision.key == own) {
            for (other, _) in self.script.cast.devices() {
                self.room.open(step, other, own);
            }
        }
    }

    /// While one device holds a key for authenticated that another one distrusts, each further word of the first one
    /// makes a difference, and how many it says is left open.
    fn contradictions(&mut self, step: usize) {
        let observation = self.observation;
        let devices: Vec<DeviceId> = observation.cast.devices().map(|(device, _)| device).collect();
        for key in observation.keys() {
            let stand = |device: &DeviceId| observation.before(step, *device, *key);
            let is_distrusted = devices.iter().any(|device| stand(device) == Standing::Distrusted);
            let says_otherwise = self.hosted.iter().any(|device| stand(device) == Standing::Authenticated);
            if is_distrusted && says_otherwise {
                for device in &devices {
                    self.room.open(step, *device, *key);
                }
            }
        }
    }

    fn changed(
        &mut self,
        step: usize,
        device: DeviceId,
        change: &Change,
        (times, past): (&mut FxHashMap<(DeviceId, KeyId), Stamp>, &mut Past),
    ) {
        match *change {
            Change::Decided { decision, was, origin, time, effect, cause } => {
                let was = Standing::of(was);
                let becomes = match decision.kind {
                    DecisionKind::Trust => Standing::Authenticated,
                    DecisionKind::Distrust => Standing::Distrusted,
                };
                let before = times.insert((device, decision.key), time);
                let is_by_message = matches!(origin, Origin::Message { .. });
                let turns = was != Standing::Open && was != becomes;
                let is_later_trust = becomes == Standing::Authenticated;
                let is_no_later = before.is_some_and(|before| time <= before);
                // What is dated ahead may be taken for later than it came.
                let is_ahead = past.ahead.contains(&(device, decision.key));
                // Whoever keeps all that a sender left may use it in any order.
                let is_one_of_two = match origin {
                    Origin::Message { sender } if cause == Cause::Released => {
                        past.left_both(device, sender, decision.key)
                    }
                    _ => false,
                };
                if is_one_of_two
                    || turns && is_ahead
                    || is_by_message && turns && (is_later_trust || cause == Cause::Released || is_no_later)
                {
                    self.room.open(step, device, decision.key);
                }
                // Only what is new has to be announced: XEP-0450 speaks of who decides initially.
                let is_first = past.decided.insert((device, decision.key, becomes as u8));
                if cause == Cause::Decided && effect == Effect::Now && was != becomes && is_first {
                    let initial = self.room.initial.entry((device, step)).or_default();
                    if !initial.contains(&decision) {
                        initial.push(decision);
                    }
                }
            }
            Change::Confirmed { decision, sender, cause, .. } => {
                if cause == Cause::Released && past.left_both(device, sender, decision.key) {
                    self.room.open(step, device, decision.key);
                }
            }
            Change::Postponed { sender, decision } => {
                past.left.insert((device, sender, decision));
            }
            Change::Dropped { sender, .. } => self.leave_to_the_distrusted(step, device, sender),
            Change::TookEffect { .. } | Change::Level { .. } => {}
        }
    }

    /// What a distrusted sender said may be kept for the case that it is authenticated again.
    fn leave_to_the_distrusted(&mut self, step: usize, device: DeviceId, sender: KeyId) {
        let later = step..self.observation.steps.len();
        let again = later
            .into_iter()
            .find(|later| self.observation.after(*later, device, sender) == Standing::Authenticated);
        let Some(again) = again else { return };
        for message in &self.messages.all {
            if message.key == Some(sender) && message.readers.contains(&device) {
                for decision in message.decisions.iter() {
                    self.room.open(again.min(step), device, decision.key);
                }
            }
        }
    }

    fn refused(&mut self, step: usize, device: DeviceId, refusal: &Refusal, messages: &[&ArrivingMessage]) {
        let said = messages.iter().flat_map(|message| message.decisions.iter());
        let keys: Vec<KeyId> = match refusal.decision {
            Some(decision) => vec![decision.key],
            None => said.clone().map(|decision| decision.key).collect(),
        };
        match refusal.reason {
            Reason::Stale | Reason::StandingDistrust | Reason::Quota | Reason::OwnReflection => {
                for key in keys {
                    self.room.open(step, device, key);
                }
            }
            // A message may be discarded whole that has a part in it which does not count.
            Reason::NoAuthority | Reason::OwnKey => {
                // Whoever distrusts its own key may be believed.
                if let Some(Decision { key, kind: DecisionKind::Distrust }) = refusal.decision
                    && refusal.sender == Some(key)
                {
                    self.room.open(step, device, key);
                }
                for decision in said.filter(|decision| Some(**decision) != refusal.decision) {
                    self.room.open(step, device, decision.key);
                }
            }
            Reason::DistrustedSender => {
                if let Some(sender) = refusal.sender {
                    self.leave_to_the_distrusted(step, device, sender);
                }
            }
            Reason::Clock => {
                let is_unreasonable = messages.iter().any(|message| message.off >= BEYOND_REASON);
                for key in keys {
                    if is_unreasonable {
                        self.room.advised.entry((device, key)).or_insert((step, "xep-0420/affixes/time"));
                    } else {
                        self.room.open(step, device, key);
                    }
                }
            }
            Reason::AffixMismatch => {
                let to_another = messages.iter().any(|message| message.is_misaddressed);
                let id = if to_another { "xep-0420/affixes/to" } else { "xep-0420/affixes/from" };
                for key in keys {
                    self.room.advised.entry((device, key)).or_insert((step, id));
                }
            }
            Reason::MissingTime => {
                for key in keys {
                    self.room.advised.entry((device, key)).or_insert((step, "xep-0434/sce-profile/time"));
                }
            }
            _ => {}
        }
    }
}
