use std::io::{self, Write};

use atm_suite::run_file;

use crate::arguments::{self, SchemaOf};
use crate::exit::Exit;

/// Prints a JSON Schema.
pub(crate) fn schema(cli: &arguments::Schema) -> io::Result<Exit> {
    let schema = match cli.of {
        SchemaOf::Scenario => atm_simulator::scenario::schema(),
        SchemaOf::RunFile => run_file::schema(),
        SchemaOf::FuzzReport => atm_suite::fuzz::schema(),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    out.write_all(b"\n")?;
    Ok(Exit::AsExpected)
}
