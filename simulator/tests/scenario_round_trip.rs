//! Reading a written scenario gives the same scenario.

use atm_simulator::scenario::{Catalog, DateTime, Named, OtherKey, Scenario, Step, TimeSpan};
use proptest::prelude::*;
use proptest::test_runner::Config;

const FULL: &str = include_str!("scenarios/full.yaml");

fn parse(text: &str) -> Scenario {
    match Scenario::parse("test.yaml", text, &Catalog::unchecked()) {
        Ok(scenario) => scenario,
        Err(mistakes) => panic!("{mistakes}\n\n{text}"),
    }
}

#[test]
fn the_full_example_reads_back_as_it_was() {
    let scenario = parse(FULL);
    let yaml = scenario.to_yaml();
    assert_eq!(parse(&yaml), scenario, "{yaml}");
    assert_eq!(parse(&yaml).to_yaml(), yaml, "the canonical form is stable");
}

#[test]
fn what_is_the_default_is_not_written() {
    let smallest = "\
format: 1
title: Small
requirements:
- xep-0450/one
accounts:
  alice:
    devices:
      phone: {}
steps:
- wait: 2 s
";
    assert_eq!(parse(smallest).to_yaml(), smallest);
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 256, ..Config::default() })]

    #[test]
    fn any_text_reads_back_as_it_was(title in "\\PC*[a-z]\\PC*", about in any::<String>(), uri in any::<String>(), name in "[a-z0-9-]{1,20}") {
        let mut scenario = parse(FULL);
        scenario.title = title;
        scenario.about = Some(about.replace(char::is_control, " "));
        let Step::Deliver(deliver) = &mut scenario.steps[14] else { panic!("step 14 delivers") };
        deliver.clear = Some(uri);
        let owner = "bob".parse().unwrap();
        let stranger = "stranger".parse().unwrap();
        let name = name.parse().unwrap();
        let unseen = "unseen".parse().unwrap();
        prop_assume!(!scenario.accounts.names().any(|account| *account == name));
        let key = OtherKey { owner, id: None };
        scenario.keys = [(stranger, key.clone()), (unseen, key.clone()), (name, key)].into_iter().collect::<Named<_>>();
        let yaml = scenario.to_yaml();
        prop_assert_eq!(parse(&yaml), scenario, "{}", yaml);
    }

    #[test]
    fn time_spans_and_dates_read_back_as_they_were(milliseconds in 0..315_360_000_000_u64, stamp in "[0-9]{4}-0[1-9]-[0-2][1-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{3})?Z") {
        let span = TimeSpan::from_millis(milliseconds);
        prop_assert_eq!(span.to_string().parse::<TimeSpan>().unwrap(), span);
        let date: DateTime = stamp.parse().unwrap();
        prop_assert_eq!(date.to_string(), stamp.replace(".000Z", "Z"));
    }
}
