//! A small HTTP/1.1 server on the loopback interface, with one request for each connection.
//!
//! Each connection has a thread, and the number of connections is bounded. A client has a short time to send its
//! request and a short time to read its answer. If there are too many connections, a new one ends the oldest one whose
//! request has not arrived. So a client that sends or reads nothing keeps nobody out.
//!
//! Some attacks remain possible. A program on this machine can keep the browser out by opening connections faster than
//! the browser sends its request. A program that knows the address can occupy all connections with requests. And every
//! user of this machine can connect to the port; only the address is secret.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::connections::{Connection, Connections};

/// The time to send a request, and the time to read its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time that a client has to close the connection after its answer, and the pause after a failed `accept`.
const MOMENT: Duration = Duration::from_millis(200);

/// The largest size of a request in bytes. The way of a request is part of its address.
const LARGEST: usize = 16 * 1024;

/// The most headers of a request.
const MOST_HEADERS: usize = 64;

/// A request without a body.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// The path and the query.
    pub(super) target: String,
    headers: Vec<(String, String)>,
}

/// An answer without its headers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) body: String,
}

/// A client that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a>(&'a TcpStream);

/// Answers all requests, each in its own thread, until the process ends.
pub(super) fn answer_all(listener: &TcpListener, answer: &(impl Fn(&Request, Client<'_>) -> Answer + Sync)) {
    let connections = Connections::default();
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let Ok(connection) = stream.and_then(|stream| connections.admit(stream)) else {
                thread::sleep(MOMENT);
                continue;
            };
            // If no thread can be started, the connection is closed.
            let _ = thread::Builder::new().spawn_scoped(scope, move || answer_one(&connection, answer));
        }
    });
}

fn answer_one(connection: &Connection<'_>, answer: &impl Fn(&Request, Client<'_>) -> Answer) {
    let stream = &connection.stream;
    let answer = match read(&mut Hurried::new(stream, PATIENCE)) {
        Ok(Some(request)) => {
            connection.has_asked();
            answer(&request, Client(stream))
        }
        Ok(None) => {
            connection.has_asked();
            Answer::refusal(400, "This is not a request, or it is too large.")
        }
        // The client left, was too slow, or was ended in favour of others.
        Err(_) => return,
    };
    // The client may leave before it gets its answer.
    let _ = answer.write(&mut Hurried::new(stream, PATIENCE));
    let _ = stream.shutdown(Shutdown::Write);
    // Closing a stream with unread bytes would also discard the answer on its way.
    let _ = Hurried::new(stream, MOMENT).read(&mut [0; LARGEST]);
}

/// Reads a request; `None` if it is malformed or too large.
fn read(stream: &mut Hurried<'_>) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    while bytes.len() < LARGEST {
        match stream.read(&mut part)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&part[..length]),
        }
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes) {
            Ok(httparse::Status::Partial) => {}
            Ok(httparse::Status::Complete(_)) => return Ok(Request::of(&request)),
            Err(_) => return Ok(None),
        }
    }
    Ok(None)
}

impl Request {
    fn of(parsed: &httparse::Request<'_, '_>) -> Option<Self> {
        let headers = parsed
            .headers
            .iter()
            .map(|header| Some((header.name.to_owned(), str::from_utf8(header.value).ok()?.to_owned())));
        Some(Self {
            method: parsed.method?.to_owned(),
            target: parsed.path?.to_owned(),
            headers: headers.collect::<Option<_>>()?,
        })
    }

    /// All values of a header.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }
}

impl Answer {
    pub(super) fn json(body: String) -> Self {
        Self { status: 200, kind: "application/json", body }
    }

    pub(super) fn refusal(status: u16, reason: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: reason.to_owned() }
    }

    fn write(&self, stream: &mut Hurried<'_>) -> io::Result<()> {
        let Self { status, kind, body } = self;
        let head = format!(
            "HTTP/1.1 {status} \r\n\
             Content-Type: {kind}\r\n\
             Content-Length: {}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())
    }
}

impl Client<'_> {
    /// Whether the client has closed the connection, or its half of it.
    pub(super) fn has_left(self) -> bool {
        let mut stream = self.0;
        if stream.set_nonblocking(true).is_err() {
            return true;
        }
        // Each connection has one request, so further bytes are ignored.
        let has_left = loop {
            match stream.read(&mut [0; 1024]) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(error) => break error.kind() != ErrorKind::WouldBlock,
            }
        };
        stream.set_nonblocking(false).is_err() || has_left
    }
}

/// A stream with a deadline for reading and writing.
struct Hurried<'a> {
    stream: &'a TcpStream,
    started: Instant,
    patience: Duration,
}

impl<'a> Hurried<'a> {
    #[expect(clippy::disallowed_methods, reason = "a client may not keep a connection busy for long")]
    fn new(stream: &'a TcpStream, patience: Duration) -> Self {
        Self { stream, started: Instant::now(), patience }
    }

    /// The time until the deadline.
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.patience.saturating_sub(self.started.elapsed());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Hurried<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(bytes)
    }
}

impl Write for Hurried<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
