//! Walks the author of an adapter through the protocol, one command after the other.

mod likeness;
mod parts;
mod sent;
mod walk;

use atm_adapter_protocol::AdapterSpec;

use self::parts::PARTS;
use self::walk::{Stop, Walk};

/// What one part of the walk came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartResult {
    /// It is as it should be.
    Right(String),
    /// The adapter says that it cannot do that, or something else that the part needs does not work.
    Skipped(String),
    /// It is not as it should be.
    Wrong(Wrong),
}

/// What is wrong, where, and why that may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub what: String,
    /// The command.
    pub command: Option<String>,
    /// The line that answered it.
    pub answer: Option<String>,
    /// The mistake that most likely is behind it.
    pub likely_mistake: Option<String>,
    /// Whether the program was ended by it, so that another one takes the next part.
    pub started_anew: bool,
}

/// One part of the walk, when it is done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReport {
    /// What it was about.
    pub title: &'static str,
    /// What it came to.
    pub outcome: PartResult,
    /// What is allowed, and still good to know.
    pub notes: Vec<String>,
}

/// Walks through the protocol with an adapter. `told` hears of each part as it is done with. Says whether all is as
/// it should be.
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
