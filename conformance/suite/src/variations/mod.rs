//! Variations: the same case in other clothes.
//!
//! A change of form that means the same must not change the result. Each case is also played with messages that are written
//! in another way, that arrive twice or late, and with restarts in between. What differs then is a finding about the one
//! variation that matters.
//!
//! ```text
//! case id ──► row: a variation of each axis ──► play ──► something fails that does not without them?
//!                                                          │ yes: with which of them alone?
//!                                                          ▼
//!                                        judgement under the requirement of that variation
//! ```

mod attacked;
mod element;
mod form;
mod restarting;
mod row;
mod variation;
mod varied;

pub use attacked::Attacked;
pub use form::rewritten;
pub use restarting::Restarting;
pub use row::{VariationChoice, row, rows};
pub use variation::{Axis, UnknownVariation, Variation};
pub use varied::Varied;
