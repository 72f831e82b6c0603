//! Variations: the same case in another form.
//!
//! A change of form that keeps the meaning must not change the result. So each case is also played with messages that
//! are written differently, arrive twice or late, and with restarts in between. A difference is attributed to the one
//! variation that causes it.
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
mod renamed;
mod restarting;
mod row;
mod variation;
mod varied;

pub use attacked::{Attacked, Forgeries};
pub use form::rewritten;
pub use renamed::with_odd_resources;
pub use restarting::Restarting;
pub use row::{VariationChoice, row, rows};
pub use variation::{Axis, UnknownVariation, Variation};
pub use varied::Varied;
