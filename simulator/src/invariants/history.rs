use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use atm_engine::{
    Cause, Change, DecisionKind, Effect, KeyId, KeySharing, ManualDecision, Origin, Reason, Refusal, Stamp,
};
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::cast::{Cast, DeviceId};
use crate::observation::ObservedChange;
use crate::script::{Action, Script};
use crate::trace::{Event, Observer};

/// The facts about the past on which the conditions of several invariants depend.
#[derive(Clone, Debug)]
pub struct History {
    cast: Arc<Cast>,
    actions: Arc<[Action]>,
    /// The authentications by people that they did not take back.
    pub(super) trusted: BTreeSet<(DeviceId, KeyId)>,
    /// The keys that people distrusted.
    pub(super) distrusts: BTreeSet<KeyId>,
    /// Whether any device distrusted a key.
    pub(super) distrusted: bool,
    /// The postponed decisions.
    pub(super) postponed: Postponed,
    /// Whether a device refused something on which an invariant depends.
    pub(super) refused: bool,
    /// Whether a device refused something for its time or for lack of space.
    pub(super) limited: bool,
    /// Whether a clock was wrong or a time was forged.
    pub(super) misdated: bool,
    /// Whether a stanza was lost, an adversary sent a message with a device, or a handwritten stanza changed something.
    pub(super) disturbed: bool,
    /// Whether the current events follow from a handwritten stanza.
    by_hand: bool,
    /// The keys that devices have discovered.
    pub(super) discovered: FxHashSet<(DeviceId, KeyId)>,
    /// Whether a person or a message decided on a key that the device had not discovered.
    pub(super) decided_on_unknown_key: bool,
    /// Whether a device joined an account whose endpoints share one key. Authentications do not link such a device.
    pub(super) joined_one_key: bool,
    /// Whether a device joined its account after the start.
    pub(super) joined: bool,
    /// Whether a device left its account.
    pub(super) left: bool,
    /// Whether a device restored a backup, so that everything it had learned since then was lost.
    pub(super) restored: bool,
    /// The keys of the devices that sent messages.
    pub(super) spoke: BTreeSet<KeyId>,
}

/// The keys of postponed decisions, by device and sender.
pub(super) type Postponed = BTreeMap<(DeviceId, KeyId), BTreeSet<KeyId>>;

impl Observer for History {
    fn observe(&mut self, _: Stamp, event: &Event) {
        self.note(event);
    }
}

impl History {
    /// The history of a world at its start.
    #[must_use]
    pub fn new(script: &Script) -> Self {
        let pairs = script.cast.pairs();
        let discovered = FxHashSet::with_capacity_and_hasher(pairs, FxBuildHasher);
        let history = Self::with_postponed(script.cast.clone(), script.actions.clone(), Postponed::new());
        Self { discovered, ..history }
    }

    /// The history of a device of which only the state is known, with its postponed decisions.
    pub(super) fn with_postponed(cast: Arc<Cast>, actions: Arc<[Action]>, postponed: Postponed) -> Self {
        Self {
            cast,
            actions,
            trusted: BTreeSet::new(),
            distrusts: BTreeSet::new(),
            distrusted: false,
            postponed,
            refused: false,
            limited: false,
            misdated: false,
            disturbed: false,
            by_hand: false,
            discovered: FxHashSet::default(),
            decided_on_unknown_key: false,
            joined_one_key: false,
            joined: false,
            left: false,
            restored: false,
            spoke: BTreeSet::new(),
        }
    }

    /// Records an event.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Step { step } => {
                self.by_hand = false;
                let actions = self.actions.clone();
                self.act(&actions[*step]);
            }
            Event::Delivered { message, .. } => self.by_hand = message.is_none(),
            Event::Changed { device, change } => self.change(*device, change),
            Event::Refused { device, refusal } => self.refuse(*device, refusal),
            Event::Discovered { device, key } => {
                self.discovered.insert((*device, *key));
            }
            Event::Sent { device, .. } => {
                self.spoke.insert(self.cast.member(*device).key);
            }
            Event::Blocked { .. } | Event::Lost { .. } => self.disturbed = true,
            Event::Archived { .. }
            | Event::Withheld { .. }
            | Event::Crashed { .. }
            | Event::Forged { .. }
            | Event::Noticed { .. } => {}
        }
    }

    fn act(&mut self, action: &Action) {
        if let Some((device, decision)) = action.decision() {
            self.decide(device, decision);
        }
        match action {
            Action::Join(device) => {
                self.joined = true;
                self.joined_one_key |= self.cast.member(*device).sharing == KeySharing::OneForAll;
            }
            Action::Leave(_) => self.left = true,
            Action::Restore(_) => self.restored = true,
            Action::SkewClock(..) => self.misdated = true,
            Action::Forge(_, forged) => {
                self.disturbed = true;
                self.misdated |= forged.dated != 0;
            }
            _ => {}
        }
    }

    fn decide(&mut self, device: DeviceId, decision: &ManualDecision) {
        for decision in decision.decisions() {
            let pair = (device, decision.key);
            match decision.kind {
                DecisionKind::Trust => self.trusted.insert(pair),
                DecisionKind::Distrust => {
                    self.distrusts.insert(decision.key);
                    self.trusted.remove(&pair)
                }
            };
        }
    }

    fn release(&mut self, device: DeviceId, sender: KeyId, key: KeyId) {
        if let Some(keys) = self.postponed.get_mut(&(device, sender)) {
            keys.remove(&key);
            if keys.is_empty() {
                self.postponed.remove(&(device, sender));
            }
        }
    }

    fn change(&mut self, device: DeviceId, change: &ObservedChange) {
        self.disturbed |= self.by_hand;
        let Some(explanation) = change.explanation else { return };
        match explanation {
            Change::Decided { decision, origin, cause, effect, .. } => {
                self.distrusted |= decision.kind == DecisionKind::Distrust;
                self.decided_on_unknown_key |= effect == Effect::OnDiscovery;
                if let (Origin::Message { sender }, Cause::Released) = (origin, cause) {
                    self.release(device, sender, decision.key);
                }
            }
            Change::Confirmed { decision, sender, cause: Cause::Released, .. } => {
                self.release(device, sender, decision.key);
            }
            Change::Postponed { sender, decision } => {
                self.postponed.entry((device, sender)).or_default().insert(decision.key);
            }
            Change::Dropped { sender, .. } => {
                self.postponed.remove(&(device, sender));
            }
            Change::Confirmed { .. } | Change::TookEffect { .. } | Change::Level { .. } => {}
        }
    }

    fn refuse(&mut self, device: DeviceId, refusal: &Refusal) {
        if let (Some(sender), Some(decision), Cause::Released) =
            (refusal.sender, refusal.decision, refusal.cause)
        {
            self.release(device, sender, decision.key);
        }
        self.limited |= matches!(refusal.reason, Reason::Clock | Reason::Quota);
        if self.by_hand {
            return;
        }
        self.refused |= !matches!(
            refusal.reason,
            Reason::Postponed | Reason::Stale | Reason::OwnKey | Reason::OwnReflection
        );
    }
}
