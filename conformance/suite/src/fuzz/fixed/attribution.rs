//! Under which requirement something is demanded.

use atm_engine::codec::Malformed;
use atm_engine::{
    Cause, Change, Decision, DecisionKind, Effect, KeyId, KeySharing, Origin, Payload, Reason, Received,
};
use atm_simulator::cast::{Cast, DeviceId};
use atm_simulator::script::{Action, HandMade, Script};
use atm_simulator::trace::Event;
use rustc_hash::FxHashMap;

/// Nothing counts unless somebody authenticated says it.
const SECURITY_LEVEL: &str = "xep-0450/introduction/security-level";
/// A person decides.
const MANUAL: &str = "xep-0450/glossary/manual-decisions";
/// What an unauthenticated sender says is stored until it is authenticated.
const UNAUTHENTICATED_SENDER: &str = "xep-0450/storing/unauthenticated-sender";
/// What is said about an unknown key is stored until it is known.
const UNKNOWN_KEY: &str = "xep-0450/storing/unknown-key";

/// Endpoints that share one key follow each other.
const ONE_KEY: &str = "xep-0450/ook";

/// What must not be read as if it were XML.
const INVALID_XML: &str = "xep-0420/rules/invalid-xml";
/// What is in another namespace is something else.
const NAMESPACES: &str = "xep-0420/rules/namespaces";

/// By which requirement devices regard keys as they do: by what was said last, even if that must not count.
#[derive(Default)]
pub(super) struct DemandAttribution {
    last: FxHashMap<(DeviceId, KeyId), &'static str>,
}

impl DemandAttribution {
    pub(super) fn of(&self, device: DeviceId, key: KeyId) -> &'static str {
        self.last.get(&(device, key)).copied().unwrap_or(SECURITY_LEVEL)
    }

    /// Whether something was ever said about a key to a device, whatever came of it.
    pub(super) fn was_spoken_of(&self, device: DeviceId, key: KeyId) -> bool {
        self.last.contains_key(&(device, key))
    }

    fn put_down(&mut self, device: DeviceId, key: KeyId, id: &'static str) {
        self.last.insert((device, key), id);
    }

    /// Takes note of what happens in a step.
    pub(super) fn note(&mut self, event: &Event, action: Option<&Action>, cast: &Cast) {
        match event {
            Event::Changed { device, change } => {
                if let Some(explanation) = &change.explanation {
                    self.changed(*device, explanation, action, cast);
                }
            }
            Event::Refused { device, refusal } => {
                let Some(decision) = refusal.decision else { return };
                let id = match refusal.reason {
                    // Its word counts for nothing, whoever it is.
                    Reason::NoAuthority if refusal.sender == Some(decision.key) => Some(SECURITY_LEVEL),
                    reason => of_refusal(reason),
                };
                if let Some(id) = id {
                    self.put_down(*device, decision.key, id);
                }
            }
            // What was made by hand is refused whole or counts.
            Event::Delivered { device, message: None, .. } => {
                if let Some(Action::Deliver(_, stanza)) = action {
                    for part in &stanza.parts {
                        self.by_hand(*device, part, stanza, cast);
                    }
                }
            }
            _ => {}
        }
    }

    fn by_hand(&mut self, device: DeviceId, part: &Received, stanza: &HandMade, cast: &Cast) {
        match &part.payload {
            Payload::Parsed(envelope) => {
                let void = of_stanza(part, &envelope.message, cast);
                for decision in envelope.message.decisions.iter() {
                    self.put_down(device, decision.key, void.unwrap_or(SECURITY_LEVEL));
                }
            }
            Payload::Malformed(malformed) => {
                let id = of_malformed(malformed);
                let written = stanza.written.encrypted.iter().map(|encrypted| &encrypted.xml);
                let written: Vec<&String> = written.chain(&stanza.written.clear).collect();
                let is_named = |key: &KeyId| {
                    let identifier = cast.directory().identifier(*key).to_base64();
                    written.iter().any(|xml| xml.contains(&identifier))
                };
                for key in cast.keys().filter(is_named) {
                    self.put_down(device, key, id);
                }
            }
        }
    }

    fn changed(&mut self, device: DeviceId, change: &Change, action: Option<&Action>, cast: &Cast) {
        let member = cast.member(device);
        let is_own = |key| cast.directory().owner(key) == member.account;
        let has_one_key = member.sharing == KeySharing::OneForAll;
        match *change {
            Change::Decided { decision, origin, cause, effect, .. } => {
                let id = match (origin, cause, effect) {
                    (Origin::Manual, ..) if matches!(action, Some(Action::Scan(..))) => {
                        "xep-0434/uri/verdicts"
                    }
                    (Origin::Manual | Origin::Policy, ..) => MANUAL,
                    (_, Cause::Released, _) => UNAUTHENTICATED_SENDER,
                    (_, _, Effect::OnDiscovery) => UNKNOWN_KEY,
                    (Origin::Message { sender }, ..) if has_one_key && is_own(sender) => ONE_KEY,
                    (Origin::Message { sender }, ..) => {
                        of_word(decision.kind, is_own(sender), is_own(decision.key))
                    }
                };
                self.put_down(device, decision.key, id);
            }
            Change::TookEffect { key, .. } => {
                self.put_down(device, key, UNKNOWN_KEY);
            }
            Change::Postponed { decision, .. } => {
                self.put_down(device, decision.key, SECURITY_LEVEL);
            }
            Change::Confirmed { .. } | Change::Level { .. } | Change::Dropped { .. } => {}
        }
    }
}

/// The stanzas made by hand of which nothing may count, by step: and the requirement that says so.
pub(super) fn of_no_account(script: &Script) -> Vec<(usize, &'static str)> {
    let stanzas = script.actions.iter().enumerate().filter_map(|(step, action)| match action {
        Action::Deliver(_, stanza) => Some((step, stanza)),
        _ => None,
    });
    stanzas
        .filter_map(|(step, stanza)| {
            let ids = stanza.parts.iter().map(|part| match &part.payload {
                Payload::Parsed(envelope) => of_stanza(part, &envelope.message, &script.cast),
                Payload::Malformed(malformed) => Some(of_malformed(malformed)),
            });
            // What is said in the clear stands after what is encrypted.
            Some((step, *ids.collect::<Option<Vec<_>>>()?.last()?))
        })
        .collect()
}

fn of_malformed(malformed: &Malformed) -> &'static str {
    match malformed {
        Malformed::WrongNamespace { .. } => NAMESPACES,
        _ => INVALID_XML,
    }
}

/// What a sender's word about a key does.
fn of_word(verdict: DecisionKind, by_own: bool, about_own: bool) -> &'static str {
    match (verdict, by_own, about_own) {
        (DecisionKind::Trust, true, true) => "xep-0450/ao-r",
        (DecisionKind::Trust, true, false) => "xep-0450/ac-r/own-endpoint",
        (DecisionKind::Trust, false, _) => "xep-0450/ac-r/contact-endpoint",
        (DecisionKind::Distrust, true, true) => "xep-0450/do-r",
        (DecisionKind::Distrust, true, false) => "xep-0450/dc-r/own-endpoint",
        (DecisionKind::Distrust, false, _) => "xep-0450/dc-r/contact-endpoint",
    }
}

fn of_refusal(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::NoAuthority => Some("xep-0450/introduction/own-account-only"),
        Reason::Postponed | Reason::DistrustedSender => Some(SECURITY_LEVEL),
        _ => None,
    }
}

/// Why a stanza must not count, if it is plain that it must not.
fn of_stanza(
    part: &atm_engine::Received,
    message: &atm_engine::TrustMessage,
    cast: &Cast,
) -> Option<&'static str> {
    let sender = cast.directory().account_of(part.from);
    Some(match part.protection {
        _ if part.carbon_from.is_some_and(|from| from != part.to) => "xep-0280/inbound/own-bare-jid",
        atm_engine::Protection::None => "xep-0420/rules/plaintext-ignored",
        _ if message.usage != atm_engine::Usage::Atm => "xep-0434/structure/usage",
        atm_engine::Protection::Encrypted { with, .. } if with != message.encryption => {
            "xep-0434/structure/encryption"
        }
        atm_engine::Protection::Encrypted { by, .. }
            if by.is_none_or(|key| cast.directory().owner(key) != sender) =>
        {
            "xep-0434/structure/signed"
        }
        atm_engine::Protection::Encrypted { .. } => return None,
    })
}

/// What a hosted device has to tell about a decision of a person, or in a summary to the endpoint that was decided on.
pub(super) fn of_telling(
    decision: Decision,
    is_summary: bool,
    reader: KeyId,
    own_key: KeyId,
    cast: &Cast,
) -> &'static str {
    let names = cast.directory();
    let own = names.owner(own_key);
    let (reader_is_own, about_own) = (names.owner(reader) == own, names.owner(decision.key) == own);
    match (decision.kind, is_summary, reader_is_own, about_own) {
        (DecisionKind::Distrust, _, _, true) => "xep-0450/do-s",
        (DecisionKind::Distrust, _, _, false) => "xep-0450/dc-s",
        (DecisionKind::Trust, true, true, _) => "xep-0450/ao-s/new-endpoint",
        (DecisionKind::Trust, true, false, _) => "xep-0450/ac-s/contact-endpoint",
        (DecisionKind::Trust, false, _, true) => "xep-0450/ao-s/other-endpoints",
        (DecisionKind::Trust, false, _, false) => "xep-0450/ac-s/own-endpoints",
    }
}
