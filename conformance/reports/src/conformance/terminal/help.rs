use std::io::{self, Write};

use atm_suite::run_file::ImplementationLine;

/// How to see more of a case that fails: said once.
pub(super) struct Help {
    said: bool,
    has_adapter: bool,
}

impl Help {
    pub(super) fn new(implementation: &ImplementationLine) -> Self {
        Self { said: false, has_adapter: implementation.adapter.is_some() }
    }

    /// Says it if it was not said before.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.said, true) {
            return Ok(());
        }
        let record = if self.has_adapter { ", `--record said.jsonl` for what was said" } else { "" };
        writeln!(out, "    see it:   add `--html report.html` for pictures{record}")
    }
}
