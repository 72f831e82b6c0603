//! The common parts of the demonstrations.

/// A scenario that shows mistakes of Alice's phone.
pub(crate) struct Demonstration {
    /// The variants with these mistakes.
    pub(crate) shows: &'static [&'static str],
    /// The id of the requirement that they break.
    pub(crate) requirement: &'static str,
    is_by_steps: bool,
    steps: Vec<String>,
    expected: &'static str,
}

pub(super) const HEAD: &str = "format: 1
title: What a mistake does
accounts:
  alice:
    jid: alice@example.org
    devices:
      phone: { key: 883dkfJVAmUkg74v1fqqoA+AhorA1R1+67GwijiS4z0= }
      notebook: { key: aFABnX7Q/rbTgjBySYzrT2FsYCVYb49mbca5yB734KQ= }
      tablet: { key: IhpPjiKLchgrAG5cpSfTvdzPjZ5v6vTOluHEUehkgCA= }
  bob:
    jid: bob@example.com
    devices:
      phone: { key: YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8= }
      tablet: { key: tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM= }
      notebook: { key: dGhlIG5vdGVib29rIG9mIGJvYi4uLi4uLi4uLi4uLi4= }
  carol:
    jid: carol@example.net
    devices:
      phone: { key: 2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4= }
      tablet: { key: dGhlIHRhYmxldCBvZiBjYXJvbC4uLi4uLi4uLi4uLi4= }
";

/// Bob trusts his tablet.
pub(super) const TABLET: &str = "<envelope xmlns='urn:xmpp:sce:1'><rpad>cK9yTq0mRw</rpad><time stamp='2020-01-01T12:00:00Z'/><from jid='bob@example.com'/><to jid='alice@example.org'/><content><trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'><key-owner jid='bob@example.com'><trust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</trust></key-owner></trust-message></content></envelope>";

/// The key owner and the decision in that envelope.
pub(super) const BOBS_TABLET: &str = "<key-owner jid='bob@example.com'><trust>tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=</trust></key-owner>";

pub(super) const AUTHENTICATE_BOB: &str = "  - authenticate: alice/phone -> bob/phone\n";
pub(super) const AUTHENTICATE_NOTEBOOK: &str = "  - authenticate: alice/phone -> alice/notebook\n";
pub(super) const RESTART: &str = "  - restart: alice/phone\n";

impl Demonstration {
    pub(crate) fn scenario(&self) -> String {
        let discovery = if self.is_by_steps { "discovery: by-steps\n" } else { "" };
        let id = self.requirement;
        let steps = self.steps.concat();
        let expected = self.expected;
        format!(
            "{HEAD}{discovery}requirements: [{id}]\nsteps:\n{steps}expect:\n  required:\n    {id}:\n      - {expected}\n"
        )
    }
}

pub(super) fn shows(
    shows: &'static [&'static str],
    requirement: &'static str,
    steps: &[&str],
    expected: &'static str,
) -> Demonstration {
    let steps = steps.iter().map(|step| (*step).to_owned()).collect();
    Demonstration { shows, requirement, is_by_steps: false, steps, expected }
}

pub(super) fn by_steps(demonstration: Demonstration) -> Demonstration {
    Demonstration { is_by_steps: true, ..demonstration }
}

/// A stanza from Bob's phone with this envelope, encrypted with its key.
pub(super) fn from_bob(xml: &str) -> String {
    deliver("bob@example.com/phone", "key: bob/phone", xml, "")
}

/// A stanza from Alice's notebook with these key owners.
pub(super) fn from_notebook(owners: &str) -> String {
    let xml = TABLET.replace("<from jid='bob@example.com'/>", "<from jid='alice@example.org'/>");
    deliver("alice@example.org/notebook", "key: alice/notebook", &xml.replace(BOBS_TABLET, owners), "")
}

pub(super) fn deliver(from: &str, key: &str, xml: &str, more: &str) -> String {
    format!(
        "  - deliver:\n      to: alice/phone\n      from: {from}\n{more}      encrypted:\n        {key}\n        xml: |\n          {xml}\n"
    )
}

pub(super) fn said(owner: &str, verdict: &str, key: &str) -> String {
    format!("<key-owner jid='{owner}'><{verdict}>{key}</{verdict}></key-owner>")
}

pub(super) fn scan(uri: &str) -> String {
    format!("  - scan: {{ by: alice/phone, uri: \"{uri}\" }}\n")
}

pub(super) const TRUSTED: &str = "levels: { authenticated: [alice/phone -> bob/tablet] }";
pub(super) const NOT_TRUSTED: &str = "levels: { not-authenticated: [alice/phone -> bob/tablet] }";
pub(super) const PHONE_TRUSTED: &str = "levels: { authenticated: [alice/phone -> bob/phone] }";
pub(super) const CONTACT: &str = "xep-0450/ac-r/contact-endpoint";
pub(super) const MANUAL: &str = "xep-0450/glossary/manual-decisions";
pub(super) const CODE: &str = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust=623548d3835c6d33ef5cb680f7944ef381cf712bf23a0119dabe5c4f252cd02f";
pub(super) const CODE_OF_TABLET: &str = "xmpp:bob@example.com?trust-message;encryption=urn:xmpp:omemo:2;trust=b423f5088de9a924d51b31581723d850c7cc67d0a4fe6b267c3d301ff56d2413";
