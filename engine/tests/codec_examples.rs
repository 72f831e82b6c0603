//! Reads and writes every example of XEP-0434 and XEP-0450, and the affix examples of XEP-0420.
//!
//! The expected values were written by hand from the texts, with the entities expanded.

use atm_engine::codec::{
    MessageStanza, NAMESPACE_ATM, NamedEnvelope, NamedKeyOwner, NamedTrustMessage, TrustMessageUri,
    stamp_from_date_time,
};
use atm_engine::jid::{BareJid, Jid};
use atm_engine::{DecisionKind, Directory, Encryption, KeyIdentifier, Stamp, Usage};

/// The keys of the examples, in Base64 as in the XML. The Base16 form was computed independently of this project. Where
/// the XEP has it in a URI, both were compared.
const A1: [&str; 2] = [
    "883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0=",
    "f3cddd91f25502652483be2fd5faaaa00f80868ac0d51d7eebb1b08a3892e33d",
];
const A2: [&str; 2] = [
    "aFABnX7Q/rbTgjBySYzrT2FsYCVYb49mbca5yB734KQ=",
    "6850019d7ed0feb6d3823072498ceb4f616c6025586f8f666dc6b9c81ef7e0a4",
];
const A3: [&str; 2] = [
    "IhpPjiKLchgrAG5cpSfTvdzPjZ5v6vTOluHEUehkgCA=",
    "221a4f8e228b72182b006e5ca527d3bddccf8d9e6feaf4ce96e1c451e8648020",
];
const B1: [&str; 2] = [
    "YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=",
    "623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f",
];
const B2: [&str; 2] = [
    "tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=",
    "b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413",
];
const B3: [&str; 2] = [
    "2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4=",
    "d9f849b6b828309c5f2c8df4f38fd891887da5aaa24a22c50d52f69b4a80817e",
];

const ALICE: &str = "alice@example.org";
const BOB: &str = "bob@example.com";
const NOON: i64 = 1_577_880_000_000; // 2020-01-01T12:00:00Z

fn key([base64, base16]: [&str; 2]) -> KeyIdentifier {
    let bytes: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&base16[at..at + 2], 16).unwrap()).collect();
    let key = KeyIdentifier::new(&omemo(), &bytes).unwrap();
    assert_eq!((key.to_base64().as_str(), key.to_base16().as_str()), (base64, base16));
    key
}

fn omemo() -> Encryption {
    Encryption::new("urn:xmpp:omemo:2").unwrap()
}

fn trust(keys: &[[&str; 2]]) -> Vec<(DecisionKind, KeyIdentifier)> {
    keys.iter().map(|&written| (DecisionKind::Trust, key(written))).collect()
}

fn distrust(keys: &[[&str; 2]]) -> Vec<(DecisionKind, KeyIdentifier)> {
    keys.iter().map(|&written| (DecisionKind::Distrust, key(written))).collect()
}

fn message(owners: &[(&str, Vec<(DecisionKind, KeyIdentifier)>)]) -> NamedTrustMessage {
    let owners = owners.iter().map(|(jid, decisions)| NamedKeyOwner {
        jid: BareJid::new(jid).unwrap(),
        decisions: decisions.clone(),
    });
    NamedTrustMessage::new("urn:xmpp:atm:1", omemo(), owners.collect()).unwrap()
}

fn alices_and_bobs_keys() -> NamedTrustMessage {
    let bobs = [trust(&[B1]), distrust(&[B2, B3])].concat();
    message(&[(ALICE, trust(&[A2, A3])), (BOB, bobs)])
}

const ELEMENT_OF_XEP_0434: &str = "
<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>
  <key-owner jid='alice@example.org'>
    <trust>aFABnX7Q/rbTgjBySYzrT2FsYCVYb49mbca5yB734KQ=</trust>
    <trust>IhpPjiKLchgrAG5cpSfTvdzPjZ5v6vTOluHEUehkgCA=</trust>
  </key-owner>
  <key-owner jid='bob@example.com'>
    <trust>YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=</trust>
    <distrust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</distrust>
    <distrust>2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4=</distrust>
  </key-owner>
</trust-message>
";

const URI_OF_XEP_0434: &str = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;\
    trust=623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f;\
    distrust=b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413;\
    distrust=d9f849b6b828309c5f2c8df4f38fd891887da5aaa24a22c50d52f69b4a80817e";

#[test]
fn trust_message_of_xep_0434() {
    let read = NamedTrustMessage::parse(ELEMENT_OF_XEP_0434).unwrap();
    assert_eq!(read, alices_and_bobs_keys());
    assert_eq!(read.usage(), NAMESPACE_ATM);
    assert_eq!(read.encryption().as_str(), Encryption::OMEMO);
}

#[test]
fn a_trust_message_is_written_without_white_space_between_elements() {
    let lines: Vec<&str> = ELEMENT_OF_XEP_0434.lines().map(str::trim).collect();
    let expected = lines.concat();
    let written = alices_and_bobs_keys().to_xml();
    assert_eq!(written.replace('"', "'"), expected);
}

#[test]
fn envelope_of_xep_0434() {
    let xml = format!(
        "\n<envelope xmlns='urn:xmpp:sce:1'>\n\
         <rpad>QHqW2arWFewoERL1a43wonBKpTmsrBWnc1d66HSDq85NgMLmjrDJV9lV</rpad>\n\
         <time stamp='2020-01-01T00:00:00'/>\n\
         <from jid='alice@example.org/notebook'/>\n\
         <to jid='carol@example.com'/>\n\
         <content>{ELEMENT_OF_XEP_0434}</content>\n</envelope>\n"
    );
    let read = NamedEnvelope::parse(&xml).unwrap();
    let expected = NamedEnvelope {
        padding: Some("QHqW2arWFewoERL1a43wonBKpTmsrBWnc1d66HSDq85NgMLmjrDJV9lV".to_owned()),
        time: Some(Stamp::from_millis(1_577_836_800_000)),
        from: Some(Jid::new("alice@example.org/notebook").unwrap()),
        to: Some(Jid::new("carol@example.com").unwrap()),
        message: alices_and_bobs_keys(),
    };
    assert_eq!(read, expected);
}

#[test]
fn an_envelope_is_written_with_bare_jids_and_a_zone() {
    let envelope = NamedEnvelope::new(
        "padding",
        Stamp::from_millis(NOON),
        BareJid::new(ALICE).unwrap(),
        BareJid::new(BOB).unwrap(),
        message(&[(ALICE, trust(&[A2]))]),
    );
    let expected = "<envelope xmlns='urn:xmpp:sce:1'>\
        <rpad>padding</rpad>\
        <time stamp='2020-01-01T12:00:00Z'/>\
        <from jid='alice@example.org'/>\
        <to jid='bob@example.com'/>\
        <content>\
        <trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
        <key-owner jid='alice@example.org'>\
        <trust>aFABnX7Q/rbTgjBySYzrT2FsYCVYb49mbca5yB734KQ=</trust>\
        </key-owner></trust-message></content></envelope>";
    assert_eq!(envelope.to_xml().replace('"', "'"), expected);

    let full = NamedEnvelope { from: Some(Jid::new("alice@example.org/A1").unwrap()), ..envelope.clone() };
    assert_eq!(full.to_xml(), envelope.to_xml());
}

#[test]
fn uri_of_xep_0434() {
    let read = TrustMessageUri::parse(URI_OF_XEP_0434).unwrap();
    assert_eq!(read.owner().as_str(), BOB);
    assert_eq!(read.encryption(), &omemo());
    assert_eq!(read.decisions(), [trust(&[B1]), distrust(&[B2, B3])].concat());
    assert_eq!(read.to_string(), URI_OF_XEP_0434);
}

#[test]
fn the_uri_and_the_element_of_xep_0434_name_the_same_keys_of_bob() {
    let uri = TrustMessageUri::parse(URI_OF_XEP_0434).unwrap();
    let element = NamedTrustMessage::parse(ELEMENT_OF_XEP_0434).unwrap();
    let bob = &element.key_owners()[1];
    assert_eq!((&bob.jid, bob.decisions.as_slice()), (uri.owner(), uri.decisions()));
}

/// An example of XEP-0450: its number, `<rpad/>`, time of day, sender, recipient, and the key owners with their
/// decisions.
type Example<'a> =
    (u8, &'a str, &'a str, &'a str, &'a str, Vec<(&'a str, Vec<(DecisionKind, KeyIdentifier)>)>);

fn examples_of_xep_0450() -> Vec<Example<'static>> {
    const A1_FULL: &str = "alice@example.org/A1";
    const A2_FULL: &str = "alice@example.org/A2";
    vec![
        (
            1,
            "QHqW2arWFewoERL1a43wonBKpTmsrBWnc1d66HSDq85NgMLmjrDJV9lV",
            "12:00:00",
            A1_FULL,
            ALICE,
            vec![(BOB, trust(&[B1]))],
        ),
        (
            2,
            "Wvj25aDkNbAnSxMIDQo1pjIKRowIMGrF72hSJeXS",
            "12:00:01",
            A1_FULL,
            BOB,
            vec![(ALICE, trust(&[A2]))],
        ),
        (
            3,
            "O2vRKkmtsXsKSk2hPDkrpQQ4Og272qFGB1Srp64vaDrMTNhrV6",
            "14:00:01",
            A2_FULL,
            BOB,
            vec![(ALICE, trust(&[A3]))],
        ),
        (4, "s5jP95kvpRNg92XLLo8OkLCvUDT53S", "14:00:00", A2_FULL, ALICE, vec![(ALICE, trust(&[A3]))]),
        (
            5,
            "98WA6U92twcVkAXM44UU",
            "14:00:02",
            A2_FULL,
            ALICE,
            vec![(ALICE, trust(&[A1])), (BOB, trust(&[B1]))],
        ),
        (6, "NF5MOJdt8TBbItt4AHXOUKWncRmw5B", "16:00:01", A1_FULL, BOB, vec![(ALICE, distrust(&[A3]))]),
        (
            7,
            "798BFSTQqPjVtiLok3EGtQ7VgB3GGP7eT9P4FhO5",
            "16:00:00",
            A1_FULL,
            ALICE,
            vec![(ALICE, distrust(&[A3]))],
        ),
        (
            8,
            "x4LJDawLHgnTJRC7T1mndKEQLPR658NQmXAPQRVnhM1QQ861ve",
            "18:00:00",
            A1_FULL,
            ALICE,
            vec![(BOB, distrust(&[B1]))],
        ),
    ]
}

/// The examples as printed in the XEP, with entities expanded.
const TEXTS_OF_XEP_0450: [&str; 8] = [
    include_str!("xep-0450/example-1.xml"),
    include_str!("xep-0450/example-2.xml"),
    include_str!("xep-0450/example-3.xml"),
    include_str!("xep-0450/example-4.xml"),
    include_str!("xep-0450/example-5.xml"),
    include_str!("xep-0450/example-6.xml"),
    include_str!("xep-0450/example-7.xml"),
    include_str!("xep-0450/example-8.xml"),
];

#[test]
fn examples_of_xep_0450_are_read_as_they_are_meant() {
    for ((number, padding, time, from, to, owners), xml) in
        examples_of_xep_0450().into_iter().zip(TEXTS_OF_XEP_0450)
    {
        let hours: i64 = time[..2].parse().unwrap();
        let seconds: i64 = time[6..].parse().unwrap();
        let read = NamedEnvelope::parse(xml).unwrap();
        let expected = NamedEnvelope {
            padding: Some(padding.to_owned()),
            time: Some(Stamp::from_millis(NOON + (hours - 12) * 3_600_000 + seconds * 1_000)),
            from: Some(Jid::new(from).unwrap()),
            to: Some(Jid::new(to).unwrap()),
            message: message(&owners),
        };
        assert_eq!(read, expected, "example {number}");
    }
}

#[test]
fn examples_of_xep_0450_survive_ids_and_back() {
    let mut names = Directory::new();
    for xml in TEXTS_OF_XEP_0450 {
        let read = NamedEnvelope::parse(xml).unwrap();
        let interned = read.intern(&mut names);
        assert_eq!(interned.message.usage, Usage::Atm);
        let back = NamedEnvelope::of(&interned, read.padding.as_deref().unwrap(), &names).unwrap();
        assert_eq!(NamedEnvelope::parse(&back.to_xml()).unwrap(), back);
        assert_eq!(back.message, read.message);
        assert_eq!(back.from.unwrap(), Jid::from(read.from.unwrap().to_bare()));
    }
}

#[test]
fn affixes_of_xep_0420_in_their_order() {
    let xml = format!(
        "<envelope xmlns='urn:xmpp:sce:1'>\
         <time stamp='2004-01-25T06:05:00+01:00'/>\
         <to jid='missioncontrol@houston.nasa.gov'/>\
         <from jid='opportunity@mars.planet'/>\
         <rpad>C1DHN9HK-9A25tSmwK4hU!Jji9%GKYK^syIlHJT9TnI4</rpad>\
         <content>{ELEMENT_OF_XEP_0434}</content></envelope>"
    );
    let read = NamedEnvelope::parse(&xml).unwrap();
    assert_eq!(read.time, Some(stamp_from_date_time("2004-01-25T05:05:00Z").unwrap()));
    assert_eq!(read.time, Some(Stamp::from_millis(1_075_007_100_000)));
    assert_eq!(read.to.unwrap().as_str(), "missioncontrol@houston.nasa.gov");
    assert_eq!(read.from.unwrap().as_str(), "opportunity@mars.planet");
    assert_eq!(read.padding.unwrap(), "C1DHN9HK-9A25tSmwK4hU!Jji9%GKYK^syIlHJT9TnI4");
}

#[test]
fn the_stanza_that_xep_0434_recommends() {
    let from = Jid::new("alice@example.org/A1").unwrap();
    let stanza = MessageStanza::chat(from, Jid::new(BOB).unwrap(), "1");
    let expected = "<message xmlns='jabber:client' type='chat' from='alice@example.org/A1' \
        to='bob@example.com' id='1'><store xmlns='urn:xmpp:hints'/></message>";
    assert_eq!(stanza.to_xml().replace('"', "'"), expected);
    assert_eq!(MessageStanza::parse(expected).unwrap(), stanza);
}
