//! The state of a device: data structures without rules.

pub(crate) mod id_map;
pub(crate) mod key_store;
pub(crate) mod known_distrusts;
pub(crate) mod last_words;
pub(crate) mod outbox;
pub(crate) mod postponed;
