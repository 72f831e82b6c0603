use crate::device::Device;
use crate::message::Decision;
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::outcome::{Cause, Outcome, Reason, Refusal};
use crate::rules::postponing::Released;

/// Everything that a rule needs while one input is handled.
pub(crate) struct Context<'a> {
    /// The device that receives the input.
    pub(crate) device: &'a mut Device,
    /// The names behind the ids.
    pub(crate) names: &'a Directory,
    /// The local time.
    pub(crate) now: Stamp,
    /// The caller's outcome. Rules append changes, messages and refusals.
    pub(crate) outcome: &'a mut Outcome,
    /// The number of changes in the outcome before this input.
    pub(crate) earlier_changes: usize,
    /// The consequences of this input. Most inputs have none.
    pub(crate) consequences: Option<Box<Consequences>>,
}

/// The consequences of an input beyond its own decisions.
#[derive(Default)]
pub(crate) struct Consequences {
    /// The released decisions that wait to be applied.
    pub(crate) released: Released,
    /// The keys that it has distrusted.
    pub(crate) distrusted: Vec<KeyId>,
    /// The keys about which messages brought ids that were new, or newly overruled.
    pub(crate) extended: Vec<KeyId>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        device: &'a mut Device,
        names: &'a Directory,
        now: Stamp,
        outcome: &'a mut Outcome,
    ) -> Self {
        let earlier_changes = outcome.changes.len();
        Self { device, names, now, outcome, earlier_changes, consequences: None }
    }

    /// The consequences of this input so far, created on first use.
    pub(crate) fn consequences_mut(&mut self) -> &mut Consequences {
        self.consequences.get_or_insert_default()
    }

    /// The released decisions of this input that wait to be applied.
    pub(crate) fn released_mut(&mut self) -> Option<&mut Released> {
        Some(&mut self.consequences.as_mut()?.released)
    }

    /// The keys that this input has distrusted.
    pub(crate) fn distrusted(&self) -> &[KeyId] {
        self.consequences.as_ref().map_or(&[], |consequences| &consequences.distrusted)
    }

    /// The keys about which messages of this input brought ids that were new, or newly overruled.
    pub(crate) fn extended(&self) -> &[KeyId] {
        self.consequences.as_ref().map_or(&[], |consequences| &consequences.extended)
    }

    /// Whether an account is the device's own, and not a contact's.
    pub(crate) fn is_own(&self, account: AccountId) -> bool {
        account == self.device.account
    }

    /// Refuses one decision. Nothing is refused silently.
    ///
    /// `cold` keeps it out of the code of messages that count. Such a message then takes 3 to 11 % less time with empty
    /// CPU caches.
    #[cold]
    pub(crate) fn refuse(&mut self, decision: Decision, sender: Option<KeyId>, cause: Cause, reason: Reason) {
        self.outcome.refused.push(Refusal::of(reason, sender, decision, cause));
    }

    /// Refuses the input as a whole.
    #[cold] // see `refuse`
    pub(crate) fn refuse_all(&mut self, sender: Option<KeyId>, cause: Cause, reason: Reason) {
        self.outcome.refused.push(Refusal::whole(reason, sender, cause));
    }
}
