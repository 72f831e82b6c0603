//! The page of a run, opened in a real browser.

mod live;

use atm_reports::page::{RecordedRun, page};
use atm_reports::runs::PlayedScenario;
use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{Catalog, Scenario};
use atm_suite::library;

use crate::browser::{Browser, folder, with_reader};

/// The reader of this page. It acts like a person, and records defects.
const READER: &str = include_str!("reader.html");

/// The expected result of the reader for one run.
struct Expected {
    /// Whether the run has a mistake, so that the page opens there.
    broken: bool,
    /// Whether the matrix has a wrong cell.
    ring: bool,
    /// The fragment that opens a cell at a moment.
    address: &'static str,
    /// The number of that moment.
    moment: usize,
    /// The number of statements in the chain of reasons of that cell.
    reasons: usize,
}

/// Alice's tablet scanned the code of her phone, her phone that of Bob's phone, and Bob's phone that of Bob's notebook.
/// Each believes the next.
const README: Expected = Expected {
    broken: false,
    ring: false,
    address: "#step=8.2&who=alice/tablet&key=bob/notebook",
    moment: 14,
    reasons: 5,
};

fn scenario(id: &str) -> Scenario {
    let file = library::files().into_iter().find(|file| file.id() == id);
    file.expect("the library has it").load().unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn written(path: &str, scenario: &Scenario) -> String {
    let options = Options::default();
    let run = run(scenario, &options).expect("its names are known");
    page(&RecordedRun::of(&PlayedScenario { path, scenario, options: &options, run: &run }))
}

fn page_of(id: &str) -> String {
    written(&format!("scenarios/{id}.yaml"), &scenario(id))
}

/// A number of accounts, in which one device authenticates all others, and all others authenticate it.
fn crowd(accounts: usize, devices: usize) -> Scenario {
    let mut text = String::from("format: 1\ntitle: Many devices\nrequirements: [xep-0450/ao-r]\naccounts:\n");
    let name = |account: usize, device: usize| format!("a{account}/d{device}");
    let mut steps = String::from("steps:\n");
    for account in 0..accounts {
        text += &format!("  a{account}:\n    devices: {{ {} }}\n", {
            let names: Vec<String> = (0..devices).map(|device| format!("d{device}: ")).collect();
            names.join(", ")
        });
        for device in 0..devices {
            if (account, device) != (0, 0) {
                let (hub, other) = (name(0, 0), name(account, device));
                steps += &format!("  - scan: {{ by: {hub}, code-of: {other} }}\n");
                steps += &format!("  - scan: {{ by: {other}, code-of: {hub} }}\n");
            }
        }
    }
    Scenario::parse("crowd.yaml", &(text + &steps), &Catalog::unchecked())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// Opens a page with its reader in a window of this size.
fn read(name: &str, (page, window): (&str, &str), expected: &Expected) {
    let Some(browser) = Browser::find() else { return };
    let Expected { broken, ring, address, moment, reasons } = expected;
    let expected = format!(
        "<script>const EXPECTED = {{ broken: {broken}, ring: {ring}, address: '{address}', moment: {moment}, \
         reasons: {reasons} }};</script>"
    );
    let page = with_reader(page, &format!("{expected}{READER}"));
    assert_eq!(browser.listen(&folder(name), &page, window).as_deref(), Some("all is well"));
}

#[test]
fn the_example_on_a_wide_window() {
    read("page-example-wide", (&page_of("readme/20-to-8"), "1400,1000"), &README);
}

#[test]
fn the_example_on_a_phone() {
    read("page-example-phone", (&page_of("readme/20-to-8"), "420,840"), &README);
}

#[test]
fn an_attack() {
    let expected = Expected {
        broken: false,
        ring: false,
        address: "#step=7&who=bob/phone&key=alice/notebook",
        moment: 12,
        reasons: 3,
    };
    read("page-attack", (&page_of("attacks/cache-poisoning"), "1400,1000"), &expected);
}

#[test]
fn a_hazard_opens_where_its_promise_breaks() {
    let expected = Expected {
        broken: true,
        ring: true,
        address: "#step=5&who=alice/phone&key=alice/tablet",
        moment: 10,
        reasons: 5,
    };
    read("page-hazard", (&page_of("hazards/own-distrust-is-undone"), "1400,1000"), &expected);
}

#[test]
fn four_accounts_of_six_devices() {
    let page = written("crowd.yaml", &crowd(4, 6));
    let expected = Expected {
        broken: false,
        ring: false,
        address: "#step=2&who=a0/d0&key=a0/d1",
        moment: 2,
        reasons: 1,
    };
    read("page-crowd", (&page, "1400,1000"), &expected);
}

#[test]
fn the_policy_of_the_page_lets_its_own_script_run() {
    let Some(browser) = Browser::find() else { return };
    let folder = folder("page-policy");
    let file = folder.join("page.html");
    std::fs::write(&file, page_of("readme/20-to-8")).expect("a file can be written");
    let dom = browser.dump(&folder, &format!("file://{}#step=1", file.display()));
    assert!(
        dom.contains("alice/notebook regards alice/phone as authenticated, a person decided it, changed now")
    );
}

#[test]
fn a_page_is_small_and_the_same_each_time() {
    let page = page_of("readme/20-to-8");
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert_eq!(page, page_of("readme/20-to-8"));
}

#[test]
fn a_scenario_cannot_write_markup() {
    let mut evil = scenario("readme/20-to-8");
    evil.title = "</script><script>alert(1)</script>\u{202e}".to_owned();
    evil.about = Some("<img src=x onerror=alert(1)>".to_owned());
    let page = written("</title><b>.yaml", &evil);
    for markup in ["<script>alert", "<img src=x", "</title><b>", "\u{202e}"] {
        assert!(!page.contains(markup), "{markup}");
    }
}
