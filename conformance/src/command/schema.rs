use std::io::{self, Write};

use crate::cli::{self, SchemaOf};
use crate::exit::Exit;
use crate::results;

/// Prints a JSON Schema.
pub(crate) fn schema(cli: &cli::Schema) -> io::Result<Exit> {
    let schema = match cli.of {
        SchemaOf::Scenario => atm_simulator::scenario::schema(),
        SchemaOf::RunFile => results::schema(),
        SchemaOf::FuzzReport => crate::fuzz::schema(),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    out.write_all(b"\n")?;
    Ok(Exit::AsExpected)
}
