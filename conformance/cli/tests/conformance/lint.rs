use crate::atm::{Done, atm_reading};

fn lint(text: &str) -> Done {
    atm_reading(&["lint"], text)
}

const KEY: &str = "tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=";
const OTHER_KEY: &str = "2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4=";

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
fn one_character_has_no_plural() {
    for (padding, told) in [("x", "<rpad/>: 1 character\n"), ("xyz", "<rpad/>: 3 characters\n")] {
        let content = trust_message(KEY);
        let done = lint(&format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>{padding}</rpad><time stamp='2020-01-01T12:00:00Z'/>\
             <from jid='bob@example.com'/><to jid='alice@example.org'/><content>{content}</content></envelope>"
        ));
        assert!(done.out.contains(told), "{}", done.out);
    }
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

/// Asserts that `atm lint` accepts a text and describes it so.
#[track_caller]
fn well_formed(text: &str, expected: &str) {
    let done = lint(text);
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    assert!(done.out.contains(expected), "{expected:?} is not in {}", done.out);
}

/// Asserts that `atm lint` refuses a text for this reason.
#[track_caller]
fn malformed(text: &str, expected: &str) {
    let done = lint(text);
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    assert!(done.out.contains(expected), "{expected:?} is not in {}", done.out);
}

fn stanza(content: &str) -> String {
    format!("<message xmlns='jabber:client' type='chat'>{content}<store xmlns='urn:xmpp:hints'/></message>")
}

fn envelope(stamp: &str, content: &str) -> String {
    format!("<envelope xmlns='urn:xmpp:sce:1'><time stamp='{stamp}'/><content>{content}</content></envelope>")
}

const CODE: &str = "trust-message;encryption=urn:xmpp:omemo:2;trust=b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413";

#[test]
fn codes_of_other_kinds_and_with_an_authority_are_told_as_what_they_are() {
    malformed(
        "xmpp:bob@example.com?omemo-sid-1032437584=b423f508",
        "another kind of code: an OMEMO fingerprint code",
    );
    well_formed(
        &format!("xmpp://alice@example.org/bob@example.com?{CODE}"),
        "names alice@example.org, the own account",
    );
    malformed(&format!("xmpp:bo%E2%80%8Bb@example.com?{CODE}"), "U+200B");
}

#[test]
fn a_stanza_has_exactly_one_trust_message() {
    well_formed(&stanza(&trust_message(KEY)), "in the clear");
    malformed(&stanza(&trust_message(KEY).repeat(2)), "<trust-message/> stands in <message/> more than once");
}

#[test]
fn a_result_of_an_archive_is_looked_into() {
    let archived = |message: &str| {
        format!(
            "<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' id='1'><forwarded xmlns='urn:xmpp:forward:0'>\
             <delay xmlns='urn:xmpp:delay' stamp='2020-01-01T12:00:00Z'/>{message}</forwarded></result></message>"
        )
    };
    let encrypted = stanza("<encrypted xmlns='urn:xmpp:omemo:2'/>");
    well_formed(&archived(&encrypted), "something is encrypted with urn:xmpp:omemo:2");
    well_formed(&archived(&encrypted), "a result of an archive");
    well_formed(&archived(&stanza(&trust_message(KEY))), "in the clear");
    malformed(&archived(&stanza(&trust_message("b423"))), "key-length");
}

#[test]
fn all_encryptions_of_a_stanza_are_named() {
    let both = "<encrypted xmlns='eu.siacs.conversations.axolotl'/><encrypted xmlns='urn:xmpp:omemo:2'/>";
    well_formed(&stanza(both), "encrypted with eu.siacs.conversations.axolotl and with urn:xmpp:omemo:2");
}

#[test]
fn what_is_allowed_but_odd_is_noted() {
    let other = trust_message(KEY).replace("urn:xmpp:atm:1", "urn:xmpp:omemo:2");
    well_formed(&other, "note: the usage is urn:xmpp:omemo:2");
    let encrypted = "<encrypted xmlns='urn:xmpp:omemo:2'/>";
    well_formed(
        &stanza(encrypted).replace("'chat'", "'headline'"),
        "note: the stanza is of the type chat, but: type headline",
    );
    well_formed(
        &stanza(&format!("{encrypted}<body>hi</body>")),
        "note: no <body/> beside an encrypted envelope",
    );
    let hint = "<store xmlns='urn:xmpp:hints'/>";
    let inside = envelope("2020-01-01T12:00:00Z", &format!("{}{hint}", trust_message(KEY)));
    well_formed(&inside, "note: what is for servers does not stand in the envelope");
    // XEP-0334 defines both hints.
    for hint in ["no-store", "no-permanent-store"] {
        well_formed(
            &stanza(&format!("{encrypted}<{hint} xmlns='urn:xmpp:hints'/>")),
            &format!("note: <{hint}/> asks servers not to keep"),
        );
    }
    let mixed = trust_message(KEY).replace("<trust>", &format!("<distrust>{OTHER_KEY}</distrust><trust>"));
    well_formed(&mixed, "note: a distrusted key of bob@example.com stands before a trusted one");
    let plain = lint(&envelope("2020-01-01T12:00:00Z", &trust_message(KEY)));
    assert!(!plain.out.contains("note:"), "{}", plain.out);
}

#[test]
fn xml_is_recognised_behind_its_declaration_and_a_byte_order_mark() {
    let message = trust_message(KEY);
    for before in
        ["\u{FEFF}", "<?xml version='1.0'?>", "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n", "\n  "]
    {
        well_formed(&format!("{before}{message}\n"), "The trust message is well-formed.");
    }
    // XML 1.0 §2.8 allows nothing before the declaration.
    let late = format!(" <?xml version='1.0'?>{message}");
    malformed(&late, "not-xml");
    assert_eq!(atm_reading(&["lint", "--kind", "trust-message"], &late).code, Some(1));
}

#[test]
fn times_have_a_zone_that_there_is() {
    let with = |stamp: &str| envelope(stamp, &trust_message(KEY));
    well_formed(&with("2020-01-01T12:00:00"), "note: the time 2020-01-01T12:00:00 has no zone");
    well_formed(&with("2020-01-01T12:00:00+14:00"), "2019-12-31T22:00:00Z");
    well_formed(&with("2019-12-31T24:00:00Z"), "2020-01-01T00:00:00Z");
    malformed(&with("2020-01-01T12:00:00+14:01"), "bad-time");
    malformed(&with("2020-01-01T12:00:00-15:00"), "bad-time");
}

#[test]
fn what_may_not_stand_in_a_jid_is_refused() {
    malformed(&trust_message(KEY).replace("bob@", "bo\u{200B}b@"), "its localpart has U+200B");
    well_formed(&trust_message(KEY).replace("example.com", "xn--bcher-kva.example."), "bob@bücher.example");
}
