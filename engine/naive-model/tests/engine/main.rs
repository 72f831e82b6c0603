//! Compares the engine with a second model, which is written from the rules as simply as possible.
//!
//! Both get the same inputs and must give the same results. If they differ, the test prints the shortest story that
//! shows it. Run more stories with `PROPTEST_CASES=200000`, best with `--release`.

mod beside;
mod steps;

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use atm_engine::Reason;
use beside::SideBySide;
use steps::{Story, stories};

/// The number of stories unless the environment sets another.
const STORIES: u32 = 1_000;

#[test]
fn the_engine_does_what_the_model_does() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(STORIES);
    let mut runner = TestRunner::new(Config { cases, ..config() });
    let result = runner.run(&stories(), |story| live(&story).map(drop).map_err(TestCaseError::fail));
    if let Err(difference) = result {
        panic!("{difference}");
    }
}

#[test]
fn stories_meet_every_refusal_and_every_kind_of_change() {
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for _ in 0..STORIES {
        let story = stories().new_tree(&mut runner).expect("a story").current();
        let both = live(&story).expect("both tell the same");
        met.extend(both.reasons);
        kinds.extend(both.kinds);
    }
    assert_eq!(met, Reason::ALL.iter().map(|reason| reason.name()).collect());
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "authenticated by what discovery released",
            "confirmed",
            "decided",
            "decided on discovery",
            "distrusted by what was released",
            "dropped",
            "level",
            "postponed",
            "said anew",
            "sent to a contact",
            "sent to the own account",
            "took effect",
        ]
    );
}

fn config() -> Config {
    Config { failure_persistence: None, max_shrink_iters: 100_000, ..Config::default() }
}

/// Plays a story. Fails with the step after which engine and model differ, and the difference.
fn live(story: &Story) -> Result<SideBySide, String> {
    let mut both = SideBySide::new(story);
    for key in &story.known {
        both.discover(key).map_err(|difference| format!("discovering {key}: {difference}"))?;
    }
    for (number, step) in (1..).zip(&story.steps) {
        both.step(step).map_err(|difference| format!("step {number}, {step:?}: {difference}"))?;
    }
    Ok(both)
}
