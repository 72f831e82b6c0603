//! An endpoint with its monitor.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use atm_engine::codec::NamedTrustMessage;
use atm_engine::{Decision, Directory, Input, KeyId, Level, Origin, OutboxId, Outgoing, TrustMessage};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::script::{HandMade, Scanned};

use super::judge::{Manual, Monitor};
use super::stanza::Writing;
use crate::messages::Wire;

/// An endpoint that is judged at every step. It behaves as without that.
#[derive(Debug)]
pub struct Monitored<E: Endpoint> {
    endpoint: E,
    monitor: Rc<RefCell<Monitor>>,
    /// How others wrote what arrives.
    wire: Wire,
    /// Whether something happened since the levels were read.
    is_unread: bool,
    /// The messages that were judged: those that wait for a connection come again.
    judged: BTreeSet<OutboxId>,
}

/// Whether levels are read after an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Now,
    /// If nothing was sent, before the next input or at the end: keys come in numbers.
    Later,
}

/// The trust message that stands in the clear in a stanza, without an envelope.
fn bare_message(stanza: &HandMade, names: &Directory) -> Option<TrustMessage> {
    let clear = stanza.written.clear.as_deref()?;
    NamedTrustMessage::parse(clear.trim()).ok()?.resolve(names).ok()
}

impl<E: Endpoint> Monitored<E> {
    /// An endpoint with the monitor that is to judge it. What arrives came over `wire`.
    pub fn new(endpoint: E, monitor: Rc<RefCell<Monitor>>, wire: Wire) -> Self {
        Self { endpoint, monitor, wire, is_unread: false, judged: BTreeSet::new() }
    }

    fn read(&mut self) -> Result<(), Failure> {
        self.is_unread = false;
        self.monitor.borrow_mut().read(|key| self.endpoint.level(key))
    }

    /// Lets something happen, tells the monitor what, and shows it what came of that.
    fn judge(
        &mut self,
        (context, reading): (InputContext<'_>, Reading),
        out: &mut Observation,
        happen: impl FnOnce(&mut E, &mut Observation) -> Result<(), Failure>,
        tell: impl FnOnce(&mut Monitor),
    ) -> Result<(), Failure> {
        if self.is_unread && reading == Reading::Now {
            self.read()?;
        }
        let before = (out.sent.len(), out.unreadable.len(), out.overheard.len());
        happen(&mut self.endpoint, out)?;
        let sent = &out.sent[before.0..];
        let (unreadable, overheard) = (&out.unreadable[before.1..], &out.overheard[before.2..]);
        self.judged.extend(sent.iter().map(|outgoing| outgoing.id));
        {
            let mut monitor = self.monitor.borrow_mut();
            monitor.begin(context.step);
            tell(&mut monitor);
        }
        if reading == Reading::Now || !sent.is_empty() {
            self.read()?;
        } else {
            self.is_unread = true;
        }
        let mut monitor = self.monitor.borrow_mut();
        monitor.check_sent(sent, unreadable, context.names);
        monitor.check_readers(sent, overheard, context.names);
        Ok(())
    }

    /// What waited for a connection was judged when it was written, unless the device wrote it while it started.
    fn resume(&mut self, context: InputContext<'_>, out: &mut Observation) -> Result<(), Failure> {
        let (before, overheard_before) = (out.sent.len(), out.overheard.len());
        self.endpoint.apply(&Input::Resume, context, out)?;
        let new = out.sent[before..].iter().filter(|outgoing| self.judged.insert(outgoing.id));
        let (new, overheard): (Vec<Outgoing>, _) =
            (new.cloned().collect(), &out.overheard[overheard_before..]);
        if new.is_empty() && overheard.is_empty() {
            return Ok(());
        }
        self.monitor.borrow_mut().begin(context.step);
        self.read()?;
        self.monitor.borrow_mut().check_readers(&new, overheard, context.names);
        Ok(())
    }
}

/// What was not read by the end is read then. An endpoint that does not answer any more was told of before.
impl<E: Endpoint> Drop for Monitored<E> {
    fn drop(&mut self) {
        if self.is_unread {
            let _ = self.read();
        }
    }
}

impl<E: Endpoint> Endpoint for Monitored<E> {
    fn apply(
        &mut self,
        input: &Input,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        let reading = match input {
            Input::Sent(_) => return self.endpoint.apply(input, context, out),
            Input::Resume => return self.resume(context, out),
            Input::Discover(_) => Reading::Later,
            Input::Decide(_) | Input::TrustManually(_) | Input::Receive(_) => Reading::Now,
        };
        let happen = |endpoint: &mut E, out: &mut Observation| endpoint.apply(input, context, out);
        let writing = match input {
            Input::Receive(received) => Writing::of(self.wire.content(received).as_deref()),
            _ => Writing::Usual,
        };
        self.judge((context, reading), out, happen, |monitor| match input {
            Input::Decide(decision) => monitor.decided(decision.decisions(), Manual::Said, names, now),
            Input::TrustManually(key) => monitor.trusted_manually(*key),
            Input::Discover(key) => monitor.discovered(*key, names, now),
            Input::Receive(received) => {
                monitor.received(std::slice::from_ref(received), writing, (names, now));
            }
            Input::Sent(_) | Input::Resume => {}
        })
    }

    fn scan(
        &mut self,
        scanned: &Scanned,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        let happen = |endpoint: &mut E, out: &mut Observation| endpoint.scan(scanned, context, out);
        self.judge((context, Reading::Now), out, happen, |monitor| match &scanned.decision {
            Ok(decision) => monitor.decided(decision.decisions(), Manual::Scanned, names, now),
            Err(_) => monitor.scanned_broken_code(),
        })
    }

    fn deliver(
        &mut self,
        stanza: &HandMade,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        let happen = |endpoint: &mut E, out: &mut Observation| endpoint.deliver(stanza, context, out);
        self.judge((context, Reading::Now), out, happen, |monitor| {
            if let Some(message) = bare_message(stanza, names) {
                monitor.heard_in_the_clear(&message.decisions);
            }
            monitor.received(&stanza.parts, Writing::by_hand(&stanza.written), (names, now));
        })
    }

    fn undergo(
        &mut self,
        occurrence: &mut Occurrence<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        if self.is_unread {
            self.read()?;
        }
        let before = out.sent.len();
        self.endpoint.undergo(occurrence, context, out)?;
        // Nothing is known here of the keys of a chain, and of what a device had before a backup.
        self.judged.extend(out.sent[before..].iter().map(|outgoing| outgoing.id));
        {
            let mut monitor = self.monitor.borrow_mut();
            monitor.begin(context.step);
            match occurrence {
                Occurrence::BackUp(_) => monitor.backed_up(),
                Occurrence::Restore(_) => monitor.restored(),
                Occurrence::Forget(keys) => keys.iter().for_each(|key| monitor.forgotten(*key)),
                Occurrence::Chain { chain, time } => {
                    // Of the keys in between nothing is known here. The last one may be trusted once the first one is.
                    let [waiting, releasing] = chain.ends(*time);
                    monitor.received(&[waiting], Writing::Unusual, (names, now));
                    monitor.received(&[releasing], Writing::Usual, (names, now));
                }
            }
        }
        self.read()
    }

    fn own_code(&mut self, context: InputContext<'_>) -> Result<Option<String>, Failure> {
        self.endpoint.own_code(context)
    }

    fn level(&self, key: KeyId) -> Result<Level, Failure> {
        self.endpoint.level(key)
    }

    fn origin(&self, key: KeyId) -> Option<Origin> {
        self.endpoint.origin(key)
    }

    fn restart(&mut self, names: &Directory) -> Result<(), Failure> {
        if self.is_unread {
            self.read()?;
        }
        self.endpoint.restart(names)?;
        {
            let mut monitor = self.monitor.borrow_mut();
            monitor.restarted();
        }
        self.read()
    }

    fn postponed(&self, sender: KeyId) -> Option<Vec<Decision>> {
        self.endpoint.postponed(sender)
    }
}
