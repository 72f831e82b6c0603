//! The requirement because of which a decision counts or must not count.

use atm_engine::codec::Malformed;
use atm_engine::{AccountId, Decision, DecisionKind, Directory, KeyId};

/// A decision counts only if an authenticated sender makes it.
pub(super) const SECURITY_LEVEL: &str = "xep-0450/introduction/security-level";
/// A person makes a decision.
pub(super) const MANUAL: &str = "xep-0450/glossary/manual-decisions";
/// A person scans a code.
pub(super) const SCANNED: &str = "xep-0434/uri/verdicts";
/// A decision of an unauthenticated sender is stored until the sender is authenticated.
pub(super) const UNAUTHENTICATED_SENDER: &str = "xep-0450/storing/unauthenticated-sender";
/// A decision about an unknown key is stored until the key is known.
pub(super) const UNKNOWN_KEY: &str = "xep-0450/storing/unknown-key";
/// A contact decides about its own account only.
pub(super) const OWN_ACCOUNT_ONLY: &str = "xep-0450/introduction/own-account-only";
/// A sender does not decide about trust in its own key.
pub(super) const OWN_WORD: &str = "xep-0450/use-cases/another-endpoint";
/// Endpoints that share one key follow each other.
pub(super) const ONE_KEY: &str = "xep-0450/ook";
/// A carbon counts only if it is from the own account.
pub(super) const CARBONS: &str = "xep-0280/inbound/own-bare-jid";
/// Content in the clear does not count.
pub(super) const PLAINTEXT: &str = "xep-0420/rules/plaintext-ignored";
/// A message for a protocol other than ATM does not count.
pub(super) const USAGE: &str = "xep-0434/structure/usage";
/// A message is about keys of the encryption that it names.
pub(super) const ENCRYPTION: &str = "xep-0434/structure/encryption";
/// A message names the encryption that carries it.
pub(super) const CARRIER: &str = "xep-0434/structure/carrying-encryption";
/// A message has a time.
pub(super) const TIME_NEEDED: &str = "xep-0434/sce-profile/time";
/// The time of a message is within a margin of its sending.
pub(super) const TIME: &str = "xep-0420/affixes/time";
/// A message names the sender of its stanza.
pub(super) const FROM: &str = "xep-0420/affixes/from";
/// A message names the recipient of its stanza.
pub(super) const TO: &str = "xep-0420/affixes/to";
/// The encryption names the sender, who belongs to the account in the stanza's `from`.
pub(super) const SIGNED: &str = "xep-0434/structure/signed";

/// A stanza without `from` is from the own account.
pub(super) const NO_FROM: &str = "rfc-6120/client-streams/no-from";

/// Everything that was stored at the time of a backup is restored with it.
pub(super) const BACKUP: &str = "atm/rules/backup";
/// Only holders of authenticated keys receive messages. Two sentences demand this.
pub(super) const READERS: [&str; 2] = [
    "xep-0434/encrypted/authenticated-endpoints-written",
    "xep-0434/implementation-notes/encrypted-for-authenticated-written",
];
/// Contacts are told about the sender's own account.
pub(super) const NO_THIRD_PARTIES: &str = "xep-0450/use-cases/no-third-parties";

/// The requirement that voids a malformed message as a whole. `None` if only a part is malformed: the valid parts may
/// count.
pub(super) fn of_malformed(malformed: &Malformed) -> Option<&'static str> {
    match malformed {
        Malformed::WrongNamespace { element, .. } if element == "envelope" => {
            Some("xep-0420/rules/envelope-namespace")
        }
        Malformed::WrongNamespace { .. } => Some("xep-0420/rules/namespaces"),
        Malformed::MissingUsage => Some(USAGE),
        Malformed::NotXml { .. } | Malformed::Entity { .. } | Malformed::Trailing { .. } => {
            Some("xep-0420/rules/invalid-xml")
        }
        _ => None,
    }
}

/// Whether this requirement governs the release of postponed decisions.
pub(super) fn is_of_waiting(requirement: &str) -> bool {
    [UNAUTHENTICATED_SENDER, BACKUP].contains(&requirement)
}

/// The medium of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    InAMessage,
    InACode,
}

/// The requirement that a device breaks if it confuses the named key with another one of the same identifier.
pub(super) fn of_mistaken_key(said: KeyId, taken: KeyId, (way, names): (Way, &Directory)) -> &'static str {
    match (names.encryption_of(said) == names.encryption_of(taken), way) {
        (true, Way::InAMessage) => "xep-0434/structure/key-owner",
        (true, Way::InACode) => "xep-0434/uri/owner",
        (false, Way::InAMessage) => ENCRYPTION,
        (false, Way::InACode) => "xep-0434/uri/encryption",
    }
}

/// The requirement that governs a decision of an authenticated sender.
pub(super) fn of_word(kind: DecisionKind, is_by_own: bool, is_about_own: bool) -> &'static str {
    match (kind, is_by_own, is_about_own) {
        (DecisionKind::Trust, true, true) => "xep-0450/ao-r",
        (DecisionKind::Trust, true, false) => "xep-0450/ac-r/own-endpoint",
        (DecisionKind::Trust, false, _) => "xep-0450/ac-r/contact-endpoint",
        (DecisionKind::Distrust, true, true) => "xep-0450/do-r",
        (DecisionKind::Distrust, true, false) => "xep-0450/dc-r/own-endpoint",
        (DecisionKind::Distrust, false, _) => "xep-0450/dc-r/contact-endpoint",
    }
}

/// The kind of a duty to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// A decision that a person has just made, for endpoints that are authenticated.
    Decision,
    /// Earlier decisions, for an endpoint that was just authenticated.
    Summary,
}

/// The requirement because of which a device tells a decision to the holder of the key `reader`.
pub(super) fn of_telling(
    telling: Telling,
    decision: Decision,
    reader: KeyId,
    (own, names): (AccountId, &Directory),
) -> &'static str {
    let is_own = |key| names.owner(key) == own;
    match (decision.kind, telling, is_own(reader), is_own(decision.key)) {
        (DecisionKind::Distrust, _, _, true) => "xep-0450/do-s",
        (DecisionKind::Distrust, _, _, false) => "xep-0450/dc-s",
        (DecisionKind::Trust, Telling::Summary, true, _) => "xep-0450/ao-s/new-endpoint",
        (DecisionKind::Trust, Telling::Summary, false, _) => "xep-0450/ac-s/contact-endpoint",
        (DecisionKind::Trust, Telling::Decision, _, true) => "xep-0450/ao-s/other-endpoints",
        (DecisionKind::Trust, Telling::Decision, _, false) => "xep-0450/ac-s/own-endpoints",
    }
}

/// The ids of the requirements that the monitor judges.
pub const JUDGED: &[&str] = &[
    "atm/rules/backup",
    "rfc-6120/client-streams/no-from",
    "xep-0280/inbound/own-bare-jid",
    "xep-0420/affixes/from",
    "xep-0420/affixes/time",
    "xep-0420/affixes/to",
    "xep-0420/rules/envelope-namespace",
    "xep-0420/rules/invalid-xml",
    "xep-0420/rules/namespaces",
    "xep-0420/rules/plaintext-ignored",
    "xep-0434/encrypted/authenticated-endpoints-written",
    "xep-0434/implementation-notes/encrypted-for-authenticated-written",
    "xep-0434/sce-profile/time",
    "xep-0434/structure/carrying-encryption",
    "xep-0434/structure/encryption",
    "xep-0434/structure/key-owner",
    "xep-0434/structure/signed",
    "xep-0434/structure/usage",
    "xep-0434/uri/encryption",
    "xep-0434/uri/owner",
    "xep-0434/uri/verdicts",
    "xep-0450/ac-r/contact-endpoint",
    "xep-0450/ac-r/own-endpoint",
    "xep-0450/ac-s/contact-endpoint",
    "xep-0450/ac-s/own-endpoints",
    "xep-0450/ao-r",
    "xep-0450/ao-s/new-endpoint",
    "xep-0450/ao-s/other-endpoints",
    "xep-0450/dc-r/contact-endpoint",
    "xep-0450/dc-r/own-endpoint",
    "xep-0450/dc-s",
    "xep-0450/do-r",
    "xep-0450/do-s",
    "xep-0450/glossary/manual-decisions",
    "xep-0450/introduction/own-account-only",
    "xep-0450/introduction/security-level",
    "xep-0450/ook",
    "xep-0450/storing/unauthenticated-sender",
    "xep-0450/storing/unknown-key",
    "xep-0450/use-cases/another-endpoint",
    "xep-0450/use-cases/no-third-parties",
];

#[cfg(test)]
mod tests {
    use super::JUDGED;
    use crate::messages::findings;
    use crate::requirements;

    #[test]
    fn each_attribution_is_listed() {
        let source = include_str!("attribution.rs");
        let (code, listed) = source.split_once("pub const JUDGED").expect("the list");
        let is_id = |text: &&str| ["xep-", "rfc-", "atm/"].iter().any(|prefix| text.starts_with(prefix));
        let quoted = code.split('"').filter(is_id);
        let missing: Vec<&str> = quoted.filter(|id| !JUDGED.contains(id)).collect();
        assert_eq!(missing, [""; 0]);
        for id in JUDGED {
            assert!(code.contains(&format!("\"{id}\"")), "{id}");
            assert!(requirements::find(id).is_some(), "{id}");
        }
        assert!(listed.contains("xep-0450/ook"));
    }

    #[test]
    fn every_requirement_of_messages_can_be_found_broken() {
        let in_form = include_str!("../messages/finding.rs");
        for requirement in findings::requirements() {
            // It is broken whenever a recommendation is.
            let is_found = requirement.id == requirements::RECOMMENDED
                || in_form.contains(&format!("\"{}\"", requirement.id));
            assert!(is_found || JUDGED.contains(&requirement.id), "{}", requirement.id);
        }
    }
}
