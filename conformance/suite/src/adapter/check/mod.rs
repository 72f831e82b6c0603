//! Walks the author of an adapter through the protocol, one command at a time.

mod likeness;
mod parts;
mod sent;
mod walk;

use atm_adapter_protocol::AdapterSpec;

use self::parts::PARTS;
use self::walk::{Stop, Walk};

/// The result of a part of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartResult {
    /// The adapter behaves correctly.
    Right(String),
    /// The adapter lacks the feature, or something that the part needs does not work.
    Skipped(String),
    /// The adapter misbehaves.
    Wrong(Wrong),
}

/// A misbehaviour, with its place and a likely reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The misbehaviour.
    pub what: String,
    /// The last command.
    pub command: Option<String>,
    /// The line that answered the command.
    pub answer: Option<String>,
    /// The likely mistake in the adapter.
    pub likely_mistake: Option<String>,
    /// Whether the process ended, so that the next part starts a new one.
    pub started_anew: bool,
}

/// The report of a finished part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReport {
    /// The behaviour that the part checks.
    pub title: &'static str,
    /// The result.
    pub outcome: PartResult,
    /// Notes on behaviour that is permitted but noteworthy.
    pub notes: Vec<String>,
}

/// Walks through the protocol with an adapter and passes the report of each part to `told`. Returns whether all parts
/// are right.
pub fn check(spec: AdapterSpec, told: &mut dyn FnMut(&PartReport)) -> bool {
    let mut walk = Walk::new(spec);
    let mut right = true;
    for (position, part) in PARTS.iter().enumerate() {
        let outcome = match walk.prepare(part).and_then(|()| (part.run)(&mut walk)) {
            Ok(said) => PartResult::Right(said),
            Err(Stop::Skip(why)) => PartResult::Skipped(why),
            Err(Stop::Wrong(what, mistake)) => {
                let more = walk.has_greeted() && position + 1 < PARTS.len();
                PartResult::Wrong(walk.wrong(part, what, mistake, more))
            }
        };
        let is_wrong = matches!(outcome, PartResult::Wrong(_));
        right &= !is_wrong;
        told(&PartReport { title: part.title, outcome, notes: walk.take_notes() });
        if is_wrong && !walk.has_greeted() {
            break;
        }
    }
    right
}
