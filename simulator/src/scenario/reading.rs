//! Reads the text of a file as a [`Scenario`] or a [`Population`], or reports all its mistakes.
//!
//! First the file is loaded, from its outline to its types. Then the checks across the whole file follow.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::load::{self, Outline, Place, Source};
use super::{Catalog, MAX_SIZE, Mistake, Mistakes, Population, Scenario, check, lines};

/// The content of a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, title = "Scenario file"))]
pub enum ScenarioFile {
    /// One scenario.
    Scenario(Box<Scenario>),
    /// A population: many scenarios are drawn from it.
    Population(Box<Population>),
}

/// The reason why a file gives no scenario.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        reason: std::io::Error,
    },
    /// The file can be read, but is not a scenario.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

impl ScenarioFile {
    /// Reads a scenario or a population from a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or if there are mistakes in it.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        Ok(Self::parse(&name, &text_of(path, &name)?, catalog)?)
    }

    /// Reads a scenario or a population from the text of a file. Mistakes refer to the file as `name`.
    ///
    /// # Errors
    ///
    /// As [`Scenario::parse`].
    pub fn parse(name: &str, text: &str, catalog: &Catalog) -> Result<Self, Mistakes> {
        told(Source::new(name, text), |source| {
            let outline = outline(source)?;
            if outline.find(&population()).key.is_none() {
                return scenario(source, &outline, catalog).map(Box::new).map(Self::Scenario);
            }
            let population: Population = load::read(source, &outline)?;
            no_mistakes(check::mistakes_of_population(&population, source, &outline, catalog))?;
            Ok(Self::Population(Box::new(population)))
        })
    }
}

impl Scenario {
    /// Reads a scenario from a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or if there are mistakes in it.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        Ok(Self::parse(&name, &text_of(path, &name)?, catalog)?)
    }

    /// Reads a scenario from the text of a file. Mistakes refer to the file as `name`.
    ///
    /// # Errors
    ///
    /// If there are mistakes in it. Up to a limit, all mistakes in the types are reported; if there are none, all
    /// mistakes across the file. Of text that is not YAML, only the first mistake is reported.
    pub fn parse(name: &str, text: &str, catalog: &Catalog) -> Result<Self, Mistakes> {
        told(Source::new(name, text), |source| {
            let outline = outline(source)?;
            match outline.find(&population()).key {
                None => scenario(source, &outline, catalog),
                Some(key) => {
                    let mistake = source.mistake(key, "a population is not one scenario, but many");
                    Err(vec![mistake.with_help("`atm run` plays populations, and their parts with `--part`")])
                }
            }
        })
    }

    /// The scenario as a file in a canonical format. Reading it gives an equal scenario.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut yaml = Vec::new();
        let mut serializer = serde_yaml::Serializer::new(&mut yaml);
        serde_yaml::with::singleton_map_recursive::serialize(self, &mut serializer)
            .expect("the types of a scenario have a YAML form");
        String::from_utf8(yaml).expect("YAML is written in UTF-8")
    }
}

/// The value that `read` reads from a source, or its mistakes.
fn told<T>(source: Source, read: impl FnOnce(&Source) -> Result<T, Vec<Mistake>>) -> Result<T, Mistakes> {
    read(&source).map_err(|mistakes| Mistakes::new(source.into_text(), mistakes))
}

fn outline(source: &Source) -> Result<Outline, Vec<Mistake>> {
    Outline::of(source).map_err(|mistake| vec![mistake])
}

/// The place that marks a file as a population.
fn population() -> Place {
    Place::top().key("population")
}

fn scenario(source: &Source, outline: &Outline, catalog: &Catalog) -> Result<Scenario, Vec<Mistake>> {
    let mut scenario = load::read(source, outline)?;
    no_mistakes(check::mistakes(&scenario, source, outline, catalog))?;
    lines::note(&mut scenario, source, outline);
    Ok(scenario)
}

fn no_mistakes(mistakes: Vec<Mistake>) -> Result<(), Vec<Mistake>> {
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// The text of a file. Mistakes refer to the file as `name`.
fn text_of(path: &Path, name: &str) -> Result<String, LoadError> {
    let unreadable = |reason| LoadError::Unreadable { path: path.to_owned(), reason };
    // One byte more than the limit is enough to detect a file that is too large.
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_SIZE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_SIZE {
        return Err(too_large(name).into());
    }
    String::from_utf8(bytes).map_err(|broken| not_utf8(name, &broken).into())
}

fn too_large(name: &str) -> Mistakes {
    let source = Source::new(name, "");
    let mistake = source.mistake(0..0, format!("the file has more than {MAX_SIZE} bytes"));
    Mistakes::new(source.into_text(), vec![mistake])
}

fn not_utf8(name: &str, broken: &std::string::FromUtf8Error) -> Mistakes {
    let good = broken.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(broken.as_bytes());
    let source = Source::new(name, &text);
    // The replacement character is at the position of the first bad byte. A byte order mark at the start is removed.
    let cut = text.len() - source.text().len();
    let at = good.saturating_sub(cut);
    let mistake = source.mistake(at..at + '\u{fffd}'.len_utf8(), "the file is not UTF-8 from here on");
    Mistakes::new(source.into_text(), vec![mistake])
}
