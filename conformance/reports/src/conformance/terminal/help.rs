use std::io::{self, Write};

use atm_suite::run_file::ImplementationLine;

/// The hint how to see more of a failed case. It is written once.
pub(super) struct Help {
    said: bool,
    has_adapter: bool,
}

impl Help {
    pub(super) fn new(implementation: &ImplementationLine) -> Self {
        Self { said: false, has_adapter: implementation.adapter.is_some() }
    }

    /// Writes the hint, unless it was written before.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.said, true) {
            return Ok(());
        }
        let record = if self.has_adapter { ", `--record said.jsonl` for what was said" } else { "" };
        writeln!(out, "    see it:   add `--html report.html` for pictures{record}")
    }
}
