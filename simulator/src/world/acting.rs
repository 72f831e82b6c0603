//! The steps of a scenario and their effects on a world.

use std::sync::Arc;

use atm_engine::{
    Decision, DecisionKind, DistrustId, DistrustIds, DistrustsByKey, Envelope, Input, KeyId, Level,
    ManualDecision, OutboxId, Outgoing, TrustMessage, Usage,
};

use super::World;
use super::hosts::{Connection, Control};
use crate::cast::{DeviceId, Member};
use crate::endpoint::{Backup, Endpoint, Failure, InputContext, Occurrence};
use crate::observation::LevelChange;
use crate::scenario::Discovery;
use crate::script::{Action, CrashMoment, Forged, HandMade, Scanned};
use crate::trace::{Event, MessageNumber, Observer, Route};

/// The first number of forged messages. No honest device sends that many messages.
const FORGED_NUMBERS: u64 = 1 << 32;

/// The first number of the distrusts that an adversary sends with a device. Each step has one number.
const FORGED_DISTRUSTS: usize = 1 << 31;

impl<E: Endpoint> World<E> {
    /// Performs the next step.
    pub(super) fn act(&mut self, observer: &mut impl Observer) -> Result<(), Failure> {
        let step = self.next_step;
        let actions = self.script.actions.clone();
        let Some(action) = actions.get(step) else { return Ok(()) };
        self.next_step += 1;
        if let Action::Expect(_) = action {
            return Ok(());
        }
        self.now = self.now.max(self.next_step_at);
        self.next_step_at = self.now + self.script.pause;
        observer.observe(self.now, &Event::Step { step });
        self.perform(action, observer)
    }

    fn perform(&mut self, action: &Action, observer: &mut impl Observer) -> Result<(), Failure> {
        match action {
            Action::Decide(device, decision) => return self.decide(*device, decision, observer),
            Action::Scan(device, scanned) => return self.scan(*device, scanned, observer),
            Action::TrustManually(device, keys) => {
                self.wake(*device, observer)?;
                return keys
                    .iter()
                    .try_for_each(|key| self.apply(*device, &Input::TrustManually(*key), observer));
            }
            Action::Discover(device, keys) => {
                return keys.iter().try_for_each(|key| self.discover(*device, *key, observer));
            }
            Action::Forget(device, keys) => {
                if self.hosts[*device].control != Control::Injected {
                    return self.undergo(*device, Occurrence::Forget(keys), observer);
                }
            }
            Action::Join(device) => return self.join(*device, observer),
            Action::Leave(device) => self.hosts.change(*device, |host| host.joined = false),
            Action::GoOffline(device) => self.disconnect(*device),
            Action::GoOnline(device) => {
                if self.hosts[*device].connection == Connection::Offline {
                    return self.connect(*device, observer);
                }
            }
            Action::Restart(device) => return self.restart(*device, observer),
            Action::BackUp(device) => {
                let mut backup = Backup::default();
                self.undergo(*device, Occurrence::BackUp(&mut backup), observer)?;
                self.hosts.change(*device, |host| host.backup = Some(backup));
            }
            Action::Restore(device) => return self.go_back(*device, observer),
            Action::Wait(time) => self.next_step_at = self.now + *time,
            Action::Hold(link) => self.network.hold(*link),
            Action::Release(link) => self.network.release(*link, self.now, &self.script.cast),
            Action::LetThrough(link) => self.network.let_through(*link, self.now),
            Action::SlowDown(link, latency) => self.network.slow_down(*link, *latency),
            Action::Reorder(link) => self.network.reorder(*link),
            Action::Duplicate(link) => self.network.duplicate(*link),
            Action::Partition(one, other) => self.network.partition(*one, *other, &self.script.cast),
            Action::Heal(one, other) => self.network.heal(*one, *other, self.now, &self.script.cast),
            Action::Crash(device, moment) => self.crash(*device, *moment, observer),
            Action::SkewClock(device, skew) => self.hosts.change(*device, |host| host.skew = *skew),
            Action::SetCarbons(device, on) => self.hosts.change(*device, |host| host.carbons = *on),
            Action::Block(link) => {
                for packet in self.network.block(*link) {
                    let (device, message) = (packet.link.1, packet.letter.number);
                    observer.observe(self.now, &Event::Blocked { device, message });
                }
            }
            Action::Unblock(link) => self.network.unblock(*link),
            Action::Replay(link) => self.network.replay(*link, self.now, &self.script.cast),
            Action::Inject(device) => {
                self.hosts.change(*device, |host| host.control = Control::Injected);
                return self.join(*device, observer);
            }
            Action::Compromise(device) => self.hosts.change(*device, |host| {
                if host.control == Control::Honest {
                    host.control = Control::Compromised;
                }
            }),
            Action::Forge(device, forged) => self.forge(*device, forged, observer),
            Action::Deliver(device, stanza) => return self.deliver_by_hand(*device, stanza, observer),
            Action::Bombard(device, barrage) => {
                let time = self.now;
                let route = Route::ByHand;
                observer.observe(time, &Event::Delivered { device: *device, message: None, route });
                return self.undergo(*device, Occurrence::Bombarded { barrage, time }, observer);
            }
            Action::Expect(_) => {}
        }
        Ok(())
    }

    fn decide(
        &mut self,
        device: DeviceId,
        decision: &ManualDecision,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        self.wake(device, observer)?;
        self.note_decision(device, decision);
        self.apply(device, &Input::Decide(decision.clone()), observer)
    }

    fn scan(
        &mut self,
        device: DeviceId,
        scanned: &Scanned,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        if let Ok(decision) = &scanned.decision {
            self.wake(device, observer)?;
            self.note_decision(device, decision);
        }
        let written = self.code_as_written(scanned)?;
        let scanned = written.as_ref().unwrap_or(scanned);
        self.apply_with(device, observer, |endpoint, context, out| endpoint.scan(scanned, context, out))
    }

    /// The code as its device has written it. A code that makes a wrong decision is a mistake of that device, so other
    /// devices scan the right code instead.
    fn code_as_written(&mut self, scanned: &Scanned) -> Result<Option<Scanned>, Failure> {
        let Some(device) = scanned.shown_by else { return Ok(None) };
        let (now, names) = (self.local_time(device), self.script.cast.directory());
        let context = InputContext { now, names, step: self.next_step.checked_sub(1) };
        let host = &self.hosts[device];
        if host.control == Control::Injected || host.connection == Connection::Down {
            return Ok(None);
        }
        let uri = self.hosts.endpoint_mut(device).own_code(context)?;
        Ok(uri.and_then(|uri| scanned.as_written(&uri, names)))
    }

    /// Notes the effects of a person's decision on the world, before the device applies it.
    fn note_decision(&mut self, device: DeviceId, decision: &ManualDecision) {
        self.quiet_for_people &= self.is_settled();
        let own = self.script.cast.member(device).account;
        for decision in decision.decisions() {
            let owner = self.script.cast.directory().owner(decision.key);
            if decision.kind == DecisionKind::Trust && owner != own {
                self.links.insert((own, owner));
            }
        }
    }

    /// Restarts a device that is down, so that a person can use it.
    fn wake(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        match self.hosts[device].connection {
            Connection::Down => self.restart(device, observer),
            Connection::Online | Connection::Offline => Ok(()),
        }
    }

    fn discover(
        &mut self,
        device: DeviceId,
        key: KeyId,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        if self.hosts[device].control == Control::Injected {
            return Ok(());
        }
        observer.observe(self.now, &Event::Discovered { device, key });
        self.apply(device, &Input::Discover(key), observer)
    }

    /// Adds a device to its account. Unless discovery is left to steps, the device discovers the keys of all devices
    /// that its account knows, and these discover its key.
    pub(super) fn join(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        self.hosts.change(device, |host| host.joined = true);
        if self.script.discovery == Discovery::BySteps {
            return Ok(());
        }
        let (cast, contacts) = (self.script.cast.clone(), self.script.contacts.clone());
        let Member { key, account, .. } = *cast.member(device);
        for &other in contacts.devices_around(account, &cast) {
            let other_key = cast.member(other).key;
            if other_key != key && self.hosts[other].joined {
                self.discover(other, key, observer)?;
                self.discover(device, other_key, observer)?;
            }
        }
        Ok(())
    }

    /// Lets a device discover the keys of all present devices around it, unless discovery is left to steps.
    fn look_up_all(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        if self.script.discovery == Discovery::BySteps {
            return Ok(());
        }
        let (cast, contacts) = (self.script.cast.clone(), self.script.contacts.clone());
        let Member { key: own, account, .. } = *cast.member(device);
        for &other in contacts.devices_around(account, &cast) {
            let key = cast.member(other).key;
            if key != own && self.hosts[other].joined {
                self.discover(device, key, observer)?;
            }
        }
        Ok(())
    }

    fn disconnect(&mut self, device: DeviceId) {
        self.hosts.change(device, |host| {
            if host.connection == Connection::Online {
                host.connection = Connection::Offline;
            }
        });
    }

    fn crash(&mut self, device: DeviceId, moment: CrashMoment, observer: &mut impl Observer) {
        let (crash, down) = match moment {
            CrashMoment::Now => (None, Some(Connection::Down)),
            CrashMoment::Sending | CrashMoment::Receiving => (Some(moment), None),
        };
        self.hosts.change(device, |host| {
            host.crash = crash;
            host.connection = down.unwrap_or(host.connection);
        });
        if down.is_some() {
            observer.observe(self.now, &Event::Crashed { device });
        }
    }

    /// Restarts a device from its stored state. A device that was down is connected afterwards.
    fn restart(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        self.hosts.change(device, |host| host.crash = None);
        if self.hosts[device].control == Control::Injected {
            return Ok(());
        }
        self.hosts.endpoint_mut(device).restart(self.script.cast.directory())?;
        match self.hosts[device].connection {
            Connection::Online | Connection::Down => self.connect(device, observer),
            Connection::Offline => Ok(()),
        }
    }

    /// Restarts a device from its backup. The device is then connected and fetches all device lists. Without a backup,
    /// nothing happens.
    fn go_back(&mut self, device: DeviceId, observer: &mut impl Observer) -> Result<(), Failure> {
        self.hosts.change(device, |host| host.crash = None);
        let Some(backup) = self.hosts[device].backup.clone() else { return Ok(()) };
        let cast = self.script.cast.clone();
        self.apply_with(device, observer, |endpoint, context, out| {
            let levels = |endpoint: &E| -> Result<Vec<(KeyId, Level)>, Failure> {
                cast.keys().map(|key| Ok((key, endpoint.level(key)?))).collect()
            };
            let before = levels(endpoint)?;
            endpoint.undergo(&mut Occurrence::Restore(&backup), context, out)?;
            let changes = before.into_iter().zip(levels(endpoint)?).filter(|(before, after)| before != after);
            out.levels =
                changes.map(|((key, before), (_, after))| LevelChange { key, before, after }).collect();
            Ok(())
        })?;
        match self.hosts[device].connection {
            Connection::Online | Connection::Down => self.connect(device, observer)?,
            Connection::Offline => {}
        }
        self.look_up_all(device, observer)
    }

    fn forge(&mut self, device: DeviceId, forged: &Forged, observer: &mut impl Observer) {
        let cast = &self.script.cast;
        let keys = cast.devices_of(forged.to).iter().map(|device| cast.member(*device).key).collect();
        let message = TrustMessage {
            usage: Usage::Atm,
            encryption: cast.encryption(),
            decisions: forged.decisions.clone(),
            distrusts: self.forged_distrusts(device, forged),
        };
        let envelope = Envelope {
            padded: true,
            time: Some(self.now.offset(forged.dated)),
            from: Some(cast.member(device).account),
            to: Some(forged.to),
            message: Arc::new(message),
        };
        let id = OutboxId(FORGED_NUMBERS + self.messages_sent);
        let outgoing = Outgoing { id, to: forged.to, keys, envelope };
        self.messages_sent += 1;
        let message = MessageNumber(self.messages_sent);
        let event = Event::Forged { device, message, outgoing };
        observer.observe(self.now, &event);
        if let Event::Forged { outgoing, .. } = event {
            self.send(device, message, outgoing, observer);
        }
    }

    /// The ids of distrusts in a forged message. An adversary knows everything that the device knows, so where
    /// distrusts have names, a forged trust names all of them.
    fn forged_distrusts(&self, device: DeviceId, forged: &Forged) -> DistrustsByKey {
        let endpoint = self.script.cast.member(device).endpoint;
        let of_decision = |decision: &Decision| {
            let known = self.hosts[device].endpoint.distrusts_of(decision.key)?;
            let ids = match decision.kind {
                DecisionKind::Trust => {
                    let all = known.standing().iter().chain(known.overruled());
                    DistrustIds::new([], all.copied())
                }
                DecisionKind::Distrust => {
                    let new = DistrustId::numbered(endpoint, FORGED_DISTRUSTS + self.next_step);
                    DistrustIds::new([new], known.overruled().iter().copied())
                }
            };
            Some((decision.key, ids))
        };
        forged.decisions.iter().filter_map(of_decision).collect()
    }

    fn deliver_by_hand(
        &mut self,
        device: DeviceId,
        stanza: &HandMade,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        observer.observe(self.now, &Event::Delivered { device, message: None, route: Route::ByHand });
        self.apply_with(device, observer, |endpoint, context, out| endpoint.deliver(stanza, context, out))
    }

    fn undergo(
        &mut self,
        device: DeviceId,
        mut occurrence: Occurrence<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Failure> {
        self.apply_with(device, observer, |endpoint, context, out| {
            endpoint.undergo(&mut occurrence, context, out)
        })
    }
}
