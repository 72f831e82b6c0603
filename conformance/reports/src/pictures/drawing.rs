use std::fmt;
use std::path::PathBuf;

use atm_simulator::run::Run;
use atm_simulator::scenario::Scenario;

use super::file::{GraphFile, GraphForm, SequenceFile, SequenceForm};
use super::graph::{self, TrustPicture};
use super::position;
use super::sequence::{self, Diagram};

/// The pictures that a caller asks for.
#[derive(Clone, Copy, Debug)]
pub struct Pictures<'a> {
    /// The file of the space-time diagram.
    pub sequence: Option<&'a SequenceFile>,
    /// The file of the trust graph.
    pub graph: Option<&'a GraphFile>,
    /// The step after which the trust graph is drawn; `None` for the end.
    pub graph_step: Option<usize>,
}

impl Pictures<'_> {
    /// Whether no picture is asked for.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.sequence.is_none() && self.graph.is_none()
    }
}

/// A picture that is ready to be written.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The path of the file.
    pub path: PathBuf,
    /// The content of the file.
    pub content: String,
}

/// The reason why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// The caller asks for a step that the scenario does not have.
    #[error("--graph-step {asked}: the scenario has only {}", Steps(*.there))]
    NoSuchStep {
        /// The number of the step.
        asked: usize,
        /// The number of steps of the scenario.
        there: usize,
    },
}

struct Steps(usize);

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 1 { f.write_str("one step") } else { write!(f, "{} steps", self.0) }
    }
}

/// Draws the requested pictures of a run.
///
/// # Errors
///
/// If the scenario does not have the step of the trust graph.
pub fn draw(pictures: &Pictures<'_>, scenario: &Scenario, run: &Run) -> Result<Vec<Drawn>, NoPicture> {
    let mut drawn = Vec::new();
    if let Some(file) = pictures.sequence {
        let diagram = Diagram::of(scenario, run);
        let content = match file.form {
            SequenceForm::Svg => sequence::svg(&diagram),
            SequenceForm::Mermaid => sequence::mermaid(&diagram),
        };
        drawn.push(Drawn { path: file.path.clone(), content });
    }
    if let Some(file) = pictures.graph {
        let there = position::step_count(scenario);
        let asked = pictures.graph_step.unwrap_or(there);
        if asked > there {
            return Err(NoPicture::NoSuchStep { asked, there });
        }
        let picture = TrustPicture::after(asked, scenario, run);
        let content = match file.form {
            GraphForm::Svg => graph::svg(&picture),
            GraphForm::Dot => graph::dot(&picture),
        };
        drawn.push(Drawn { path: file.path.clone(), content });
    }
    Ok(drawn)
}
