//! JIDs are prepared according to RFC 7622. Each expected value is derived from the document that the test names.

use atm_engine::codec::{NamedTrustMessage, TrustMessageUri};
use atm_engine::jid::{BareJid, FullJid, Jid};
use atm_engine::{Directory, MessageId};
use proptest::prelude::*;

#[track_caller]
fn becomes(cases: &[(&str, &str)]) {
    for (written, prepared) in cases {
        let jid = Jid::new(written).unwrap_or_else(|error| panic!("{written:?}: {error}"));
        assert_eq!(jid.as_str(), *prepared, "{written:?}");
    }
}

#[track_caller]
fn refused(cases: &[&str]) {
    for written in cases {
        assert!(Jid::new(written).is_err(), "{written:?} is {:?}", Jid::new(written));
    }
}

#[test]
fn rfc_7622_3_5_valid_jids() {
    becomes(&[
        ("juliet@example.com", "juliet@example.com"),
        ("juliet@example.com/foo", "juliet@example.com/foo"),
        ("juliet@example.com/foo bar", "juliet@example.com/foo bar"),
        ("juliet@example.com/foo@bar", "juliet@example.com/foo@bar"),
        ("foo\\20bar@example.com", "foo\\20bar@example.com"),
        ("fussball@example.com", "fussball@example.com"),
        ("fu\u{DF}ball@example.com", "fu\u{DF}ball@example.com"),
        ("\u{3C0}@example.com", "\u{3C0}@example.com"),
        ("\u{3A3}@example.com/foo", "\u{3C3}@example.com/foo"),
        ("\u{3C3}@example.com/foo", "\u{3C3}@example.com/foo"),
        ("\u{3C2}@example.com/foo", "\u{3C2}@example.com/foo"),
        ("king@example.com/\u{265A}", "king@example.com/\u{265A}"),
        ("example.com", "example.com"),
        ("example.com/foobar", "example.com/foobar"),
        ("a.example.com/b@example.net", "a.example.com/b@example.net"),
    ]);
    let parts = Jid::new("a.example.com/b@example.net").unwrap();
    assert_eq!(
        (parts.localpart(), parts.domain(), parts.resource()),
        (None, "a.example.com", Some("b@example.net"))
    );
}

#[test]
fn rfc_7622_3_5_violations() {
    // Erratum 4560 withdraws one row of the table.
    becomes(&[("juliet@example.com/ foo", "juliet@example.com/ foo")]);
    refused(&[
        "\"juliet\"@example.com",
        "foo bar@example.com",
        "@example.com/",
        "henry\u{2163}@example.com",
        "\u{265A}@example.com",
        "juliet@",
        "/foobar",
    ]);
}

#[test]
fn rfc_7622_3_1_parts_are_neither_empty_nor_longer_than_1023_bytes() {
    refused(&["", "@", "/", "a@b/", "@b", "a@/b", ".", "a@."]);
    let long = "x".repeat(1023);
    becomes(&[(&format!("{long}@b/{long}"), &format!("{long}@b/{long}"))]);
    refused(&[&format!("{long}x@b"), &format!("a@b/{long}x"), &format!("a@{long}x")]);
    // The limit applies to the prepared form: a fullwidth letter has three bytes, its ordinary form one.
    let wide = "\u{FF58}".repeat(1023);
    becomes(&[(&format!("{wide}@b"), &format!("{long}@b"))]);
    refused(&[&"\u{FF58}".repeat(100_000)]);
}

/// RFC 5890 §2.3.2.1: the A-label `xn--bcher-kva` is the U-label `bücher`. RFC 7622 §3.2.1 keeps U-labels.
#[test]
fn rfc_7622_3_2_domains_have_u_labels_and_no_final_dot() {
    becomes(&[
        ("a@xn--bcher-kva.example", "a@b\u{FC}cher.example"),
        ("a@XN--BCHER-KVA.Example", "a@b\u{FC}cher.example"),
        ("a@B\u{DC}CHER.example", "a@b\u{FC}cher.example"),
        ("a@bu\u{308}cher.example", "a@b\u{FC}cher.example"),
        ("a@example.com.", "a@example.com"),
        ("a@xn--bcher-kva.example./r", "a@b\u{FC}cher.example/r"),
        ("a@b\u{FC}cher\u{3002}example", "a@b\u{FC}cher.example"),
        ("a@\u{FF45}xample.com", "a@example.com"),
        ("a@localhost", "a@localhost"),
        ("a@fa\u{DF}.example", "a@fa\u{DF}.example"),
        // RFC 5892 §2.2: capital Cherokee letters are stable.
        ("a@\u{13A0}.example", "a@\u{13A0}.example"),
        ("a@xn--fa-hia.example", "a@fa\u{DF}.example"),
        ("a@192.0.2.1", "a@192.0.2.1"),
        ("a@[2001:DB8:0:0::1]", "a@[2001:db8::1]"),
        ("a@[2001:db8::1]/r", "a@[2001:db8::1]/r"),
        ("a@[fe80::1%eth0]", "a@[fe80::1%eth0]"),
    ]);
    refused(&[
        "a@example.com..",
        "a@.example.com",
        "a@example..com",
        "a@[::1",
        "a@[::1%]",
        "a@[::1% ]",
        "a@[::g]",
        "a@[192.0.2.1]",
    ]);
}

/// RFC 5891 §4.2 and §5.4: forbidden labels.
#[test]
fn rfc_5891_labels_that_are_none() {
    refused(&[
        "-a.example",
        "a-.example",
        "ab--cd.example",
        "a_b.example",
        "a b.example",
        "a!.example",
        "a@b@c",
        "xn--.example",
        "xn--a.example",
        "xn--a-.example",
        // A-labels of a symbol, of a capital letter, of a zero width space, of ASCII, and of text that is not
        // normalised.
        "xn--n3h.example",
        "xn--wca.example",
        "xn--ab-g1t.example",
        "xn--a.b-.example",
        "xn--ua-uub.example",
        // Begins with a combining mark.
        "\u{308}a.example",
        &format!("{}.example", "\u{FC}".repeat(63)),
    ]);
    // RFC 7622 §3.2: a label that only a local network knows has no length limit of its own.
    let local = "x".repeat(64);
    becomes(&[(&format!("a@{local}"), &format!("a@{local}"))]);
}

/// RFC 5892 §2 and §3: characters that are neither PVALID nor in their permitted context.
#[test]
fn rfc_5892_characters_of_domains() {
    refused(&[
        "\u{2603}.example",
        "\u{1F980}.example",
        "\u{2163}.example",
        "\u{2070}.example",
        "\u{FB01}.example",
        "a\u{AD}b.example",
        "a\u{200B}b.example",
        "a\u{2060}b.example",
        "a\u{FE0F}b.example",
        "a\u{640}.example",
        "a\u{20D0}.example",
        "a\u{B7}b.example",
        "\u{B7}.example",
        "a\u{200D}b.example",
        "a\u{200C}b.example",
        "\u{660}\u{6F0}.example",
        "\u{30FB}a.example",
    ]);
    // Appendix A: they are allowed in their context.
    becomes(&[
        ("l\u{B7}l.example", "l\u{B7}l.example"),
        ("\u{915}\u{94D}\u{200D}\u{937}.example", "\u{915}\u{94D}\u{200D}\u{937}.example"),
        ("\u{30AB}\u{30FB}.example", "\u{30AB}\u{30FB}.example"),
    ]);
}

/// RFC 5893 §2: the Bidi rule applies to each label of a domain with a right-to-left label.
#[test]
fn rfc_5893_directions() {
    becomes(&[
        ("\u{5D0}\u{5D1}.example", "\u{5D0}\u{5D1}.example"),
        ("\u{5D0}1@example.com", "\u{5D0}1@example.com"),
    ]);
    refused(&[
        "\u{5D0}a.example",
        "\u{5D0}.1a",
        "a\u{5D0}@example.com",
        "1\u{5D0}@example.com",
        "\u{5D0}a@example.com",
        "\u{627}1\u{661}@example.com",
        "a\u{661}@example.com",
    ]);
}

/// RFC 8265 §3.3: UsernameCaseMapped. The first nine are from Table 1 of §3.5; ASCII `'` and spaces are excluded here.
#[test]
fn rfc_8265_3_localparts() {
    becomes(&[
        ("fussball@b", "fussball@b"),
        ("fu\u{DF}ball@b", "fu\u{DF}ball@b"),
        ("\u{3C0}@b", "\u{3C0}@b"),
        ("\u{3A3}@b", "\u{3C3}@b"),
        ("\u{3C2}@b", "\u{3C2}@b"),
        ("Juliet@b", "juliet@b"),
        ("\u{C5}@b", "\u{E5}@b"),
        ("A\u{30A}@b", "\u{E5}@b"),
        ("\u{FF21}\u{FF42}@b", "ab@b"),
        ("\u{FF76}\u{FF9E}@b", "\u{30AC}@b"),
        ("a!#$%()*+,-.;=?[\\]^_`{|}~@b", "a!#$%()*+,-.;=?[\\]^_`{|}~@b"),
    ]);
    refused(&[
        "henry\u{2163}@b",
        "\u{221E}@b",
        "a\u{200B}b@b",
        "a\u{AD}b@b",
        "a\u{FEFF}@b",
        "a\u{7}@b",
        "\u{FB01}@b",
        "\u{2126}@b",
        "a\u{3000}b@b",
        "a\u{A0}b@b",
        "\u{1100}@b",
        "\u{FDD0}@b",
        "\u{FF20}a@b",
        "a\u{FF0F}b@b",
    ]);
    for forbidden in ["\"", "&", "'", ":", "<", ">", " ", "\u{FF1A}"] {
        refused(&[&format!("a{forbidden}b@b")]);
    }
}

/// RFC 8264 §8: a character that belongs to no listed category is disallowed, in resources as well.
#[test]
fn rfc_8264_8_what_is_of_no_kind() {
    // An Arabic number sign (a format character that is not ignorable), and private use.
    for forbidden in ["\u{600}", "\u{E000}", "\u{F0000}"] {
        refused(&[&format!("a{forbidden}b@b"), &format!("b/a{forbidden}b")]);
    }
}

/// RFC 8265 §4.2: OpaqueString. The first five are from Tables 3 and 4 of §4.3.
#[test]
fn rfc_8265_4_resources() {
    becomes(&[
        ("b/correct horse battery staple", "b/correct horse battery staple"),
        ("b/Correct Horse Battery Staple", "b/Correct Horse Battery Staple"),
        ("b/\u{3C0}\u{DF}\u{E5}", "b/\u{3C0}\u{DF}\u{E5}"),
        ("b/Jack of \u{2666}s", "b/Jack of \u{2666}s"),
        ("b/foo\u{1680}bar", "b/foo bar"),
        ("b/foo\u{A0}bar", "b/foo bar"),
        ("b/a\u{30A}", "b/\u{E5}"),
        ("b/\u{2163}\u{FB01}\u{FF21}", "b/\u{2163}\u{FB01}\u{FF21}"),
        ("b/\"&'/:<>@ ", "b/\"&'/:<>@ "),
        // Newer than the IANA registry, but a symbol like ♚.
        ("b/\u{1F980}", "b/\u{1F980}"),
    ]);
    refused(&[
        "b/my cat is a \tby",
        "b/a\u{200B}b",
        "b/a\u{202E}b",
        "b/a\u{FE0F}",
        "b/\u{1100}",
        "b/a\u{FFFE}",
    ]);
}

/// Texts that combine unusual characters with the separators of JIDs.
fn odd_text() -> impl Strategy<Value = String> {
    let odd = "[a-zA-Z0-9@/.\\-\\[\\]: \u{AD}\u{B7}\u{C5}\u{DF}\u{300}\u{30A}\u{3A3}\u{3C2}\u{5D0}\u{660}\u{6F0}\u{94D}\u{130}\u{1E9E}\
               \u{200B}\u{200C}\u{200D}\u{2126}\u{212B}\u{2163}\u{3000}\u{3002}\u{30FB}\u{FB01}\u{FE0F}\u{FF0E}\u{FF20}-\u{FF25}\u{13A0}\u{AB70}\u{1F980}]{0,12}";
    prop_oneof![
        odd.boxed(),
        "\\PC{0,12}".boxed(),
        "[a-z]{0,3}@?(xn--)?[a-z0-9\\-]{0,8}(/.{0,4})?".boxed(),
        any::<String>().boxed()
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// RFC 8264 §7: preparation is idempotent.
    #[test]
    fn a_prepared_jid_is_prepared(text in odd_text()) {
        if let Ok(jid) = Jid::new(&text) {
            prop_assert_eq!(Jid::new(jid.as_str()), Ok(jid.clone()));
            let localpart = jid.localpart().map_or(String::new(), |part| format!("{part}@"));
            let resource = jid.resource().map_or(String::new(), |part| format!("/{part}"));
            prop_assert_eq!(format!("{localpart}{}{resource}", jid.domain()), jid.as_str());
            let bare = jid.to_bare();
            prop_assert_eq!(bare.as_str(), &jid.as_str()[..jid.as_str().len() - resource.len()]);
            prop_assert_eq!(jid.clone().into_bare(), bare.clone());
            if let Ok(full) = jid.try_into_full() {
                prop_assert_eq!(bare.with_resource(full.resource()), Ok(full));
            }
        }
    }

    /// Equal JIDs are one account everywhere: in the directory, in trust messages, in URIs and in message ids.
    #[test]
    fn equal_jids_are_one_account(text in odd_text(), dots in 0..2usize) {
        let Ok(jid) = BareJid::new(&text) else { return Ok(()) };
        let spelt = if jid.domain().ends_with(']') { text.clone() } else { text.clone() + &".".repeat(dots) };
        let Ok(again) = BareJid::new(&spelt) else { return Ok(()) };
        let mut names = Directory::new();
        prop_assert_eq!(names.account(&jid), names.account(&again));
        let xml = |jid: &str| NamedTrustMessage::parse(&format!(
            "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='e'><key-owner jid='{}'><trust>AA==</trust></key-owner></trust-message>",
            jid.replace('&', "&amp;").replace('\'', "&apos;").replace('<', "&lt;"),
        ));
        let message = xml(&spelt);
        prop_assume!(message.is_ok());
        prop_assert_eq!(message.as_ref().map(|message| &message.key_owners()[0].jid), Ok(&jid));
        prop_assert_eq!(xml(jid.as_str()), message.clone());
        let message = message.unwrap();
        let owner = &message.key_owners()[0];
        let uri = TrustMessageUri::new(owner.jid.clone(), atm_engine::Encryption::new("e").unwrap(), owner.decisions.clone()).unwrap();
        prop_assert_eq!(TrustMessageUri::parse(&uri.to_string()), Ok(uri));
        let endpoint: FullJid = jid.with_resource("r").unwrap();
        let id: MessageId = MessageId::new(&endpoint, atm_engine::OutboxId(1)).to_string().parse().unwrap();
        prop_assert_eq!(id.intern(&again, &mut names).endpoint, names.endpoint(&endpoint));
    }
}
