//! The demonstrations.

use super::parts::{
    AUTHENTICATE_BOB, AUTHENTICATE_NOTEBOOK, BOBS_TABLET, CODE, CODE_OF_TABLET, CONTACT, Demonstration,
    MANUAL, NOT_TRUSTED, PHONE_TRUSTED, RESTART, TABLET, TRUSTED, by_steps, deliver, from_bob, from_notebook,
    said, scan, shows,
};

/// All demonstrations.
pub(crate) fn demonstrations() -> Vec<Demonstration> {
    [forms(), codes(), admission(), authority(), decisions(), undiscovered()].into_iter().flatten().collect()
}

/// Other forms of the same message.
fn forms() -> Vec<Demonstration> {
    let accepted = |names, from: &str, to: &str| {
        let xml = TABLET.replace(from, to);
        assert_ne!(xml, TABLET, "{from} is not in it");
        shows(names, CONTACT, &[AUTHENTICATE_BOB, &from_bob(&xml)], TRUSTED)
    };
    let two_elements = BOBS_TABLET.to_owned()
        + &said("bob@example.com", "trust", "dGhlIG5vdGVib29rIG9mIGJvYi4uLi4uLi4uLi4uLi4=");
    let prefixed = TABLET
        .replace("<trust-message xmlns=", "<t:trust-message xmlns:t=")
        .replace("</trust-message>", "</t:trust-message>")
        .replace("key-owner", "t:key-owner")
        .replace("<trust>", "<t:trust>")
        .replace("</trust>", "</t:trust>");
    vec![
        accepted(&["ignores-zones", "utc-only"], "12:00:00Z", "14:00:00+02:00"),
        accepted(&["no-fractions"], "00Z", "00.123Z"),
        accepted(&["no-short-fractions"], "00Z", "00.5Z"),
        accepted(&["last-element-of-each-owner"], BOBS_TABLET, &two_elements),
        accepted(&["no-quotation-marks"], "'", "\""),
        accepted(&["no-prefixes"], TABLET, &prefixed),
        accepted(&["no-character-references"], "bob@", "bob&#64;"),
        accepted(
            &["attributes-in-order"],
            "xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1'",
            "usage='urn:xmpp:atm:1' xmlns='urn:xmpp:tm:1'",
        ),
        accepted(&["first-of-content"], "<content>", "<content><body xmlns='jabber:client'>Hello!</body>"),
        accepted(
            &["affixes-in-order"],
            "<from jid='bob@example.com'/><to jid='alice@example.org'/>",
            "<to jid='alice@example.org'/><from jid='bob@example.com'/>",
        ),
        accepted(&["no-unknown-affixes"], "<content>", "<mood xmlns='urn:example:mood'/><content>"),
    ]
}

fn codes() -> Vec<Demonstration> {
    let (path, identifier) = CODE.rsplit_once('=').expect("it has pairs");
    let of = |names, id, uri: &str| shows(names, id, &[&scan(uri)], PHONE_TRUSTED);
    vec![
        of(
            &["code-in-small-letters-only"],
            "xep-0434/uri/base16",
            &format!("{path}={}", identifier.to_uppercase()),
        ),
        of(&["code-with-nothing-encoded"], "xep-0434/uri/owner", &CODE.replace("bob@", "b%6Fb@")),
    ]
}

/// Messages that must not count even if the sender is authenticated afterwards.
fn admission() -> Vec<Demonstration> {
    let dropped = |names, id, stanza: &str| shows(names, id, &[stanza, AUTHENTICATE_BOB], NOT_TRUSTED);
    let with = |from: &str, to: &str| {
        let xml = TABLET.replace(from, to);
        assert_ne!(xml, TABLET, "{from} is not in it");
        from_bob(&xml)
    };
    let by_bob = |key: &str, xml: &str, more: &str| deliver("bob@example.com/phone", key, xml, more);
    let clear = format!(
        "  - deliver:\n      to: alice/phone\n      from: bob@example.com/phone\n      clear: \"{TABLET}\"\n"
    );
    let other_carrier = "with: eu.siacs.conversations.axolotl\n        key: bob/phone";
    vec![
        dropped(&["keeps-cleartext"], "xep-0420/rules/plaintext-ignored", &clear),
        dropped(
            &["keeps-unsigned"],
            "xep-0434/structure/signed",
            &by_bob("key:", TABLET, "").replace("        key:\n", ""),
        ),
        dropped(&["keeps-any-usage"], "xep-0434/structure/usage", &with("urn:xmpp:atm:1", "urn:example:atm")),
        dropped(
            &["keeps-any-encryption"],
            "xep-0434/structure/carrying-encryption",
            &by_bob(other_carrier, TABLET, ""),
        ),
        dropped(
            &["keeps-forged-carbons"],
            "xep-0280/inbound/own-bare-jid",
            &by_bob("key: bob/phone", TABLET, "      carbon-from: mallory@example.net\n"),
        ),
        dropped(
            &["keeps-what-names-others"],
            "xep-0420/affixes/from",
            &with("from jid='bob@example.com'", "from jid='carol@example.net'"),
        ),
        dropped(&["keeps-what-is-out-of-time"], "xep-0420/affixes/time", &with("2020-01-01", "2019-12-24")),
        dropped(
            &["keeps-what-has-no-time"],
            "xep-0434/sce-profile/time",
            &with("<time stamp='2020-01-01T12:00:00Z'/>", ""),
        ),
        shows(
            &["compares-times-as-written"],
            "xep-0434/sce-profile/time",
            &[AUTHENTICATE_BOB, &with("trust>", "distrust>"), &with("12:00:00Z", "13:59:50+02:00")],
            NOT_TRUSTED,
        ),
        shows(
            &["loses-times"],
            "xep-0434/sce-profile/time",
            &[
                AUTHENTICATE_BOB,
                &from_bob(TABLET),
                &from_bob(&TABLET.replace("trust>", "distrust>").replace("00Z", "05Z")),
                RESTART,
                &from_bob(TABLET),
            ],
            NOT_TRUSTED,
        ),
    ]
}

fn authority() -> Vec<Demonstration> {
    let carols_phone = said("carol@example.net", "trust", "2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4=");
    let about_carol = TABLET.replace(BOBS_TABLET, &carols_phone);
    let not_carol = "levels: { not-authenticated: [alice/phone -> carol/phone] }";
    let carbon = "      carbon-from: alice@example.org\n";
    let itself = said("alice@example.org", "trust", "883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0=")
        .replace("</key-owner>", "<trust>IhpPjiKLchgrAG5cpSfTvdzPjZ5v6vTOluHEUehkgCA=</trust></key-owner>");
    vec![
        shows(
            &["speaks-by-received-carbon"],
            "xep-0450/introduction/own-account-only",
            &[AUTHENTICATE_BOB, &deliver("bob@example.com/phone", "key: bob/phone", &about_carol, carbon)],
            not_carol,
        ),
        shows(
            &["speaks-by-the-envelope"],
            "xep-0420/affixes/from",
            &[
                AUTHENTICATE_BOB,
                &from_bob(&about_carol.replace("from jid='bob@example.com'", "from jid='alice@example.org'")),
            ],
            not_carol,
        ),
        shows(
            &["discards-what-is-about-itself"],
            "xep-0450/ao-r",
            &[AUTHENTICATE_NOTEBOOK, &from_notebook(&itself)],
            "levels: { authenticated: [alice/phone -> alice/tablet] }",
        ),
    ]
}

fn decisions() -> Vec<Demonstration> {
    let both = CODE.to_owned() + ";distrust=b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413";
    let distrust = from_bob(&TABLET.replace("trust>", "distrust>"));
    vec![
        shows(
            &["decides-no-distrust-beside-trust"],
            MANUAL,
            &[&scan(&both)],
            "levels: { distrusted: [alice/phone -> bob/tablet] }",
        ),
        shows(
            &["announces-trust-only-if-both"],
            "xep-0450/dc-s",
            &[AUTHENTICATE_NOTEBOOK, &scan(&both)],
            "told: { by: alice/phone, device: alice/notebook, distrust: [bob/tablet] }",
        ),
        shows(
            &["decides-by-the-clock"],
            MANUAL,
            &[
                AUTHENTICATE_BOB,
                &distrust,
                "  - skew-clock: { device: alice/phone, by: { behind: 1 min } }\n",
                "  - authenticate: alice/phone -> bob/tablet\n",
            ],
            TRUSTED,
        ),
    ]
}

/// Keys that Alice's phone does not know yet.
fn undiscovered() -> Vec<Demonstration> {
    let discover = |key: &str| format!("  - discover: alice/phone -> {key}\n");
    let (phone, tablet, notebook) =
        (discover("bob/phone"), discover("bob/tablet"), discover("alice/notebook"));
    let told_notebook = "told: { by: alice/phone, device: alice/notebook, trust: [bob/phone] }";
    let all = vec![
        shows(
            &["scan-of-known-keys-only"],
            "xep-0434/uri/verdicts",
            &[&scan(CODE_OF_TABLET), &tablet],
            TRUSTED,
        ),
        shows(&["decides-on-known-keys-only"], MANUAL, &[&scan(CODE_OF_TABLET), &tablet], TRUSTED),
        shows(&["loses-manual-unknown-keys"], MANUAL, &[&scan(CODE_OF_TABLET), RESTART, &tablet], TRUSTED),
        shows(&["discovery-begins-anew"], MANUAL, &[&phone, AUTHENTICATE_BOB, &phone], PHONE_TRUSTED),
        shows(
            &["no-summary-on-discovery"],
            "xep-0450/ac-s/contact-endpoint",
            &[&notebook, AUTHENTICATE_NOTEBOOK, &scan(CODE), &phone],
            "told: { by: alice/phone, device: bob/phone, trust: [alice/notebook] }",
        ),
        shows(
            &["announces-known-keys-only"],
            "xep-0450/ac-s/own-endpoints",
            &[&notebook, AUTHENTICATE_NOTEBOOK, &scan(CODE), &phone],
            told_notebook,
        ),
    ];
    all.into_iter().map(by_steps).collect()
}
