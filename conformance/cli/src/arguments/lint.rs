use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// A file; standard input if it is `-` or not given.
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,

    /// What it holds. Told by its beginning if not given.
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
}

/// What can be checked.
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
