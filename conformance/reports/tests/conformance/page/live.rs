//! The page of a live search, served by the test.

use atm_reports::page::{LivePlace, live_page};
use atm_simulator::invariants::Invariant;
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::search::explore::{Orders, Settings, Ways, explore};

use crate::browser::{Browser, folder, with_reader};

/// The reader of this page. It chooses moves, goes back, forks, finds the broken end, and saves it.
const READER: &str = include_str!("live.html");

/// A world in which a device can undo the distrust of its own user, but not in the order of the file.
const WORLD: &str = "\
format: 1
title: Can a distrust be lost?
requirements: [atm/invariants/revocation]
accounts:
  alice: { devices: { phone: , notebook: , tablet: } }
steps:
  - authenticate: alice/phone -> alice/notebook, alice/tablet
  - authenticate: alice/notebook -> alice/phone
  - distrust: alice/phone -> alice/tablet
";

fn parse(text: &str) -> Scenario {
    Scenario::parse("live.yaml", text, &Catalog::unchecked()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

#[test]
fn a_reader_finds_the_broken_end_and_saves_it() {
    let Some(browser) = Browser::find() else { return };
    let (world, options) = (parse(WORLD), Options::default());
    let settings = Settings { orders: Orders::Free, ..Settings::default() };
    let ways = Ways::new(&world, settings.orders, options).expect("the world is small");
    let answer = |asked: &str| {
        if asked == "/" {
            return Some(with_reader(&live_page(&world), READER));
        }
        let (what, way) = asked.split_once("?way=")?;
        let choices: Vec<usize> = way
            .split('.')
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().expect("a number"))
            .collect();
        let place = ways.place(&choices).expect("there are such moves");
        match what {
            "/place" => Some(LivePlace::of(&place, ("live.yaml", &world), &options).to_json()),
            "/scenario" => Some(place.scenario.to_yaml()),
            "/search" => {
                let found = explore(&world, &settings, &mut |_| std::ops::ControlFlow::Continue(()));
                let broken = found.expect("it can be explored").counterexample.expect("an end is broken");
                let way = ways.along(&broken.way).expect("the way can be gone");
                Some(serde_json::json!({ "way": way }).to_string())
            }
            _ => None,
        }
    };
    let outcome =
        browser.serve(&folder("page-live"), "1400,1000", &answer).expect("the reader says something");
    let saved = outcome.strip_prefix("all is well\n").unwrap_or_else(|| panic!("{outcome}"));
    let replayed = run(&parse(saved), &options).expect("the saved way can be run");
    assert!(replayed.violations.iter().any(|violation| violation.invariant == Invariant::Revocation));
}
