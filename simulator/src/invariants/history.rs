use std::collections::BTreeSet;

use atm_engine::{
    Cause, Change, DecisionKind, Effect, KeyId, KeySharing, ManualDecision, Origin, Reason, Refusal,
};
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::cast::DeviceId;
use crate::endpoint::Endpoint;
use crate::observation::ObservedChange;
use crate::script::Action;
use crate::trace::{Event, TraceRecord};
use crate::world::World;

/// What the conditions of several invariants ask about the past.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Who authenticated which key by hand, and did not take it back.
    pub(super) trusted: BTreeSet<(DeviceId, KeyId)>,
    /// The keys that people distrusted.
    pub(super) distrusts: BTreeSet<KeyId>,
    /// Whether any device distrusted a key.
    pub(super) distrusted: bool,
    /// Decisions that are stored for later: on which device, of which sender, about which key.
    pub(super) postponed: BTreeSet<(DeviceId, KeyId, KeyId)>,
    /// Whether something was refused that an invariant depends on.
    pub(super) refused: bool,
    /// Whether something was refused for the clock or for lack of room.
    pub(super) limited: bool,
    /// Whether a clock was wrong, or a time forged.
    pub(super) misdated: bool,
    /// Whether a stanza was lost, an adversary sent something as a device, or a stanza made by hand changed
    /// something.
    pub(super) disturbed: bool,
    /// Whether what happens comes of a stanza made by hand.
    by_hand: bool,
    /// Whether everything had arrived whenever a person decided.
    pub(super) one_after_the_other: bool,
    /// Who knows which key.
    pub(super) discovered: FxHashSet<(DeviceId, KeyId)>,
    /// Whether somebody decided on a key before its device knew it.
    pub(super) decided_on_unknown_key: bool,
    /// Whether a device joined an account whose endpoints share one key: such a device is not linked by
    /// authentications.
    pub(super) joined_one_key: bool,
    /// Whether a device joined its account after the start.
    pub(super) joined: bool,
    /// Whether a device left its account.
    pub(super) left: bool,
    /// Whose messages were sent.
    pub(super) spoke: BTreeSet<KeyId>,
}

impl History {
    pub(super) fn of<E: Endpoint>(world: &World<E>, records: &[TraceRecord]) -> Self {
        let mut history = Self {
            one_after_the_other: world.was_quiet_for_people(),
            discovered: FxHashSet::with_capacity_and_hasher(world.cast().pairs(), FxBuildHasher),
            ..Self::default()
        };
        for record in records {
            match &record.event {
                Event::Step { step } => {
                    history.by_hand = false;
                    history.act(world, world.action(*step));
                }
                Event::Delivered { message, .. } => history.by_hand = message.is_none(),
                Event::Changed { device, change } => history.change(*device, change),
                Event::Refused { device, refusal } => history.refuse(*device, refusal),
                Event::Discovered { device, key } => {
                    history.discovered.insert((*device, *key));
                }
                Event::Sent { device, .. } => {
                    history.spoke.insert(world.cast().member(*device).key);
                }
                Event::Blocked { .. } | Event::Lost { .. } => history.disturbed = true,
                _ => {}
            }
        }
        history
    }

    /// The history of a device of which just the state is known: what is stored there for later.
    pub(super) fn with_postponed(postponed: BTreeSet<(DeviceId, KeyId, KeyId)>) -> Self {
        Self { postponed, ..Self::default() }
    }

    fn act<E: Endpoint>(&mut self, world: &World<E>, action: Option<&Action>) {
        match action {
            Some(action) if let Some((device, decision)) = action.decision() => {
                self.decide(device, decision);
            }
            Some(Action::Join(device)) => {
                self.joined = true;
                self.joined_one_key |= world.cast().member(*device).sharing == KeySharing::OneForAll;
            }
            Some(Action::Leave(_)) => self.left = true,
            Some(Action::SkewClock(..)) => self.misdated = true,
            Some(Action::Forge(_, forged)) => {
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

    pub(super) fn change(&mut self, device: DeviceId, change: &ObservedChange) {
        self.disturbed |= self.by_hand;
        let Some(explanation) = change.explanation else { return };
        match explanation {
            Change::Decided { decision, origin, cause, effect, .. } => {
                self.distrusted |= decision.kind == DecisionKind::Distrust;
                self.decided_on_unknown_key |= effect == Effect::OnDiscovery;
                if let (Origin::Message { sender }, Cause::Released) = (origin, cause) {
                    self.postponed.remove(&(device, sender, decision.key));
                }
            }
            Change::Confirmed { decision, sender, cause: Cause::Released, .. } => {
                self.postponed.remove(&(device, sender, decision.key));
            }
            Change::Postponed { sender, decision } => {
                self.postponed.insert((device, sender, decision.key));
            }
            Change::Dropped { sender, .. } => {
                self.postponed.retain(|(other, left, _)| (*other, *left) != (device, sender));
            }
            Change::Confirmed { .. } | Change::TookEffect { .. } | Change::Level { .. } => {}
        }
    }

    pub(super) fn refuse(&mut self, device: DeviceId, refusal: &Refusal) {
        if let (Some(sender), Some(decision), Cause::Released) =
            (refusal.sender, refusal.decision, refusal.cause)
        {
            self.postponed.remove(&(device, sender, decision.key));
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
