//! Variations change the form and not the meaning, and variations of different axes occur together in the library.

use std::collections::BTreeSet;
use std::sync::Arc;

use atm_engine::codec::NamedEnvelope;
use atm_suite::cases::{LoadedScenario, cases};
use atm_suite::library;
use atm_suite::variations::{Axis, Variation, VariationChoice, rewritten, rows};

const ENVELOPE: &str = "<envelope xmlns='urn:xmpp:sce:1'><rpad>1</rpad><time stamp='2020-01-01T12:00:00Z'/>\
    <from jid='bob@example.com'/><to jid='alice@example.org'/><content>\
    <trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
    <key-owner jid='bob@example.com'><trust>YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=</trust>\
    <trust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</trust>\
    <distrust>883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0=</distrust></key-owner>\
    <key-owner jid='alice@example.org'><trust>YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=</trust></key-owner>\
    </trust-message></content></envelope>";

/// The meaning of an envelope, independent of order.
fn said(xml: &str) -> (Option<i64>, BTreeSet<String>) {
    let envelope = NamedEnvelope::parse(xml).unwrap_or_else(|malformed| panic!("{malformed}\n{xml}"));
    let owners = envelope.message.key_owners().iter();
    let decisions = owners.flat_map(|owner| {
        owner.decisions.iter().map(move |(kind, key)| format!("{kind:?} {} {}", owner.jid, key.to_base64()))
    });
    (envelope.time.map(atm_engine::Stamp::as_millis), decisions.collect())
}

#[test]
fn what_is_written_in_another_way_says_the_same() {
    let untold = [Axis::Code, Axis::Transport, Axis::Life, Axis::Names, Axis::Attack];
    let of_form = Variation::all().filter(|variation| !untold.contains(&variation.axis()));
    let mut tried = 0;
    for variation in of_form {
        let xml = rewritten(ENVELOPE, &[variation]);
        assert_ne!(xml, ENVELOPE, "{variation} changes nothing");
        assert_eq!(said(&xml), said(ENVELOPE), "{variation}: {xml}");
        tried += 1;
    }
    assert!(tried > 25);
}

#[test]
fn what_is_no_xml_stays_as_it_is() {
    for broken in ["", "<envelope", "hello", "<a><b></a>"] {
        assert_eq!(rewritten(broken, &[Variation::Prefixes]), broken);
    }
}

#[test]
fn over_all_cases_each_variation_meets_each_other_one() {
    let scenarios = library::files().into_iter().map(|file| {
        let scenario = file.load().expect("the library has no mistakes");
        Arc::new(LoadedScenario { id: file.id().to_owned(), path: file.path.to_owned(), scenario })
    });
    let scenarios: Vec<_> = scenarios.collect();
    let rows: Vec<Vec<Variation>> =
        cases(&scenarios).iter().flat_map(|case| rows(&VariationChoice::Pairs, &case.id)).collect();
    let meet = |one, other| rows.iter().any(|row| row.contains(&one) && row.contains(&other));
    let mut lacking = Vec::new();
    for one in Variation::all() {
        for other in Variation::all() {
            let axes = [one.axis(), other.axis()];
            let are_combined = axes.iter().all(|axis| Axis::COMBINED.contains(axis)) && axes[0] != axes[1];
            if (are_combined || one == other) && !meet(one, other) {
                lacking.push((one, other));
            }
        }
    }
    assert_eq!(lacking, []);
}
