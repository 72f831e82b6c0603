//! From the text of a file to a [`Scenario`], or to everything that is wrong with it.
//!
//! First it is loaded, from its outline to its types; then what only the whole shows is checked.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::load::{self, Outline, Source};
use super::{Catalog, MAX_SIZE, Mistake, Mistakes, Scenario, check, lines};

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        reason: std::io::Error,
    },
    /// The file can be read, but is not a scenario.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

impl Scenario {
    /// Reads a scenario from a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or if there are mistakes in it.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self, LoadError> {
        let unreadable = |reason| LoadError::Unreadable { path: path.to_owned(), reason };
        let name = path.display().to_string();
        // No more is read than is needed to know that it is too much.
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_SIZE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > MAX_SIZE {
            return Err(too_large(&name).into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::parse(&name, &text, catalog)?),
            Err(broken) => Err(not_utf8(&name, &broken).into()),
        }
    }

    /// Reads a scenario from the text of a file; `name` is what mistakes call the file.
    ///
    /// # Errors
    ///
    /// If there are mistakes in it. All are told, up to a limit: those of its form, or, if there are none, those of
    /// its meaning. Of what is no YAML the first place is told.
    pub fn parse(name: &str, text: &str, catalog: &Catalog) -> Result<Self, Mistakes> {
        let source = Source::new(name, text);
        let mistakes = match parse(&source, catalog) {
            Ok(scenario) => return Ok(scenario),
            Err(mistakes) => mistakes,
        };
        Err(Mistakes::new(source.into_text(), mistakes))
    }

    /// The scenario as a file, in canonical form: it reads back as an equal scenario.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut yaml = Vec::new();
        let mut serializer = serde_yaml::Serializer::new(&mut yaml);
        serde_yaml::with::singleton_map_recursive::serialize(self, &mut serializer)
            .expect("the types of a scenario have a YAML form");
        String::from_utf8(yaml).expect("YAML is written in UTF-8")
    }
}

fn parse(source: &Source, catalog: &Catalog) -> Result<Scenario, Vec<Mistake>> {
    let alone = |mistake| vec![mistake];
    let outline = Outline::of(source).map_err(alone)?;
    let mut scenario = load::scenario(source, &outline)?;
    let mistakes = check::mistakes(&scenario, source, &outline, catalog);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    lines::note(&mut scenario, source, &outline);
    Ok(scenario)
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
    // The replacement character stands where the first bad byte was; a mark at the start is cut off.
    let cut = text.len() - source.text().len();
    let at = good.saturating_sub(cut);
    let mistake = source.mistake(at..at + '\u{fffd}'.len_utf8(), "the file is not UTF-8 from here on");
    Mistakes::new(source.into_text(), vec![mistake])
}
