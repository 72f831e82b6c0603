use super::Malformed;

/// The greatest accepted length of XML, in bytes: a common limit of servers for one stanza.
pub const MAX_STANZA_BYTES: usize = 256 * 1024;

/// The greatest accepted length of a Trust Message URI, in bytes. A QR code holds at most 2,953.
pub const MAX_URI_BYTES: usize = 16 * 1024;

/// The greatest accepted length of a name or an attribute value, in bytes. A JID has at most 3,071.
pub const MAX_VALUE_BYTES: usize = 8 * 1024;

/// The greatest accepted nesting depth; the root has depth 1. A trust message in a carbon has depth 6. The rest is for
/// foreign elements.
pub const MAX_DEPTH: usize = 32;

/// Refuses a URI that is too long.
pub(super) fn check_uri_size(uri: &str) -> Result<(), Malformed> {
    check_size(uri, MAX_URI_BYTES)
}

/// Refuses input of more than `limit` bytes.
pub(super) fn check_size(input: &str, limit: usize) -> Result<(), Malformed> {
    let bytes = input.len();
    if bytes > limit { Err(Malformed::TooLarge { bytes, limit }) } else { Ok(()) }
}
