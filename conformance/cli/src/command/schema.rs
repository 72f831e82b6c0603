use std::io::{self, Write};

use crate::arguments::{self, SchemaOf};
use crate::exit::Exit;

/// Prints a JSON Schema.
pub(crate) fn schema(cli: &arguments::SchemaArgs) -> io::Result<Exit> {
    let schema = match cli.of {
        SchemaOf::Scenario => atm_simulator::scenario::SCHEMA,
        SchemaOf::RunFile => atm_suite::run_file::SCHEMA,
        SchemaOf::FuzzReport => atm_suite::fuzz::SCHEMA,
    };
    io::stdout().lock().write_all(schema.as_bytes())?;
    Ok(Exit::AsExpected)
}
