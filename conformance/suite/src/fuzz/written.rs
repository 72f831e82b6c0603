//! Handwritten scenarios for tests. Alice's phone is the device under test.

use std::fmt::Write as _;

use atm_simulator::scenario::{Catalog, DeviceName, Scenario};

/// The accounts of Alice, Bob and Carol, with the keys of Bob's devices.
const ACCOUNTS: &str = "
format: 1
title: Something that happens to Alice's phone
requirements: [xep-0450/introduction/security-level]
accounts:
  alice:
    jid: alice@example.org
    devices: { phone: , tablet: , notebook: }
  bob:
    jid: bob@example.com
    devices:
      phone: { key: YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8= }
      tablet: { key: tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM= }
      notebook: { key: 2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4= }
  carol:
    jid: carol@example.net
    devices: { phone: }
steps:
";

pub(super) fn phone() -> Vec<DeviceName> {
    vec!["alice/phone".parse().expect("the name of a device")]
}

/// A scenario with these steps, each one line of YAML.
pub(super) fn scenario(steps: &[String]) -> Scenario {
    parsed(ACCOUNTS, steps)
}

/// A scenario with these steps and other accounts.
pub(super) fn parsed(accounts: &str, steps: &[String]) -> Scenario {
    let mut text = accounts.to_owned();
    for step in steps {
        let _ = writeln!(text, "  - {step}");
    }
    Scenario::parse("written.yaml", &text, &Catalog::unchecked())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// A trust message about keys of Bob that reaches Alice's phone.
#[derive(Clone, Copy)]
pub(super) struct SpokenWord<'a> {
    /// The full JID of the sender.
    pub(super) from: &'a str,
    pub(super) carried: Carried<'a>,
    /// The seconds of the message's time; `None` for a message without time.
    pub(super) at: Option<u32>,
    /// The decisions about Bob's devices, each as an element name (`trust` or `distrust`) and a device.
    pub(super) says: &'a [(&'a str, &'a str)],
}

/// The protection of a message.
#[derive(Clone, Copy)]
pub(super) enum Carried<'a> {
    EncryptedBy(&'a str),
    /// Encrypted without naming the sender.
    Unsigned,
    InTheClear,
}

impl SpokenWord<'_> {
    /// The step that delivers the message.
    pub(super) fn step(self) -> String {
        let key = |device: &str| match device {
            "phone" => "YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8=",
            "tablet" => "tCP1CI3pqSTVGzFYFyPYUMfMZ9Ck/msmfD0wH/VtJBM=",
            _ => "2fhJtrgoMJxfLI3084/YkYh9paqiSiLFDVL2m0qAgX4=",
        };
        let mut decisions = String::new();
        for (verdict, device) in self.says {
            let _ = write!(decisions, "<{verdict}>{}</{verdict}>", key(device));
        }
        let message = format!(
            "<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>\
             <key-owner jid='bob@example.com'>{decisions}</key-owner></trust-message>"
        );
        let from = self.from;
        let account = from.split_once('/').map_or(from, |(account, _)| account);
        let time = self.at.map(|at| format!("<time stamp='2020-01-01T12:00:{at:02}Z'/>")).unwrap_or_default();
        let xml = format!(
            "<envelope xmlns='urn:xmpp:sce:1'><rpad>cK9yTq0mRw</rpad>{time}<from jid='{account}'/>\
             <to jid='alice@example.org'/><content>{message}</content></envelope>"
        );
        let carried = match self.carried {
            Carried::EncryptedBy(key) => format!("encrypted: {{ key: {key}, xml: \"{xml}\" }}"),
            Carried::Unsigned => format!("encrypted: {{ xml: \"{xml}\" }}"),
            Carried::InTheClear => format!("clear: \"{xml}\""),
        };
        format!("deliver: {{ to: alice/phone, from: {from}, {carried} }}")
    }
}
