use std::sync::Arc;

use atm_engine::{
    AccountId, AnnouncementRule, Change, ConflictRule, Decision, DecisionKind, Device, Input, KeyId,
    KeySharing, Level, Origin, Outgoing, Policy, Stamp,
};
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::distrusts::Distrusts;
use super::history::Postponed;
use super::words::Precedence;
use super::{Authentication, Behind, History, Invariant, Ledger, Violation};
use crate::cast::{Cast, DeviceId};
use crate::contacts::Contacts;
use crate::endpoint::{Endpoint, Failure};
use crate::observation::{LevelChange, ObservedChange};
use crate::options::Options;
use crate::script::{Action, Script};
use crate::trace::{Event, Observer};
use crate::world::World;

/// Checks the safety invariants after every event.
#[derive(Clone, Debug)]
pub struct Watch {
    ledger: Ledger,
    history: History,
    distrusts: Distrusts,
    policy: Policy,
    /// The owners of whom a device has authenticated a key.
    latched: FxHashSet<(DeviceId, AccountId)>,
    /// The same pairs for a device at the time of its backup.
    latched_in_backup: FxHashSet<(DeviceId, AccountId)>,
    /// The changes after which the policy must be checked.
    touched: Vec<(DeviceId, Touched)>,
    violations: Vec<Violation>,
}

/// A change on a device after which its policy must be checked.
#[derive(Clone, Copy, Debug)]
enum Touched {
    /// The first key of an owner was authenticated, so the policy now applies to all keys of that owner.
    Latch(AccountId),
    /// The level of a key changed whose owner already had an authenticated key.
    Key(KeyId),
}

impl Observer for Watch {
    fn observe(&mut self, at: Stamp, event: &Event) {
        self.watch(at, event);
    }
}

impl Watch {
    /// A watch over a world at its start.
    #[must_use]
    pub fn new(script: &Script, options: &Options) -> Self {
        let precedence = match options.conflict {
            ConflictRule::Newest | ConflictRule::Cautious => Precedence::Time,
            ConflictRule::Named => Precedence::Names,
        };
        Self {
            ledger: Ledger::new(script.cast.clone(), script.actions.clone(), precedence),
            history: History::new(script),
            distrusts: Distrusts::new(script.cast.clone(), script.contacts.clone(), options.announcement),
            policy: script.policy,
            latched: FxHashSet::with_capacity_and_hasher(script.cast.pairs(), FxBuildHasher),
            latched_in_backup: FxHashSet::default(),
            touched: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// A watch over one device of which only the state is known, including its postponed decisions.
    pub(super) fn over_state(
        cast: Arc<Cast>,
        policy: Policy,
        (device, state): (DeviceId, &Device),
        postponed: Postponed,
    ) -> Self {
        let owners = cast.accounts().filter(|owner| state.is_latched(*owner));
        let latched = owners.map(|owner| (device, owner)).collect();
        let ledger = Ledger::of_state(cast.clone(), device, state);
        let history = History::with_postponed(cast.clone(), ledger.actions().clone(), postponed);
        // Distrusts are not asked for after a single step.
        let distrusts = Distrusts::new(cast, Arc::new(Contacts::Everybody), AnnouncementRule::default());
        let latched_in_backup = FxHashSet::default();
        let (touched, violations) = (Vec::new(), Vec::new());
        Self { ledger, history, distrusts, policy, latched, latched_in_backup, touched, violations }
    }

    /// Notes the next input of a device.
    pub(super) fn expect_input(&mut self, device: DeviceId, input: &Input, at: Stamp) {
        self.ledger.expect_input(device, input, at);
    }

    /// The violations until now.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Records an event and the violations in it.
    pub fn watch(&mut self, at: Stamp, event: &Event) {
        self.judge(at, event);
        self.history.note(event);
        self.distrusts.note(at, event, &self.ledger);
    }

    /// Notes that no message that was sent until now can still arrive.
    pub fn forget_messages(&mut self) {
        self.ledger.forget_messages();
    }

    fn judge(&mut self, at: Stamp, event: &Event) {
        match event {
            Event::Changed { device, change } => {
                self.check_change(at, *device, change);
                self.ledger.enter(at, *device, change);
                self.check_resistance(at, *device, change);
                self.touch(*device, change);
            }
            Event::Sent { device, outgoing, .. } => {
                self.check_confidentiality(at, *device, outgoing);
                self.check_sincerity(at, *device, outgoing);
                self.ledger.note(at, event);
            }
            _ => {
                self.ledger.note(at, event);
                if let Event::Step { .. } = event {
                    self.note_backup();
                }
            }
        }
    }

    /// Saves or restores the authenticated owners if the current step makes or restores a backup.
    fn note_backup(&mut self) {
        let of = |device: DeviceId| move |(holder, _): &(DeviceId, AccountId)| *holder == device;
        let (from, to, device) = match self.ledger.action() {
            Some(Action::BackUp(device)) => (&self.latched, &mut self.latched_in_backup, *device),
            Some(Action::Restore(device)) => (&self.latched_in_backup, &mut self.latched, *device),
            _ => return,
        };
        to.retain(|pair| !of(device)(pair));
        to.extend(from.iter().copied().filter(of(device)));
    }

    /// Checks the levels that the last events changed, after the whole input was applied.
    ///
    /// # Errors
    ///
    /// If an endpoint fails.
    pub fn check_levels<E: Endpoint>(&mut self, world: &World<E>) -> Result<(), Failure> {
        let cast = world.cast().clone();
        self.check_levels_with(&cast, world.now(), |device, key| world.level(device, key))
    }

    /// Checks the levels that the last events changed, with `level` as their source.
    pub(super) fn check_levels_with(
        &mut self,
        cast: &Cast,
        now: Stamp,
        level: impl Fn(DeviceId, KeyId) -> Result<Level, Failure>,
    ) -> Result<(), Failure> {
        let mut touched = std::mem::take(&mut self.touched);
        for (device, what) in touched.drain(..) {
            let key;
            let keys = match what {
                Touched::Latch(owner) => cast.keys_of(owner),
                Touched::Key(touched) => {
                    key = touched;
                    std::slice::from_ref(&key)
                }
            };
            for &key in keys {
                let level = level(device, key)?;
                if level.is_used() && level != Level::Authenticated {
                    let name = cast.key_name(key);
                    let what =
                        format!("uses {name}, which is {}, after a first authentication", level.name());
                    self.violate(Invariant::Policy, now, device, key, what);
                }
            }
        }
        self.touched = touched;
        Ok(())
    }

    /// Checks the origin that a device reports for a decision.
    fn check_change(&mut self, at: Stamp, device: DeviceId, change: &ObservedChange) {
        let (decision, origin, time) = match change.explanation {
            Some(Change::Decided { decision, origin, time, .. }) => (decision, origin, time),
            // The time of the decision in force may be later than that of its repetition.
            Some(Change::Confirmed { decision, sender, .. }) => {
                (decision, Origin::Message { sender }, Stamp::MIN)
            }
            _ => return,
        };
        match origin {
            Origin::Manual => {
                if !self.ledger.person_decided(device, decision) {
                    let what = format!("no person decided to {}", self.said(decision));
                    self.violate(Invariant::Soundness, at, device, decision.key, what);
                }
            }
            Origin::Message { sender } => self.check_word(at, device, (decision, time), sender),
            Origin::Policy => {
                let what = format!("nobody decided to {}", self.said(decision));
                self.violate(Invariant::Soundness, at, device, decision.key, what);
            }
        }
    }

    /// Checks that no adversary's key is authenticated, except because a person trusted an adversary's key, or because
    /// of a device that an adversary had taken over.
    fn check_resistance(&mut self, at: Stamp, device: DeviceId, change: &ObservedChange) {
        let Some(Change::Decided { decision: Decision { key, kind: DecisionKind::Trust }, .. }) =
            change.explanation
        else {
            return;
        };
        if !self.ledger.is_adversarys(key) {
            return;
        }
        let excuses = |link: &Authentication| {
            let fooled = link.origin == Origin::Manual
                && link.decision.kind == DecisionKind::Trust
                && self.ledger.is_adversarys(link.decision.key);
            fooled || link.behind == Behind::Thief
        };
        if !self.ledger.roots(device, key).iter().any(excuses) {
            let what = format!("authenticates {}, an adversary's key", self.cast().key_name(key));
            self.violate(Invariant::Resistance, at, device, key, what);
        }
    }

    /// Checks that a device states only decisions that are in force on it. Messages that waited for a connection may be
    /// out of date.
    fn check_sincerity(&mut self, at: Stamp, device: DeviceId, outgoing: &Outgoing) {
        for &decision in outgoing.envelope.message.decisions.iter() {
            let holds = self.ledger.verdict(device, decision.key) == Some(decision.kind);
            let waited = || self.ledger.connects(device) && self.ledger.ever_held(device, decision);
            if !holds && !waited() {
                let what = format!("says {}, which it does not hold itself", self.said(decision));
                self.violate(Invariant::Soundness, at, device, decision.key, what);
            }
        }
    }

    /// Checks a decision that a device applied because of a message.
    fn check_word(
        &mut self,
        at: Stamp,
        device: DeviceId,
        (decision, time): (Decision, Stamp),
        sender: KeyId,
    ) {
        let names = self.cast().directory();
        let (own, speaks) = (self.cast().member(device).account, names.owner(sender));
        if decision.key == sender || speaks != own && names.owner(decision.key) != speaks {
            let (said, by) = (self.said(decision), self.cast().key_name(sender));
            let what = format!("lets {by} decide to {said}");
            self.violate(Invariant::Authority, at, device, decision.key, what);
        }
        if self.ledger.level(device, sender) != Level::Authenticated {
            let (said, by) = (self.said(decision), self.cast().key_name(sender));
            let what = format!("{said} on the word of {by}, which is not authenticated");
            self.violate(Invariant::NoPrematureUse, at, device, decision.key, what);
        }
        let own_key = self.cast().member(device);
        let is_own_key = own_key.key == sender && own_key.sharing == KeySharing::OneForAll;
        let rooted = is_own_key
            || self
                .ledger
                .root(device, sender)
                .is_some_and(|root| root.origin == Origin::Manual || self.is_own(root.origin, device));
        if !rooted || !self.ledger.heard(device, sender, decision, time) {
            let (said, by) = (self.said(decision), self.cast().key_name(sender));
            let what = format!("{said}, which {by} did not say with a person's decision behind it");
            self.violate(Invariant::Soundness, at, device, decision.key, what);
        }
    }

    /// Whether the origin is the key that a device shares with the other endpoints of its account.
    fn is_own(&self, origin: Origin, device: DeviceId) -> bool {
        let member = self.cast().member(device);
        member.sharing == KeySharing::OneForAll && origin == Origin::Message { sender: member.key }
    }

    fn check_confidentiality(&mut self, at: Stamp, device: DeviceId, outgoing: &Outgoing) {
        let own = self.cast().member(device).account;
        for &key in &outgoing.keys {
            if self.cast().directory().owner(key) != outgoing.to {
                let to = self.cast().account_name(outgoing.to);
                let what = format!("encrypts for {} what goes to {to}", self.cast().key_name(key));
                self.violate(Invariant::Confidentiality, at, device, key, what);
            }
            if self.ledger.level(device, key) != Level::Authenticated {
                let what = format!("encrypts for {}, which is not authenticated", self.cast().key_name(key));
                self.violate(Invariant::Confidentiality, at, device, key, what);
            }
        }
        let message = &outgoing.envelope.message;
        for decision in message.decisions.iter() {
            let owner = self.cast().directory().owner(decision.key);
            // Under `named`, a device learns which distrusts of its own key are over.
            let ends_distrusts =
                message.distrusts.of(decision.key).is_some_and(|ids| !ids.overruled().is_empty());
            let is_news_for_its_reader = outgoing.keys[..] == [decision.key] && ends_distrusts;
            if outgoing.to != own && owner != own && !is_news_for_its_reader {
                let to = self.cast().account_name(outgoing.to);
                let what = format!("tells {to} about {}", self.cast().key_name(decision.key));
                self.violate(Invariant::Confidentiality, at, device, decision.key, what);
            }
        }
    }

    fn touch(&mut self, device: DeviceId, change: &ObservedChange) {
        let Some(LevelChange { key, after, .. }) = change.level else { return };
        if self.policy == Policy::None {
            return;
        }
        let owner = self.cast().directory().owner(key);
        let latches = after == Level::Authenticated && self.latched.insert((device, owner));
        if latches {
            self.touched.push((device, Touched::Latch(owner)));
        } else if self.latched.contains(&(device, owner)) {
            self.touched.push((device, Touched::Key(key)));
        }
    }

    fn violate(&mut self, invariant: Invariant, at: Stamp, device: DeviceId, key: KeyId, what: String) {
        let chain = self.ledger.chain(device, key);
        let step = self.ledger.step;
        let hazard = None;
        self.violations.push(Violation { invariant, device, key, step, at, what, chain, hazard });
    }

    fn said(&self, decision: Decision) -> String {
        let verb = match decision.kind {
            DecisionKind::Trust => "trust",
            DecisionKind::Distrust => "distrust",
        };
        format!("{verb} {}", self.cast().key_name(decision.key))
    }

    fn cast(&self) -> &Cast {
        self.ledger.cast()
    }

    /// The facts about the past for the invariants of a quiet world.
    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// The events about distrusts.
    pub(super) fn distrusts(&self) -> &Distrusts {
        &self.distrusts
    }

    /// The ledger of the run.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
