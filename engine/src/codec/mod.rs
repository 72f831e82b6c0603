//! What trust messages look like outside.

/// Why something is no trust message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed;
