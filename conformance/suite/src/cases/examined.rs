use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use atm_engine::{Decision, Directory, Input, KeyId, Level, Origin, OutboxId, Outgoing, Stamp, Usage};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::script::{HandMade, Scanned};

use crate::messages::{MessageFinding, findings, wrong_code};

/// An endpoint under test: what it sends is looked at as it is sent.
#[derive(Debug)]
pub struct Examined<E> {
    endpoint: E,
    cast: Arc<Cast>,
    member: Member,
    seen: Rc<RefCell<Examination>>,
    /// The latest time that the device's clock has shown.
    latest: Stamp,
    /// How far the time in a message may be from that clock.
    tolerance: Duration,
    /// The messages that were looked at.
    looked_at: BTreeSet<OutboxId>,
}

/// When a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// In answer to what just happened.
    Now,
    /// Earlier: it waited for a connection.
    Before,
}

/// What was seen of the messages of one case.
#[derive(Clone, Debug, Default)]
pub(super) struct Examination {
    pub(super) findings: Vec<MessageFinding>,
    pub(super) messages: usize,
}

impl<E: Endpoint> Examined<E> {
    pub(super) fn new(
        endpoint: E,
        cast: Arc<Cast>,
        member: Member,
        tolerance: Duration,
        seen: Rc<RefCell<Examination>>,
    ) -> Self {
        let (latest, looked_at) = (Stamp::from_millis(i64::MIN), BTreeSet::new());
        Self { endpoint, cast, member, seen, latest, tolerance, looked_at }
    }

    /// Lets something happen, and looks at what came of it: messages that wait to be sent again were looked
    /// at before.
    fn examine(
        &mut self,
        now: Stamp,
        written: Written,
        out: &mut Observation,
        happen: impl FnOnce(&mut E, &mut Observation) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let sent = out.sent.len();
        happen(&mut self.endpoint, out)?;
        self.latest = self.latest.max(now);
        for outgoing in &out.sent[sent..] {
            // What waited for a connection was looked at before, unless it was said while the device started.
            if !self.looked_at.insert(outgoing.id) {
                continue;
            }
            let mut found = self.content(outgoing);
            found.extend(self.affixes(outgoing, now, written));
            let mut seen = self.seen.borrow_mut();
            seen.messages += 1;
            seen.findings.extend(found);
        }
        Ok(())
    }

    fn content(&self, outgoing: &Outgoing) -> Vec<MessageFinding> {
        let (names, message) = (self.cast.directory(), &outgoing.envelope.message);
        let mut found = Vec::new();
        if message.usage != Usage::Atm {
            found.push(findings::wrong_usage());
        }
        if message.encryption != self.cast.encryption() {
            found.push(findings::wrong_encryption(&names.encryption_name(message.encryption).to_string()));
        }
        found
    }

    fn affixes(&self, outgoing: &Outgoing, now: Stamp, written: Written) -> Vec<MessageFinding> {
        let envelope = &outgoing.envelope;
        let mut found = Vec::new();
        if !envelope.padded {
            found.push(findings::no_rpad());
        }
        match envelope.time {
            None => found.push(findings::wrong_time("none".to_owned())),
            // What waited for a connection has the time at which it was written.
            Some(_) if written == Written::Before => {}
            Some(time) => {
                // Who has dated something later, since the clock was wrong then, may go on from there.
                let nearest = time.max(now).min(self.latest.max(now));
                let off = time.as_millis().abs_diff(nearest.as_millis());
                if u128::from(off) > self.tolerance.as_millis() {
                    let off = Duration::from_millis(off).as_secs_f64();
                    found.push(findings::wrong_time(format!("{off} s off the sender's clock")));
                }
            }
        }
        for (named, expected, wrong) in [
            (envelope.from, self.member.account, findings::wrong_from as fn(String) -> MessageFinding),
            (envelope.to, outgoing.to, findings::wrong_to),
        ] {
            match named {
                None => found.push(wrong("none".to_owned())),
                Some(account) if account != expected => found.push(wrong(self.cast.account_name(account))),
                Some(_) => {}
            }
        }
        found
    }
}

impl<E: Endpoint> Endpoint for Examined<E> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let written = if *input == Input::Resume { Written::Before } else { Written::Now };
        self.examine(context.now, written, out, |endpoint, out| endpoint.apply(input, context, out))
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.examine(context.now, Written::Now, out, |endpoint, out| endpoint.scan(scanned, context, out))
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        self.examine(context.now, Written::Now, out, |endpoint, out| endpoint.deliver(stanza, context, out))
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        // Nothing is known here about the keys of a chain, so what is sent to them is not looked at.
        self.endpoint.undergo(occurrence, context, out)
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        let uri = self.endpoint.own_code(context)?;
        let found = uri.iter().filter_map(|uri| wrong_code(uri, &self.member, &self.cast));
        self.seen.borrow_mut().findings.extend(found);
        Ok(uri)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.endpoint.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        self.endpoint.restart(names)
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.endpoint.postponed(sender)
    }
}
