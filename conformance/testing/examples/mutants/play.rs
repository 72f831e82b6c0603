//! Plays mutants, each in its own process, since a mutant may loop forever.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::list::Mutant;
use crate::tree::Tree;

/// The time limit for playing a mutant.
const LIMIT: Duration = Duration::from_secs(300);

/// The result of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It does not compile.
    NotBuilt,
    /// Scenarios of the library show that it breaks these requirements.
    Scenarios(Vec<String>),
    /// Only random scenarios show it, with this attribution.
    Fuzzing(String),
    /// It panics.
    Panic,
    /// It exceeds the time limit.
    TooLong,
    /// Nothing shows it.
    Survives,
}

/// The results of all mutants, in the same order.
pub(crate) fn all(tree: &Tree, mutants: &[Mutant], built: &BTreeSet<usize>) -> Vec<(String, Finding)> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Finding>> = mutants.iter().map(|_| Mutex::new(Finding::NotBuilt)).collect();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(mutant), Some(result)) = (mutants.get(position), results.get(position)) else {
                        break;
                    };
                    if built.contains(&(position + 1)) {
                        let finding = play(tree, position + 1);
                        eprintln!("{}: {finding:?}", mutant.name);
                        *result.lock().expect("nobody panicked") = finding;
                    }
                }
            });
        }
    });
    let results = results.into_iter().map(|result| result.into_inner().expect("nobody panicked"));
    mutants.iter().map(|mutant| mutant.name.clone()).zip(results).collect()
}

/// Plays the engine without a mutant. Nothing may be found in it, or every mutant would count as found.
pub(crate) fn check_engine(tree: &Tree) -> Result<(), String> {
    match play(tree, 0) {
        Finding::Survives => Ok(()),
        found => Err(format!("the engine without a mutant: {found:?}")),
    }
}

#[expect(clippy::disallowed_methods, reason = "a mutant may go on for ever")]
fn play(tree: &Tree, number: usize) -> Finding {
    let mut command = Command::new(tree.program());
    let command = command.arg(number.to_string()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program was built");
    let start = Instant::now();
    let ended = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(_) => break true,
            None if start.elapsed() > LIMIT => break false,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if !ended {
        child.kill().expect("it can be ended");
        child.wait().expect("it can be waited for");
        return Finding::TooLong;
    }
    let mut said = String::new();
    child.stdout.take().expect("it is a pipe").read_to_string(&mut said).expect("it is text");
    let of = |kind: &str| -> Vec<String> {
        said.lines().filter_map(|line| Some(line.strip_prefix(kind)?.trim().to_owned())).collect()
    };
    if !of("panic").is_empty() {
        return Finding::Panic;
    }
    match (of("scenarios "), of("fuzzing ").pop()) {
        (shown, _) if !shown.is_empty() => Finding::Scenarios(shown),
        (_, Some(cause)) => Finding::Fuzzing(cause),
        _ => Finding::Survives,
    }
}
