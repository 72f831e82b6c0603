//! Messages on standard error.

use std::fmt;
use std::io::Write;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use atm_simulator::scenario::Mistakes;

use crate::escape::{Terminal, readable};

/// Writes a line to standard error. Nothing is left to do if nobody reads it.
pub fn complain(text: impl fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{}", readable(&text.to_string()));
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
        write_styled(&Renderer::styled().render(&report));
    }
}

/// Writes a text in which only styles have the character that begins them.
fn write_styled(text: &str) {
    let mut out = Terminal::new(anstream::stderr());
    let mut rest = text;
    while let Some(start) = rest.find('\u{1b}') {
        let (plain, styled) = rest.split_at(start);
        let (style, after) = styled.split_at(styled.find('m').map_or(styled.len(), |end| end + 1));
        // Nothing is left to do if nobody reads it.
        let _ = out.write_all(plain.as_bytes()).and_then(|()| out.write_all(style.as_bytes()));
        rest = after;
    }
    let _ = writeln!(out, "{rest}\n");
}
