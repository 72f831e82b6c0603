//! Campaigns against broken targets.

use atm_reports::campaign::write_fuzz_report;
use atm_simulator::scenario::{Catalog, Scenario};
use atm_simulator::search::generate::{self, Bounds, Dice};
use atm_suite::fuzz::{
    Attempt, Attribution, Campaign, CampaignProgress, Demonstration, Director, Exercised, FuzzFinding,
    FuzzReport, Known, Partition, RequiredParts, Seeds, Shown, Size, Suspect, Target, TargetDescription,
};
use atm_suite::run_file::Conclusion;

/// A director that never ends a campaign early.
struct Patient;

impl Director for Patient {
    fn goes_on(&self) -> bool {
        true
    }

    fn makes_small(&self) -> bool {
        true
    }

    fn hear(&self, _: &CampaignProgress<'_>) {}
}

/// A fake target: functions for the findings of a seed, the suspicions about it, and its scenario.
#[derive(Clone, Copy)]
struct Fake {
    attempt: fn(u64) -> Vec<&'static str>,
    reduce: fn(u64) -> bool,
    known: fn(u64) -> Vec<&'static str>,
    draw: fn(u64),
}

impl Fake {
    const HARMLESS: Self =
        Self { attempt: |_| Vec::new(), reduce: |_| true, known: |_| Vec::new(), draw: |_| () };

    fn search(self, partition: &str, jobs: usize) -> FuzzReport {
        let seeds = Seeds { first: 0, end: Some(100) };
        let partition: Partition = partition.parse().unwrap();
        let campaign = Campaign { command: "atm fuzz --steps 12".to_owned(), seeds, partition, jobs };
        let (name, options, expected) = ("fake 1".to_owned(), Vec::new(), Vec::new());
        let described = TargetDescription { name, options, expected };
        FuzzReport::of(&campaign, described, &|| Box::new(self), &Patient)
    }

    /// Runs the campaign and asserts that the findings do not depend on how the work is divided.
    fn found(self) -> FuzzReport {
        let whole = self.search("1/1", 1);
        assert_eq!(self.search("1/1", 3), whole);
        let parts = ["3/3", "1/3", "2/3"].map(|part| self.search(part, 2));
        assert_eq!(FuzzReport::merge(parts.to_vec()).unwrap(), whole);
        whole
    }
}

impl Target for Fake {
    fn draw(&self, seed: u64) -> Scenario {
        (self.draw)(seed);
        generate::scenario(&mut Dice::new(seed), &Bounds::default())
    }

    fn attempt(&mut self, seed: u64) -> Attempt {
        let suspect = |cause: &str| Suspect {
            cause: Attribution(cause.to_owned()),
            seed,
            scenario: self.draw(seed),
            options: Default::default(),
            hosted: Vec::new(),
            variations: Vec::new(),
            as_drawn: None,
        };
        let suspects = (self.attempt)(seed).into_iter().map(suspect).collect();
        let known =
            |by: &str| Known { cause: Attribution(FORGETS.to_owned()), by: by.to_owned(), observed: None };
        let known = (self.known)(seed).into_iter().map(known).collect();
        Attempt::Played { exercised: Exercised::default(), suspects, known }
    }

    fn reduce(&mut self, suspect: &Suspect, _: &dyn Fn() -> bool) -> Option<FuzzFinding> {
        let (shown, observed) = (Shown::ByAMessage, vec!["it is odd".to_owned()]);
        let demonstration = Demonstration { shown, observed, variations: Vec::new() };
        let Suspect { cause, seed, scenario, .. } = suspect;
        let replay = "atm conformance".to_owned();
        (self.reduce)(*seed).then(|| FuzzFinding::new(cause.clone(), *seed, scenario, demonstration, replay))
    }
}

fn told(report: &FuzzReport) -> String {
    let mut out = Vec::new();
    write_fuzz_report(&mut out, report, RequiredParts::All, Some("found".as_ref())).unwrap();
    String::from_utf8(out).unwrap()
}

const FORGETS: &str = "xep-0450/do-r";
const ADVICE: &str = "xep-0450/use-cases/no-third-parties";

#[test]
fn a_panic_is_a_counterexample_of_its_seed() {
    let attempt = |seed| if seed % 20 == 17 { panic!("seed {seed} is odd") } else { Vec::new() };
    let report = Fake { attempt, ..Fake::HARMLESS }.found();
    assert_eq!(report.scenarios(), 100);
    let [found] = &report.counterexamples[..] else { panic!("{:?}", report.counterexamples) };
    assert!(found.cause.0.starts_with("panicked: conformance/reports/tests/campaign.rs:"), "{}", found.cause);
    assert!(found.observed[0].starts_with(&format!("seed {} is odd, at ", found.seed)), "{found:?}");
    assert!(found.is_failure() && found.seed % 20 == 17 && found.steps > 0, "{found:?}");
    let scenario = Scenario::parse("found.yaml", &found.scenario, &Catalog::unchecked());
    assert_eq!(scenario.unwrap().steps.len(), found.steps);
    let told = told(&report);
    let again = format!("\n  to see it: atm fuzz --steps 12 --seeds {}..{}\n", found.seed, found.seed + 1);
    assert!(told.contains(&again) && told.ends_with("\nFAIL 1 counterexample\n"), "{told}");
}

#[test]
fn a_panic_while_a_scenario_is_drawn_has_at_least_a_seed() {
    let draw = |seed| assert!(seed != 42, "nothing fits");
    let attempt = |seed| {
        assert!(seed != 42, "nothing fits");
        Vec::new()
    };
    let report = Fake { attempt, draw, ..Fake::HARMLESS }.found();
    let [found] = &report.counterexamples[..] else { panic!("{:?}", report.counterexamples) };
    assert_eq!((found.seed, found.steps, &*found.scenario), (42, 0, ""));
}

#[test]
fn a_panic_while_something_is_made_small_is_told_with_it() {
    let attempt = |seed| if seed < 2 { vec![FORGETS] } else { Vec::new() };
    let reduce = |seed| if seed == 1 { panic!("too small") } else { true };
    let report = Fake { attempt, reduce, ..Fake::HARMLESS }.found();
    let panics: Vec<&FuzzFinding> = report.counterexamples.iter().filter(|found| found.is_panic()).collect();
    let [found] = panics[..] else { panic!("{:?}", report.counterexamples) };
    assert_eq!((found.seed, &*found.cause.0, report.counterexamples.len()), (1, FORGETS, 2));
    assert!(found.observed[0].starts_with("too small, at "), "{found:?}");
}

#[test]
fn what_does_not_come_again_is_inconclusive() {
    let attempt = |seed| if seed % 10 == 3 { vec![FORGETS, "adapter: ended"] } else { Vec::new() };
    let report = Fake { attempt, reduce: |_| false, ..Fake::HARMLESS }.found();
    assert_eq!(
        (report.counterexamples.len(), report.conclusion(RequiredParts::All)),
        (0, Conclusion::Inconclusive)
    );
    let told = told(&report);
    let [_, forgets] = &report.suspected[..] else { panic!("{:?}", report.suspected) };
    assert_eq!(forgets.unrepeated.len(), 3);
    for Size { steps, seed } in &forgets.unrepeated {
        assert!(told.contains(&format!("\ninconclusive: {FORGETS}, {steps} steps, seed {seed}\n")), "{told}");
    }
    assert!(told.ends_with("\nINCONCLUSIVE no failure was found, and 6 that did not come again\n"), "{told}");
}

#[test]
fn what_comes_again_outweighs_what_does_not() {
    let attempt = |seed| if seed < 12 { vec![FORGETS] } else { Vec::new() };
    let report = Fake { attempt, reduce: |seed| seed % 2 == 0, ..Fake::HARMLESS }.found();
    let unrepeated = report.suspected[0].unrepeated.len();
    assert!((1..3).contains(&unrepeated), "{:?}", report.suspected);
    let told = told(&report);
    assert!(
        told.ends_with(&format!("\nFAIL 1 counterexample, and {unrepeated} that did not come again\n")),
        "{told}"
    );
}

#[test]
fn advice_that_does_not_come_again_fails_nobody() {
    let attempt = |seed| if seed == 3 { vec![ADVICE] } else { Vec::new() };
    let report = Fake { attempt, reduce: |_| false, ..Fake::HARMLESS }.found();
    assert_eq!(report.conclusion(RequiredParts::All), Conclusion::AsExpected);
    let told = told(&report);
    assert!(told.contains(&format!("\nadvice: inconclusive: {ADVICE}, ")), "{told}");
    assert!(told.ends_with("\nPASS no failure was found, and 1 that did not come again\n"), "{told}");
}

#[test]
fn what_is_known_is_counted_and_no_finding() {
    let known = |seed| match seed % 10 {
        0 => vec!["wrong-clock", "restated-trust"],
        1 => vec!["wrong-clock"],
        _ => Vec::new(),
    };
    let report = Fake { known, ..Fake::HARMLESS }.found();
    assert_eq!(report.conclusion(RequiredParts::All), Conclusion::AsExpected);
    let told = told(&report);
    let lines = format!(
        "\nknown: {FORGETS} in 10 scenarios, by restated-trust\nknown: {FORGETS} in 20 scenarios, by wrong-clock\n"
    );
    assert!(
        told.contains(&lines)
            && told.ends_with("\nPASS nothing new was found; `known:` lists what was broken\n"),
        "{told}"
    );
}
