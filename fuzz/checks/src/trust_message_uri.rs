use atm_engine::Directory;
use atm_engine::codec::{MAX_URI_BYTES, Malformed, NamedKeyOwner, NamedTrustMessage, TrustMessageUri};

use crate::refusal::has_a_reason;

/// A URI is refused with a reason, or it survives a round trip. Its decisions fit into a trust message and form one
/// manual decision.
pub fn trust_message_uri(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let uri = match TrustMessageUri::parse(text) {
        Ok(uri) => uri,
        Err(malformed) => return has_a_reason(&malformed),
    };
    let written = uri.to_string();
    assert!(written.bytes().all(|byte| byte.is_ascii_graphic()), "{written}");
    match TrustMessageUri::parse(&written) {
        Ok(again) => assert_eq!(again, uri, "{written}"),
        // Writing may encode characters that need no encoding, which triples their length.
        Err(Malformed::TooLarge { .. }) => assert!(written.len() > MAX_URI_BYTES, "{written}"),
        Err(malformed) => panic!("{malformed}: {written}"),
    }
    let owner = NamedKeyOwner { jid: uri.owner().clone(), decisions: uri.decisions().to_vec() };
    let message = NamedTrustMessage::new("urn:xmpp:atm:1", uri.encryption().clone(), vec![owner])
        .expect("what a URI says is a trust message");
    let mut names = Directory::new();
    let decision = uri.intern(&mut names);
    let said = message.intern(&mut names);
    assert_eq!(decision.decisions().len(), said.decisions.len());
    assert!(decision.decisions().iter().all(|decided| said.decisions.contains(decided)));
    assert_eq!(
        TrustMessageUri::of(&decision, &names).expect("keys of one owner").intern(&mut names),
        decision
    );
}
