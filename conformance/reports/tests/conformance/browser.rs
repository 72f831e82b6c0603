//! A real browser without a driver: it opens a page, and the page sends its result.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Functions for readers. A reader acts on a page like a person, and records defects.
const READING: &str = include_str!("reading.js");

/// A page with a reader. The policy of the page is relaxed, so that the script of the reader runs and may send its
/// result.
pub(crate) fn with_reader(page: &str, reader: &str) -> String {
    assert!(page.contains("default-src 'none'; "), "the page may not load anything");
    let (before, policy) = page.split_once("script-src '").expect("the page has a policy");
    let (_, after) = policy.split_once('\'').expect("the source ends");
    let before = before.replace("connect-src 'self'; ", "");
    let page = format!("{before}connect-src 'self'; script-src 'unsafe-inline'{after}");
    page.replace("</body>", &format!("<script>{READING}</script>{reader}</body>"))
}

/// The number of turns in which the browser has to answer.
const TURNS: u32 = 600;
const TURN: Duration = Duration::from_millis(100);

/// Chromium without a window.
pub(crate) struct Browser(());

impl Browser {
    /// The browser, if it is installed. It has to be if everything is to be tested.
    pub(crate) fn find() -> Option<Self> {
        let version = Command::new("chromium").arg("--version").output();
        if version.is_ok_and(|ran| ran.status.success()) {
            return Some(Self(()));
        }
        assert!(
            std::env::var_os("CI").is_none(),
            "`chromium` is not installed, and CI wants everything tested"
        );
        eprintln!(
            "SKIPPED: `chromium` is not installed, so the page is not opened (apt-get install chromium)"
        );
        None
    }

    fn command(folder: &Path) -> Command {
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()));
        command
    }

    /// The DOM of a page after its scripts ran.
    pub(crate) fn dump(&self, folder: &Path, url: &str) -> String {
        let ran = Self::command(folder)
            .args(["--virtual-time-budget=5000", "--dump-dom", url])
            .output()
            .expect("the browser can be started");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("the page is UTF-8")
    }

    /// Opens a page in a window of this size, and waits for the text that it sends to `/outcome`.
    pub(crate) fn listen(&self, folder: &Path, page: &str, window: &str) -> Option<String> {
        self.serve(folder, window, &|path| (path == "/").then(|| page.to_owned()))
    }

    /// Opens the page `/` in a window of this size, serves its requests, and waits for the text that it sends to
    /// `/outcome`.
    pub(crate) fn serve(
        &self,
        folder: &Path,
        window: &str,
        pages: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        listener.set_nonblocking(true).expect("it need not wait");
        let address = listener.local_addr().expect("it has an address");
        let child = Self::command(folder)
            .arg(format!("--window-size={window}"))
            // Without this, a headless browser exits at once.
            .arg("--remote-debugging-port=0")
            .arg(format!("http://{address}/"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser can be started");
        let _running = Running(child);
        for _ in 0..TURNS {
            match listener.accept() {
                Ok((stream, _)) => {
                    if let Some(outcome) = answer(stream, pages) {
                        return Some(outcome);
                    }
                }
                Err(_) => std::thread::sleep(TURN),
            }
        }
        None
    }
}

/// Answers a request of the browser. Returns the text if it was sent to `/outcome`.
fn answer(mut stream: TcpStream, pages: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).ok()?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    if request.starts_with("POST /outcome ") {
        let mut outcome = vec![0; length];
        reader.read_exact(&mut outcome).ok()?;
        return String::from_utf8(outcome).ok();
    }
    let path = request.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    let (status, body) = match path.and_then(pages) {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", String::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n", body.len());
    // The browser may hang up; nobody reads the answer then.
    let _ = stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes());
    None
}

/// A browser process that is killed at the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An empty folder for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("results-html").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an old folder can be removed");
    }
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}
