use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file for the space-time diagram. Its extension determines the form.
#[derive(Clone, Debug)]
pub struct SequenceFile {
    pub(super) path: PathBuf,
    pub(super) form: SequenceForm,
}

/// The form of a space-time diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SequenceForm {
    Svg,
    Mermaid,
}

/// A file for the trust graph. Its extension determines the form.
#[derive(Clone, Debug)]
pub struct GraphFile {
    pub(super) path: PathBuf,
    pub(super) form: GraphForm,
}

/// The form of a trust graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraphForm {
    Svg,
    Dot,
}

/// The extension of the file names no form of the picture.
#[derive(Debug, thiserror::Error)]
#[error("the name of the file has to end in {expected}")]
pub struct UnknownForm {
    expected: &'static str,
}

impl FromStr for SequenceFile {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        let form = match extension(text).as_deref() {
            Some("svg") => SequenceForm::Svg,
            Some("mmd" | "mermaid") => SequenceForm::Mermaid,
            _ => return Err(UnknownForm { expected: ".svg, .mmd or .mermaid" }),
        };
        Ok(Self { path: text.into(), form })
    }
}

impl FromStr for GraphFile {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        let form = match extension(text).as_deref() {
            Some("svg") => GraphForm::Svg,
            Some("dot" | "gv") => GraphForm::Dot,
            _ => return Err(UnknownForm { expected: ".svg, .dot or .gv" }),
        };
        Ok(Self { path: text.into(), form })
    }
}

fn extension(text: &str) -> Option<String> {
    Path::new(text).extension()?.to_str().map(str::to_ascii_lowercase)
}
