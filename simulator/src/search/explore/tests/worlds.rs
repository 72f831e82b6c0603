//! Worlds that are small enough for a search over every path.

use crate::scenario::{Catalog, Scenario};

pub(super) struct Small {
    pub(super) name: &'static str,
    pub(super) scenario: Scenario,
}

/// Links between two of Alice's devices and one of Bob's.
pub(super) const LINKS: &str = "
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/tablet -> alice/phone
  - authenticate: alice/phone -> bob/phone
  - authenticate: bob/phone -> alice/phone
";

/// The tablet distrusts Bob's phone, while Alice's phone announces trust in it.
pub(super) const DISTRUST: &str = "
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/tablet -> alice/phone
  - authenticate: alice/phone -> bob/phone
  - distrust: alice/tablet -> bob/phone
  - authenticate: bob/phone -> alice/phone
";

const LIES: &str = "
  - inject-device: { account: alice, name: evil }
  - forge: { by: alice/evil, to: bob, trust: [alice/tablet], distrust: [alice/phone] }
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/phone -> bob/phone
  - authenticate: bob/phone -> alice/phone
  - distrust: bob/phone -> alice/evil
";

const CRASHES: &str = "
  - authenticate: alice/phone -> alice/tablet
  - crash-while-sending: alice/phone
  - authenticate: alice/phone -> bob/phone
  - restart: alice/phone
  - authenticate: alice/tablet -> alice/phone
  - restart: alice/tablet
";

const DUPLICATES: &str = "
  - duplicate: alice/phone -> alice/tablet
  - authenticate: alice/phone -> alice/tablet
  - authenticate: alice/phone -> bob/phone
  - authenticate: alice/tablet -> alice/phone
";

/// All small worlds.
pub(super) fn all() -> Vec<Small> {
    let bodies = [
        ("links", LINKS),
        ("distrust", DISTRUST),
        ("lies", LIES),
        ("crashes", CRASHES),
        ("duplicates", DUPLICATES),
    ];
    bodies.into_iter().map(|(name, steps)| Small { name, scenario: scenario(steps) }).collect()
}

pub(super) fn scenario(steps: &str) -> Scenario {
    let text = format!(
        "format: 1
title: A small world
requirements: [xep-0450/details/complete-graph]
accounts:
  alice: {{ devices: {{ phone: , tablet: }} }}
  bob: {{ devices: {{ phone: }} }}
breaks: [{{ invariant: revocation }}, {{ invariant: confluence }}]
steps:{steps}"
    );
    match Scenario::parse("small.yaml", &text, &Catalog::unchecked()) {
        Ok(scenario) => scenario,
        Err(mistakes) => panic!("{:?}", mistakes.iter().map(|mistake| &mistake.message).collect::<Vec<_>>()),
    }
}
