use super::Malformed;
use super::error::quoted;
use crate::jid::{BareJid, Jid};

/// Parses a JID, bare or full.
pub(super) fn read_jid(found: &str) -> Result<Jid, Malformed> {
    Jid::new(found).map_err(|error| Malformed::BadJid { found: quoted(found), reason: error.to_string() })
}

/// Parses the bare JID of a key owner (XEP-0434 §4).
pub(super) fn read_key_owner(found: &str) -> Result<BareJid, Malformed> {
    let jid = read_jid(found)?;
    if jid.is_full() {
        return Err(Malformed::FullJidOwner { found: quoted(found) });
    }
    Ok(jid.into_bare())
}
