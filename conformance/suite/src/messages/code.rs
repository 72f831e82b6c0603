//! Checks the code that a device shows.

use atm_engine::DecisionKind;
use atm_engine::codec::{Malformed, TrustMessageUri};
use atm_simulator::cast::{Cast, Member};

use super::finding::{MessageFinding, findings};

/// The finding about the code that a device shows, if any. The code must authenticate the device's key.
pub(crate) fn wrong_code(uri: &str, member: &Member, cast: &Cast) -> Option<MessageFinding> {
    let names = cast.directory();
    let read = match TrustMessageUri::parse(uri) {
        Ok(read) => read,
        Err(malformed) => {
            return Some(findings::wrong_code(broken_by(&malformed), format!("{malformed}: {uri}")));
        }
    };
    let own = names.identifier(member.key);
    let says = |kind| read.decisions().iter().any(|(said, key)| *said == kind && key == own);
    let broken = if read.owner() != names.jid(member.account) {
        "xep-0434/uri/owner"
    } else if *read.encryption() != *names.encryption_name(cast.encryption()) {
        "xep-0434/uri/encryption"
    } else if !says(DecisionKind::Trust) {
        "xep-0434/uri/verdicts"
    } else {
        return None;
    };
    Some(findings::wrong_code(broken, uri.to_owned()))
}

/// The requirement that a malformed code breaks.
fn broken_by(malformed: &Malformed) -> &'static str {
    match malformed {
        Malformed::MissingEncryption
        | Malformed::BadNamespace { .. }
        | Malformed::UriRepeatedEncryption { .. } => "xep-0434/uri/encryption",
        Malformed::BadBase16 { .. } | Malformed::EmptyKey { .. } | Malformed::KeyLength { .. } => {
            "xep-0434/uri/base16"
        }
        Malformed::UriPair { .. } | Malformed::UriQueryType { .. } => "xep-0434/uri/names",
        Malformed::UriWithoutDecision | Malformed::Contradiction { .. } => "xep-0434/uri/verdicts",
        _ => "xep-0434/uri/owner",
    }
}
