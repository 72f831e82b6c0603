use crate::arguments::{self, SchemaOf};
use crate::exit::Exit;
use crate::output::Output;

/// Prints a JSON Schema.
pub(crate) fn schema(cli: &arguments::SchemaArgs) -> Exit {
    let schema = match cli.of {
        SchemaOf::Scenario => atm_simulator::scenario::SCHEMA,
        SchemaOf::RunFile => atm_suite::run_file::SCHEMA,
        SchemaOf::FuzzReport => atm_suite::fuzz::SCHEMA,
        SchemaOf::TestVector => atm_suite::vectors::SCHEMA,
    };
    let mut output = Output::default();
    output.print_plain(|out| out.write_all(schema.as_bytes()));
    output.exit(Exit::AsExpected)
}
