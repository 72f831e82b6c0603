//! A layer that lets a monitor judge an endpoint.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use atm_engine::codec::NamedTrustMessage;
use atm_engine::{Directory, Input, OutboxId, Outgoing, TrustMessage};
use atm_simulator::endpoint::{Endpoint, Failure, InputContext, Occurrence};
use atm_simulator::observation::Observation;
use atm_simulator::script::HandMade;

use super::effect::ROOM_FOR_A_SENDER;
use super::judge::{Manual, Monitor};
use super::stanza::Writing;
use crate::layer::{Happening, Layer};
use crate::messages::Wire;

/// Lets a monitor judge an endpoint at every step. The endpoint behaves as it does without the layer.
#[derive(Debug)]
pub struct Monitored {
    monitor: Rc<RefCell<Monitor>>,
    /// The stanzas as other implementations wrote them.
    wire: Wire,
    /// Whether something happened since the levels were read.
    is_unread: bool,
    /// The messages that were judged. Messages that wait for a connection are sent again.
    judged: BTreeSet<OutboxId>,
}

/// The time at which levels are read after an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Now,
    /// Before the next input or at the end, unless something was sent: keys are discovered in large numbers.
    Later,
}

/// The trust message that a stanza has in the clear, without an envelope.
fn bare_message(stanza: &HandMade, names: &Directory) -> Option<TrustMessage> {
    let clear = stanza.written.clear.as_deref()?;
    NamedTrustMessage::parse(clear.trim()).ok()?.resolve(names).ok()
}

impl Monitored {
    /// Creates a layer with the monitor that judges the endpoint behind it. Stanzas arrive over `wire`.
    pub fn new(monitor: Rc<RefCell<Monitor>>, wire: Wire) -> Self {
        Self { monitor, wire, is_unread: false, judged: BTreeSet::new() }
    }

    fn read(&mut self, endpoint: &impl Endpoint) -> Result<(), Failure> {
        self.is_unread = false;
        self.monitor.borrow_mut().read(|key| endpoint.level(key).map(Some))
    }
}

impl Monitor {
    /// Takes an input of the device. A stanza from another device arrives over `wire`.
    pub fn take(&mut self, happening: Happening<'_>, wire: &Wire, context: InputContext<'_>) {
        let InputContext { now, names, step } = context;
        self.begin(step);
        match happening {
            Happening::Input(Input::Decide(decision)) => {
                self.decided(decision.decisions(), Manual::Said, names, now);
            }
            Happening::Input(Input::TrustManually(key)) => self.trusted_manually(*key),
            Happening::Input(Input::Discover(key)) => self.discovered(*key, names, now),
            Happening::Input(Input::Receive(received)) => {
                let writing = Writing::of(wire.content(received).as_deref());
                self.received(std::slice::from_ref(received), writing, (names, now));
            }
            Happening::Input(Input::Sent(_) | Input::Resume) => {}
            Happening::Scan(scanned) => match &scanned.decision {
                Ok(decision) => self.decided(decision.decisions(), Manual::Scanned, names, now),
                Err(_) => self.scanned_broken_code(),
            },
            Happening::Stanza(stanza) => {
                if let Some(message) = bare_message(stanza, names) {
                    self.heard_in_the_clear(&message.decisions, now);
                }
                self.received(&stanza.parts, Writing::by_hand(&stanza.written), (names, now));
            }
        }
    }
}

impl<E: Endpoint> Layer<E> for Monitored {
    /// Passes an input on, and shows the monitor the input and its effects. A message that waited for a connection was
    /// judged when it was written, unless the device wrote it while it started.
    fn happen(
        &mut self,
        endpoint: &mut E,
        happening: Happening<'_>,
        context: InputContext<'_>,
        out: &mut Observation,
    ) -> Result<(), Failure> {
        let reading = match happening {
            Happening::Input(Input::Sent(_)) => return happening.reach(endpoint, context, out),
            Happening::Input(Input::Discover(_) | Input::Resume) => Reading::Later,
            _ => Reading::Now,
        };
        if self.is_unread && reading == Reading::Now {
            self.read(endpoint)?;
        }
        let before = (out.sent.len(), out.unreadable.len(), out.overheard.len());
        happening.reach(endpoint, context, out)?;
        let is_resumed = matches!(happening, Happening::Input(Input::Resume));
        // After a restore, a new message may have the id of an earlier one.
        let is_new = |outgoing: &&Outgoing| self.judged.insert(outgoing.id) || !is_resumed;
        let sent: Vec<Outgoing> = out.sent[before.0..].iter().filter(is_new).cloned().collect();
        let (unreadable, overheard) = (&out.unreadable[before.1..], &out.overheard[before.2..]);
        let is_silent = sent.is_empty() && overheard.is_empty();
        if is_resumed && is_silent {
            self.monitor.borrow_mut().note_announced(&out.sent[before.0..], context.names);
            return Ok(());
        }
        self.monitor.borrow_mut().take(happening, &self.wire, context);
        if reading == Reading::Now || !is_silent {
            self.read(endpoint)?;
        } else {
            self.is_unread = true;
        }
        let mut monitor = self.monitor.borrow_mut();
        if is_resumed {
            monitor.note_announced(&out.sent[before.0..], context.names);
        } else {
            monitor.check_sent(&sent, unreadable, context.names);
        }
        monitor.check_readers(&sent, overheard, context.names);
        Ok(())
    }

    fn undergo(
        &mut self,
        endpoint: &mut E,
        occurrence: &mut Occurrence<'_>,
        (context, out): (InputContext<'_>, &mut Observation),
    ) -> Result<(), Failure> {
        let InputContext { now, names, .. } = context;
        if self.is_unread {
            self.read(endpoint)?;
        }
        let before = out.sent.len();
        endpoint.undergo(occurrence, context, out)?;
        // The monitor does not know the keys of a long chain, nor the messages that the device had before a backup.
        self.judged.extend(out.sent[before..].iter().map(|outgoing| outgoing.id));
        {
            let mut monitor = self.monitor.borrow_mut();
            monitor.begin(context.step);
            match occurrence {
                Occurrence::BackUp(_) => monitor.backed_up(),
                Occurrence::Restore(_) => monitor.restored(),
                Occurrence::Forget(keys) => keys.iter().for_each(|key| monitor.forgotten(*key)),
                Occurrence::Bombarded { barrage, time } if barrage.size() < ROOM_FOR_A_SENDER => {
                    barrage.discovered().iter().for_each(|key| monitor.discovered(*key, names, now));
                    for stanza in barrage.stanzas(*time) {
                        monitor.received(&[stanza], Writing::Usual, (names, now));
                    }
                }
                Occurrence::Bombarded { barrage, time } => {
                    // The monitor does not know all these unnamed keys. Decisions that wait for them may count once
                    // they are authenticated.
                    let mut heard = barrage.about_named_keys(*time);
                    let last = heard.pop();
                    monitor.received(&heard, Writing::Unusual, (names, now));
                    monitor.received(last.as_slice(), Writing::Usual, (names, now));
                }
            }
        }
        self.read(endpoint)
    }

    fn restart(&mut self, endpoint: &mut E, names: &Directory) -> Result<(), Failure> {
        if self.is_unread {
            self.read(endpoint)?;
        }
        endpoint.restart(names)?;
        self.monitor.borrow_mut().restarted();
        self.read(endpoint)
    }

    /// Reads levels that were not read yet. If the endpoint no longer answers, an earlier error has reported that.
    fn end(&mut self, endpoint: &mut E) {
        if self.is_unread {
            let _ = self.read(endpoint);
        }
    }
}
