//! A file of test cases as JUnit writes it, as far as build servers read it.

use std::fmt::Write as _;

/// Test cases that belong together.
pub(super) struct TestSuite {
    pub(super) name: String,
    pub(super) cases: Vec<TestCase>,
}

/// A test case.
pub(super) struct TestCase {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) status: TestStatus,
    pub(super) output: Option<String>,
}

/// The result of a test case.
pub(super) enum TestStatus {
    Success,
    Skipped { message: String },
    Failure(Problem),
    Error(Problem),
}

/// What is wrong with a test case.
#[derive(Default)]
pub(super) struct Problem {
    pub(super) message: Option<String>,
    pub(super) kind: Option<&'static str>,
    pub(super) description: Option<String>,
}

/// Writes suites as one file.
pub(super) fn write(name: &str, suites: &[TestSuite]) -> String {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let counts = Counts::of(cases());
    let mut file = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let Counts { tests, skipped, failures, errors } = counts;
    let counts = format!(r#"tests="{tests}" skipped="{skipped}" failures="{failures}" errors="{errors}""#);
    let _ = writeln!(file, r#"<testsuites name="{}" {counts}>"#, escaped(name));
    for suite in suites {
        suite.write(&mut file);
    }
    file.push_str("</testsuites>\n");
    file
}

struct Counts {
    tests: usize,
    skipped: usize,
    failures: usize,
    errors: usize,
}

impl Counts {
    fn of<'a>(cases: impl Iterator<Item = &'a TestCase>) -> Self {
        let mut counts = Self { tests: 0, skipped: 0, failures: 0, errors: 0 };
        for case in cases {
            counts.tests += 1;
            match case.status {
                TestStatus::Success => {}
                TestStatus::Skipped { .. } => counts.skipped += 1,
                TestStatus::Failure(_) => counts.failures += 1,
                TestStatus::Error(_) => counts.errors += 1,
            }
        }
        counts
    }
}

impl TestSuite {
    fn write(&self, file: &mut String) {
        let Counts { tests, skipped, failures, errors } = Counts::of(self.cases.iter());
        let name = escaped(&self.name);
        let counts =
            format!(r#"tests="{tests}" skipped="{skipped}" errors="{errors}" failures="{failures}""#);
        if self.cases.is_empty() {
            let _ = writeln!(file, r#"    <testsuite name="{name}" {counts}/>"#);
            return;
        }
        let _ = writeln!(file, r#"    <testsuite name="{name}" {counts}>"#);
        for case in &self.cases {
            case.write(file);
        }
        file.push_str("    </testsuite>\n");
    }
}

impl TestCase {
    fn write(&self, file: &mut String) {
        let _ = write!(
            file,
            r#"        <testcase name="{}" classname="{}""#,
            escaped(&self.name),
            escaped(&self.class)
        );
        if matches!(self.status, TestStatus::Success) && self.output.is_none() {
            file.push_str("/>\n");
            return;
        }
        file.push_str(">\n");
        match &self.status {
            TestStatus::Success => {}
            TestStatus::Skipped { message } => {
                let problem = Problem { message: Some(message.clone()), ..Problem::default() };
                problem.write(file, "skipped");
            }
            TestStatus::Failure(problem) => problem.write(file, "failure"),
            TestStatus::Error(problem) => problem.write(file, "error"),
        }
        if let Some(output) = &self.output {
            let _ = writeln!(file, "            <system-out>{}</system-out>", escaped(output));
        }
        file.push_str("        </testcase>\n");
    }
}

impl Problem {
    fn write(&self, file: &mut String, element: &str) {
        let _ = write!(file, "            <{element}");
        if let Some(message) = &self.message {
            let _ = write!(file, r#" message="{}""#, escaped(message));
        }
        if let Some(kind) = self.kind {
            let _ = write!(file, r#" type="{kind}""#);
        }
        let _ = match &self.description {
            Some(description) => writeln!(file, ">{}</{element}>", escaped(description)),
            None => writeln!(file, "/>"),
        };
    }
}

/// A text as XML takes it, without the control characters and sequences for terminals that it may hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{1b}' => skip_sequence(&mut rest),
            '\n' => out.push('\n'),
            control if control.is_control() => {}
            // XML has no way to write them.
            '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

/// Passes what follows an escape character and belongs to it.
fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        // Parameters, and a letter that ends them: a colour, for example.
        Some('[') => while rest.next().is_some_and(|it| !matches!(it, '\u{40}'..='\u{7e}')) {},
        // A title or a link, until a bell or another escape character with its backslash.
        Some(']') => {
            let end = rest.find(|it| matches!(it, '\u{7}' | '\u{1b}'));
            if end == Some('\u{1b}') {
                rest.next();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_for_terminals_and_control_characters_are_left_out() {
        for (text, expected) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;link\u{1b}\\b", "ab"),
            ("\u{1b}Ma\u{1b}", "a"),
            ("\u{0}one\r\ntwo\t\u{ffff}", "one\ntwo"),
            ("<&>'\"", "&lt;&amp;&gt;&apos;&quot;"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
