//! The conversion of the events of a run into rows.

use std::collections::BTreeMap;

use atm_engine::{
    Change, Decision, DecisionKind, Effect, KeyId, Level, Notice, Origin, Outgoing, Reason, Refusal, Stamp,
};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::observation::LevelChange;
use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;
use atm_simulator::trace::{Event, MessageNumber, Route, TraceRecord};

use super::rows::{Arrow, DiagramRow, Fate, Note, NoteKind};
use crate::pictures::mismatches::Mismatch;
use crate::pictures::position;
use crate::runs;

/// A sent message.
struct ReadStanza<'a> {
    sender: DeviceId,
    outgoing: &'a Outgoing,
    /// The position of the step in which it was sent.
    step: Option<usize>,
    reaches_somebody: bool,
}

type Letters<'a> = BTreeMap<MessageNumber, ReadStanza<'a>>;

/// All messages, with whether the trace shows a copy of them.
fn letters(records: &[TraceRecord]) -> Letters<'_> {
    let mut letters = Letters::default();
    let mut in_step = None;
    for record in records {
        match &record.event {
            Event::Step { step } => in_step = Some(*step),
            Event::Sent { device, message, outgoing } | Event::Forged { device, message, outgoing } => {
                let letter = ReadStanza { sender: *device, outgoing, step: in_step, reaches_somebody: false };
                letters.insert(*message, letter);
            }
            Event::Delivered { message: Some(message), .. }
            | Event::Archived { message, .. }
            | Event::Withheld { message, .. }
            | Event::Blocked { message, .. }
            | Event::Lost { message, .. } => {
                if let Some(letter) = letters.get_mut(message) {
                    letter.reaches_somebody = true;
                }
            }
            Event::Delivered { message: None, .. }
            | Event::Discovered { .. }
            | Event::Changed { .. }
            | Event::Crashed { .. }
            | Event::Refused { .. }
            | Event::Noticed { .. } => {}
        }
    }
    letters
}

/// The rows so far, with the state that the next event needs.
pub(super) struct Drafting<'a> {
    scenario: &'a Scenario,
    cast: &'a Cast,
    letters: Letters<'a>,
    pub(super) rows: Vec<DiagramRow>,
    step: Option<usize>,
    /// The last row of the current step in which each device took part.
    latest: BTreeMap<DeviceId, usize>,
}

impl<'a> Drafting<'a> {
    pub(super) fn new(scenario: &'a Scenario, run: &'a Run) -> Self {
        Self {
            scenario,
            cast: &run.cast,
            letters: letters(run.trace.records()),
            rows: Vec::new(),
            step: None,
            latest: BTreeMap::new(),
        }
    }

    /// Adds a mismatch. Later events get rows of their own.
    pub(super) fn add_mismatch(&mut self, mismatch: &Mismatch) {
        let Mismatch { demand, observed, device, missing_message, .. } = mismatch;
        let text = if device.is_some() { format!("\u{2717} {demand}") } else { mismatch.text() };
        let note = |device: &DeviceId| Note {
            device: *device,
            kind: NoteKind::Wrong,
            lead: "\u{2717}",
            names: Vec::new(),
            tail: observed.clone(),
        };
        // Several devices can contradict one expectation.
        if let Some(DiagramRow::Mismatch { text: last, notes, .. }) = self.rows.last_mut()
            && *last == text
        {
            notes.extend(device.iter().map(note));
            return;
        }
        let arrow = missing_message.map(|(from, to)| Arrow {
            message: None,
            at: Stamp::MIN,
            from: Some(from),
            to: vec![to],
            fate: Fate::Missing,
            label: "\u{2717} missing message".to_owned(),
        });
        let notes = device.iter().map(note).collect();
        self.rows.push(DiagramRow::Mismatch { text, arrow, notes });
        self.latest.clear();
    }

    /// Adds an event. A new kind of event needs only an arm here.
    pub(super) fn add(&mut self, record: &TraceRecord) {
        match &record.event {
            Event::Step { step } => self.begin(*step, record.at),
            Event::Discovered { device, key } => {
                // Keys that are known from the start are not shown.
                if self.step.is_some() {
                    self.note_key(*device, NoteKind::Aside, "discovers", *key, String::new());
                }
            }
            Event::Changed { device, change } => match (&change.explanation, &change.level) {
                (Some(explanation), _) => self.add_change(*device, explanation),
                (None, Some(level)) => self.add_level(*device, level),
                (None, None) => {}
            },
            Event::Sent { message, .. } => self.add_unread(*message, "tells nobody who can read it to"),
            Event::Forged { message, .. } => self.add_unread(*message, "forges for nobody who can read it:"),
            Event::Delivered { device, message, route } => {
                let (fate, remark) = way(*route);
                self.arrow(*message, *device, fate, remark, record.at);
            }
            Event::Archived { device, message } => {
                self.arrow(Some(*message), *device, Fate::Kept, "kept by the server", record.at);
            }
            Event::Withheld { device, message } => {
                self.arrow(Some(*message), *device, Fate::Withheld, "withheld", record.at);
            }
            Event::Blocked { device, message } => {
                self.arrow(Some(*message), *device, Fate::Lost, "dropped by the server", record.at);
            }
            Event::Lost { device, message } => {
                self.arrow(Some(*message), *device, Fate::Lost, "lost: the device is gone", record.at);
            }
            Event::Crashed { device } => self.note(*device, NoteKind::Aside, "is down", None, String::new()),
            Event::Refused { device, refusal } => self.add_refusal(*device, refusal),
            Event::Noticed { device, notice: Notice::MissingPadding { sender } } => {
                let tail = format!("from {}", self.cast.key_name(*sender));
                self.note(*device, NoteKind::Aside, "misses the padding of a message", None, tail);
            }
        }
    }

    fn begin(&mut self, step: usize, at: Stamp) {
        self.step = Some(step);
        self.latest.clear();
        let number = atm_suite::step_number(self.scenario, step);
        let step = &self.scenario.steps[step];
        let presence = position::new_presence(self.cast, step);
        self.rows.push(DiagramRow::Step { number, text: runs::describe_step(step), at, presence });
    }

    fn add_change(&mut self, device: DeviceId, change: &Change) {
        match *change {
            Change::Decided { decision: Decision { key, kind: verdict }, origin, effect, .. } => {
                let (kind, tail) = self.by(origin);
                let (kind, lead) = match (verdict, effect) {
                    (DecisionKind::Trust, Effect::Now) => (kind, "authenticates"),
                    (DecisionKind::Distrust, Effect::Now) => (NoteKind::Distrust, "distrusts"),
                    (DecisionKind::Trust, Effect::OnDiscovery) => {
                        (NoteKind::Waiting, "once it is known, will authenticate")
                    }
                    (DecisionKind::Distrust, Effect::OnDiscovery) => {
                        (NoteKind::Waiting, "once it is known, will distrust")
                    }
                };
                self.note_key(device, kind, lead, key, tail);
            }
            Change::TookEffect { key, level, origin } => {
                let (kind, tail) = self.by(origin);
                let (kind, lead) = match level {
                    Level::Authenticated => (kind, "authenticates"),
                    _ => (NoteKind::Distrust, "distrusts"),
                };
                self.note_key(device, kind, lead, key, tail);
            }
            Change::Level { key, level: Level::ManuallyTrusted, .. } => {
                self.note_key(device, NoteKind::Aside, "trusts with a click", key, String::new());
            }
            // The decision is in the picture already.
            Change::Confirmed { .. } => {}
            // Levels set by a policy would fill the picture. The trace has them.
            Change::Level { .. } => {}
            Change::Postponed { sender, decision: Decision { key, kind: verdict } } => {
                let lead = match verdict {
                    DecisionKind::Trust => "keeps for later: trust",
                    DecisionKind::Distrust => "keeps for later: distrust",
                };
                let tail = format!("(word of {})", self.cast.key_name(sender));
                self.note_key(device, NoteKind::Waiting, lead, key, tail);
            }
            Change::Dropped { sender, decisions } => {
                let tail = format!("{decisions} from {}", self.cast.key_name(sender));
                self.note(device, NoteKind::Aside, "drops what it kept:", None, tail);
            }
        }
    }

    /// Adds a change of a level that its device does not explain.
    fn add_level(&mut self, device: DeviceId, change: &LevelChange) {
        let LevelChange { key, after, .. } = *change;
        let step = self.step.map(|step| &self.scenario.steps[step]);
        let manual = step.is_some_and(|step| position::decides(step, device, key, self.cast));
        let (kind, tail) = match manual {
            true => (NoteKind::Manual, "(manual)".to_owned()),
            false => (NoteKind::Automatic, "(automatic)".to_owned()),
        };
        match after {
            Level::Authenticated => self.note_key(device, kind, "authenticates", key, tail),
            Level::Distrusted => self.note_key(device, NoteKind::Distrust, "distrusts", key, tail),
            Level::ManuallyTrusted => {
                self.note_key(device, NoteKind::Aside, "trusts with a click", key, String::new());
            }
            Level::Undecided | Level::AutomaticallyTrusted | Level::AutomaticallyDistrusted => {}
        }
    }

    fn by(&self, origin: Origin) -> (NoteKind, String) {
        match origin {
            Origin::Manual => (NoteKind::Manual, "(manual)".to_owned()),
            Origin::Message { sender } => {
                (NoteKind::Automatic, format!("(automatic, word of {})", self.cast.key_name(sender)))
            }
            Origin::Policy => (NoteKind::Aside, "(policy)".to_owned()),
        }
    }

    fn add_refusal(&mut self, device: DeviceId, refusal: &Refusal) {
        if refusal.reason == Reason::Postponed {
            return; // the change that postpones the decision is shown
        }
        let tail = format!("({})", refusal.explanation());
        match refusal.decision {
            Some(Decision { key, kind: DecisionKind::Trust }) => {
                self.note_key(device, NoteKind::Refused, "refuses: trust", key, tail);
            }
            Some(Decision { key, kind: DecisionKind::Distrust }) => {
                self.note_key(device, NoteKind::Refused, "refuses: distrust", key, tail);
            }
            None => self.note(device, NoteKind::Refused, "refuses", None, tail),
        }
    }

    /// Adds a note at the sender of a message of which no copy is drawn.
    fn add_unread(&mut self, message: MessageNumber, lead: &'static str) {
        let Some(letter) = self.letters.get(&message).filter(|letter| !letter.reaches_somebody) else {
            return;
        };
        let tail = runs::said(&letter.outgoing.envelope.message.decisions, self.cast);
        self.note(letter.sender, NoteKind::Aside, lead, None, tail);
    }

    fn arrow(&mut self, message: Option<MessageNumber>, to: DeviceId, fate: Fate, remark: &str, at: Stamp) {
        let letter = message.and_then(|message| self.letters.get(&message));
        let from = letter.map(|letter| letter.sender);
        let mut label = match (message, letter) {
            (Some(number), Some(letter)) => {
                let said = runs::said(&letter.outgoing.envelope.message.decisions, self.cast);
                format!("m{}: {said}", number.0)
            }
            _ => "a stanza made by hand".to_owned(),
        };
        let sent_earlier = letter.and_then(|letter| letter.step).filter(|step| Some(*step) != self.step);
        let sent_earlier =
            sent_earlier.map(|step| format!("sent in step {}", atm_suite::step_number(self.scenario, step)));
        let remarks: Vec<&str> =
            [remark, sent_earlier.as_deref().unwrap_or("")].into_iter().filter(|it| !it.is_empty()).collect();
        if !remarks.is_empty() {
            label = format!("{label} ({})", remarks.join(", "));
        }
        let arrow = Arrow { message, at, from, to: vec![to], fate, label };
        match self.earlier_copies(&arrow, to) {
            Some(row) => {
                if let DiagramRow::Event { arrow: Some(earlier), .. } = &mut self.rows[row] {
                    earlier.to.push(to);
                }
                self.latest.insert(to, row);
            }
            None => {
                let row = self.rows.len();
                self.latest.extend(from.into_iter().chain([to]).map(|device| (device, row)));
                self.rows.push(DiagramRow::Event { arrow: Some(arrow), notes: Vec::new() });
            }
        }
    }

    /// The row with copies of the same message that had the same fate at the same time, if the device took part in
    /// nothing since.
    fn earlier_copies(&self, arrow: &Arrow, to: DeviceId) -> Option<usize> {
        let in_step =
            self.rows.iter().rev().take_while(|row| matches!(row, DiagramRow::Event { .. })).count();
        let since = self.latest.get(&to).map_or(self.rows.len() - in_step, |row| row + 1);
        let row = (since..self.rows.len()).rev().find(|row| match &self.rows[*row] {
            DiagramRow::Event { arrow: Some(earlier), .. } => {
                (earlier.message, earlier.at, &earlier.label) == (arrow.message, arrow.at, &arrow.label)
            }
            _ => false,
        })?;
        arrow.message.map(|_| row)
    }

    fn note_key(&mut self, device: DeviceId, kind: NoteKind, lead: &'static str, key: KeyId, tail: String) {
        let name = self.cast.key_name(key);
        self.note(device, kind, lead, Some(name), tail);
    }

    fn note(
        &mut self,
        device: DeviceId,
        kind: NoteKind,
        lead: &'static str,
        name: Option<String>,
        tail: String,
    ) {
        let notes = self.notes_for(device);
        if let Some(note) = notes.iter_mut().rev().find(|note| note.device == device)
            && (note.kind, note.lead, &note.tail) == (kind, lead, &tail)
            && !note.names.is_empty()
        {
            note.names.extend(name);
            return;
        }
        notes.push(Note { device, kind, lead, names: name.into_iter().collect(), tail });
    }

    /// The notes of the row for a note at `device`. This is the last row in which the device took part, if it received
    /// something there; or the last row, if that has no message; or a new row.
    fn notes_for(&mut self, device: DeviceId) -> &mut Vec<Note> {
        let fits = |row: &usize| match &self.rows[*row] {
            DiagramRow::Event { arrow: Some(arrow), .. } => arrow.arrives() && arrow.to.contains(&device),
            DiagramRow::Event { arrow: None, .. } => true,
            DiagramRow::Step { .. } | DiagramRow::Mismatch { .. } => false,
        };
        let latest = self.latest.get(&device).copied().filter(fits);
        let last = self.rows.len().checked_sub(1).filter(fits);
        let row = latest.or(last).unwrap_or_else(|| {
            self.rows.push(DiagramRow::Event { arrow: None, notes: Vec::new() });
            self.rows.len() - 1
        });
        self.latest.insert(device, row);
        match &mut self.rows[row] {
            DiagramRow::Event { notes, .. } => notes,
            DiagramRow::Step { .. } | DiagramRow::Mismatch { .. } => {
                unreachable!("notes fit only in moments")
            }
        }
    }
}

/// The fate of a message that came by a route, with a remark.
fn way(route: Route) -> (Fate, &'static str) {
    match route {
        Route::Direct | Route::ByHand => (Fate::Arrives, ""),
        Route::Carbon => (Fate::Arrives, "carbon"),
        Route::Archive => (Fate::ArrivesLater, "out of the archive"),
        Route::Duplicate => (Fate::ArrivesLater, "a second time"),
        Route::Replay => (Fate::ArrivesLater, "replayed"),
    }
}
