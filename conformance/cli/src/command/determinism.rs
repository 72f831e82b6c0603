use atm_reports::mistakes::Complaint;
use atm_simulator::run::{Options, run_script};
use atm_simulator::script::Script;
use atm_simulator::trace::TraceRecord;

/// Runs a scenario twice. Returns the first difference, if there is one.
pub(super) fn difference(script: &Script, options: &Options) -> Option<Complaint> {
    let [first, second] = [(); 2].map(|()| run_script(script, options));
    first_difference(first.trace.records(), second.trace.records())
        .or_else(|| {
            (first.checks != second.checks).then(|| Complaint::new("the expectations come out differently"))
        })
        .or_else(|| {
            (first.violations != second.violations)
                .then(|| Complaint::new("the promises come out differently"))
        })
}

/// The first event that is not the same in both runs.
fn first_difference(first: &[TraceRecord], second: &[TraceRecord]) -> Option<Complaint> {
    let position = (0..first.len().max(second.len())).find(|at| first.get(*at) != second.get(*at))?;
    let shown =
        |record: Option<&TraceRecord>| record.map_or("nothing".to_owned(), |record| format!("{record:?}"));
    let runs = [("first run: ", first), ("second run:", second)];
    let runs = runs.map(|(name, records)| format!("{name} {}", shown(records.get(position))));
    Some(Complaint::new(format_args!("event {position} differs")).with(runs))
}

#[cfg(test)]
mod tests {
    use atm_engine::Stamp;
    use atm_simulator::trace::Event;

    use super::*;

    fn step(number: u64, at: i64) -> TraceRecord {
        TraceRecord { number, at: Stamp::from_millis(at), event: Event::Step { step: 0 } }
    }

    #[test]
    fn the_first_event_that_differs_is_named() {
        let first = [step(0, 0), step(1, 5), step(2, 7)];
        let second = [step(0, 0), step(1, 6), step(2, 8)];
        let difference = first_difference(&first, &second).unwrap().to_string();
        assert!(difference.starts_with("event 1 differs"), "{difference}");
    }

    #[test]
    fn an_event_that_only_one_run_has_differs() {
        let difference = first_difference(&[step(0, 0)], &[step(0, 0), step(1, 5)]).unwrap().to_string();
        assert!(difference.starts_with("event 1 differs\n  first run:  nothing"), "{difference}");
    }

    #[test]
    fn equal_runs_do_not_differ() {
        assert_eq!(first_difference(&[step(0, 0)], &[step(0, 0)]), None);
    }
}
