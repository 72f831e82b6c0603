//! A source file with all its mutants, each behind a switch.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::list::{Mutant, Span};

/// A file with mutants and the lines of each.
#[derive(Debug, Default)]
pub(crate) struct Switched {
    pub(crate) text: String,
    /// The lines of each mutant, by its number counted from 1.
    pub(crate) lines: BTreeMap<usize, Range<usize>>,
    /// The lines of the function with each mutant.
    pub(crate) functions: BTreeMap<usize, Range<usize>>,
}

/// A function with mutants.
struct Changed<'a> {
    /// The range of the function in the file.
    place: Range<usize>,
    mutants: Vec<(usize, &'a Mutant)>,
}

/// Adds mutants to a file. The body of a function with mutants becomes a choice between bodies.
pub(crate) fn switched(text: &str, mutants: &[(usize, &Mutant)]) -> Switched {
    let mut functions: BTreeMap<Span, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants {
        if let Some(function) = mutant.function {
            functions.entry(function.span).or_default().push((*number, mutant));
        }
    }
    let place = |span: Span| span.start.offset(text)..span.end.offset(text);
    let functions = functions.into_iter().map(|(span, mutants)| Changed { place: place(span), mutants });
    let mut switched = Switched::default();
    let mut written = 0;
    for function in functions {
        switched.text += &text[written..function.place.start];
        written = function.place.end;
        switched.add(text, &function);
    }
    switched.text += &text[written..];
    switched
}

impl Switched {
    fn add(&mut self, text: &str, function: &Changed<'_>) {
        let Range { start, end } = function.place;
        let body = start + start_of_body(&text[start..end]);
        let first = self.line();
        self.text += &text[start..body];
        self.text += "{\n";
        for (number, mutant) in &function.mutants {
            let replaced = mutant.span.start.offset(text)..mutant.span.end.offset(text);
            let (before, after) = (&text[body..replaced.start], &text[replaced.end..end]);
            let from = self.line();
            self.text +=
                &format!("if crate::switch::is_on({number}) {before} {} {after}\nelse\n", mutant.replacement);
            self.lines.insert(*number, from..self.line());
        }
        self.text += &text[body..end];
        self.text += "\n}";
        let last = self.line() + 1;
        self.functions.extend(function.mutants.iter().map(|(number, _)| (*number, first..last)));
    }

    /// The number of the current line.
    fn line(&self) -> usize {
        self.text.matches('\n').count() + 1
    }
}

/// The offset of a function's body, which begins at the first brace after the parameters.
fn start_of_body(function: &str) -> usize {
    let (mut depth, mut had_parameters) = (0_usize, false);
    for (at, character) in function.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth -= 1;
                had_parameters |= depth == 0;
            }
            '{' if depth == 0 && had_parameters => return at,
            _ => {}
        }
    }
    panic!("a function without a body:\n{function}")
}
