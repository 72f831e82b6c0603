//! What of the past counts in a state, a bit each.

pub(super) const REFUSED: u32 = 1;
pub(super) const LIMITED: u32 = 2;
pub(super) const DISTRUSTED: u32 = 4;
pub(super) const DECIDED_ON_UNKNOWN_KEY: u32 = 8;
pub(super) const DISTURBED: u32 = 16;
/// Not everything had arrived when a person decided.
pub(super) const HURRIED: u32 = 32;
