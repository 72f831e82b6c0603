use atm_simulator::run::{Options, run};
use atm_simulator::scenario::{Catalog, MAX_SIZE, Mistakes, Scenario, Step};
use atm_simulator::script::Script;

/// The most words of senders in a scenario that is cast: decisions in floods and chains. Without optimisation, 50,000 of
/// them take 15 seconds.
const MAX_CAST_WORDS: u64 = 5_000;

/// A file is refused with mistakes at places in it, or it survives a round trip. An accepted scenario without very many
/// words can be cast, and if it is small, two runs of it are equal.
pub fn scenario_yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(text) {
        Ok(scenario) => {
            reads_back(&scenario);
            if words(&scenario) <= MAX_CAST_WORDS
                && let Err(miscast) = Script::new(&scenario)
            {
                panic!("{miscast}, but that is no mistake");
            }
            if is_small(&scenario) {
                runs_twice_the_same(&scenario);
            }
        }
        Err(mistakes) => lie_in_the_text(&mistakes),
    }
}

fn parse(text: &str) -> Result<Scenario, Mistakes> {
    Scenario::parse("fuzzed.yaml", text, &Catalog::unchecked())
}

fn reads_back(scenario: &Scenario) {
    let written = scenario.to_yaml();
    match parse(&written) {
        Ok(again) => {
            assert_eq!(again, *scenario, "{written}");
            assert_eq!(again.to_yaml(), written, "the canonical form is stable");
        }
        Err(mistakes) => assert!(written.len() > MAX_SIZE, "{mistakes}\n{written}"),
    }
}

fn lie_in_the_text(mistakes: &Mistakes) {
    assert!(mistakes.iter().len() > 0);
    for mistake in mistakes.iter() {
        assert!(mistakes.source().get(mistake.span.clone()).is_some(), "{mistake:?}");
        assert!(!mistake.message.is_empty() && mistake.length > 0, "{mistake:?}");
        let line = mistakes.source().split('\n').nth(mistake.line.wrapping_sub(1));
        let columns = line.map_or(0, |line| line.chars().count() + 1);
        assert!((1..=columns).contains(&mistake.column), "{mistake:?}");
    }
}

/// Whether a run takes only some milliseconds.
fn is_small(scenario: &Scenario) -> bool {
    let joining = |step: &&Step| matches!(step, Step::AddDevice(_) | Step::InjectDevice(_));
    let joining = scenario.steps.iter().filter(joining).count();
    let devices: usize = scenario.accounts.iter().map(|(_, account)| account.devices.len()).sum();
    joining + devices <= 10 && scenario.steps.len() <= 30 && words(scenario) <= 1_000
}

/// The words of senders in a scenario, at most one for each step besides floods and chains.
fn words(scenario: &Scenario) -> u64 {
    let words = scenario.steps.iter().map(|step| match step {
        Step::Flood(flood) => u64::from(flood.keys),
        Step::Chain(chain) => u64::from(chain.length),
        _ => 1,
    });
    words.sum()
}

fn runs_twice_the_same(scenario: &Scenario) {
    let once = || {
        let run = run(scenario, &Options::default()).expect("a scenario that was made ready runs");
        assert_eq!(run.failure, None);
        run
    };
    let (one, other) = (once(), once());
    assert_eq!(one.trace.records(), other.trace.records());
    assert_eq!(one.result(), other.result());
}
