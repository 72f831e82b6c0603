use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// The file to check. `-` is standard input.
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// The kind of its content. By default, the beginning of the file decides.
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
}

/// A kind of content that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A `<trust-message/>` (XEP-0434).
    TrustMessage,
    /// An `<envelope/>` with a trust message (XEP-0420).
    Envelope,
    /// A `<message/>`, possibly a carbon.
    Stanza,
    /// A Trust Message URI.
    Uri,
}
