use std::io::{self, Write};

use crate::exit::Exit;

/// Prints the JSON Schema of scenario files.
pub(crate) fn schema() -> io::Result<Exit> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &atm_simulator::scenario::schema())?;
    out.write_all(b"\n")?;
    Ok(Exit::AsExpected)
}
