//! The reference engine.

use std::time::{Duration, Instant};

use atm_simulator::run::Options;
use atm_suite::cases::{Engine, Implementation, Verdict, play_all};
use atm_suite::variations::VariationChoice;

use crate::standings::tries_all;
use crate::suite::all_cases;

/// The time in which people expect all verdicts, on a machine that does nothing else.
const LIMIT: Duration = Duration::from_secs(3);

#[test]
#[expect(clippy::disallowed_methods, reason = "what is measured is how long a run takes people")]
fn the_engine_passes_everything_in_no_time() {
    let cases = all_cases();
    let engine = || vec![Box::new(Engine) as Box<dyn Implementation>];
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let choice = if tries_all() { VariationChoice::All } else { VariationChoice::Pairs };
    let results = play_all(&cases, jobs, (Options::default(), &choice), false, &engine, &());
    let elapsed = start.elapsed();
    for (case, result) in cases.iter().zip(results) {
        let result = result.expect("nobody interrupts it");
        for judgement in &result.judgements {
            let id = judgement.requirement.id;
            // A fact is one answer to an open question. The engine answers some questions otherwise.
            let is_other_answer = judgement.verdict == Verdict::Differs && id.starts_with("atm/facts/");
            assert!(
                judgement.verdict == Verdict::Pass || is_other_answer,
                "{id} in {}: {judgement:#?}",
                case.id
            );
        }
        assert_eq!(result.error, None, "{}", case.id);
    }
    // Debug builds are slower, and their speed does not matter.
    if !cfg!(debug_assertions) && choice == VariationChoice::Pairs {
        assert!(elapsed < LIMIT, "{elapsed:?} instead of at most {LIMIT:?}; a busy machine is slower");
    }
}
