//! What a message may do.

use std::borrow::Cow;
use std::time::Duration;

use super::applying::{Released, Source, for_each_distrusts_first};
use super::conflicts::Speaker;
use crate::device::{Device, KeySharing};
use crate::input::{Payload, Protection, Received};
use crate::level::Level;
use crate::message::{Decision, Envelope, Usage};
use crate::names::{AccountId, Directory, KeyId, Stamp};
use crate::outcome::{Cause, Change, Notice, Outcome, Reason, Refusal};
use crate::store::key_store::Record;
use crate::store::postponed::{Share, Storing};

/// A message that counts: who says it, when, and what.
struct Admitted<'a> {
    sender: KeyId,
    account: AccountId,
    time: Stamp,
    /// E5: whether that very key of the sender is authenticated. That its account has an authenticated key does not
    /// count.
    counts: bool,
    envelope: &'a Envelope,
}

impl Device {
    /// Takes in a message: refuses it, applies what its sender may say, or postpones that.
    #[inline(never)] // see `Device::apply`
    pub(crate) fn on_message(
        &mut self,
        received: &Received,
        now: Stamp,
        names: &Directory,
        out: &mut Outcome,
    ) {
        let admitted = match self.admit(received, now, names) {
            Ok(admitted) => admitted,
            Err(reason) => {
                let sender = match received.protection {
                    Protection::Encrypted { by, .. } => by,
                    Protection::None => None,
                };
                let malformed = match &received.payload {
                    Payload::Malformed(malformed) if reason == Reason::Malformed => Some(malformed.clone()),
                    _ => None,
                };
                out.refused.push(Refusal { malformed, ..Refusal::whole(reason, sender, Cause::Received) });
                return;
            }
        };
        if !admitted.envelope.padded {
            out.notices.push(Notice::MissingPadding { sender: admitted.sender });
        }
        let since = out.changes.len();
        let decisions = &admitted.envelope.message.decisions;
        let mut all_authorized = true;
        for &decision in decisions.iter() {
            if let Err(reason) = self.authorize(&admitted, decision, names) {
                all_authorized = false;
                out.refused.push(Refusal::of(reason, Some(admitted.sender), decision, Cause::Received));
            } else if !admitted.counts {
                self.postpone(&admitted, decision, out);
            }
        }
        if !admitted.counts {
            return;
        }
        // Who may say what does not depend on what is applied.
        let authorized = if all_authorized {
            Cow::Borrowed(&decisions[..])
        } else {
            let is_authorized = |decision: &&Decision| self.authorize(&admitted, **decision, names).is_ok();
            Cow::Owned(decisions.iter().filter(is_authorized).copied().collect())
        };
        let Admitted { sender, time, .. } = admitted;
        let source = Source { time, speaker: Speaker::Key(sender), cause: Cause::Received };
        self.settle_all_of(&authorized, &source, names, out);
        self.announce_message(since, now, names, out);
    }

    /// Applies the decisions of a message, and what they release.
    #[inline(never)] // with so few variables, most of the loop's stay in registers
    fn settle_all_of(
        &mut self,
        decisions: &[Decision],
        source: &Source,
        names: &Directory,
        out: &mut Outcome,
    ) {
        let mut released = Released::default();
        for_each_distrusts_first(decisions, |decision| {
            self.settle(decision, source, names, &mut released, out);
            self.settle_released_distrusts(names, &mut released, out);
        });
        self.settle_released(names, &mut released, out);
    }

    /// E3: only what was encrypted counts, with `usage` ATM, an `encryption` equal to the one that carried
    /// it, and a sender key that this layer names and binds to the sender's bare JID. Carbons count only
    /// from the own bare JID; the device's own message coming back is dropped, known by its full JID or id.
    fn admit<'a>(
        &self,
        received: &'a Received,
        now: Stamp,
        names: &Directory,
    ) -> Result<Admitted<'a>, Reason> {
        let account = names.account_of(received.from);
        if received.carbon_from.is_some_and(|wrapper| wrapper != self.account) {
            return Err(Reason::ForgedCarbon);
        }
        if received.from == self.endpoint || account == self.account && self.wrote(received) {
            return Err(Reason::OwnReflection);
        }
        let Protection::Encrypted { with, by } = received.protection else {
            return Err(Reason::NotEncrypted);
        };
        let envelope = match &received.payload {
            Payload::Parsed(envelope) => envelope,
            Payload::Malformed(_) => return Err(Reason::Malformed),
        };
        match envelope.message.usage {
            Usage::Atm => {}
            Usage::Other => return Err(Reason::NotAtm),
        }
        if envelope.message.encryption != with || with != self.encryption {
            return Err(Reason::WrongEncryption);
        }
        let sender = by.ok_or(Reason::UnboundKey)?;
        if names.owner(sender) != account || names.encryption_of(sender) != with {
            return Err(Reason::UnboundKey);
        }
        if sender == self.key && self.sharing == KeySharing::OnePerEndpoint {
            return Err(Reason::OwnKey);
        }
        let time = check_affixes(envelope, received, account, now, self.rules.clock_margin)?;
        let record = self.store.get(sender);
        if self.is_silenced(sender, record, time) {
            return Err(Reason::DistrustedSender);
        }
        // The own key has no record: that it speaks here means that the account's endpoints share it.
        let level = record.map_or(Level::Undecided, Record::effective_level);
        let counts = sender == self.key || level == Level::Authenticated;
        Ok(Admitted { sender, account, time, counts, envelope })
    }

    fn wrote(&self, received: &Received) -> bool {
        received.id.is_some_and(|id| id.endpoint == self.endpoint && self.outbox.gave_out(id.number))
    }

    /// Whether what `sender`, which has this record, said at `time` is refused because of a distrust, one that stands
    /// or a later one.
    #[inline] // for each message, and mostly nothing was distrusted
    pub(crate) fn is_silenced(&self, sender: KeyId, record: Option<&Record>, time: Stamp) -> bool {
        record.is_some_and(|record| record.level == Level::Distrusted)
            || self.store.distrusted_until(sender).is_some_and(|end| time <= end)
    }

    /// E4: an own endpoint may speak for any owner, a contact's endpoint only for its own account, and
    /// nobody about trust in its own key.
    fn authorize(
        &self,
        admitted: &Admitted<'_>,
        decision: Decision,
        names: &Directory,
    ) -> Result<(), Reason> {
        if let Some(reason) = self.undecidable(decision.key, names) {
            return Err(reason);
        }
        let speaks_for_owner =
            admitted.account == self.account || names.owner(decision.key) == admitted.account;
        if decision.key == admitted.sender || !speaks_for_owner {
            return Err(Reason::NoAuthority);
        }
        Ok(())
    }

    fn postpone(&mut self, admitted: &Admitted<'_>, decision: Decision, out: &mut Outcome) {
        let Admitted { sender, account, time, .. } = *admitted;
        let share = if account == self.account { Share::Own } else { Share::Contacts };
        let reason = match self.postponed.store((sender, account, share), decision, time, &self.rules.limits)
        {
            Storing::Stored => {
                out.changes.push(Change::Postponed { sender, decision });
                Reason::Postponed
            }
            Storing::Superseded => Reason::Stale,
            Storing::NoRoom => Reason::Quota,
        };
        out.refused.push(Refusal::of(reason, Some(sender), decision, Cause::Received));
    }
}

/// E10: the affixes of the envelope (XEP-0420 §4). `<from/>` and `<to/>`, where they are there, match the
/// stanza as bare JIDs; a `<time/>` is there and near the sending time. Returns the time of the decisions,
/// which is never later than the arrival.
#[inline(always)] // a part of `admit`, for each message
fn check_affixes(
    envelope: &Envelope,
    received: &Received,
    from: AccountId,
    now: Stamp,
    margin: Duration,
) -> Result<Stamp, Reason> {
    let matches = |affix: Option<AccountId>, stanza: AccountId| affix.is_none_or(|affix| affix == stanza);
    if !matches(envelope.from, from) || !matches(envelope.to, received.to) {
        return Err(Reason::AffixMismatch);
    }
    let time = envelope.time.ok_or(Reason::MissingTime)?;
    let sending_time = received.delayed_since.unwrap_or(now);
    if time.distance(sending_time) > margin {
        return Err(Reason::Clock);
    }
    Ok(time.min(now))
}
