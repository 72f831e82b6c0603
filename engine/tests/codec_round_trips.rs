//! Every written value is read back unchanged, and no input makes a reader panic.

use atm_engine::codec::{
    Archived, Carbon, CarbonDirection, ClearElement, Delay, Malformed, Message, MessageStanza, MessageType,
    NamedEnvelope, NamedKeyOwner, NamedTrustMessage, TrustMessageUri, Unwritable, stamp_from_date_time,
    stamp_to_date_time,
};
use atm_engine::jid::{BareJid, Jid};
use atm_engine::{
    Decision, DecisionKind, Directory, DistrustId, DistrustIds, DistrustsByKey, Encryption, KeyIdentifier,
    Stamp, TrustMessage, Usage,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;

/// The configuration without a file of past failures: a failure becomes a test of its own instead.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

fn bare_jid() -> impl Strategy<Value = BareJid> {
    // Characters that URIs and XML escape, and some beyond ASCII.
    let localpart = "[a-z0-9_.~%?#;=!$()*+,{}|^`-]{1,12}|[a-zàéλя字]{1,6}";
    let domain = "[a-z0-9]{1,8}\\.(example|org)|[αβγ]{1,4}\\.example|\\[::1\\]|localhost";
    (option::of(localpart), domain).prop_filter_map("a JID", |(localpart, domain)| {
        let written = localpart.map_or(domain.clone(), |localpart| format!("{localpart}@{domain}"));
        BareJid::new(&written).ok()
    })
}

fn jid() -> impl Strategy<Value = Jid> {
    (bare_jid(), option::of("[A-Za-z0-9 /@&<>'\"é-]{1,10}")).prop_filter_map("a JID", |(bare, resource)| {
        match resource {
            Some(resource) => bare.with_resource(&resource).ok().map(Jid::from),
            None => Some(bare.into()),
        }
    })
}

fn encryption() -> impl Strategy<Value = Encryption> {
    let known = select(vec![Encryption::OMEMO, Encryption::LEGACY_OMEMO, Encryption::OPENPGP]);
    prop_oneof![known.prop_map(str::to_owned), "[!-~é字]{1,30}"]
        .prop_map(|namespace| Encryption::new(&namespace).expect("no white space"))
}

fn decision() -> impl Strategy<Value = DecisionKind> {
    select(vec![DecisionKind::Trust, DecisionKind::Distrust])
}

/// Random decisions on keys of `encryption`. They may concern the same key and contradict each other.
fn decisions(encryption: &Encryption) -> impl Strategy<Value = Vec<(DecisionKind, KeyIdentifier)>> + use<> {
    let encryption = encryption.clone();
    let lengths: Vec<usize> = encryption.identifier_lengths().iter().cloned().flatten().collect();
    let decision = (decision(), select(lengths), prop_oneof![Just(None), any::<u8>().prop_map(Some)]);
    vec((decision, vec(any::<u8>(), 64)), 1..5).prop_map(move |decisions| {
        decisions
            .into_iter()
            .map(|((kind, length, repeated), mut bytes)| {
                if let Some(byte) = repeated {
                    bytes.fill(byte % 2);
                }
                (kind, KeyIdentifier::new(&encryption, &bytes[..length]).expect("a length that it has"))
            })
            .collect()
    })
}

fn trust_message(usage: impl Strategy<Value = String>) -> impl Strategy<Value = NamedTrustMessage> {
    let owners = encryption().prop_flat_map(|encryption| {
        let owner = (bare_jid(), decisions(&encryption))
            .prop_map(|(jid, decisions)| NamedKeyOwner { jid, decisions });
        (Just(encryption), vec(owner, 1..4))
    });
    (usage, owners, vec(distrust_ids(), 4)).prop_filter_map(
        "no contradiction",
        |(usage, (encryption, owners), ids)| {
            Some(with_ids(NamedTrustMessage::new(&usage, encryption, owners).ok()?, ids))
        },
    )
}

fn distrust_ids() -> impl Strategy<Value = [Vec<DistrustId>; 2]> {
    let some = || vec(any::<u64>().prop_map(DistrustId::new), 0..3);
    [some(), some()]
}

/// Adds ids of distrusts to the message. A trusted key gets no standing ones.
fn with_ids(message: NamedTrustMessage, ids: Vec<[Vec<DistrustId>; 2]>) -> NamedTrustMessage {
    let owners = message.key_owners().to_vec();
    let keys = owners.iter().flat_map(|owner| owner.decisions.iter().map(move |said| (&owner.jid, said)));
    keys.zip(ids).fold(message, |message, ((owner, (kind, key)), [standing, overruled])| {
        let standing = standing.into_iter().filter(|_| *kind == DecisionKind::Distrust);
        message.with_distrusts(owner, key, &DistrustIds::new(standing, overruled))
    })
}

fn any_usage() -> impl Strategy<Value = String> {
    prop_oneof![atm(), "[!-~é字]{1,30}"]
}

fn atm() -> impl Strategy<Value = String> {
    Just("urn:xmpp:atm:1".to_owned())
}

fn uri() -> impl Strategy<Value = TrustMessageUri> {
    encryption()
        .prop_flat_map(|encryption| (bare_jid(), Just(encryption.clone()), decisions(&encryption)))
        .prop_filter_map("no contradiction", |(owner, encryption, decisions)| {
            TrustMessageUri::new(owner, encryption, decisions).ok()
        })
}

/// Stamps of the years 0000 to 9999. Half of them are whole seconds.
fn stamp() -> impl Strategy<Value = Stamp> {
    const FIRST: i64 = -62_167_219_200_000;
    const LAST: i64 = 253_402_300_799_999;
    prop_oneof![
        FIRST..=LAST,
        (FIRST / 1000..=LAST / 1000).prop_map(|seconds| seconds * 1000),
        Just(FIRST),
        Just(LAST)
    ]
    .prop_map(Stamp::from_millis)
}

/// Text with characters that XML escapes, with line breaks, and with parts of XML syntax.
fn text() -> impl Strategy<Value = String> {
    "[a-z <>&'\"\\]\t\r\né字\u{1f511}-]{0,40}"
}

fn envelope() -> impl Strategy<Value = NamedEnvelope> {
    let bare = || option::of(bare_jid().prop_map(Jid::from));
    (option::of(text()), option::of(stamp()), bare(), bare(), trust_message(any_usage()))
        .prop_map(|(padding, time, from, to, message)| NamedEnvelope { padding, time, from, to, message })
}

fn delay() -> impl Strategy<Value = Delay> {
    (option::of(jid()), stamp()).prop_map(|(from, stamp)| Delay { from, stamp })
}

fn message() -> impl Strategy<Value = Message> {
    use MessageType::{Chat, Error, Groupchat, Headline, Normal};
    let message_type = select(vec![Chat, Error, Groupchat, Headline, Normal]);
    let clear = prop_oneof![
        trust_message(any_usage()).prop_map(|message| ClearElement::TrustMessage(Ok(message))),
        envelope().prop_map(|envelope| ClearElement::Envelope(Ok(envelope))),
    ];
    let addresses = (option::of(jid()), option::of(jid()), option::of(text()));
    let encrypted = vec(select(vec!["urn:xmpp:omemo:2".to_owned(), "urn:example:other".to_owned()]), 0..3);
    (message_type, addresses, any::<bool>(), encrypted, vec(delay(), 0..3), vec(clear, 0..3)).prop_map(
        |(message_type, (from, to, id), has_store_hint, encrypted, delays, clear)| Message {
            message_type,
            from,
            to,
            id,
            has_store_hint,
            encrypted,
            delays,
            clear,
        },
    )
}

fn stanza() -> impl Strategy<Value = MessageStanza> {
    let direction = select(vec![CarbonDirection::Received, CarbonDirection::Sent]);
    let carbon = (direction, vec(delay(), 0..2), message()).prop_map(|(direction, delays, message)| Carbon {
        direction,
        delays,
        message,
    });
    let archived = (vec(delay(), 0..2), message()).prop_map(|(delays, message)| Archived { delays, message });
    (message(), option::of(carbon), option::of(archived))
        .prop_map(|(message, carbon, archived)| MessageStanza { message, carbon, archived })
}

/// Passes the input to all readers. Only a panic matters, not the result.
fn read_everything(input: &str) {
    let _ = NamedTrustMessage::parse(input).map_err(|malformed| malformed.to_string());
    let _ = NamedEnvelope::parse(input).map_err(|malformed| malformed.to_string());
    let _ = MessageStanza::parse(input).map_err(|malformed| malformed.to_string());
    let _ = TrustMessageUri::parse(input).map_err(|malformed| malformed.to_string());
    let _ = stamp_from_date_time(input).map_err(|malformed| malformed.to_string());
}

const SAMPLES: [&str; 5] = [
    include_str!("xep-0450/example-5.xml"),
    "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
     <key-owner jid='bob@example.com'><trust>YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=</trust>\
     </key-owner></trust-message>",
    "<message xmlns='jabber:client' type='chat' from='a@example.org'><sent xmlns='urn:xmpp:carbons:2'>\
     <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>\
     <message xmlns='jabber:client'><envelope xmlns='urn:xmpp:sce:1'/></message></forwarded></sent></message>",
    "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;\
     trust=623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f",
    "2020-01-01T12:34:56.789+01:00",
];

/// Pieces with a meaning to one of the readers.
const PIECES: [&str; 20] = [
    "<",
    ">",
    "/>",
    "</",
    "&",
    "&#0;",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<!DOCTYPE",
    "<?",
    "xmlns=''",
    "'",
    "=",
    "%",
    "%ff",
    "\u{0}",
    "\u{1f511}",
    "<trust/>",
];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn trust_messages_are_read_as_they_were_written(message in trust_message(any_usage())) {
        prop_assert_eq!(NamedTrustMessage::parse(&message.to_xml()), Ok(message));
    }

    #[test]
    fn envelopes_are_read_as_they_were_written(envelope in envelope()) {
        prop_assert_eq!(NamedEnvelope::parse(&envelope.to_xml()), Ok(envelope));
    }

    #[test]
    fn uris_are_read_as_they_were_written(uri in uri()) {
        let written = uri.to_string();
        prop_assert!(written.is_ascii());
        prop_assert_eq!(TrustMessageUri::parse(&written), Ok(uri));
    }

    #[test]
    fn stanzas_are_read_as_they_were_written(stanza in stanza()) {
        prop_assert_eq!(MessageStanza::parse(&stanza.to_xml()), Ok(stanza));
    }

    #[test]
    fn times_are_read_as_they_were_written(stamp in stamp()) {
        let written = stamp_to_date_time(stamp);
        prop_assert!(written.ends_with('Z'));
        prop_assert_eq!(stamp_from_date_time(&written), Ok(stamp));
    }

    #[test]
    fn a_zone_is_an_offset(stamp in stamp(), hours in 0..14_i64, minutes in 0..60_i64) {
        let written = stamp_to_date_time(stamp);
        let ahead = format!("{}+{hours:02}:{minutes:02}", written.trim_end_matches('Z'));
        let behind = format!("{}-{hours:02}:{minutes:02}", written.trim_end_matches('Z'));
        let offset = (hours * 60 + minutes) * 60_000;
        prop_assert_eq!(stamp_from_date_time(&ahead), Ok(stamp.offset(-offset)));
        prop_assert_eq!(stamp_from_date_time(&behind), Ok(stamp.offset(offset)));
        prop_assert_eq!(stamp_from_date_time(written.trim_end_matches('Z')), Ok(stamp));
    }

    #[test]
    fn ids_stand_for_the_same_decisions(message in trust_message(atm())) {
        let mut names = Directory::new();
        let interned = message.intern(&mut names);
        let named = NamedTrustMessage::of(&interned, &names).unwrap();
        prop_assert_eq!(decided(&named), decided(&message));
        // A grouped message without repetition stays as it is.
        let again = NamedTrustMessage::of(&named.intern(&mut names), &names).unwrap();
        prop_assert_eq!(&again, &named);
        prop_assert_eq!(owners(&named), owners(&message));
    }

    #[test]
    fn a_uri_stands_for_a_trust_message(uri in uri()) {
        let owner = NamedKeyOwner { jid: uri.owner().clone(), decisions: uri.decisions().to_vec() };
        let message = NamedTrustMessage::new("urn:xmpp:atm:1", uri.encryption().clone(), vec![owner]).unwrap();
        let mut names = Directory::new();
        let mut decided = uri.intern(&mut names).decisions().to_vec();
        let mut said = message.intern(&mut names).decisions.to_vec();
        let by_key = |decision: &Decision| decision.key;
        decided.sort_by_key(by_key);
        said.sort_by_key(by_key);
        prop_assert_eq!(decided, said);
        let again = TrustMessageUri::of(&uri.intern(&mut names), &names).unwrap();
        prop_assert_eq!(again.intern(&mut names), uri.intern(&mut names));
    }

    #[test]
    fn any_string_is_read_or_refused(input in any::<String>()) {
        read_everything(&input);
    }

    #[test]
    fn any_bytes_are_read_or_refused(input in vec(any::<u8>(), 0..200)) {
        read_everything(&String::from_utf8_lossy(&input));
    }

    #[test]
    fn a_mangled_sample_is_read_or_refused(
        sample in select(SAMPLES.to_vec()),
        edits in vec((any::<Index>(), any::<Index>(), select(PIECES.to_vec())), 1..4),
    ) {
        let mut characters: Vec<char> = sample.chars().collect();
        for (start, length, piece) in edits {
            let start = start.index(characters.len() + 1);
            let end = (start + length.index(8)).min(characters.len());
            characters.splice(start..end, piece.chars());
        }
        read_everything(&characters.into_iter().collect::<String>());
    }
}

/// All keys, each once and with its decision, as a set.
fn decided(message: &NamedTrustMessage) -> std::collections::BTreeSet<(String, bool, KeyIdentifier)> {
    let owners = message.key_owners().iter();
    owners
        .flat_map(|owner| {
            let is_trust = |kind| kind == DecisionKind::Trust;
            owner
                .decisions
                .iter()
                .map(move |(kind, key)| (owner.jid.to_string(), is_trust(*kind), key.clone()))
        })
        .collect()
}

/// The owners in the order in which they first appear.
fn owners(message: &NamedTrustMessage) -> Vec<BareJid> {
    let mut owners: Vec<BareJid> = Vec::new();
    for owner in message.key_owners() {
        if !owners.contains(&owner.jid) {
            owners.push(owner.jid.clone());
        }
    }
    owners
}

#[test]
fn characters_that_xml_cannot_express_are_replaced() {
    let message = NamedTrustMessage::parse(SAMPLES[1]).unwrap();
    let jid = || BareJid::new("a@example.org").unwrap();
    let padding = "\u{0}a\u{b}\u{1f}\u{fffe}\u{ffff}\u{7f}z";
    let envelope = NamedEnvelope::new(padding, Stamp::from_millis(0), jid(), jid(), message);
    let read = NamedEnvelope::parse(&envelope.to_xml()).unwrap();
    assert_eq!(read.padding.unwrap(), "\u{fffd}a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{7f}z");
}

#[test]
fn a_day_is_that_of_the_gregorian_calendar() {
    for (milliseconds, date) in [
        (0, "1970-01-01"),
        (951_782_400_000, "2000-02-29"),
        (4_107_542_400_000, "2100-03-01"),  // that year has no leap day
        (-2_203_891_200_000, "1900-03-01"), // neither does that one
        (-62_135_596_800_000, "0001-01-01"),
    ] {
        assert_eq!(stamp_to_date_time(Stamp::from_millis(milliseconds)), format!("{date}T00:00:00Z"));
        assert_eq!(stamp_from_date_time(&format!("{date}T00:00:00Z")), Ok(Stamp::from_millis(milliseconds)));
    }
}

#[test]
fn a_stamp_beyond_the_profile_is_written_as_the_nearest_one() {
    assert_eq!(stamp_to_date_time(Stamp::MIN), "0000-01-01T00:00:00Z");
    assert_eq!(stamp_to_date_time(Stamp::from_millis(i64::MAX)), "9999-12-31T23:59:59.999Z");
}

#[test]
fn milliseconds_are_written_unless_zero_and_further_digits_dropped() {
    assert_eq!(stamp_to_date_time(Stamp::from_millis(1_577_880_000_000)), "2020-01-01T12:00:00Z");
    assert_eq!(stamp_to_date_time(Stamp::from_millis(1_577_880_000_040)), "2020-01-01T12:00:00.040Z");
    assert_eq!(stamp_to_date_time(Stamp::from_millis(-1)), "1969-12-31T23:59:59.999Z");
    let read = |written| stamp_from_date_time(written).unwrap().as_millis();
    assert_eq!(read("1970-01-01T00:00:00.5Z"), 500);
    assert_eq!(read("1970-01-01T00:00:00.1239999999999999999999"), 123);
    assert_eq!(read("1969-12-31T23:59:59.9999Z"), -1);
}

#[test]
fn what_has_no_name_or_would_be_refused_is_not_written() {
    let mut names = Directory::new();
    let omemo = names.encryption(&Encryption::new(Encryption::OMEMO).unwrap());
    let openpgp = names.encryption(&Encryption::new(Encryption::OPENPGP).unwrap());
    let owner = names.account(&BareJid::new("bob@example.com").unwrap());
    let identifier = KeyIdentifier::new(&Encryption::new(Encryption::OMEMO).unwrap(), &[1; 32]).unwrap();
    let decide = |kind, key| Decision { key, kind };
    let key = names.key(omemo, owner, &identifier);
    let other = names.key(openpgp, owner, &identifier);
    let of = |usage, decisions: &[Decision]| {
        NamedTrustMessage::of(
            &TrustMessage {
                usage,
                encryption: omemo,
                decisions: decisions.into(),
                distrusts: DistrustsByKey::default(),
            },
            &names,
        )
    };

    let trust = decide(DecisionKind::Trust, key);
    assert!(of(Usage::Atm, &[trust]).is_ok());
    assert_eq!(of(Usage::Other, &[trust]), Err(Unwritable::OtherUsage));
    assert_eq!(of(Usage::Atm, &[]), Err(Unwritable::Malformed(Malformed::NoKeyOwner)));
    let contradiction = of(Usage::Atm, &[trust, decide(DecisionKind::Distrust, key)]);
    assert!(matches!(contradiction, Err(Unwritable::Malformed(Malformed::Contradiction { .. }))));
    let mixed = of(Usage::Atm, &[trust, decide(DecisionKind::Trust, other)]);
    assert!(matches!(mixed, Err(Unwritable::OtherEncryption { .. })));
}

#[test]
fn an_envelope_without_an_affix_is_not_written_from_ids() {
    let mut names = Directory::new();
    let message = NamedTrustMessage::parse(SAMPLES[1]).unwrap();
    let jid = || BareJid::new("a@example.org").unwrap();
    let complete = NamedEnvelope::new("x", Stamp::from_millis(0), jid(), jid(), message);
    let missing = |envelope: NamedEnvelope, names: &mut Directory| {
        let interned = envelope.intern(names);
        NamedEnvelope::of(&interned, "x", names).err()
    };
    assert_eq!(missing(complete.clone(), &mut names), None);
    assert_eq!(missing(NamedEnvelope { padding: None, ..complete.clone() }, &mut names), None);
    let without = |affix| Some(Unwritable::MissingAffix(affix));
    assert_eq!(missing(NamedEnvelope { time: None, ..complete.clone() }, &mut names), without("time"));
    assert_eq!(missing(NamedEnvelope { from: None, ..complete.clone() }, &mut names), without("from"));
    assert_eq!(missing(NamedEnvelope { to: None, ..complete }, &mut names), without("to"));
}

#[test]
fn several_elements_of_one_owner_become_one() {
    let xml = "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:example:x'>\
        <key-owner jid='b@example.org'><trust>AQ==</trust></key-owner>\
        <key-owner jid='a@example.org'><distrust>AQ==</distrust></key-owner>\
        <key-owner jid='b@example.org'><trust>AQ==</trust><distrust>Ag==</distrust></key-owner>\
        </trust-message>";
    let merged = "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:example:x'>\
        <key-owner jid='b@example.org'><trust>AQ==</trust><distrust>Ag==</distrust></key-owner>\
        <key-owner jid='a@example.org'><distrust>AQ==</distrust></key-owner>\
        </trust-message>";
    let mut names = Directory::new();
    let interned = NamedTrustMessage::parse(xml).unwrap().intern(&mut names);
    assert_eq!(interned.decisions.len(), 3);
    let expected = NamedTrustMessage::parse(merged).unwrap();
    assert_eq!(NamedTrustMessage::of(&interned, &names), Ok(expected));

    let other = NamedTrustMessage::parse(&xml.replace("urn:xmpp:atm:1", "urn:xmpp:atm:0")).unwrap();
    let other = other.intern(&mut names);
    assert_eq!((other.usage, other.decisions), (Usage::Other, interned.decisions));
}

#[test]
fn the_trusted_keys_of_an_owner_are_written_first() {
    let owner = |elements: &str| {
        let xml = format!(
            "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:example:x'>\
             <key-owner jid='a@example.org'>{elements}</key-owner></trust-message>"
        );
        NamedTrustMessage::parse(&xml).unwrap()
    };
    let mixed =
        owner("<distrust>AQ==</distrust><trust>Ag==</trust><distrust>Aw==</distrust><trust>BA==</trust>");
    let ordered =
        owner("<trust>Ag==</trust><trust>BA==</trust><distrust>AQ==</distrust><distrust>Aw==</distrust>");
    let mut names = Directory::new();
    assert_eq!(NamedTrustMessage::of(&mixed.intern(&mut names), &names), Ok(ordered));
}

#[test]
fn the_clear_part_of_a_stanza_is_found_also_if_it_is_refused() {
    let envelope = &SAMPLES[0].replace("alice@example.org/A2", "alice@example.org");
    let xml = format!(
        "<message xmlns='jabber:client' from='mallory@example.org/x' type='chat'>{envelope}{}\
         <trust-message xmlns='urn:xmpp:tm:1'/><trust-message xmlns='urn:xmpp:tm:0'/>\
         <encrypted xmlns='urn:xmpp:omemo:2'>{}</encrypted><body>hello</body></message>",
        SAMPLES[1], SAMPLES[1]
    );
    let read = MessageStanza::parse(&xml).unwrap();
    let expected = [
        ClearElement::Envelope(NamedEnvelope::parse(envelope)),
        ClearElement::TrustMessage(NamedTrustMessage::parse(SAMPLES[1])),
        ClearElement::TrustMessage(Err(Malformed::MissingUsage)),
    ];
    assert_eq!(read.message.clear, expected);
    assert!(!read.message.has_store_hint);
    assert_eq!(read.carbon, None);
    let written = MessageStanza::parse(&read.to_xml()).unwrap();
    assert_eq!(written.message.clear, expected[..2]);
}

#[test]
fn a_carbon_says_what_it_forwards() {
    let carbon = MessageStanza::parse(SAMPLES[2]).unwrap();
    assert_eq!(carbon.message.from.unwrap().as_str(), "a@example.org");
    assert!(carbon.message.delays.is_empty() && carbon.message.clear.is_empty());
    let carbon = carbon.carbon.unwrap();
    assert_eq!(carbon.direction, CarbonDirection::Sent);
    assert_eq!(carbon.delays, [Delay { from: None, stamp: Stamp::from_millis(1_577_836_800_000) }]);
    assert_eq!(carbon.message.message_type, MessageType::Normal);
    let missing = Malformed::MissingElement { parent: "envelope".to_owned(), element: "content" };
    assert_eq!(carbon.message.clear, [ClearElement::Envelope(Err(missing))]);
}

#[test]
fn an_attribute_with_a_prefix_is_another_one() {
    let xml = "<message xmlns='jabber:client' xmlns:x='urn:example:x' x:from='@' x:type='chat'/>";
    let read = MessageStanza::parse(xml).unwrap();
    assert_eq!((read.message.from, read.message.message_type), (None, MessageType::Normal));
}

#[test]
fn what_is_interned_is_resolved_to_the_same() {
    proptest!(|(envelope in envelope())| {
        let mut names = Directory::new();
        let interned = envelope.intern(&mut names);
        prop_assert_eq!(envelope.resolve(&names), Ok(interned));
    });
}

#[test]
fn a_name_that_nobody_has_is_not_resolved() {
    proptest!(|(envelope in envelope())| {
        prop_assert!(envelope.resolve(&Directory::new()).is_err());
    });
}
