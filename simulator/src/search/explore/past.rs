//! The facts about the past that belong to a state, one bit each.

pub(super) const REFUSED: u32 = 1;
pub(super) const LIMITED: u32 = 2;
pub(super) const DISTRUSTED: u32 = 4;
pub(super) const DECIDED_ON_UNKNOWN_KEY: u32 = 8;
pub(super) const DISTURBED: u32 = 16;
/// Not all packets had arrived when a person decided.
pub(super) const HURRIED: u32 = 32;
