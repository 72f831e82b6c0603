use crate::atm::{Done, atm_reading};

fn lint(text: &str) -> Done {
    atm_reading(&["lint"], text)
}

const KEY: &str = "tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=";

fn trust_message(key: &str) -> String {
    format!(
        "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
         <key-owner jid='bob@example.com'><trust>{key}</trust></key-owner></trust-message>"
    )
}

#[test]
fn what_is_right_is_told() {
    let done = lint(&trust_message(KEY));
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.starts_with("The trust message is well-formed."), "{}", done.out);
    assert!(done.out.contains(
        "trust b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413 of bob@example.com"
    ));
}

#[test]
fn what_is_wrong_is_told_with_its_reason() {
    let done = lint(&trust_message("b423"));
    assert_eq!(done.code, Some(1), "{}", done.out);
    assert!(done.out.contains("is malformed (key-length)"), "{}", done.out);
}

#[test]
fn an_envelope_is_told_what_it_lacks() {
    let content = trust_message(KEY);
    let done = lint(&format!("<envelope xmlns='urn:xmpp:sce:1'><content>{content}</content></envelope>"));
    assert_eq!(done.code, Some(0), "{}", done.out);
    for affix in ["rpad", "time", "from", "to"] {
        assert!(done.out.contains(&format!("<{affix}/> is missing")), "{}", done.out);
    }
}

#[test]
fn a_stanza_and_a_uri_are_told_apart() {
    let done =
        lint("<message xmlns='jabber:client' type='chat'><encrypted xmlns='urn:xmpp:omemo:2'/></message>");
    assert!(done.out.contains("<store/> is missing"), "{}", done.out);
    let fingerprint = "b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413";
    let uri = format!("xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust={fingerprint}");
    let done = lint(&uri);
    assert!(done.out.starts_with("The URI is well-formed."), "{}", done.out);
}

#[test]
fn something_else_needs_to_be_named() {
    let done = lint("hello");
    assert_eq!(done.code, Some(64));
    assert!(done.err.contains("--kind"), "{}", done.err);
    assert_eq!(atm_reading(&["lint", "/nonexistent/file"], "").code, Some(66));
}
