//! The scenarios, put together from what most of them share.

use super::parts::{
    AUTHENTICATE_BOB, AUTHENTICATE_NOTEBOOK, BOBS_TABLET, CODE, CODE_OF_TABLET, CONTACT, Demonstration,
    MANUAL, NOT_TRUSTED, PHONE_TRUSTED, RESTART, SECURITY, TABLET, TRUSTED, by_steps, deliver, from_bob,
    from_notebook, said, scan, shows,
};

/// All of them.
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
        shows(
            &["found-at-any-depth"],
            SECURITY,
            &[
                AUTHENTICATE_BOB,
                &from_bob(
                    &TABLET
                        .replace("<content>", "<content><quoted xmlns='urn:example:quoted'>")
                        .replace("</content>", "</quoted></content>"),
                ),
            ],
            NOT_TRUSTED,
        ),
    ]
}

fn codes() -> Vec<Demonstration> {
    let (path, identifier) = CODE.rsplit_once('=').expect("it has pairs");
    let of = |names, id, uri: &str, expected| shows(names, id, &[&scan(uri)], expected);
    let nothing = "levels: { not-authenticated: [alice/phone -> bob/phone] }";
    vec![
        of(
            &["code-in-small-letters-only"],
            "xep-0434/uri/base16",
            &format!("{path}={}", identifier.to_uppercase()),
            PHONE_TRUSTED,
        ),
        of(
            &["code-with-nothing-encoded"],
            "xep-0434/uri/owner",
            &CODE.replace("bob@", "b%6Fb@"),
            PHONE_TRUSTED,
        ),
        of(
            &["code-of-any-query"],
            "xep-0434/uri/names",
            &CODE.replace("trust-message;", "message;"),
            nothing,
        ),
        of(
            &["code-without-encryption"],
            "xep-0434/uri/encryption",
            &CODE.replace("encryption=urn:xmpp:omemo:2;", ""),
            nothing,
        ),
    ]
}

/// What must not count, also if the sender is authenticated afterwards.
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
    let notebook = said("bob@example.com", "trust", "dGhlIG5vdGVib29rIG9mIGJvYi4uLi4uLi4uLi4uLi4=");
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
            "xep-0434/structure/encryption",
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
            &["one-message-for-each-time"],
            CONTACT,
            &[AUTHENTICATE_BOB, &with(BOBS_TABLET, &notebook), &from_bob(TABLET)],
            TRUSTED,
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
    let carols_tablet = said("carol@example.net", "trust", "dGhlIHRhYmxldCBvZiBjYXJvbC4uLi4uLi4uLi4uLi4=");
    let about_carol = TABLET.replace(BOBS_TABLET, &carols_phone);
    let not_carol = "levels: { not-authenticated: [alice/phone -> carol/phone] }";
    let carbon = "      carbon-from: alice@example.org\n";
    let by_twin =
        about_carol.replace("bob@", "carol@").replace(".com", ".net").replace(&carols_phone, &carols_tablet);
    let itself = said("alice@example.org", "trust", "883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0=")
        .replace("</key-owner>", "<trust>IhpPjiKLchgrAG5cpSfTvdzPjZ5v6vTOluHEUehkgCA=</trust></key-owner>");
    let verdicts = said("bob@example.com", "trust", "YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=").replace(
        "</key-owner>",
        "<distrust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</distrust><distrust>dGhlIG5vdGVib29rIG9mIGJvYi4uLi4uLi4uLi4uLi4=</distrust></key-owner>",
    );
    let own_distrust = said("alice@example.org", "distrust", "883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0=");
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
            &["believes-by-identifier"],
            SECURITY,
            &[
                AUTHENTICATE_BOB,
                &deliver("carol@example.net/twin-of-phone", "key: carol/twin-of-phone", &by_twin, ""),
            ],
            "levels: { not-authenticated: [alice/phone -> carol/tablet] }",
        ),
        shows(
            &["releases-on-manual-trust"],
            SECURITY,
            &[&from_bob(TABLET), "  - trust-manually: alice/phone -> bob/phone\n"],
            NOT_TRUSTED,
        ),
        shows(
            &["discards-what-is-about-itself"],
            "xep-0450/ao-r",
            &[AUTHENTICATE_NOTEBOOK, &from_notebook(&itself)],
            "levels: { authenticated: [alice/phone -> alice/tablet] }",
        ),
        shows(
            &["first-distrust", "no-distrust-beside-trust"],
            "xep-0450/dc-r/own-endpoint",
            &[AUTHENTICATE_NOTEBOOK, &from_notebook(&verdicts)],
            "levels: { distrusted: [alice/phone -> bob/tablet, alice/phone -> bob/notebook] }",
        ),
        shows(
            &["distrust-of-itself-silences"],
            "xep-0450/ac-s/own-endpoints",
            &[AUTHENTICATE_NOTEBOOK, &from_notebook(&own_distrust), AUTHENTICATE_BOB],
            "told: { by: alice/phone, device: alice/notebook, trust: [bob/phone] }",
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

/// What concerns keys that Alice's phone does not know yet.
fn undiscovered() -> Vec<Demonstration> {
    let discover = |key: &str| format!("  - discover: alice/phone -> {key}\n");
    let (phone, tablet, notebook) =
        (discover("bob/phone"), discover("bob/tablet"), discover("alice/notebook"));
    let distrust = from_bob(&TABLET.replace("trust>", "distrust>").replace("00Z", "05Z"));
    let told_notebook = "told: { by: alice/phone, device: alice/notebook, trust: [bob/phone] }";
    let all = vec![
        shows(&["releases-on-discovery"], SECURITY, &[&tablet, &from_bob(TABLET), &phone], NOT_TRUSTED),
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
            &["first-word-on-unknown-keys"],
            "xep-0450/storing/unknown-key",
            &[&phone, AUTHENTICATE_BOB, &from_bob(TABLET), &distrust, &tablet],
            "levels: { distrusted: [alice/phone -> bob/tablet] }",
        ),
        shows(
            &["discovers-by-identifier"],
            "xep-0434/structure/key-owner",
            &[&phone, AUTHENTICATE_BOB, &from_bob(TABLET), &discover("carol/twin-of-tablet")],
            "levels: { not-authenticated: [alice/phone -> carol/twin-of-tablet] }",
        ),
        shows(
            &["loses-the-latch"],
            "xep-0450/toakafa/new-keys",
            &[&phone, AUTHENTICATE_BOB, RESTART, &tablet],
            "may-not-encrypt: { from: alice/phone, to: [bob/tablet] }",
        ),
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
