//! Messages on standard error.

use std::fmt;
use std::io::Write;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use atm_simulator::scenario::Mistakes;

/// Writes a line to standard error. Nothing is left to do if nobody reads it.
pub fn complain(text: impl fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Shows each mistake of a scenario file with its line and a caret, on standard error.
pub fn print_mistakes(mistakes: &Mistakes) {
    let source = mistakes.source();
    for mistake in mistakes.iter() {
        let annotation = AnnotationKind::Primary.span(mistake.span.clone());
        let snippet = Snippet::source(source).path(&*mistake.file).annotation(annotation);
        let mut group = Level::ERROR.primary_title(&*mistake.message).element(snippet);
        if let Some(help) = &mistake.help {
            group = group.element(Level::HELP.message(&**help));
        }
        let report = [group];
        complain(format_args!("{}\n", Renderer::styled().render(&report)));
    }
}
