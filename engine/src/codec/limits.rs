use super::Malformed;

/// The longest XML that is read, in bytes: what servers commonly let through as one stanza.
pub const MAX_STANZA_BYTES: usize = 256 * 1024;

/// The longest Trust Message URI that is read, in bytes. A QR code holds at most 2,953.
pub const MAX_URI_BYTES: usize = 16 * 1024;

/// The longest name or value of an attribute that is read, in bytes. A JID has at most 3,071.
pub const MAX_VALUE_BYTES: usize = 8 * 1024;

/// How deep elements may be nested, the root being at depth 1. A trust message in a carbon stands at
/// depth 6; the rest is for the foreign elements beside it.
pub const MAX_DEPTH: usize = 32;

/// Refuses a URI that is too long to be looked at.
pub(super) fn check_uri_size(uri: &str) -> Result<(), Malformed> {
    check_size(uri, MAX_URI_BYTES)
}

/// Refuses what is longer than `limit` bytes.
pub(super) fn check_size(input: &str, limit: usize) -> Result<(), Malformed> {
    let bytes = input.len();
    if bytes > limit { Err(Malformed::TooLarge { bytes, limit }) } else { Ok(()) }
}
