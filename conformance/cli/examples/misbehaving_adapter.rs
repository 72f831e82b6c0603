//! An adapter with one fault, for tests that a fault fails only the cases in which it occurs.
//!
//!     misbehaving_adapter MISDEED MARK
//!     misbehaving_adapter edit MARK FROM TO WITH
//!
//! It behaves as the reference engine until a line contains MARK; then it commits its MISDEED. `edit` replaces each
//! part of its answer from FROM up to and including TO by WITH.

use std::cell::RefCell;
use std::io::{self, BufRead, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use atm_engine::Rules;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [misdeed, mark, edit @ ..] = &arguments[..] else {
        return Err(io::Error::other("usage: misbehaving_adapter MISDEED MARK [FROM TO WITH]"));
    };
    let heard = Rc::new(RefCell::new(String::new()));
    let input = Listening { input: io::stdin().lock(), heard: heard.clone() };
    let input = io::BufReader::with_capacity(1, input);
    let mut output = Misbehaving {
        output: io::stdout().lock(),
        line: Vec::new(),
        heard,
        mark: mark.clone(),
        misdeed,
        edit,
        last_sent: None,
    };
    atm_suite::adapter::serve(input, &mut output, Rules::default())
}

/// Passes commands on, and remembers the current one.
struct Listening<R> {
    input: R,
    heard: Rc<RefCell<String>>,
}

impl<R: BufRead> Read for Listening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(&mut buffer[..1])?;
        let mut heard = self.heard.borrow_mut();
        if heard.ends_with('\n') {
            heard.clear();
        }
        heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        Ok(read)
    }
}

/// Passes answers on. If the command of an answer contains the mark, it misbehaves.
struct Misbehaving<'a, W> {
    output: W,
    line: Vec<u8>,
    heard: Rc<RefCell<String>>,
    mark: String,
    misdeed: &'a str,
    edit: &'a [String],
    last_sent: Option<String>,
}

impl<W: Write> Write for Misbehaving<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        if self.heard.borrow().contains(&self.mark) {
            self.misbehave(&line)?;
        } else {
            self.output.write_all(&line)?;
        }
        self.output.flush()
    }
}

impl<W: Write> Misbehaving<'_, W> {
    fn misbehave(&mut self, line: &[u8]) -> io::Result<()> {
        let out = &mut self.output;
        match self.misdeed {
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(3_600));
            },
            "exit" => {
                eprintln!("something broke");
                std::process::exit(3);
            }
            "exit-silently" => std::process::exit(4),
            "crash" => std::process::abort(),
            "print-a-log-line" => {
                writeln!(out, "INFO: about to answer")?;
                out.write_all(line)
            }
            "answer-twice" => {
                out.write_all(line)?;
                out.write_all(line)
            }
            "answer-half-and-exit" => {
                out.write_all(&line[..line.len() / 2])?;
                out.flush()?;
                std::process::exit(0);
            }
            "answer-half-and-hang" => {
                out.write_all(&line[..line.len() / 2])?;
                out.flush()?;
                loop {
                    std::thread::sleep(Duration::from_secs(3_600));
                }
            }
            "answer-too-much" => {
                let nothing = vec![b' '; 5 << 20];
                out.write_all(&nothing)?;
                out.write_all(line)
            }
            "answer-another-command" => {
                writeln!(out, r#"{{"id":999999,"ok":{{"sent":[]}}}}"#)
            }
            "answer-in-latin-1" => out.write_all(b"{\"id\":1,\"ok\":\"caf\xe9\"}\n"),
            "answer-another-type" => {
                let id = id(&self.heard.borrow());
                writeln!(out, r#"{{"id":{id},"ok":"nothing"}}"#)
            }
            "answer-nothing" => {
                let id = id(&self.heard.borrow());
                writeln!(out, r#"{{"id":{id}}}"#)
            }
            "fail" => {
                let id = id(&self.heard.borrow());
                writeln!(out, r#"{{"id":{id},"error":{{"kind":"indefinite","message":"out of memory"}}}}"#)
            }
            "deny-what-it-claimed" => {
                let id = id(&self.heard.borrow());
                writeln!(out, r#"{{"id":{id},"unsupported":{{"feature":"scan"}}}}"#)
            }
            "echo" => {
                // An answer without sent messages repeats those of the last answer that had any.
                let line = String::from_utf8_lossy(line).into_owned();
                match line.split_once("\"sent\":[{") {
                    Some((_, sent)) => {
                        self.last_sent = Some(format!("\"sent\":[{{{sent}"));
                        out.write_all(line.as_bytes())
                    }
                    None => match &self.last_sent {
                        Some(sent) if line.contains("\"sent\":[]") => {
                            let (before, _) = line.split_once("\"sent\":[]").unwrap_or_default();
                            out.write_all(format!("{before}{sent}").as_bytes())
                        }
                        _ => out.write_all(line.as_bytes()),
                    },
                }
            }
            "speak-an-older-version" => {
                let line = String::from_utf8_lossy(line).replace("urn:xmpp:tm:1", "urn:xmpp:tm:0");
                out.write_all(line.as_bytes())
            }
            "answer-and-exit" => {
                out.write_all(line)?;
                out.flush()?;
                std::process::exit(5);
            }
            "answer-and-hang" => {
                out.write_all(line)?;
                out.flush()?;
                loop {
                    std::thread::sleep(Duration::from_secs(3_600));
                }
            }
            "edit" => {
                let [from, to, with] = self.edit else { return Err(io::Error::other("edit what?")) };
                out.write_all(edited(&String::from_utf8_lossy(line), from, to, with).as_bytes())
            }
            "be-slow" => {
                std::thread::sleep(Duration::from_millis(100));
                out.write_all(line)
            }
            other => Err(io::Error::other(format!("no such misdeed: {other}"))),
        }
    }
}

/// Replaces each part of a line from one text up to and including another one.
fn edited(line: &str, from: &str, to: &str, with: &str) -> String {
    let (mut written, mut rest) = (String::new(), line);
    while let Some(begin) = rest.find(from) {
        let Some(end) = rest[begin + from.len()..].find(to) else { break };
        written += &rest[..begin];
        written += with;
        rest = &rest[begin + from.len() + end + to.len()..];
    }
    written + rest
}

/// The first number in a command, which is its id.
fn id(command: &str) -> String {
    command.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}
