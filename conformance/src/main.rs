//! The command `atm`.

use std::process::ExitCode;

fn main() -> ExitCode {
    atm_conformance::main()
}
