//! Refusals, each for its own reason, and accepted input that is close to a refusal.

use atm_engine::codec::{
    MAX_DEPTH, MAX_STANZA_BYTES, MAX_URI_BYTES, MAX_VALUE_BYTES, Malformed, MessageStanza, NamedEnvelope,
    NamedKeyOwner, NamedTrustMessage, Remark, TrustMessageUri, stamp_from_date_time,
};
use atm_engine::jid::BareJid;
use atm_engine::{DecisionKind, Encryption, KeyIdentifier};

const KEY: &str = "YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=";
const HEX: &str = "623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f";

/// Returns a trust message with these `<key-owner/>` elements.
fn trust_message(key_owners: &str) -> String {
    format!(
        "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
         {key_owners}</trust-message>"
    )
}

/// Returns a trust message with a `<key-owner/>` for Bob that contains `decisions`.
fn about_bob(decisions: &str) -> String {
    trust_message(&format!("<key-owner jid='bob@example.com'>{decisions}</key-owner>"))
}

fn valid_message() -> String {
    about_bob(&format!("<trust>{KEY}</trust>"))
}

fn envelope(children: &str) -> String {
    format!("<envelope xmlns='urn:xmpp:sce:1'>{children}</envelope>")
}

/// Returns an envelope with `affixes` before a valid trust message.
fn with_affixes(affixes: &str) -> String {
    envelope(&format!("{affixes}<content>{}</content>", valid_message()))
}

/// Returns an envelope with `beside` and a valid trust message in its content.
fn with_content(beside: &str) -> String {
    envelope(&format!("<content>{beside}{}</content>", valid_message()))
}

fn stanza(children: &str) -> String {
    format!("<message xmlns='jabber:client' type='chat' from='a@example.org/1'>{children}</message>")
}

fn carbon(forwarded: &str) -> String {
    stanza(&format!("<received xmlns='urn:xmpp:carbons:2'>{forwarded}</received>"))
}

fn forwarded(children: &str) -> String {
    format!("<forwarded xmlns='urn:xmpp:forward:0'>{children}</forwarded>")
}

fn refuse<T: std::fmt::Debug>(parse: impl Fn(&str) -> Result<T, Malformed>, cases: &[(&str, String)]) {
    for (code, input) in cases {
        match parse(input) {
            Err(malformed) => {
                assert_eq!(malformed.code(), *code, "{malformed}\n{input}");
                assert!(!malformed.to_string().is_empty());
            }
            Ok(read) => panic!("expected {code}, got {read:?}\n{input}"),
        }
    }
}

fn accept<T>(parse: impl Fn(&str) -> Result<T, Malformed>, cases: &[String]) {
    for input in cases {
        if let Err(malformed) = parse(input) {
            panic!("{malformed}\n{input}");
        }
    }
}

#[test]
fn xml_that_xmpp_forbids() {
    let valid = valid_message();
    let cases = [
        ("dtd", format!("<!DOCTYPE x>{valid}")),
        ("dtd", format!("<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'x'>]>{valid}")),
        ("dtd", trust_message("<!DOCTYPE x>")),
        ("entity", about_bob("<trust>&key;</trust>")),
        ("entity", valid.replace("bob@", "&bob;@")),
        ("processing-instruction", trust_message("<?php ?>")),
        ("processing-instruction", format!("<?xml-stylesheet href='x'?>{valid}")),
        ("comment", trust_message("<!-- hello -->")),
        ("comment", format!("<!-- hello -->{valid}")),
        ("trailing", format!("{valid}<x/>")),
        ("trailing", format!("{valid}text")),
        ("trailing", format!("{valid}{valid}")),
        ("trailing", format!("{valid}<!-- -->")),
        ("trailing", format!("{valid}\u{a0}")),
        ("trailing", format!("{valid}\0")),
    ];
    refuse(NamedTrustMessage::parse, &cases);
}

#[test]
fn xml_that_is_none() {
    let valid = valid_message();
    let cases = [
        ("not-xml", String::new()),
        ("not-xml", " ".to_owned()),
        ("not-xml", "hello".to_owned()),
        ("not-xml", format!(" <?xml version='1.0'?>{valid}")),
        ("not-xml", format!("\u{feff}{valid}")),
        ("not-xml", valid[..valid.len() - 1].to_owned()),
        ("not-xml", valid[..valid.len() - 20].to_owned()),
        ("not-xml", valid.replace("</key-owner>", "</key-owner2>")),
        ("not-xml", valid.replace("</key-owner>", "")),
        ("not-xml", valid.replace("usage=", "encryption='x' usage=")),
        ("not-xml", valid.replace("<key-owner", "<x:key-owner")),
        ("not-xml", valid.replace("bob@", "\u{1}bob@")),
        ("not-xml", valid.replace("bob@", "&#1;bob@")),
        ("not-xml", valid.replace("bob@", "<bob@")),
        ("not-xml", format!("<?xml version='1.1'?>{valid}")),
        ("not-xml", format!("<?xml version='1.0' encoding='latin1'?>{valid}")),
    ];
    refuse(NamedTrustMessage::parse, &cases);
}

#[test]
fn more_than_is_read() {
    let long = with_affixes(&format!("<rpad>{}</rpad>", "x".repeat(MAX_STANZA_BYTES)));
    refuse(NamedEnvelope::parse, &[("too-large", long)]);
    refuse(NamedTrustMessage::parse, &[("too-large", " ".repeat(MAX_STANZA_BYTES + 1))]);
    refuse(MessageStanza::parse, &[("too-large", "<".repeat(MAX_STANZA_BYTES + 1))]);
    refuse(TrustMessageUri::parse, &[("too-large", "x".repeat(MAX_URI_BYTES + 1))]);
    refuse(NamedEnvelope::parse, &[("too-deep", "<x>".repeat(MAX_STANZA_BYTES / 3))]);

    let long_value =
        |length: usize| stanza("").replace("a@example.org", "").replace("/1", &"x".repeat(length));
    refuse(MessageStanza::parse, &[("too-long", long_value(MAX_VALUE_BYTES + 1))]);
    refuse(MessageStanza::parse, &[("bad-jid", long_value(MAX_VALUE_BYTES))]);
    refuse(MessageStanza::parse, &[("too-long", format!("<{}/>", "x".repeat(MAX_VALUE_BYTES + 1)))]);

    // The root and its nested elements.
    let nested = |depth: usize| format!("{}{}", "<x xmlns='x'>".repeat(depth), "</x>".repeat(depth));
    let at_limit = stanza(&nested(MAX_DEPTH - 1));
    assert!(MessageStanza::parse(&at_limit).is_ok());
    refuse(MessageStanza::parse, &[("too-deep", stanza(&nested(MAX_DEPTH)))]);

    // Exactly as long as permitted.
    let rest = with_affixes("<rpad></rpad>").len();
    let longest = with_affixes(&format!("<rpad>{}</rpad>", "x".repeat(MAX_STANZA_BYTES - rest)));
    assert_eq!(longest.len(), MAX_STANZA_BYTES);
    assert_eq!(NamedEnvelope::parse(&longest).unwrap().padding.unwrap().len(), MAX_STANZA_BYTES - rest);
}

#[test]
fn what_fits_in_a_qr_code_is_read() {
    const LARGEST_QR_CODE: usize = 2_953;
    let start = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2";
    let key = format!(";trust={HEX}");
    let keys = (LARGEST_QR_CODE - start.len()) / key.len();
    let uri = TrustMessageUri::parse(&format!("{start}{}", key.repeat(keys))).unwrap();
    assert_eq!(uri.decisions().len(), keys);
}

#[test]
fn a_trust_message_with_the_wrong_elements() {
    let valid = valid_message();
    let cases = [
        ("wrong-namespace", valid.replace("urn:xmpp:tm:1", "urn:xmpp:tm:0")),
        ("wrong-namespace", valid.replace("xmlns='urn:xmpp:tm:1'", "")),
        ("wrong-namespace", valid.replace("<key-owner", "<key-owner xmlns='urn:xmpp:tm:0'")),
        ("wrong-namespace", valid.replace("<trust>", "<trust xmlns='urn:xmpp:tm:0'>")),
        ("unknown-element", envelope("")),
        ("unknown-element", trust_message("<trust/>")),
        ("unknown-element", about_bob("<mistrust/>")),
        ("unknown-element", about_bob("<key-owner jid='bob@example.com'/>")),
        ("unknown-element", about_bob(&format!("<trust>{KEY}<x/></trust>"))),
        ("unknown-element", about_bob("<trust><trust/></trust>")),
        ("stray-text", trust_message("text")),
        ("stray-text", trust_message("<![CDATA[text]]>")),
        ("stray-text", trust_message("\u{a0}")),
        ("stray-text", about_bob(&format!("{KEY}<trust>{KEY}</trust>"))),
        ("no-key-owner", trust_message("")),
        ("no-key-owner", trust_message("<body xmlns='jabber:client'/>")),
        ("no-key-owner", trust_message(" \n ")),
        ("owner-without-decision", about_bob("")),
        ("owner-without-decision", valid.replace("</trust-message>", "<key-owner jid='x'/></trust-message>")),
    ];
    refuse(NamedTrustMessage::parse, &cases);
}

#[test]
fn a_trust_message_with_the_wrong_attributes() {
    let valid = valid_message();
    let cases = [
        ("missing-usage", valid.replace(" usage='urn:xmpp:atm:1'", "")),
        ("missing-encryption", valid.replace(" encryption='urn:xmpp:omemo:2'", "")),
        ("missing-jid", valid.replace(" jid='bob@example.com'", "")),
        ("bad-namespace", valid.replace("urn:xmpp:atm:1", "")),
        ("bad-namespace", valid.replace("urn:xmpp:atm:1", "two words")),
        ("bad-namespace", valid.replace("urn:xmpp:omemo:2", "")),
        ("bad-namespace", valid.replace("urn:xmpp:omemo:2", " urn:xmpp:omemo:2")),
        // An attribute with a prefix or in capital letters is a different attribute.
        ("missing-usage", valid.replace(" usage=", " xmlns:x='urn:xmpp:tm:1' x:usage=")),
        ("missing-usage", valid.replace(" usage=", " Usage=")),
    ];
    refuse(NamedTrustMessage::parse, &cases);
}

#[test]
fn a_trust_message_with_extensions() {
    let valid = valid_message();
    let read = NamedTrustMessage::parse(&valid).unwrap();
    for extended in [
        valid.replace("usage=", "xml:lang='en' usage="),
        valid.replace("usage=", "id='1' usage="),
        valid.replace("usage=", "Usage='1' usage="),
        valid.replace("jid=", "name='Bob' jid="),
        valid.replace("<trust>", "<trust usage='x'>"),
        valid.replace("usage=", "xmlns:x='x' x:usage='1' usage="),
        valid.replace("<key-owner", "<x xmlns='urn:example:x'><y/></x><key-owner"),
        valid.replace("<trust>", "<x xmlns='urn:example:x'>y</x><trust>"),
    ] {
        assert_eq!(NamedTrustMessage::parse(&extended).as_ref(), Ok(&read), "{extended}");
    }
    let cases = [
        ("wrong-namespace", valid.replace("<trust>", "<trust xmlns='urn:example:x'/><trust>")),
        ("wrong-namespace", valid.replace("<key-owner", "<key-owner xmlns='urn:xmpp:tm:0'/><key-owner")),
        ("unknown-element", valid.replace("<trust>", "<x/><trust>")),
    ];
    refuse(NamedTrustMessage::parse, &cases);
}

#[test]
fn a_key_owner_that_is_none() {
    let valid = valid_message();
    let named = |jid: &str| valid.replace("bob@example.com", jid);
    let cases = [
        ("full-jid-owner", named("bob@example.com/phone")),
        ("full-jid-owner", named("example.com/phone")),
        ("bad-jid", named("")),
        ("bad-jid", named("@example.com")),
        ("bad-jid", named("bob@")),
        ("bad-jid", named("bob@example.com/")),
        ("bad-jid", named("a@b@example.com")),
        ("bad-jid", named("bob smith@example.com")),
        ("bad-jid", named(&format!("{}@example.com", "b".repeat(1024)))),
    ];
    refuse(NamedTrustMessage::parse, &cases);

    let read = NamedTrustMessage::parse(&named("Bob@EXAMPLE.com")).unwrap();
    assert_eq!(read.key_owners()[0].jid.as_str(), "bob@example.com");
}

#[test]
fn a_key_identifier_may_be_spaced_or_lack_its_padding() {
    let trust = |text: &str| about_bob(&format!("<trust>{text}</trust>"));
    let read = NamedTrustMessage::parse(&trust(KEY)).unwrap();
    for written in [
        KEY.trim_end_matches('=').to_owned(),
        format!("\n {} {}\n", &KEY[..8], &KEY[8..]),
        format!("{}\r\n{}", &KEY[..7], &KEY[7..]),
    ] {
        assert_eq!(NamedTrustMessage::parse(&trust(&written)).as_ref(), Ok(&read), "{written}");
        assert_eq!(Remark::about(&trust(&written)).unwrap().len(), 1, "{written}");
    }
    assert_eq!(Remark::about(&trust(KEY)).unwrap(), []);
}

#[test]
fn a_key_identifier_that_is_none() {
    let trust = |text: &str| about_bob(&format!("<trust>{text}</trust>"));
    let cases = [
        ("bad-base64", trust(&format!("{KEY}="))),
        ("bad-base64", trust(&KEY.replace("8=", "=="))),
        ("bad-base64", trust(&format!("{KEY}\u{a0}"))),
        ("bad-base64", trust(&format!("{KEY}{KEY}"))),
        // The bits after the last byte are not zero: another encoding of the same bytes.
        ("bad-base64", trust(&KEY.replace("8=", "9="))),
        // Base64 for URLs.
        ("bad-base64", trust("883dkfJVAmUkg74v1fqqoA-AhorA1R1-67GwijiS4z0=")),
        ("empty-key", about_bob("<trust/>")),
        ("empty-key", about_bob("<distrust> </distrust>")),
        ("key-length", trust("AAAA")),
        ("key-length", trust(&KEY.replace("8=", "8A"))),
        // This Base16 text is also valid Base64, of a wrong length.
        ("key-length", trust(HEX)),
        ("contradiction", about_bob(&format!("<trust>{KEY}</trust><distrust>{KEY}</distrust>"))),
        (
            "contradiction",
            trust_message(&format!(
                "<key-owner jid='bob@example.com'><trust>{KEY}</trust></key-owner>\
                 <key-owner jid='alice@example.org'><trust>{KEY}</trust></key-owner>\
                 <key-owner jid='BOB@example.com'><distrust>{KEY}</distrust></key-owner>"
            )),
        ),
    ];
    refuse(NamedTrustMessage::parse, &cases);

    let same = NamedTrustMessage::parse(&valid_message()).unwrap();
    let cases = [
        trust(&format!("\n  {KEY}\t\r\n")),
        trust(&format!("<![CDATA[{KEY}]]>")),
        trust(&KEY.replace('Y', "&#x59;")),
        valid_message()
            .replace("<trust>", "<x:trust xmlns:x='urn:xmpp:tm:1'>")
            .replace("</trust>", "</x:trust>"),
        format!("<?xml version='1.0' encoding='UTF-8'?>\n{}\n", valid_message()),
    ];
    for xml in cases {
        assert_eq!(NamedTrustMessage::parse(&xml).unwrap(), same, "{xml}");
    }
}

#[test]
fn the_same_identifier_of_two_owners_or_twice_is_no_contradiction() {
    let cases = [
        about_bob(&format!("<trust>{KEY}</trust><trust>{KEY}</trust>")),
        trust_message(&format!(
            "<key-owner jid='bob@example.com'><trust>{KEY}</trust></key-owner>\
             <key-owner jid='alice@example.org'><distrust>{KEY}</distrust></key-owner>"
        )),
    ];
    accept(NamedTrustMessage::parse, &cases);
}

#[test]
fn an_envelope_that_is_none() {
    let cases = [
        ("wrong-namespace", with_affixes("").replace("urn:xmpp:sce:1", "urn:xmpp:sce:0")),
        ("unknown-element", valid_message()),
        ("unknown-element", with_affixes("<nonce/>")),
        ("unknown-element", with_affixes("<payload/>")),
        ("unknown-element", with_affixes(&valid_message())),
        ("unknown-element", with_affixes("<key-owner xmlns='urn:xmpp:tm:1'/>")),
        ("unknown-element", with_affixes("<rpad><x/></rpad>")),
        ("unknown-element", with_affixes("<time stamp='2020-01-01T00:00:00Z'><x/></time>")),
        ("unknown-element", with_content("<rpad/>")),
        ("unknown-element", with_content("<key-owner xmlns='urn:xmpp:tm:1'/>")),
        ("wrong-namespace", with_content("<trust-message xmlns='urn:xmpp:tm:0'/>")),
        ("repeated-element", with_affixes("<rpad/><rpad/>")),
        ("repeated-element", with_affixes("<to jid='a@example.org'/><to jid='a@example.org'/>")),
        ("repeated-element", with_affixes("<content/>")),
        ("repeated-element", with_content(&valid_message())),
        ("missing-element", envelope("")),
        ("missing-element", envelope("<content/>")),
        ("missing-element", envelope("<content><body xmlns='jabber:client'/></content>")),
        ("stray-text", with_affixes("text")),
        ("stray-text", with_content("text")),
        ("stray-text", with_affixes("<time stamp='2020-01-01T00:00:00Z'>text</time>")),
        ("stray-text", with_affixes("<from jid='a@example.org'>text</from>")),
        ("missing-stamp", with_affixes("<time/>")),
        ("missing-jid", with_affixes("<from/>")),
        ("missing-jid", with_affixes("<to/>")),
        ("bad-time", with_affixes("<time stamp='yesterday'/>")),
        ("bad-jid", with_affixes("<from jid=''/>")),
        ("bad-jid", with_affixes("<to jid='@example.org'/>")),
        ("missing-usage", envelope("<content><trust-message xmlns='urn:xmpp:tm:1'/></content>")),
    ];
    refuse(NamedEnvelope::parse, &cases);
}

#[test]
fn an_envelope_with_little_or_with_foreign_elements() {
    let cases = [
        with_affixes(""),
        with_affixes("<rpad/>"),
        with_affixes("<nonce xmlns='urn:example:affix'>text<x/></nonce>"),
        with_affixes("<time xmlns='urn:example:affix'/><time stamp='2020-01-01T00:00:00Z'/>"),
        with_content("<body xmlns='jabber:client'>hello</body>"),
        // Not a direct child, so not part of the message.
        with_content(&format!("<x xmlns='urn:example:other'>{}</x>", valid_message())),
    ];
    accept(NamedEnvelope::parse, &cases);
}

#[test]
fn a_time_that_is_none() {
    let cases = [
        "",
        "2020-01-01",
        "2020-01-01T12:00Z",
        "2020-01-01 12:00:00Z",
        "2020-01-01t12:00:00Z",
        "2020-01-01T12:00:00z",
        "2020-01-01T12:00:00 Z",
        " 2020-01-01T12:00:00Z",
        "2020-01-01T12:00:00Z ",
        "20200101T12:00:00",
        "+2020-01-01T12:00:00Z",
        "-2020-01-01T12:00:00Z",
        "12020-01-01T12:00:00Z",
        "2020-00-01T12:00:00Z",
        "2020-13-01T12:00:00Z",
        "2020-01-00T12:00:00Z",
        "2020-02-30T12:00:00Z",
        "2021-02-29T12:00:00Z",
        "2020-01-01T24:00:01Z",
        "2020-01-01T24:01:00Z",
        "2020-01-01T24:00:00.001Z",
        "2020-01-01T25:00:00Z",
        "2020-01-01T12:60:00Z",
        "2020-01-01T23:59:60Z",
        "2020-01-01T12:00:00.Z",
        "2020-01-01T12:00:00,5Z",
        "2020-01-01T12:00:00.5.5Z",
        "2020-01-01T12:00:00UTC",
        "2020-01-01T12:00:00+1:00",
        "2020-01-01T12:00:00+0100",
        "2020-01-01T12:00:00+01:00Z",
        "2020-01-01T12:00:00+14:01",
        "2020-01-01T12:00:00-14:01",
        "2020-01-01T12:00:00+15:00",
        "2020-01-01T12:00:00+24:00",
        "2020-01-01T12:00:00+01:60",
        "2020-01-01T12:00:0\u{0661}Z",
        "２020-01-01T12:00:00Z",
    ];
    refuse(stamp_from_date_time, &cases.map(|case| ("bad-time", case.to_owned())));
}

#[test]
fn the_last_moments_and_the_widest_zones_there_are() {
    let day = stamp_from_date_time("2020-01-01T00:00:00Z").unwrap();
    let last = stamp_from_date_time("2020-01-01T23:59:59.999Z").unwrap();
    assert_eq!(last, day.offset(24 * 60 * 60_000 - 1));
    // XML Schema 1.1, part 2, §3.3.7: zones are up to fourteen hours from UTC, and hour 24 is the end of a day.
    let zone = 14 * 60 * 60_000;
    assert_eq!(stamp_from_date_time("2020-01-01T00:00:00+14:00").unwrap(), day.offset(-zone));
    assert_eq!(stamp_from_date_time("2020-01-01T00:00:00-14:00").unwrap(), day.offset(zone));
    let next = stamp_from_date_time("2020-01-02T00:00:00Z");
    assert_eq!(stamp_from_date_time("2020-01-01T24:00:00Z"), next);
    assert_eq!(stamp_from_date_time("2020-01-01T24:00:00.000+00:00"), next);
    assert_eq!(stamp_from_date_time("2019-12-31T24:00:00"), Ok(day));
}

#[test]
fn a_uri_that_is_none() {
    const START: &str = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2";
    let with = |pairs: &str| format!("{START};{pairs}");
    let at = |path: &str| format!("xmpp:{path}?trust-message;encryption=urn:xmpp:omemo:2;trust={HEX}");
    let cases = [
        ("uri-scheme", String::new()),
        ("uri-scheme", "bob@example.com".to_owned()),
        ("uri-scheme", with(&format!("trust={HEX}")).replace("xmpp:bob", "mailto:bob")),
        ("uri-scheme", format!(" {}", with(&format!("trust={HEX}")))),
        // RFC 5122 §2.2: authpath = "//" nodeid "@" host [ "/" pathxmpp ].
        ("uri-authority", with(&format!("trust={HEX}")).replace("xmpp:", "xmpp://")),
        ("uri-authority", with(&format!("trust={HEX}")).replace("xmpp:", "xmpp://example.org/")),
        ("bad-jid", with(&format!("trust={HEX}")).replace("xmpp:", "xmpp://alice@/")),
        ("bad-jid", with(&format!("trust={HEX}")).replace("xmpp:", "xmpp://@example.org/")),
        ("full-jid-owner", with(&format!("trust={HEX}")).replace("xmpp:", "xmpp://alice@example.org/x/")),
        ("uri-omemo-fingerprints", format!("xmpp:bob@example.com?omemo-sid-1032437584={HEX}")),
        (
            "uri-omemo-fingerprints",
            format!("xmpp:bob@example.com?message;omemo-sid-1={HEX};omemo-sid-2={HEX}"),
        ),
        ("uri-omemo-fingerprints", format!("xmpp:bob@example.com?omemo2-sid-1={HEX}")),
        ("uri-query-type", "xmpp:bob@example.com?body=x".to_owned()),
        ("uri-fragment", with(&format!("trust={HEX}#x"))),
        ("uri-fragment", with(&format!("trust={HEX}#"))),
        ("uri-query-type", "xmpp:bob@example.com".to_owned()),
        ("uri-query-type", "xmpp:bob@example.com?".to_owned()),
        ("uri-query-type", with("trust=x").replace("trust-message", "message")),
        ("uri-query-type", with("trust=x").replace("trust-message", "Trust-Message")),
        ("missing-encryption", "xmpp:bob@example.com?trust-message".to_owned()),
        ("missing-encryption", format!("xmpp:bob@example.com?trust-message;trust={HEX}")),
        (
            "missing-encryption",
            format!("xmpp:bob@example.com?trust-message;trust={HEX};encryption=urn:xmpp:omemo:2"),
        ),
        ("bad-namespace", format!("xmpp:bob@example.com?trust-message;encryption=;trust={HEX}")),
        ("bad-namespace", format!("xmpp:bob@example.com?trust-message;encryption=a%20b;trust={HEX}")),
        ("uri-repeated-encryption", with(&format!("encryption=urn:xmpp:omemo:2;trust={HEX}"))),
        ("uri-without-decision", START.to_owned()),
        ("uri-pair", with("")),
        ("uri-pair", with("trust")),
        ("uri-pair", with(&format!("trust={HEX};"))),
        ("uri-pair", with(&format!("Trust={HEX}"))),
        ("uri-pair", with(&format!("trust={HEX};name=Bob"))),
        ("uri-pair", with("jid=bob@example.com")),
        ("uri-encoding", with(&format!("trust={HEX}&distrust={HEX}"))),
        ("uri-encoding", with(&format!("trust={HEX}="))),
        ("uri-encoding", with("trust=%")),
        ("uri-encoding", with("trust=%6")),
        ("uri-encoding", with("trust=%6g")),
        ("uri-encoding", with("trust=%ff")),
        ("uri-encoding", with("trust=a b")),
        ("uri-encoding", with("trust=\u{e9}")),
        ("bad-base16", with(&format!("trust={}", &HEX[1..]))),
        ("bad-base16", with(&format!("trust={}", HEX.replace('6', "g")))),
        ("bad-base16", with("trust=0x")),
        // Base64, as in XML.
        ("bad-base16", with("trust=YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8%3D")),
        ("empty-key", with("trust=")),
        ("key-length", with(&format!("distrust={}", &HEX[2..]))),
        ("contradiction", with(&format!("trust={HEX};distrust={}", HEX.to_uppercase()))),
        ("full-jid-owner", at("bob@example.com/phone")),
        ("full-jid-owner", at("/bob@example.com")),
        ("bad-jid", at("")),
        ("bad-jid", at("@example.com")),
        ("bad-jid", at("bob@")),
        ("bad-jid", at("a@bob@example.com")),
        ("bad-jid", at("bob%40example.com")),
        ("bad-jid", at("bob@example.com%2Fphone")),
        ("uri-encoding", at("b\u{f6}b@example.com")),
        ("uri-encoding", at("bob%@example.com")),
        ("uri-encoding", at("b'ob@example.com")),
        ("uri-encoding", at("b&ob@example.com")),
        ("uri-encoding", at("b:ob@example.com")),
        ("bad-jid", at("bo%E2%80%8Bb@example.com")),
    ];
    refuse(TrustMessageUri::parse, &cases);
}

#[test]
fn a_uri_written_in_another_way() {
    let same = TrustMessageUri::parse(&format!(
        "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust={HEX}"
    ));
    let cases = [
        format!(
            "XMPP:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust={}",
            HEX.to_uppercase()
        ),
        format!("xmpp:b%6Fb@EXAMPLE.com?trust-message;encryption=urn%3axmpp%3Aomemo%3A2;trust={HEX}"),
        format!(
            "xmpp:bob@example%2Ecom?trust%2Dmessage;encryption=urn:xmpp:omemo:2;%74rust=%36{}",
            &HEX[1..]
        ),
    ];
    for uri in cases {
        assert_eq!(TrustMessageUri::parse(&uri), same, "{uri}");
    }
}

#[test]
fn a_stanza_that_is_none() {
    let delay = "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>";
    let message = stanza("");
    let cases = [
        ("unknown-element", valid_message()),
        ("wrong-namespace", message.replace("jabber:client", "jabber:server")),
        ("bad-jid", message.replace("a@example.org/1", "@")),
        ("stray-text", stanza("text")),
        ("missing-stamp", stanza("<delay xmlns='urn:xmpp:delay'/>")),
        ("bad-time", stanza(delay)),
        ("bad-time", carbon(&forwarded(&format!("{delay}{message}")))),
        ("bad-jid", stanza("<delay xmlns='urn:xmpp:delay' from='' stamp='2020-01-01T00:00:00Z'/>")),
        ("missing-element", carbon("")),
        ("missing-element", carbon(&forwarded(""))),
        ("missing-element", carbon(&forwarded("<message xmlns='jabber:server'/>"))),
        ("repeated-element", carbon(&forwarded(&message).repeat(2))),
        ("repeated-element", carbon(&forwarded(&message.repeat(2)))),
        ("repeated-element", stanza(&"<sent xmlns='urn:xmpp:carbons:2'/>".repeat(2))),
        (
            "repeated-element",
            stanza("<sent xmlns='urn:xmpp:carbons:2'/><received xmlns='urn:xmpp:carbons:2'/>"),
        ),
        ("nested-carbon", carbon(&forwarded(&carbon("")))),
        ("dtd", format!("<!DOCTYPE x>{message}")),
        ("trailing", format!("{message}{message}")),
    ];
    refuse(MessageStanza::parse, &cases);
}

#[test]
fn values_that_cannot_be_made() {
    let omemo = || Encryption::new(Encryption::OMEMO).unwrap();
    let other = Encryption::new("urn:example:other").unwrap();
    let owner = |decisions| vec![NamedKeyOwner { jid: BareJid::new("bob@example.com").unwrap(), decisions }];
    let make = |usage: &str, decisions| {
        NamedTrustMessage::new(usage, omemo(), owner(decisions)).map_err(|malformed| malformed.code())
    };
    let key = KeyIdentifier::new(&omemo(), &[7; 32]).unwrap();
    let short = KeyIdentifier::new(&other, &[7; 3]).unwrap();

    assert_eq!(make("", vec![(DecisionKind::Trust, key.clone())]).unwrap_err(), "bad-namespace");
    assert_eq!(make("urn:xmpp:atm:1", vec![]).unwrap_err(), "owner-without-decision");
    assert_eq!(make("urn:xmpp:atm:1", vec![(DecisionKind::Trust, short)]).unwrap_err(), "key-length");
    let both = vec![(DecisionKind::Trust, key.clone()), (DecisionKind::Distrust, key)];
    assert_eq!(make("urn:xmpp:atm:1", both.clone()).unwrap_err(), "contradiction");
    let uri = TrustMessageUri::new(BareJid::new("bob@example.com").unwrap(), omemo(), both);
    assert_eq!(uri.unwrap_err().code(), "contradiction");
    let none = NamedTrustMessage::new("urn:xmpp:atm:1", omemo(), vec![]);
    assert_eq!(none.unwrap_err(), Malformed::NoKeyOwner);
}

/// The elements of the table in XEP-0420 §5, and similar ones.
#[test]
fn what_is_for_servers_is_noted_in_an_envelope() {
    let within = |element: &str| {
        let envelope = "<envelope xmlns='urn:xmpp:sce:1'>AFFIX<content>EXTENSION</content></envelope>";
        let notes = ["AFFIX", "EXTENSION"].map(|place| {
            let xml = envelope.replace(place, element).replace("AFFIX", "").replace("EXTENSION", "");
            Remark::about(&xml).unwrap()
        });
        assert_eq!(notes[0], notes[1], "{element}");
        notes[0].clone()
    };
    let for_servers = |name: &str| vec![Remark::ServerElementInside { element: name.to_owned() }];
    assert_eq!(within("<store xmlns='urn:xmpp:hints'/>"), for_servers("store"));
    assert_eq!(within("<stanza-id xmlns='urn:xmpp:sid:0'/>"), for_servers("stanza-id"));
    assert_eq!(within("<addresses xmlns='http://jabber.org/protocol/address'/>"), for_servers("addresses"));
    assert_eq!(within("<encryption xmlns='urn:xmpp:eme:0'/>"), for_servers("encryption"));
    assert_eq!(within("<origin-id xmlns='urn:xmpp:sid:0'/>"), []);
    assert_eq!(within("<store xmlns='urn:example:store'/>"), []);
    let outside = "<message xmlns='jabber:client'><encryption xmlns='urn:xmpp:eme:0'/></message>";
    assert_eq!(Remark::about(outside).unwrap(), []);
}

#[test]
fn distrusts_before_trusts_of_one_owner_are_remarked_about() {
    let (trust, distrust) = ("<trust>AAAA</trust>", "<distrust>AAAA</distrust>");
    let remarks = |keys: &[&str]| Remark::about(&about_bob(&keys.concat())).unwrap();
    assert_eq!(remarks(&[trust, trust, distrust, distrust]), []);
    assert_eq!(remarks(&[distrust]), []);
    let remark = Remark::DistrustFirst { owner: "bob@example.com".to_owned() };
    for mixed in [&[distrust, trust][..], &[trust, distrust, trust]] {
        assert_eq!(remarks(mixed), std::slice::from_ref(&remark));
    }
    // Two elements about one owner are checked separately.
    let both = format!("{distrust}</key-owner><key-owner jid='bob@example.com'>{trust}");
    assert_eq!(remarks(&[&both]), []);
}

#[test]
fn a_refusal_names_and_shortens_what_was_found() {
    let malformed = NamedTrustMessage::parse(&about_bob("<trust>not a key</trust>")).unwrap_err();
    assert!(malformed.to_string().contains("\"not a key\""), "{malformed}");
    let unknown = |attribute: &str| Remark::UnknownAttribute {
        element: "key-owner".to_owned(),
        attribute: attribute.to_owned(),
    };
    let with = |attribute: &str| valid_message().replace(" jid=", &format!(" {attribute}='x' jid="));
    assert_eq!(Remark::about(&with("name")).unwrap(), [unknown("name")]);
    let prefixed = with("xmlns:x='urn:example:x' x:name");
    assert_eq!(Remark::about(&prefixed).unwrap(), [unknown("{urn:example:x}name")]);
    assert_eq!(Remark::about(&with("xml:lang")).unwrap(), []);
    let unfinished = NamedTrustMessage::parse(&about_bob("").replace("</trust-message>", "")).unwrap_err();
    assert!(unfinished.to_string().contains("ends before its root element does"), "{unfinished}");
    let malformed = NamedTrustMessage::parse(&about_bob("<trust>&key;</trust>")).unwrap_err();
    assert_eq!(malformed, Malformed::Entity { found: "&key;".to_owned() });
    let long = about_bob(&format!("<trust>{}</trust>", "\u{e9}".repeat(100_000)));
    let malformed = NamedTrustMessage::parse(&long).unwrap_err();
    assert!(malformed.to_string().len() < 1_000);
}
