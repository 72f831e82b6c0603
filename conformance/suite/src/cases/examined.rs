use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use atm_engine::{Input, OutboxId, Outgoing, Payload, Stamp, Usage};
use atm_simulator::cast::{Cast, Member};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;

use crate::layer::{Happening, Layer};
use crate::messages::{MessageFinding, findings, wrong_code};

/// Checks the messages of an endpoint under test when they are sent.
#[derive(Debug)]
pub struct Examined {
    cast: Arc<Cast>,
    member: Member,
    seen: Rc<RefCell<Examination>>,
    /// The latest time that the device's clock showed, or that it received in a message.
    latest: Stamp,
    /// The permitted difference between the time of a message and that clock.
    tolerance: Duration,
    /// The messages that were checked.
    looked_at: BTreeSet<OutboxId>,
}

/// The time at which a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// In response to the current input.
    Now,
    /// Earlier. The message waited for a connection.
    Before,
}

/// The results for the messages of one case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Examination {
    pub(crate) findings: Vec<MessageFinding>,
    pub(crate) messages: usize,
}

impl Examined {
    pub(crate) fn new(
        cast: Arc<Cast>,
        member: Member,
        tolerance: Duration,
        seen: Rc<RefCell<Examination>>,
    ) -> Self {
        let (latest, looked_at) = (Stamp::from_millis(i64::MIN), BTreeSet::new());
        Self { cast, member, seen, latest, tolerance, looked_at }
    }

    /// Notes the times in what the device receives. A device may date a decision after the last word that it holds.
    pub(crate) fn hear(&mut self, happening: Happening<'_>) {
        let parts = match happening {
            Happening::Input(Input::Receive(received)) => std::slice::from_ref(received),
            Happening::Stanza(stanza) => &stanza.parts,
            Happening::Input(_) | Happening::Scan(_) => return,
        };
        for part in parts {
            if let Payload::Parsed(envelope) = &part.payload {
                self.latest = self.latest.max(envelope.time.unwrap_or(self.latest));
            }
        }
    }

    /// Checks messages that the device sends at time `now`. A message that waited for a connection was checked before,
    /// unless the device wrote it while it started.
    pub(crate) fn look_at(&mut self, sent: &[Outgoing], now: Stamp, written: Written) -> Examination {
        self.latest = self.latest.max(now);
        let mut seen = Examination::default();
        for outgoing in sent {
            if self.looked_at.insert(outgoing.id) {
                seen.messages += 1;
                seen.findings.extend(self.content(outgoing));
                seen.findings.extend(self.affixes(outgoing, now, written));
            }
        }
        seen
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
            // A message that waited for a connection has the time of its writing.
            Some(_) if written == Written::Before => {}
            Some(time) => {
                // After a wrong clock or a message showed a later time, messages may continue from that time.
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

impl<E: Endpoint> Layer<E> for Examined {
    /// Passes an input on and checks the messages that are sent. Messages that are sent again were checked before.
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let written = match happening {
            Happening::Input(Input::Resume) => Written::Before,
            _ => Written::Now,
        };
        self.hear(happening);
        let sent = out.sent.len();
        happening.reach(endpoint, context, out)?;
        let found = self.look_at(&out.sent[sent..], context.now, written);
        let mut seen = self.seen.borrow_mut();
        seen.messages += found.messages;
        let by = &self.member.name;
        seen.findings.extend(found.findings.into_iter().map(|found| found.sent(by, context.step)));
        Ok(())
    }

    /// A restored device gives its later messages ids that it gave before.
    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        if matches!(occurrence, Occurrence::Restore(_)) {
            self.looked_at.clear();
        }
        endpoint.undergo(occurrence, context, out)
    }

    fn own_code(&mut self, endpoint: &mut E, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        let uri = endpoint.own_code(context)?;
        let found = uri.iter().filter_map(|uri| wrong_code(uri, &self.member, &self.cast));
        self.seen.borrow_mut().findings.extend(found);
        Ok(uri)
    }
}
