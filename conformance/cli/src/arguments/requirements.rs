use atm_suite::requirements::{Document, Obligation};
use atm_suite::selection::{IdGlob, Selection};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct RequirementsArgs {
    #[command(flatten)]
    pub(crate) choice: RequirementFilter,

    /// The format of the list.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

/// The selection of requirements. A requirement must match one value of each given option.
#[derive(Debug, Args)]
pub(crate) struct RequirementFilter {
    /// Only requirements whose id matches, as in `xep-0450/ac-*`. `*` stands for any text.
    #[arg(long, value_name = "GLOB")]
    pub(crate) id: Vec<IdGlob>,

    /// Only requirements of this document.
    #[arg(long, value_name = "DOCUMENT", value_parser = document_values().map(document))]
    pub(crate) document: Vec<Document>,

    /// Only requirements of this level.
    #[arg(long, value_name = "LEVEL", value_parser = level_values().map(level))]
    pub(crate) level: Vec<Obligation>,
}

impl RequirementFilter {
    pub(crate) fn selection(&self) -> Selection {
        Selection { ids: self.id.clone(), documents: self.document.clone(), levels: self.level.clone() }
    }
}

fn document_values() -> PossibleValuesParser {
    PossibleValuesParser::new(Document::ALL.map(Document::prefix))
}

#[expect(clippy::needless_pass_by_value, reason = "clap hands over what it parsed")]
fn document(prefix: String) -> Document {
    let named = Document::ALL.into_iter().find(|document| document.prefix() == prefix);
    named.expect("only the prefixes of documents are possible values")
}

fn level_values() -> PossibleValuesParser {
    PossibleValuesParser::new(Obligation::ALL.map(Obligation::name))
}

#[expect(clippy::needless_pass_by_value, reason = "clap hands over what it parsed")]
fn level(word: String) -> Obligation {
    let named = Obligation::ALL.into_iter().find(|level| level.name() == word);
    named.expect("only the words of levels are possible values")
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people.
    #[default]
    Text,
    /// One array with an object for each requirement or scenario.
    Json,
}
